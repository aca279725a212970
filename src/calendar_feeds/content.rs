//! What a calendar feed shows: a slot is an event, and nobody who takes part is named.

use super::ical::{self, Event, Status};
use super::store::{self, CalendarFeedRow, Part};
use crate::auth::Scope;
use crate::auth::store::{member_of_user, scope_of};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::training_modules::store::{self as modules, TrainingModuleRow};
use crate::training_sessions::model::{Delivery, TrainingSessionStatus};
use crate::training_sessions::slots::store::SlotRow;
use crate::training_sessions::store::TrainingSessionRow;
use crate::values::{Day, DepartmentCode};
use std::collections::HashMap;

/// Days for which a session that is over still is shown.
const PAST_DAYS: i64 = 92;

/// The calendar of a feed, as its user may read it now.
pub fn calendar(conn: &mut DbConn, feed: &CalendarFeedRow, now: Instant) -> Result<String> {
    let scope = scope_of(conn, feed.user_id, "training_sessions_list", now)?.ok_or_else(Error::not_found)?;
    let since = Day::of(now.0).plus(-PAST_DAYS);
    let (name, sessions, parts) = match &feed.department_code {
        Some(code) => (title(code), store::of_department(conn, &scope, code, since)?, None),
        None => {
            let member_id = member_of_user(conn, feed.user_id)?;
            let parts = store::parts_of(conn, &scope, feed.user_id, member_id)?;
            ("Mes formations".to_owned(), store::by_ids(conn, &scope, parts.keys().copied().collect(), since)?, Some(parts))
        }
    };
    let slots = store::slots_of(conn, &scope, sessions.iter().map(|session| session.id).collect())?;
    let modules = titles(conn, &sessions)?;
    let by_id: HashMap<Id, &TrainingSessionRow> = sessions.iter().map(|session| (session.id, session)).collect();
    let shown = |slot: &SlotRow| {
        let session = by_id.get(&slot.session_id)?;
        let part = parts.as_ref().and_then(|parts| parts.get(&session.id)).copied();
        Some(event(slot, session, modules.get(&session.module_id)?, part))
    };
    Ok(ical::calendar(&name, &slots.iter().filter_map(shown).collect::<Vec<_>>()))
}

fn title(code: &DepartmentCode) -> String {
    format!("Formations – {}", code.department().map_or(code.as_str(), |department| department.name))
}

fn titles(conn: &mut DbConn, sessions: &[TrainingSessionRow]) -> Result<HashMap<Id, TrainingModuleRow>> {
    let mut ids: Vec<Id> = sessions.iter().map(|session| session.module_id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(modules::find_by_ids(conn, &Scope::everybody(), ids)?.into_iter().map(|module| (module.id, module)).collect())
}

/// A slot as an event. Whatever of it changes raises the sequence: the versions of all that it is made of only grow.
fn event(slot: &SlotRow, session: &TrainingSessionRow, module: &TrainingModuleRow, part: Option<Part>) -> Event {
    let cancelled = session.status == TrainingSessionStatus::Cancelled;
    let (version, changed_at) = part.map_or((1, slot.updated_at), |part| (part.version, part.updated_at));
    let takes_part = part.is_some_and(|part| part.seated);
    Event {
        id: slot.id,
        sequence: slot.version + session.version + module.version + version - 4,
        changed_at: [slot.updated_at, session.updated_at, module.updated_at, changed_at].into_iter().max().unwrap_or(changed_at),
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        summary: module.title.to_string(),
        location: match &session.venue {
            Some(venue) => Some(venue.to_string()),
            None => (session.delivery == Delivery::Remote).then(|| "À distance".to_owned()),
        },
        url: session.meeting_url.as_ref().filter(|_| takes_part).map(ToString::to_string),
        status: match part {
            _ if cancelled => Status::Cancelled,
            Some(part) if !part.seated => Status::Tentative,
            _ => Status::Confirmed,
        },
        busy: takes_part && !cancelled,
    }
}
