//! The filters of dossiers as conditions.

use super::model::DossierFilters;
use super::store::{Boxed, visible};
use crate::auth::Scope;
use crate::db::schema::dossiers;
use crate::db::search::{Written, listing};
use crate::db::{Engine, among};
use crate::values::Interval;
use diesel::prelude::*;

/// The dossiers in the scope that are asked for.
pub fn filtered<'a>(engine: Engine, scope: &Scope, filters: &DossierFilters) -> Boxed<'a> {
    by_days(by_derived_facts(by_references(by_words(visible(scope), filters), filters), engine, filters), filters)
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn by_words<'a>(mut query: Boxed<'a>, filters: &DossierFilters) -> Boxed<'a> {
    let DossierFilters { status, kind, motive, quality, urgency, confidentiality, .. } = filters;
    if let Some(statuses) = status {
        query = among!(query, dossiers::status, statuses.clone());
    }
    if let Some(kinds) = kind {
        query = among!(query, dossiers::kind, kinds.clone());
    }
    if let Some(codes) = motive {
        query = among!(query, dossiers::motive_code, texts(codes));
    }
    if let Some(qualities) = quality {
        query = among!(query, dossiers::member_quality, qualities.clone());
    }
    if let Some(urgencies) = urgency {
        query = among!(query, dossiers::urgency, urgencies.clone());
    }
    if let Some(levels) = confidentiality {
        query = among!(query, dossiers::confidentiality, levels.clone());
    }
    query
}

fn by_references<'a>(mut query: Boxed<'a>, filters: &DossierFilters) -> Boxed<'a> {
    let DossierFilters { department, establishment, member, referent, reference, incident, .. } = filters;
    if let Some(codes) = department {
        query = among!(query, dossiers::department_code, texts(codes));
    }
    if let Some(id) = establishment {
        query = query.filter(dossiers::establishment_id.eq(*id));
    }
    if let Some(id) = member {
        query = query.filter(dossiers::member_id.eq(*id));
    }
    if let Some(id) = referent {
        query = query.filter(dossiers::referent_id.eq(*id));
    }
    if let Some(references) = reference {
        query = among!(query, dossiers::reference, texts(references));
    }
    if let Some(id) = incident {
        query = query.filter(dossiers::incident_id.eq(*id));
    }
    query
}

fn by_derived_facts<'a>(mut query: Boxed<'a>, engine: Engine, filters: &DossierFilters) -> Boxed<'a> {
    let DossierFilters { solidarity, complaint, counsel, judicialised, path, context, duplicate, .. } = filters;
    if let Some(statuses) = solidarity {
        query = among!(query, dossiers::solidarity_status, statuses.clone());
    }
    if let Some(filed) = complaint {
        query = query.filter(dossiers::complaint_filed.eq(*filed));
    }
    if let Some(involved) = counsel {
        query = query.filter(dossiers::counsel_involved.eq(*involved));
    }
    if let Some(went) = judicialised {
        query = query.filter(dossiers::judicialised.eq(*went));
    }
    if let Some(paths) = path {
        query = among!(query, dossiers::path, paths.clone());
    }
    if let Some(tags) = context {
        query = query.filter(listing(engine, "dossiers", "contexts", tags));
    }
    match duplicate {
        Some(true) => query.filter(duplicates()),
        Some(false) => query.filter(once()),
        None => query,
    }
}

fn by_days<'a>(mut query: Boxed<'a>, filters: &DossierFilters) -> Boxed<'a> {
    let ends = |interval: &Option<Interval>| interval.map_or((None, None), |Interval { from, to }| (from, to));
    let ((opened_from, opened_to), (facts_from, facts_to)) = (ends(&filters.opened), ends(&filters.facts));
    if let Some(day) = opened_from {
        query = query.filter(dossiers::opened_on.ge(day));
    }
    if let Some(day) = opened_to {
        query = query.filter(dossiers::opened_on.le(day));
    }
    if let Some(day) = facts_from {
        query = query.filter(dossiers::facts_on.ge(day));
    }
    match facts_to {
        Some(day) => query.filter(dossiers::facts_on.le(day)),
        None => query,
    }
}

/// Each case once: without its duplicates.
pub fn once() -> Written {
    Written::default().sql("(dossiers.outcome IS NULL OR dossiers.outcome <> 'duplicate')")
}

/// Written out, so that the index of these is seen to hold all that is asked for.
fn duplicates() -> Written {
    Written::default().sql("dossiers.outcome = 'duplicate'")
}
