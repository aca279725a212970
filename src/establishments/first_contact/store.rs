//! The search for a first contact, from the nearest to the farthest.

use super::model::{CONTACTS_MAX, ContactLevel, ContactPerson, ContactReason};
use crate::associations::store::{AssociationRow, find_national, find_of_department};
use crate::associations::team_members::{self, store::TeamMemberRow};
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::establishments;
use crate::establishments::correspondents::{self, store::CorrespondentRow};
use crate::values::Day;

/// Who answers, in the order in which to call, and the association behind them.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstContact {
    pub level: ContactLevel,
    pub reason: ContactReason,
    pub association: AssociationRow,
    pub contacts: Vec<ContactPerson>,
}

impl From<CorrespondentRow> for ContactPerson {
    fn from(CorrespondentRow { display_name, phone, email, .. }: CorrespondentRow) -> Self {
        Self { display_name, function: None, phone, email }
    }
}

impl From<TeamMemberRow> for ContactPerson {
    fn from(TeamMemberRow { display_name, team_function, phone, email, .. }: TeamMemberRow) -> Self {
        Self { display_name, function: Some(team_function), phone, email }
    }
}

/// Who answers for an establishment on a day: its correspondents, else the team of its department, else the association
/// itself if it can be reached, else the federation.
pub fn find(conn: &mut DbConn, scope: &Scope, establishment_id: Id, day: Day) -> Result<FirstContact> {
    let establishment = establishments::store::find(conn, scope, establishment_id)?;
    let association = find_of_department(conn, scope, establishment.department_code.as_str())?;
    let contacts = contacts(correspondents::store::in_office(conn, scope, establishment_id, day)?);
    if !contacts.is_empty() {
        let association = association.map_or_else(|| find_national(conn, scope), Ok)?;
        return Ok(FirstContact { level: ContactLevel::Correspondent, reason: ContactReason::CorrespondentInOffice, association, contacts });
    }
    match association {
        Some(association) => departmental(conn, scope, association, day),
        None => national(conn, scope, ContactReason::NoAssociation, day),
    }
}

fn departmental(conn: &mut DbConn, scope: &Scope, association: AssociationRow, day: Day) -> Result<FirstContact> {
    let contacts = contacts(team_members::store::in_office(conn, scope, association.id, day)?);
    let (level, reason) = match contacts.is_empty() {
        false => (ContactLevel::Team, ContactReason::NoCorrespondent),
        true if association.is_reachable() => (ContactLevel::Association, ContactReason::NoTeam),
        true => return national(conn, scope, ContactReason::AssociationUnreachable, day),
    };
    Ok(FirstContact { level, reason, association, contacts })
}

fn national(conn: &mut DbConn, scope: &Scope, reason: ContactReason, day: Day) -> Result<FirstContact> {
    let association = find_national(conn, scope)?;
    let contacts = contacts(team_members::store::in_office(conn, scope, association.id, day)?);
    Ok(FirstContact { level: ContactLevel::National, reason, association, contacts })
}

fn contacts<R: Into<ContactPerson>>(rows: Vec<R>) -> Vec<ContactPerson> {
    rows.into_iter().take(CONTACTS_MAX).map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::associations::team_members::model::TeamFunction;
    use crate::audit::{Author, Tx};
    use crate::auth::policy::{Access, Rows};
    use crate::auth::principal::Grant;
    use crate::auth::store::UserRow;
    use crate::auth::{Principal, RecordKey, Role};
    use crate::db::Instant;
    use crate::error::Code;
    use crate::establishments::model::{Attributes, EstablishmentKind, EstablishmentStatus, Sector};
    use crate::establishments::store::EstablishmentRow;
    use crate::http::IfMatch;
    use crate::values::fold::fold;

    const NOW: Instant = Instant(chrono::DateTime::UNIX_EPOCH);

    struct World {
        _folder: tempfile::TempDir,
        conn: DbConn,
        author: Author,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let mut conn = crate::db::connect(&format!("sqlite://{}/world.db", folder.path().display())).unwrap();
            crate::db::migrate(&mut conn).unwrap();
            let author = Author::console("test", &RecordKey::new(b"test"));
            Self { _folder: folder, conn, author }
        }

        fn tx(&mut self) -> Tx<'_> {
            Tx { conn: &mut self.conn, author: &self.author, now: NOW }
        }

        fn establishment(&mut self, uai: &str, department: &str) -> EstablishmentRow {
            let attributes = Attributes {
                uai: uai.parse().unwrap(),
                name: "Collège".parse().unwrap(),
                kind: EstablishmentKind::MiddleSchool,
                sector: Sector::Public,
                status: EstablishmentStatus::Open,
                address: Default::default(),
                department_code: department.parse().unwrap(),
                academy_code: None,
                phone: None,
                email: None,
                website: None,
                pupils: None,
                latitude: None,
                longitude: None,
                siret: None,
                nature_code: None,
                opened_on: None,
                parent_uai: None,
                district: None,
                sites: Vec::new(),
            };
            establishments::store::insert(&mut self.tx(), &Scope::console(), EstablishmentRow::new(attributes, NOW)).unwrap()
        }

        fn correspondent(&mut self, of: &EstablishmentRow, name: &str, from: &str, to: Option<&str>, shared: bool) -> Result<CorrespondentRow> {
            let row = CorrespondentRow {
                id: Id::new(),
                establishment_id: of.id,
                department_code: of.department_code.clone(),
                display_name: name.parse().unwrap(),
                name_key: fold(name),
                member_id: None,
                phone: None,
                email: None,
                starts_on: from.parse().unwrap(),
                ends_on: to.map(|day| day.parse().unwrap()),
                co_correspondent: shared,
                version: 1,
                created_at: NOW,
                updated_at: NOW,
                deleted_at: None,
            };
            correspondents::store::insert(&mut self.tx(), &Scope::console(), row)
        }

        fn team_member(&mut self, association_id: Id, name: &str, team_function: TeamFunction, to: Option<&str>) {
            let row = TeamMemberRow {
                id: Id::new(),
                association_id,
                display_name: name.parse().unwrap(),
                name_key: fold(name),
                team_function,
                phone: None,
                email: None,
                starts_on: "2020-01-01".parse().unwrap(),
                ends_on: to.map(|day| day.parse().unwrap()),
                version: 1,
                created_at: NOW,
                updated_at: NOW,
                deleted_at: None,
            };
            team_members::store::insert(&mut self.tx(), &Scope::console(), row).unwrap();
        }

        fn find(&mut self, of: &EstablishmentRow, day: &str) -> (ContactLevel, ContactReason, Vec<String>) {
            let found = find(&mut self.conn, &Scope::console(), of.id, day.parse().unwrap()).unwrap();
            (found.level, found.reason, found.contacts.iter().map(|contact| contact.display_name.to_string()).collect())
        }
    }

    #[test]
    fn the_nearest_who_is_in_office_answers() {
        let mut world = World::new();
        let school = world.establishment("0630018C", "63");
        let association = find_of_department(&mut world.conn, &Scope::console(), "63").unwrap().unwrap();
        assert_eq!(world.find(&school, "2026-01-01"), (ContactLevel::National, ContactReason::AssociationUnreachable, vec![]));

        let reachable = AssociationRow { phone: Some("+33473000000".parse().unwrap()), ..association.clone() };
        crate::associations::store::update(&mut world.tx(), &Scope::console(), reachable).unwrap();
        assert_eq!(world.find(&school, "2026-01-01"), (ContactLevel::Association, ContactReason::NoTeam, vec![]));

        for (name, function) in [("Zoé", TeamFunction::Head), ("Éva", TeamFunction::Volunteer), ("Abel", TeamFunction::Volunteer)] {
            world.team_member(association.id, name, function, Some("2026-12-31"));
        }
        let team = ["Zoé", "Abel", "Éva"].map(str::to_owned).to_vec();
        assert_eq!(world.find(&school, "2026-12-31"), (ContactLevel::Team, ContactReason::NoCorrespondent, team));
        assert_eq!(world.find(&school, "2027-01-01").0, ContactLevel::Association);

        world.correspondent(&school, "Ali", "2026-09-01", Some("2026-10-31"), false).unwrap();
        assert_eq!(world.find(&school, "2026-10-31"), (ContactLevel::Correspondent, ContactReason::CorrespondentInOffice, vec!["Ali".to_owned()]));
        assert_eq!(world.find(&school, "2026-11-01").0, ContactLevel::Team);
    }

    #[test]
    fn the_federation_answers_where_there_is_no_association() {
        let mut world = World::new();
        let school = world.establishment("9830003L", "988");
        let federation = find_national(&mut world.conn, &Scope::console()).unwrap();
        world.team_member(federation.id, "Paul", TeamFunction::Staff, None);
        assert_eq!(world.find(&school, "2026-01-01"), (ContactLevel::National, ContactReason::NoAssociation, vec!["Paul".to_owned()]));
        world.correspondent(&school, "Ali", "2026-01-01", None, false).unwrap();
        assert_eq!(world.find(&school, "2026-01-01").0, ContactLevel::Correspondent);
    }

    #[test]
    fn one_correspondent_is_in_office_at_a_time_unless_all_share_it() {
        let mut world = World::new();
        let school = world.establishment("0630018C", "63");
        world.correspondent(&school, "Ali", "2026-01-01", Some("2026-06-30"), true).unwrap();
        let refusal = |result: Result<CorrespondentRow>| result.unwrap_err().code();
        assert_eq!(refusal(world.correspondent(&school, "Béa", "2026-06-30", None, false)), Code::CorrespondentInOffice);
        assert_eq!(refusal(world.correspondent(&school, "Béa", "2020-01-01", Some("2026-01-01"), false)), Code::CorrespondentInOffice);
        assert_eq!(refusal(world.correspondent(&school, "ALI", "2026-06-30", None, true)), Code::CorrespondentPeriodOverlap);
        world.correspondent(&school, "Béa", "2026-06-30", None, true).unwrap();
        world.correspondent(&school, "ali", "2026-07-01", None, true).unwrap();
        world.correspondent(&school, "Zoé", "2020-01-01", Some("2025-12-31"), false).unwrap();
    }

    #[test]
    fn a_change_of_term_is_checked_against_the_others_only() {
        let mut world = World::new();
        let school = world.establishment("0630018C", "63");
        let ali = world.correspondent(&school, "Ali", "2026-01-01", Some("2026-06-30"), false).unwrap();
        world.correspondent(&school, "Béa", "2026-07-01", None, false).unwrap();
        let longer = CorrespondentRow { ends_on: None, ..ali.clone() };
        assert_eq!(correspondents::store::update(&mut world.tx(), &Scope::console(), longer).unwrap_err().code(), Code::CorrespondentInOffice);
        let shorter = CorrespondentRow { ends_on: Some("2026-05-31".parse().unwrap()), ..ali };
        assert_eq!(correspondents::store::update(&mut world.tx(), &Scope::console(), shorter).unwrap().version, 2);
    }

    #[test]
    fn correspondents_follow_their_establishment_into_another_department_and_keep_it_from_being_deleted() {
        let mut world = World::new();
        let school = world.establishment("0630018C", "63");
        let ali = world.correspondent(&school, "Ali", "2026-01-01", None, false).unwrap();
        let moved = EstablishmentRow { department_code: "15".parse().unwrap(), ..school };
        let moved = establishments::store::update(&mut world.tx(), &Scope::console(), moved).unwrap();
        let kept = correspondents::store::find(&mut world.conn, &Scope::console(), ali.id).unwrap();
        assert_eq!((kept.department_code.as_str(), kept.version), ("15", 1));

        let refused = establishments::store::delete(&mut world.tx(), &Scope::console(), moved.id, &IfMatch::Any);
        assert_eq!(refused.unwrap_err().code(), Code::StillReferenced);
        correspondents::store::delete(&mut world.tx(), &Scope::console(), ali.id, &IfMatch::Any).unwrap();
        establishments::store::delete(&mut world.tx(), &Scope::console(), moved.id, &IfMatch::Any).unwrap();
        assert_eq!(world.correspondent(&moved, "Béa", "2026-01-01", None, false).unwrap_err().code(), Code::NotFound);
    }

    #[test]
    fn lists_page_by_day_and_keep_those_in_office() {
        use crate::db::paging::Slice;
        use crate::establishments::correspondents::model::CorrespondentFilters;
        let mut world = World::new();
        let school = world.establishment("0630018C", "63");
        for (name, year) in [("Ali", 2024), ("Béa", 2025), ("Zoé", 2026)] {
            world.correspondent(&school, name, &format!("{year}-01-01"), Some(&format!("{year}-12-31")), false).unwrap();
        }
        let mut page = |sort, descending, after, on: Option<&str>| {
            let (filters, slice) =
                (CorrespondentFilters { on: on.map(|day| day.parse().unwrap()) }, Slice { sort, descending, after, limit: 2, ..Slice::default() });
            correspondents::store::list(&mut world.conn, &Scope::console(), school.id, &filters, &slice).unwrap()
        };
        for (sort, descending, names) in
            [("starts", false, ["Ali", "Béa", "Zoé"]), ("starts", true, ["Zoé", "Béa", "Ali"]), ("name", true, ["Zoé", "Béa", "Ali"])]
        {
            let first = page(sort, descending, None, None);
            let rest = page(sort, descending, first.last().map(|row| correspondents::store::position(row, sort)), None);
            assert_eq!(first.iter().chain(&rest).map(|row| row.display_name.as_str()).collect::<Vec<_>>(), names, "{sort}");
        }
        assert_eq!(page("name", false, None, Some("2025-12-31")).len(), 1);
    }

    /// What the head of Puy-de-Dôme may write.
    fn scope_of_63() -> Scope {
        let (login, display_name, password_hash) = ("head63".to_owned(), "Head".to_owned(), String::new());
        let user = UserRow { id: Id::new(), login, display_name, password_hash, enabled: true, auth_version: 1, created_at: NOW, updated_at: NOW };
        let day: Day = "1970-01-01".parse().unwrap();
        let grant = Grant {
            role: Role::DepartmentHead,
            department_code: Some("63".parse().unwrap()),
            academy_code: None,
            establishment_id: None,
            starts_on: day,
            ends_on: None,
        };
        let access = Access::Granted(&[(Role::DepartmentHead, Rows::OwnDepartment)]);
        Scope::of(&Principal::new((user, None), (Id::new(), Instant(chrono::DateTime::<chrono::Utc>::MAX_UTC)), vec![grant], 1), access, NOW).unwrap()
    }

    #[test]
    fn a_department_writes_only_to_its_own_teams_and_correspondents() {
        let (mut world, own) = (World::new(), scope_of_63());
        let [of_63, of_15] = ["63", "15"].map(|code| find_of_department(&mut world.conn, &Scope::console(), code).unwrap().unwrap());
        assert!(find_of_department(&mut world.conn, &own, "15").unwrap().is_none());
        for association in [&of_63, &of_15] {
            world.team_member(association.id, "Zoé", TeamFunction::Head, None);
        }
        let day = "2026-01-01".parse().unwrap();
        let seen = [of_63, of_15].map(|association| team_members::store::in_office(&mut world.conn, &own, association.id, day).unwrap().len());
        assert_eq!(seen, [1, 0]);

        let school = world.establishment("0150001V", "15");
        let ali = world.correspondent(&school, "Ali", "2026-01-01", None, false).unwrap();
        assert_eq!(correspondents::store::find(&mut world.conn, &own, ali.id).unwrap_err().code(), Code::NotFound);
        assert_eq!(correspondents::store::insert(&mut world.tx(), &own, ali).unwrap_err().code(), Code::NotFound);
    }
}
