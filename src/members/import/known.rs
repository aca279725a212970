//! What is stored about the members that lines name, read in few queries once those members are locked.

use super::groups::Record;
use crate::associations;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{DbConn, Id, lock_in_order};
use crate::error::Result;
use crate::establishments;
use crate::imports::run::Step;
use crate::members::aliases;
use crate::members::employments::store::{self as employments, EmploymentRow};
use crate::members::external_ids::owners_of;
use crate::members::memberships::model::{Dues, Product};
use crate::members::memberships::store::{self as memberships, MembershipRow};
use crate::members::memberships::tariffs;
use crate::members::model::ExternalId;
use crate::members::store::{self, MemberRow};
use crate::values::DepartmentCode;
use std::collections::{BTreeSet, HashMap};

/// Who has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A member in the caller's perimeter; of a record that was merged, the one it was merged into.
    Known(Id),
    /// Somebody else: a member elsewhere, or a record that was taken away.
    Hidden,
}

/// What a batch has to know, and goes on knowing while it makes its changes.
#[derive(Debug, Default)]
pub struct Known {
    pub members: HashMap<Id, MemberRow>,
    pub by_number: HashMap<String, Holder>,
    /// Members by the identifiers that other systems have for them.
    pub by_external_id: HashMap<ExternalId, Holder>,
    /// Periods that have a name in another system already.
    pub named_periods: HashMap<ExternalId, Id>,
    pub periods: HashMap<Id, Vec<MembershipRow>>,
    pub posts: HashMap<Id, Vec<EmploymentRow>>,
    pub establishments: HashMap<String, Id>,
    /// Associations by department.
    pub associations: HashMap<String, Id>,
    pub tariffs: HashMap<i32, Option<Dues>>,
}

pub fn known(tx: &mut Tx<'_>, scope: &Scope, step: Step, department: Option<&DepartmentCode>, records: &[Record]) -> Result<Known> {
    let said = || records.iter().flat_map(|record| &record.said);
    let numbers: Vec<String> = said().filter_map(|said| said.number.as_ref().map(ToString::to_string)).collect();
    let names: Vec<ExternalId> = said().flat_map(|said| said.external_ids.clone()).collect();
    let contracts: Vec<ExternalId> = said().filter_map(|said| said.period.as_ref()).flat_map(|period| period.external_ids.clone()).collect();
    let holders = aliases::holders(tx.conn, scope, numbers)?;
    let owners = owners_of(tx.conn, store::OWNER, &names)?;
    let mut ids: Vec<Id> = holders.values().copied().chain(owners.values().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let uais: Vec<String> = said().filter_map(|said| said.post.as_ref()?.uai.as_ref().map(ToString::to_string)).collect();
    let members: HashMap<Id, MemberRow> = if step.checks_only {
        store::find_by_ids(tx.conn, scope, ids)?.into_iter().map(|row| (row.id, row)).collect()
    } else {
        aliases::lock_many(tx, scope, ids)?
    };
    let establishments = schools(tx.conn, step, uais)?;
    let holder = |id: &Id| if members.contains_key(id) { Holder::Known(*id) } else { Holder::Hidden };
    let by_number = holders.iter().map(|(number, id)| (number.clone(), holder(id))).collect();
    let by_external_id = owners.into_iter().map(|(name, id)| (name, holder(&id))).collect();
    let living: Vec<Id> = members.keys().copied().collect();
    Ok(Known {
        members,
        by_number,
        by_external_id,
        named_periods: owners_of(tx.conn, memberships::OWNER, &contracts)?,
        periods: memberships::of_members(tx.conn, scope, living.clone())?,
        posts: employments::main_posts_of(tx.conn, scope, living)?,
        establishments,
        associations: departmental(tx.conn, records, department)?,
        tariffs: dues(tx.conn, records)?,
    })
}

/// Schools by UAI; locked, so that none is taken away while a post is recorded in it.
fn schools(conn: &mut DbConn, step: Step, mut uais: Vec<String>) -> Result<HashMap<String, Id>> {
    uais.sort();
    uais.dedup();
    let found = |conn: &mut DbConn| -> Result<HashMap<String, Id>> {
        let rows = establishments::store::find_by_uais(conn, &Scope::everybody(), uais.clone())?;
        Ok(rows.into_iter().map(|row| (row.uai.to_string(), row.id)).collect())
    };
    let known = found(conn)?;
    if step.checks_only || known.is_empty() {
        return Ok(known);
    }
    let mut ids: Vec<Id> = known.into_values().collect();
    ids.sort_unstable();
    lock_in_order(conn, "establishments", &ids)?;
    found(conn)
}

fn departmental(conn: &mut DbConn, records: &[Record], usual: Option<&DepartmentCode>) -> Result<HashMap<String, Id>> {
    let mut found = HashMap::new();
    for code in records.iter().filter_map(|record| record.person().department_code).chain(usual.cloned()) {
        if !found.contains_key(code.as_str())
            && let Some(association) = associations::store::find_of_department(conn, &Scope::everybody(), code.as_str())?
        {
            found.insert(code.to_string(), association.id);
        }
    }
    Ok(found)
}

fn dues(conn: &mut DbConn, records: &[Record]) -> Result<HashMap<i32, Option<Dues>>> {
    let years = records.iter().flat_map(|record| &record.said).filter_map(|said| said.period.as_ref().map(|period| period.starts_on.year()));
    let years: BTreeSet<i32> = years.collect();
    years.into_iter().map(|year| Ok((year, tariffs::store::dues_of(conn, &Scope::everybody(), Product::Ome, year)?))).collect()
}
