//! Looking for duplicates: by what has an index, so that the cost does not depend on how many members there are.

use super::model::{Likeness, Traits, compare};
use crate::auth::Scope;
use crate::db::schema::{employments, external_ids, members};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::members::store::{MemberRow, OWNER};
use crate::values::Day;
use crate::values::fold::fold;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Most rows that one look-up brings: names and dates that many share tell little.
const LOOKUP_MAX: i64 = 200;
/// Letters of a name that are taken to be right.
const PREFIX: usize = 4;

impl MemberRow {
    /// What is compared of the record.
    pub fn traits(&self) -> Traits {
        let street = self.address_line1.as_ref().map(|line| fold(line.as_str())).filter(|line| !line.is_empty());
        Traits {
            last_name: fold(self.last_name.as_str()),
            first_name: fold(self.first_name.as_str()),
            birth_name: self.birth_name.as_ref().map(|name| fold(name.as_str())),
            birth_date: self.birth_date,
            phone: self.phone.clone(),
            email_key: self.email_key.clone(),
            external_ids: self.external_ids.0.clone(),
            address: street.zip(self.postal_code.as_ref().map(ToString::to_string)),
            establishment_id: None,
        }
    }
}

/// A record that may be of the same person.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub row: MemberRow,
    pub likeness: Likeness,
}

/// Where members work on a day, by member.
fn establishments_of(conn: &mut DbConn, ids: Vec<Id>, day: Day) -> Result<HashMap<Id, Id>> {
    let there = employments::table
        .filter(employments::member_id.eq_any(ids).and(employments::deleted_at.is_null()).and(employments::establishment_id.is_not_null()))
        .filter(employments::starts_on.le(day).and(employments::secondary.eq(false)))
        .filter(employments::ends_on.is_null().or(employments::ends_on.assume_not_null().ge(day)));
    Ok(there.select((employments::member_id, employments::establishment_id.assume_not_null())).load::<(Id, Id)>(conn)?.into_iter().collect())
}

/// The records in scope that may be of the person of this one, the likeliest first.
pub fn of(conn: &mut DbConn, scope: &Scope, row: &MemberRow, today: Day) -> Result<Vec<Candidate>> {
    let found = look_up(conn, scope, row)?;
    let ids = found.keys().copied().chain([row.id]).collect();
    let mut places = establishments_of(conn, ids, today)?;
    let traits = |row: &MemberRow, place: Option<Id>| Traits { establishment_id: place, ..row.traits() };
    let own = traits(row, places.remove(&row.id));
    let mut candidates: Vec<Candidate> = found
        .into_values()
        .filter_map(|row| {
            let likeness = compare(&own, &traits(&row, places.remove(&row.id)))?;
            Some(Candidate { row, likeness })
        })
        .collect();
    candidates.sort_by_key(|candidate| (-candidate.likeness.score, candidate.row.id));
    Ok(candidates)
}

/// The living records in scope that share a key with this one. A key that a whole department shares is cut short rather than
/// followed; what is out of scope takes no place.
fn look_up(conn: &mut DbConn, scope: &Scope, row: &MemberRow) -> Result<BTreeMap<Id, MemberRow>> {
    let living = || members::table.filter(members::deleted_at.is_null().and(scope.members())).select(MemberRow::as_select()).limit(LOOKUP_MAX);
    let mut found: Vec<MemberRow> = Vec::new();
    if let Some(birth_date) = row.birth_date {
        found.extend(living().filter(members::birth_date.eq(birth_date)).load(conn)?);
    }
    if let Some(phone) = &row.phone {
        found.extend(living().filter(members::phone.eq(phone.as_str())).load(conn)?);
    }
    if let Some(email_key) = &row.email_key {
        found.extend(living().filter(members::email_key.eq(email_key)).load(conn)?);
    }
    if !row.external_ids.0.is_empty() {
        let values: Vec<&str> = row.external_ids.0.iter().map(|id| id.value.as_str()).collect();
        let owners = external_ids::table.filter(external_ids::value.eq_any(values).and(external_ids::resource.eq(OWNER)));
        let owners: Vec<Id> = owners.select(external_ids::owner_id).limit(LOOKUP_MAX).load(conn)?;
        found.extend(living().filter(members::id.eq_any(owners)).load(conn)?);
    }
    for prefix in prefixes(&row.traits()) {
        found.extend(named_like(conn, scope, &prefix)?);
    }
    Ok(found.into_iter().filter(|other| other.id != row.id).map(|row| (row.id, row)).collect())
}

fn prefixes(traits: &Traits) -> Vec<String> {
    let names = traits.names().into_iter().chain([traits.swapped()]);
    let mut prefixes: Vec<String> = names.map(|name| name.chars().take(PREFIX).collect::<String>()).filter(|prefix| !prefix.trim().is_empty()).collect();
    prefixes.sort();
    prefixes.dedup();
    prefixes
}

fn named_like(conn: &mut DbConn, scope: &Scope, prefix: &str) -> Result<Vec<MemberRow>> {
    let end = format!("{prefix}{}", char::MAX);
    let named = || {
        let living = members::table.filter(members::deleted_at.is_null()).select(MemberRow::as_select()).limit(LOOKUP_MAX);
        living.filter(members::name_key.ge(prefix.to_owned()).and(members::name_key.lt(end.clone())))
    };
    if scope.is_all() {
        return Ok(named().load(conn)?);
    }
    let mut found = Vec::new();
    for department in scope.departments() {
        found.extend(named().filter(members::department_code.eq(department.to_string())).load(conn)?);
    }
    Ok(found)
}
