use super::*;
use crate::auth::machine::Reach;
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

#[test]
fn a_dossier_is_read_by_whoever_works_it_is_let_in_or_decides_on_it() {
    let (here, elsewhere) = (department("63"), department("15"));
    let own = user(&[(Role::DepartmentStaff, Some("63"))]);
    let (lawyer, national, officer) = (user(&[(Role::Lawyer, None)]), user(&[(Role::NationalStaff, None)]), user(&[(Role::SolidarityOfficer, None)]));
    let minutes = |minutes| Some(Instant(now().0 + chrono::Duration::minutes(minutes)));
    let permit = |kind, user_id, expires_at, ended_at| [PermitFact { kind, user_id, expires_at, ended_at }];
    let mandate = permit(PermitKind::Mandate, lawyer.user_id, None, None);
    let (ended, of_other) = (permit(PermitKind::Mandate, lawyer.user_id, None, minutes(-1)), permit(PermitKind::Mandate, Id::new(), None, None));
    let [glass, last, gone] = [1, 0, -1].map(|left| permit(PermitKind::BreakGlass, national.user_id, minutes(left), None));
    let staff = |level| Case { level, ..case(&here) };
    let referred = |department| Case { referent_id: Some(own.user_id), ..case(department) };
    let opened = |permits| Case { permits, ..case(&here) };
    let walls = [WallFact { kind: WallKind::WithdrawnConsent, user_id: None, member_id: None }];
    for (principal, row, reads, privileged) in [
        (&own, staff(Confidentiality::Standard), true, true),
        (&own, staff(Confidentiality::Confidential), true, true),
        (&own, staff(Confidentiality::Secret), false, false),
        (&own, Case { department: &elsewhere, ..staff(Confidentiality::Standard) }, false, false),
        (&own, referred(&here), true, true),
        (&own, referred(&elsewhere), false, false),
        (&own, Case { awaits_solidarity: true, ..case(&here) }, false, false),
        (&own, Case { walls: &walls, ..referred(&here) }, false, false),
        (&lawyer, opened(&mandate), true, true),
        (&lawyer, opened(&ended), false, false),
        (&lawyer, opened(&of_other), false, false),
        (&lawyer, Case { walls: &walls, ..opened(&mandate) }, false, false),
        (&lawyer, opened(&[]), false, false),
        (&national, opened(&glass), true, false),
        (&national, opened(&last), false, false),
        (&national, opened(&gone), false, false),
        (&national, opened(&mandate), false, false),
        (&officer, Case { awaits_solidarity: true, ..case(&here) }, true, false),
        (&officer, case(&here), false, false),
    ] {
        let scope = Scope::through(principal, "dossiers_retrieve", now());
        assert_eq!((scope.reads(&row), scope.reads_privileged(&row)), (reads, privileged), "{row:?} {scope:?}");
    }
}

#[test]
fn who_has_several_rights_commands_by_those_that_reach_a_dossier() {
    let here = department("63");
    let principal = user(&[(Role::Volunteer, Some("63")), (Role::SolidarityOfficer, None), (Role::Dpo, None)]);
    let scope = Scope::through(&principal, "dossiers_retrieve", now());
    let roles = |case: Case<'_>| scope.commanding(&case).roles.iter().map(|(role, _)| *role).collect::<Vec<_>>();
    let standard = Case { level: Confidentiality::Standard, ..case(&here) };
    assert_eq!(roles(case(&here)), [Role::Dpo]);
    assert_eq!(roles(standard), [Role::Volunteer, Role::Dpo]);
    assert_eq!(roles(Case { awaits_solidarity: true, ..case(&here) }), [Role::SolidarityOfficer, Role::Dpo]);
    assert_eq!(roles(Case { awaits_solidarity: true, ..standard }), [Role::Volunteer, Role::SolidarityOfficer, Role::Dpo]);
    assert_eq!(roles(Case { awaits_solidarity: true, put_away: true, ..standard }), [Role::Dpo]);
}

#[test]
fn roles_hold_in_their_department_and_those_without_one_everywhere() {
    let scope = Scope::through(&user(&[(Role::DepartmentHead, Some("63")), (Role::Volunteer, Some("15")), (Role::Dpo, None)]), "dossiers_retrieve", now());
    let holds = |roles: &[Role], department| scope.holds(roles, department);
    assert!(holds(&[Role::DepartmentHead], Some("63")) && holds(&[Role::Volunteer, Role::DepartmentHead], Some("15")));
    assert!(!holds(&[Role::DepartmentHead], Some("15")) && !holds(&[Role::DepartmentHead], None) && !holds(&[Role::Lawyer], Some("63")));
    assert!(holds(&[Role::Dpo], None) && holds(&[Role::Dpo], Some("03")) && holds(&[], Some("03")));
    assert_eq!((scope.departments_as(Role::DepartmentHead), scope.departments_as(Role::Volunteer)), (vec![&department("63")], vec![&department("15")]));
    let covers = |scope: &Scope| ["63", "15", "03"].map(|code| scope.covers_department(Some(code)));
    assert_eq!((covers(&scope), scope.covers_department(None)), ([true, true, false], false));
    assert_eq!((covers(&Scope::console()), Scope::console().covers_department(None)), ([true; 3], true));
    let ceilings = |scope: &Scope| ["63", "15", "03"].map(|code| scope.ceiling(&department(code)));
    assert_eq!(ceilings(&scope), [Some(Confidentiality::Secret), Some(Confidentiality::Standard), None]);
    assert_eq!(ceilings(&Scope::console()), [Some(Confidentiality::Secret); 3]);
}

#[test]
fn a_machine_has_the_rows_of_its_scope_within_its_reach() {
    let scope = |reach: &Reach, pseudonymised, operation| {
        let machine = Machine {
            id: Id::LAST,
            scopes: vec![ClientScope::DirectoryRead, ClientScope::CasesRead],
            reach: reach.clone(),
            pseudonymised,
            max_confidentiality: Confidentiality::Restricted,
            expires_on: None,
            networks: Vec::new(),
            noted: 0.into(),
        };
        Scope::of_operation(&Principal::of_machine(machine, "Machine".to_owned(), 1, 0), operation, now())
    };
    let [national, academy, insurer] = [Reach::National, Reach::Academy("06".parse().unwrap()), Reach::Insurer("maif".parse().unwrap())];
    for (reach, all, whole, covers) in [(&national, true, true, true), (&academy, false, false, true), (&insurer, false, true, false)] {
        let directory = scope(reach, true, "establishments_list").unwrap();
        assert_eq!((directory.is_all(), directory.is_whole_directory(), directory.covers_department(Some("63"))), (all, whole, covers), "{reach:?}");
        assert_eq!((directory.now(), directory.own(), directory.veiled()), (Some(now()), None, None));
        assert_eq!(scope(reach, true, "me_client_retrieve").unwrap().own(), Some(Id::LAST));
        assert!(scope(reach, true, "users_list").is_none());
        for pseudonymised in [true, false] {
            let cases = scope(reach, pseudonymised, "dossiers_list").unwrap();
            let known = pseudonymised && *reach != insurer;
            assert_eq!((cases.is_all(), cases.veiled()), (false, known.then_some(Veil::Pseudonyms)), "{reach:?}");
            assert_eq!(cases.only_veiled().bounds().map(|bounds| bounds.ceiling), Some(Confidentiality::Restricted));
        }
    }
}
