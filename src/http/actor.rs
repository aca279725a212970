//! The caller at work: every read and every transaction of a handler goes through here, with the rows it may touch.

use super::callers;
use super::disclosure::Disclosed;
use super::expand::{Expander, Lens, Shown};
use super::idempotency::{self, Claim};
use super::input::{Command, IfMatch, Patch, Projection, context, required};
use super::problem::Problem;
use super::reply::Reply;
use super::server::Context;
use crate::audit::access::{Confided, Part};
use crate::audit::{Author, Origin, Resource, Tx};
use crate::auth::{Principal, Scope, store};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::values::Day;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::{Ready, ready};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;
use utoipa::ToSchema;

pub type Answer = Result<HttpResponse, Problem>;

/// What `mode=validate` answers to a command that would succeed; one that would fail gets its problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValidationView {
    /// Always `true`.
    pub valid: bool,
}

/// The caller of this request, and the rows that its operation may touch.
pub struct Actor {
    pub context: Rc<Context>,
    pub request: HttpRequest,
    pub principal: Arc<Principal>,
    scope: Scope,
}

impl FromRequest for Actor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let actor = context(request).and_then(|context| {
            let (principal, scope) = context.caller.clone().ok_or_else(|| Error::of(Code::CredentialsMissing))?;
            Ok(Self { context, request: request.clone(), principal, scope })
        });
        ready(actor.map_err(Problem))
    }
}

/// What is confidential among the objects put beside others.
pub(super) type Beside = Vec<(Confided, Id)>;

/// What the projection of a view needs besides the view, in the thread that reads.
struct Form {
    principal: Arc<Principal>,
    expander: Expander,
    lens: Lens,
    projection: Projection,
}

impl Form {
    fn bytes<V: Serialize>(&self, conn: &mut DbConn, view: &V) -> Result<(Vec<u8>, Beside)> {
        if self.projection.is_plain() {
            return Ok((serde_json::to_vec(view).map_err(Error::internal)?, Vec::new()));
        }
        let mut shown = Shown::of(view)?;
        let beside = self.project(conn, &mut [&mut shown])?;
        let mut bytes = Vec::new();
        shown.write(&mut bytes);
        Ok((bytes, beside))
    }

    /// Expands, then keeps the fields asked for and the objects put beside them; tells which of these are confidential.
    fn project(&self, conn: &mut DbConn, items: &mut [&mut Shown]) -> Result<Beside> {
        let beside = self.expander.apply(conn, &self.principal, self.lens, items, &self.projection.expand)?;
        if let Some(fields) = &self.projection.fields {
            for item in items {
                item.keep(fields)?;
            }
        }
        Ok(beside)
    }
}

impl Actor {
    pub fn now(&self) -> Instant {
        self.context.server.now()
    }

    pub fn today(&self) -> Day {
        self.context.server.today()
    }

    pub fn lens(&self) -> Lens {
        Lens { now: self.now(), language: self.context.language }
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The rows that this caller may touch through another operation: what a body may refer to.
    pub fn scope_through(&self, operation: &str) -> Scope {
        Scope::through(&self.principal, operation, self.now())
    }

    pub fn author(&self) -> Author {
        let Context { request_id, route, server, .. } = &*self.context;
        let author = Author::new(Origin::Api, self.principal.actor_id(), *request_id, &route.operation, &server.keys.records);
        author.through(self.principal.client_id()).by(self.scope.rule())
    }

    fn form(&self, projection: Projection) -> Form {
        Form { principal: Arc::clone(&self.principal), expander: self.context.server.expander.clone(), lens: self.lens(), projection }
    }

    /// Reads, in the same breath as it makes sure that the caller still counts.
    pub async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn, &Scope) -> Result<T> + Send + 'static,
    {
        let (principal, scope, now) = (Arc::clone(&self.principal), self.scope.clone(), self.now());
        let result = self.context.server.db.read(move |conn| {
            store::confirm(conn, &principal, now)?;
            job(conn, &scope)
        });
        self.noticing(result.await)
    }

    /// Runs one transaction in the caller's name; `dry` takes it back and still tells its result.
    pub async fn write<T, F>(&self, dry: bool, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Scope) -> Result<T> + Send + 'static,
    {
        let (principal, scope, now, author) = (Arc::clone(&self.principal), self.scope.clone(), self.now(), self.author());
        let job = move |conn: &mut DbConn| {
            store::confirm(conn, &principal, now)?;
            job(&mut Tx { conn, author: &author, now }, &scope)
        };
        let db = &self.context.server.db;
        self.noticing(if dry { db.try_out(job).await } else { db.write(job).await })
    }

    fn noticing<T>(&self, result: Result<T>) -> Result<T> {
        if matches!(&result, Err(error) if error.code().status() == 401) {
            callers::forget(&self.principal);
        }
        result
    }

    pub fn send(&self, reply: Reply) -> Answer {
        Ok(reply.send(&self.request, &self.context, false))
    }

    /// Shows one resource at its version.
    pub async fn retrieve<V, F>(&self, projection: Projection, find: F) -> Answer
    where
        V: Resource,
        F: FnOnce(&mut DbConn, &Scope) -> Result<V> + Send + 'static,
    {
        self.retrieve_part(projection, move |conn, scope| Ok((find(conn, scope)?, None))).await
    }

    /// `retrieve` of a part of something confidential, which is looked at through it.
    pub async fn retrieve_part<V, F>(&self, projection: Projection, find: F) -> Answer
    where
        V: Resource,
        F: FnOnce(&mut DbConn, &Scope) -> Result<(V, Option<(Confided, Id)>)> + Send + 'static,
    {
        let form = self.form(projection);
        let read = self.read(move |conn, scope| {
            let (view, whole) = find(conn, scope)?;
            let (bytes, mut beside) = form.bytes(conn, &view)?;
            beside.extend(whole);
            Ok((Reply::versioned(200, view.version(), bytes), beside))
        });
        let (reply, beside) = read.await?;
        self.disclose(Disclosed::one(beside)).await?;
        self.send(reply)
    }

    /// Shows what has no version.
    pub async fn show<V, F>(&self, find: F) -> Answer
    where
        V: Serialize,
        F: FnOnce(&mut DbConn, &Scope) -> Result<V> + Send + 'static,
    {
        self.show_with(move |conn, scope| Ok((find(conn, scope)?, Vec::new()))).await
    }

    /// `show` of what tells of other confidential things than the one that the address names.
    pub async fn show_with<V, F>(&self, find: F) -> Answer
    where
        V: Serialize,
        F: FnOnce(&mut DbConn, &Scope) -> Result<(V, Vec<(Confided, Id)>)> + Send + 'static,
    {
        let read = self.read(move |conn, scope| {
            let (view, beside) = find(conn, scope)?;
            Ok((Reply::ok(&view)?, beside))
        });
        let (reply, beside) = read.await?;
        self.disclose(Disclosed::one(beside)).await?;
        self.send(reply)
    }

    /// Creates once per key: change, history, audit and the reply to repeat are one transaction.
    pub async fn create<B, V, F>(&self, collection: &'static str, command: Command<B>, make: F) -> Answer
    where
        B: Send + 'static,
        V: Resource,
        F: FnOnce(&mut Tx<'_>, &Scope, B) -> Result<V> + Send + 'static,
    {
        self.create_under(collection, command, |_, _| Ok(()), move |tx, scope, (), body| make(tx, scope, body)).await
    }

    /// `create` under a resource: it is found first, so that a reply is never repeated to who may no longer see it.
    pub async fn create_under<B, R, V, S, F>(&self, collection: &'static str, command: Command<B>, find: S, make: F) -> Answer
    where
        B: Send + 'static,
        R: Part + 'static,
        V: Resource,
        S: FnOnce(&mut Tx<'_>, &Scope) -> Result<R> + Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Scope, R, B) -> Result<V> + Send + 'static,
    {
        let Command { body, digest, key, validate } = command;
        self.once_found(Some(key.as_str()), digest, validate, find, move |tx, scope, found| {
            let view = make(tx, scope, found, body)?;
            let bytes = serde_json::to_vec(&view).map_err(Error::internal)?;
            Ok(Reply::versioned(201, view.version(), bytes).located(format!("/api/v1/{collection}/{}", view.id())).about(view.id()))
        })
        .await
    }

    /// Runs a command that may be repeated under its key.
    pub async fn once<F>(&self, key: &str, digest: Vec<u8>, validate: bool, make: F) -> Answer
    where
        F: FnOnce(&mut Tx<'_>, &Scope) -> Result<Reply> + Send + 'static,
    {
        self.once_found(Some(key), digest, validate, |_, _| Ok(()), move |tx, scope, ()| make(tx, scope)).await
    }

    /// `once` for a command on a resource: it is found first, so that a reply is never repeated to who may no longer see it.
    pub async fn once_found<R, S, F>(&self, key: Option<&str>, digest: Vec<u8>, validate: bool, find: S, make: F) -> Answer
    where
        R: Part,
        S: FnOnce(&mut Tx<'_>, &Scope) -> Result<R> + Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Scope, R) -> Result<Reply> + Send + 'static,
    {
        let (caller_id, operation) = (self.principal.user_id, self.context.route.operation.clone());
        let claim = key.map(|key| Claim { caller_id, operation, key: key.to_owned(), digest });
        let done = self.write(validate, move |tx, scope| {
            let found = find(tx, scope)?;
            let claim = claim.ok_or_else(|| required("Idempotency-Key"))?;
            if validate {
                return make(tx, scope, found).map(|reply| (reply, None));
            }
            if let Some(reply) = idempotency::claim(tx.conn, &claim, tx.now)? {
                return Ok((reply, Some(found.part_of())));
            }
            let reply = make(tx, scope, found)?;
            idempotency::keep(tx.conn, &claim, &reply)?;
            Ok((reply, None))
        });
        let (reply, given_before) = done.await?;
        if validate {
            return self.send(Reply::ok(&ValidationView { valid: true })?);
        }
        let replayed = given_before.is_some();
        if let Some(whole) = given_before {
            // The first answer is in the record of changes.
            let (rows, beside) = (reply.subject.into_iter().collect(), whole.into_iter().collect());
            self.disclose(Disclosed { rows, replayed, ..Disclosed::one(beside) }).await?;
        }
        Ok(reply.send(&self.request, &self.context, replayed))
    }

    /// Changes one resource at the version the caller has seen.
    pub async fn update<B, V, F>(&self, patch: Patch<B>, change: F) -> Answer
    where
        B: Send + 'static,
        V: Resource,
        F: FnOnce(&mut Tx<'_>, &Scope, &IfMatch, B) -> Result<V> + Send + 'static,
    {
        let Patch { changes, expected } = patch;
        let reply = self.write(false, move |tx, scope| {
            let view = change(tx, scope, &expected, changes)?;
            Ok(Reply::versioned(200, view.version(), serde_json::to_vec(&view).map_err(Error::internal)?))
        });
        self.send(reply.await?)
    }

    pub async fn delete<F>(&self, expected: IfMatch, remove: F) -> Answer
    where
        F: FnOnce(&mut Tx<'_>, &Scope, &IfMatch) -> Result<()> + Send + 'static,
    {
        self.write(false, move |tx, scope| remove(tx, scope, &expected)).await?;
        self.send(Reply::no_content())
    }

    /// Puts views into the form asked for, in the thread that read them; tells what is confidential of what was put beside.
    pub(super) fn shaper(&self, projection: Projection) -> impl Fn(&mut DbConn, &mut [&mut Shown]) -> Result<Beside> + Send + 'static {
        let form = self.form(projection);
        move |conn, items| form.project(conn, items)
    }
}
