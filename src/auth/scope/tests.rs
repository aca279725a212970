use super::*;
use crate::auth::principal::Grant;
use crate::auth::store::UserRow;

fn now() -> Instant {
    Instant("2026-11-22T09:00:00Z".parse().unwrap())
}

fn department(code: &str) -> DepartmentCode {
    code.parse().unwrap()
}

/// A user with these roles, each in its department, who is a member.
fn user(roles: &[(Role, Option<&str>)]) -> Principal {
    let grant = |(role, code): &(Role, Option<&str>)| Grant {
        role: *role,
        department_code: code.map(department),
        academy_code: None,
        establishment_id: None,
        starts_on: "2020-01-01".parse().unwrap(),
        ends_on: None,
    };
    let user = UserRow {
        id: Id::new(),
        login: "anne".to_owned(),
        display_name: "Anne".to_owned(),
        password_hash: String::new(),
        enabled: true,
        auth_version: 1,
        created_at: now(),
        updated_at: now(),
    };
    Principal::new((user, Some(Id::new())), (Id::new(), now()), roles.iter().map(grant).collect(), 0)
}

/// A secret dossier of somebody else in the Puy-de-Dôme.
fn case(department: &DepartmentCode) -> Case<'_> {
    Case {
        department,
        level: Confidentiality::Secret,
        referent_id: None,
        member_id: Some(Id::new()),
        put_away: false,
        readable_until: None,
        awaits_solidarity: false,
        walls: &[],
        permits: &[],
    }
}

const EVERY_ROLE: &[(Role, Option<&str>)] = &[(Role::DepartmentHead, Some("63")), (Role::Lawyer, None), (Role::Dpo, None)];

#[test]
fn the_parts_of_a_scope_are_of_its_moment() {
    let scope = Scope::through(&user(EVERY_ROLE), "dossiers_retrieve", now());
    for part in [scope.unveiled(), scope.only_veiled(), scope.of_team().unwrap(), scope.of_lawyers().unwrap()] {
        assert_eq!(part.now(), Some(now()), "{part:?}");
    }
}

#[test]
fn the_same_walls_stand_before_each_part_of_a_scope() {
    let principal = user(EVERY_ROLE);
    let scope = Scope::through(&principal, "dossiers_retrieve", now());
    let here = department("63");
    let against = |user_id, member_id| [WallFact { kind: WallKind::OpposingParty, user_id, member_id }];
    let (of_user, of_member, of_other) = (against(Some(principal.user_id), None), against(None, principal.member_id), against(Some(Id::new()), None));
    let day = |day: &str| Some(day.parse().unwrap());
    for (row, wall) in [
        (case(&here), None),
        (Case { member_id: principal.member_id, ..case(&here) }, Some(Wall::OwnFile)),
        (Case { put_away: true, ..case(&here) }, Some(Wall::Archive)),
        (Case { readable_until: day("2026-11-21"), ..case(&here) }, Some(Wall::Archive)),
        (Case { readable_until: day("2026-11-22"), ..case(&here) }, None),
        (Case { walls: &of_user, ..case(&here) }, Some(Wall::Built(WallKind::OpposingParty))),
        (Case { walls: &of_member, ..case(&here) }, Some(Wall::Built(WallKind::OpposingParty))),
        (Case { walls: &of_other, ..case(&here) }, None),
    ] {
        for part in [scope.clone(), scope.unveiled(), scope.of_team().unwrap(), scope.of_lawyers().unwrap()] {
            assert_eq!(part.wall(&row), wall, "{row:?} {part:?}");
        }
    }
}

#[test]
fn a_part_of_a_scope_is_there_only_where_it_has_rows() {
    let parts = |roles: &[(Role, Option<&str>)]| {
        let scope = Scope::through(&user(roles), "dossiers_retrieve", now());
        (scope.has_content(), scope.of_team().is_some(), scope.of_lawyers().is_some())
    };
    assert_eq!(parts(&[(Role::Dpo, None)]), (false, false, false));
    assert_eq!(parts(&[(Role::Volunteer, Some("63"))]), (true, true, false));
    assert_eq!(parts(&[(Role::Lawyer, None)]), (true, false, true));
    assert_eq!(parts(&[(Role::NationalStaff, None)]), (true, true, false));
    assert_eq!(parts(&[(Role::SolidarityOfficer, None)]), (true, true, false));
    assert_eq!(parts(&[(Role::Lawyer, None), (Role::SolidarityOfficer, None)]), (true, true, true));
}

#[test]
fn a_rule_names_each_right_in_its_place() {
    let rule = |roles: &[(Role, Option<&str>)], operation: &str| Scope::through(&user(roles), operation, now()).rule();
    let both: &[(Role, Option<&str>)] = &[(Role::Volunteer, Some("63")), (Role::NationalStaff, None), (Role::DepartmentHead, Some("15"))];
    assert_eq!(rule(both, "dossiers_retrieve").unwrap(), "volunteer:63 break_glass department_head:15");
    assert_eq!(rule(both, "establishments_list").unwrap(), "volunteer:63 national_staff department_head:15");
    assert_eq!(rule(both, "me_retrieve").unwrap(), "signed_in");
    assert_eq!(rule(&[(Role::Volunteer, Some("63"))], "audit_events_list"), None);
}

#[test]
fn reasons_are_those_by_which_a_dossier_is_read_and_no_others() {
    let here = department("63");
    let principal =
        user(&[(Role::DepartmentHead, Some("63")), (Role::Volunteer, Some("63")), (Role::DepartmentHead, Some("15")), (Role::SolidarityOfficer, None)]);
    let scope = Scope::through(&principal, "dossiers_retrieve", now());
    let (plain, elsewhere) = (Case { level: Confidentiality::Standard, ..case(&here) }, department("03"));
    assert_eq!(scope.reasons(&case(&here)), ["department_head:63"]);
    assert_eq!(scope.reasons(&plain), ["department_head:63", "volunteer:63"]);
    let referred = Case { referent_id: Some(principal.user_id), awaits_solidarity: true, ..case(&here) };
    assert_eq!(scope.reasons(&referred), ["department_head:63", "referent", "solidarity_officer"]);
    assert_eq!(scope.reasons(&case(&elsewhere)), [""; 0]);
    let watching = Scope::through(&user(&[(Role::Volunteer, Some("63")), (Role::Dpo, None)]), "dossiers_retrieve", now());
    assert_eq!(watching.reasons(&case(&here)), ["dpo"]);
    assert_eq!(watching.reasons(&plain), ["volunteer:63"]);
}
