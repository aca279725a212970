//! One transition, from the refusals in their order to what is remembered of it.

use super::api::{Content, TransitionView};
use super::model::{Stateful, Step};
use super::store::{self, TransitionRow};
use crate::audit::{Resource, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Id, Json};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Order, Reply};
use crate::values::{Choice, Commands};
use serde_json::{Map, Value};

impl Actor {
    /// Moves a resource on: found (404), its caller's role (403), replay, version (428, 412), state and guards (409), then the
    /// change, its history and its audit in one transaction. `advance` records the change, as every writer does.
    pub async fn transition<R, C, V, F, A>(&self, id: Id, order: Order<C>, find: F, advance: A) -> Answer
    where
        R: Stateful + Send + 'static,
        C: Commands + Send + 'static,
        V: Resource,
        F: FnOnce(&mut DbConn, &Scope, Id) -> Result<R> + Send + 'static,
        A: FnOnce(&mut Tx<'_>, &Scope, Step<R::Status>, R, C) -> Result<V> + Send + 'static,
    {
        let Order { command, digest, key, expected, validate } = order;
        let word = command.word();
        let found = move |tx: &mut Tx<'_>, scope: &Scope| {
            let row = find(tx.conn, scope, id)?;
            if !scope.holds(R::LIFECYCLE.find(word)?.by, row.department()) {
                return Err(Error::of(Code::CommandNotGranted));
            }
            Ok(row)
        };
        let make = move |tx: &mut Tx<'_>, scope: &Scope, row: R| {
            expected.check(row.version())?;
            let reply = Reply::ok(&take_step(tx, scope, row, command, advance)?)?;
            Ok(Reply { status: 201, ..reply }.about(id))
        };
        let key = key.as_ref().map(|key| key.as_str());
        self.once_found(key, digest, validate, found, make).await
    }
}

/// One step of a resource that was found and may be moved on: the state it starts from, the change, and its line in the history.
pub fn take_step<R, C, V, A>(tx: &mut Tx<'_>, scope: &Scope, row: R, command: C, advance: A) -> Result<TransitionView>
where
    R: Stateful,
    C: Commands,
    V: Resource,
    A: FnOnce(&mut Tx<'_>, &Scope, Step<R::Status>, R, C) -> Result<V>,
{
    let (word, status, whole_id) = (command.word(), row.status(), row.whole());
    let line = R::LIFECYCLE.find(word)?;
    if !line.from.contains(&status) {
        return Err(R::LIFECYCLE.not_allowed(status, scope, row.department()));
    }
    let step = Step { from: line.from, to: line.to.unwrap_or(status), seen: row.version() };
    let mut details = command.details();
    details.retain(|name, _| !R::UNTOLD.contains(&name.as_str()));
    let after = advance(tx, scope, step, row, command)?;
    let row = history(tx, R::LIFECYCLE.resource, word, (status.code(), step.to.code()), details, &after, whole_id);
    store::insert(tx, scope, &row)?;
    Ok(TransitionView::of(row, Content::Shown))
}

/// The same step of many resources in one state under one whole, whose word nobody but the server gives; `advance` changes them all.
pub fn take_steps<R, V, A>(tx: &mut Tx<'_>, scope: &Scope, rows: Vec<R>, word: &'static str, advance: A) -> Result<()>
where
    R: Stateful,
    V: Resource,
    A: FnOnce(&mut Tx<'_>, &Scope, R::Status, Vec<R>) -> Result<Vec<V>>,
{
    let Some((status, whole_id)) = rows.first().map(|row| (row.status(), row.whole())) else { return Ok(()) };
    let to = R::LIFECYCLE.find(word)?.to.unwrap_or(status);
    let after = advance(tx, scope, to, rows)?;
    let step = |after: &V| history(tx, R::LIFECYCLE.resource, word, (status.code(), to.code()), Map::new(), after, whole_id);
    let steps: Vec<TransitionRow> = after.iter().map(step).collect();
    store::insert_many(tx, scope, &steps)
}

/// The line of a step in the history.
fn history(
    tx: &Tx<'_>,
    resource: &str,
    word: &str,
    (from, to): (&str, &str),
    mut details: Map<String, Value>,
    after: &impl Resource,
    whole_id: Option<Id>,
) -> TransitionRow {
    let reason = details.remove("reason").and_then(|reason| reason.as_str().map(str::to_owned));
    TransitionRow {
        id: Id::new(),
        resource: resource.to_owned(),
        resource_id: after.id(),
        resource_version: after.version(),
        command: word.to_owned(),
        from_status: from.to_owned(),
        to_status: to.to_owned(),
        reason,
        details: Json(details),
        recorded_at: tx.now,
        actor_id: tx.author.actor_id,
        request_id: tx.author.request_id,
        whole_id,
    }
}
