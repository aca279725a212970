//! How far a caller sees into dossiers, and what may be asked at that distance.

use super::model::DossierFilters;
use super::model::DossierStatus;
use super::store::DossierRow;
use super::view::{CONTENT, IDENTITY};
use crate::auth::{Case, Role, Scope, Veil};
use crate::db::Id;
use crate::error::{Code, Error, Place, Result};
use crate::http::{Actor, ListOf, Server};
use crate::values::Interval;
use std::fmt;
use std::sync::Arc;

/// How far a caller sees.
#[derive(Debug, Clone)]
pub enum Sight {
    Content,
    /// Reference, state, dates and holds.
    Metadata,
    Pseudonyms(Pseudonyms),
}

/// The names of a study: the same id is the same name within one purpose, and another in any other.
#[derive(Clone)]
pub struct Pseudonyms {
    server: Arc<Server>,
    purpose: String,
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.purpose)
    }
}

impl Pseudonyms {
    /// A UUID of version 8, whose bits are ours to choose.
    pub fn of(&self, kind: &str, id: Id) -> Id {
        let digest = self.server.keys.digest(&[b"pseudonym", self.purpose.as_bytes(), kind.as_bytes(), id.as_bytes()]);
        let mut bytes = [0; 16];
        for (at, (byte, digest)) in bytes.iter_mut().zip(digest).enumerate() {
            *byte = match at {
                6 => 0x80 | (digest & 0x0f),
                8 => 0x80 | (digest & 0x3f),
                _ => digest,
            };
        }
        Id::from_bytes(bytes)
    }
}

impl DossierRow {
    /// Whether the caller reads the content, and not only what is left of it behind a veil.
    pub fn is_read_by(&self, scope: &Scope) -> bool {
        let Self { department_code, confidentiality, referent_id, member_id, status, unarchived_until, .. } = self;
        scope.reads(&Case {
            department: department_code,
            level: *confidentiality,
            referent_id: *referent_id,
            member_id: *member_id,
            put_away: DossierStatus::PUT_AWAY.contains(status),
            readable_until: *unarchived_until,
        })
    }
}

/// How far this caller sees in a list, and which rows. Who has several rights reads in full what they can; an analyst says for
/// which purpose, and then is nothing but an analyst.
pub fn look(actor: &Actor, list: &mut ListOf<DossierFilters>) -> Result<(Scope, Sight)> {
    let scope = actor.scope();
    let sight = match (&list.filters.purpose, scope.veiled()) {
        (Some(purpose), Some(Veil::Pseudonyms)) => Sight::Pseudonyms(Pseudonyms { server: Arc::clone(&actor.context.server), purpose: purpose.to_string() }),
        (Some(_), _) => return Err(Error::of(Code::FunctionNotGranted).placed(Place::Parameter("purpose".to_owned()))),
        (None, _) if !scope.ceilings().is_empty() || scope.veiled().is_none() => Sight::Content,
        (None, _) if scope.holds(&[Role::Dpo], None) => Sight::Metadata,
        (None, _) => return Err(Error::parameter("purpose", Code::PurposeRequired)),
    };
    let scope = match &sight {
        Sight::Content => return Ok((scope.unveiled(), sight)),
        Sight::Metadata | Sight::Pseudonyms(_) => scope.only_veiled(),
    };
    if matches!(sight, Sight::Pseudonyms(_)) && !list.options.sorted {
        list.options.sort = "month";
    }
    let masked: Vec<&str> = match &sight {
        Sight::Pseudonyms(_) => masked_from_analysts(list),
        _ => masked_from_keepers(list),
    };
    if masked.is_empty() {
        return Ok((scope, sight));
    }
    Err(masked.into_iter().fold(Error::of(Code::FieldMasked), |error, name| error.placed(Place::Parameter(name.to_owned()))))
}

type Asked<'a> = Vec<(&'a str, bool)>;

/// The parameters that ask for what pseudonyms and months hide.
fn masked_from_analysts(list: &ListOf<DossierFilters>) -> Vec<&'static str> {
    let DossierFilters { establishment, member, referent, reference, opened, facts, .. } = &list.filters;
    let finer = |interval: &Option<Interval>| interval.is_some_and(|interval| !interval.is_of_whole_months());
    let asked: Asked<'static> = vec![
        ("establishment", establishment.is_some()),
        ("member", member.is_some()),
        ("referent", referent.is_some()),
        ("reference", reference.is_some()),
        ("opened", finer(opened)),
        ("facts", finer(facts)),
        ("sort", list.options.sort != "month"),
        ("fields", names(list, IDENTITY)),
        ("expand", !list.options.projection.expand.is_empty()),
    ];
    asked.into_iter().filter_map(|(name, masked)| masked.then_some(name)).collect()
}

/// The parameters that ask for the content of dossiers.
fn masked_from_keepers(list: &ListOf<DossierFilters>) -> Vec<&'static str> {
    let DossierFilters { motive, quality, establishment, member, .. } = &list.filters;
    let expand = &list.options.projection.expand;
    let asked: Asked<'static> = vec![
        ("motive", motive.is_some()),
        ("quality", quality.is_some()),
        ("establishment", establishment.is_some()),
        ("member", member.is_some()),
        ("fields", names(list, CONTENT)),
        ("expand", expand.iter().any(|word| !word.starts_with("association"))),
    ];
    asked.into_iter().filter_map(|(name, masked)| masked.then_some(name)).collect()
}

fn names(list: &ListOf<DossierFilters>, hidden: &[&str]) -> bool {
    list.options.projection.fields.iter().flatten().any(|field| hidden.contains(&field.as_str()))
}
