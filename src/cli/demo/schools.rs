//! The schools of the demonstration.

use super::words::{PATRONS, Place, STREETS};
use super::{day, parsed, pick};
use entraide::audit::{Action, Tx};
use entraide::auth::Scope;
use entraide::db::{Id, Json};
use entraide::error::{Error, Result};
use entraide::establishments::model::*;
use entraide::establishments::store::{self, EstablishmentRow};
use entraide::establishments::view::EstablishmentView;
use fastrand::Rng;

/// Schools in each department.
const EACH: usize = 20;
const KEYS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

/// A school that members can work in.
#[derive(Clone, Copy)]
pub struct School {
    pub id: Id,
    pub kind: EstablishmentKind,
    pub closed: bool,
}

/// Stores the schools, and gives those of each department.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, places: &[Place], rng: &mut Rng) -> Result<Vec<Vec<School>>> {
    let mut made = Vec::new();
    for place in places {
        let rows = (0..EACH).map(|at| row(tx, place, at, rng)).collect::<Result<Vec<_>>>()?;
        store::insert_many(tx, scope, &rows)?;
        made.push(rows.iter().map(|row| School { id: row.id, kind: row.kind, closed: row.status == EstablishmentStatus::Closed }).collect());
        let views: Vec<EstablishmentView> = rows.into_iter().map(EstablishmentView::from).collect();
        tx.record_all(views.iter().map(|view| (Action::Create, view)))?;
    }
    Ok(made)
}

fn row(tx: &Tx<'_>, place: &Place, at: usize, rng: &mut Rng) -> Result<EstablishmentRow> {
    use EstablishmentKind::*;
    let (kind, title, nature) = match at % 10 {
        0 => (NurserySchool, "École maternelle", "101"),
        1..=3 => (PrimarySchool, "École primaire", "151"),
        4 => (ElementarySchool, "École élémentaire", "151"),
        5..=7 => (MiddleSchool, "Collège", "340"),
        8 => (GeneralTechnologicalHighSchool, "Lycée", "302"),
        _ => (VocationalHighSchool, "Lycée professionnel", "320"),
    };
    let number = place.uai_prefix()? * 10_000 + 900 + u32::try_from(at).map_err(Error::internal)?;
    let key = KEYS.get(usize::try_from(number).map_err(Error::internal)? % KEYS.len()).copied().map_or('A', char::from);
    let patron = PATRONS.get(at % PATRONS.len()).copied().unwrap_or_default();
    let mut address = place.town(rng)?;
    address.line1 = Some(parsed(&format!("{} {}", rng.u32(1..120), pick(rng, &STREETS)?))?);
    let private = at % 10 == 6;
    let attributes = Attributes {
        uai: parsed(&format!("{number:07}{key}"))?,
        name: parsed(&format!("{title} {patron}"))?,
        kind,
        sector: if private { Sector::PrivateUnderContract } else { Sector::Public },
        status: if at == EACH - 1 { EstablishmentStatus::Closed } else { EstablishmentStatus::Open },
        address,
        department_code: parsed(place.department)?,
        academy_code: None,
        phone: None,
        email: None,
        website: None,
        pupils: None,
        latitude: None,
        longitude: None,
        siret: None,
        nature_code: Some(parsed(nature)?),
        opened_on: Some(day(1950 + i32::try_from(at).map_err(Error::internal)?, 9, 1)?),
        parent_uai: None,
        district: None,
        sites: Vec::new(),
    };
    let mut row = EstablishmentRow::new(attributes, tx.now);
    if at % 10 == 5 {
        row.priority_education = Json(vec![PriorityPeriod { level: PriorityLevel::Rep, starts_on: day(2015, 9, 1)?, ends_on: None }]);
    }
    Ok(row)
}
