//! The caller behind a token. Verified tokens are remembered; whether they still count is asked where the data is read.

use super::server::Server;
use crate::auth::token::{self, Bearer, Verified};
use crate::auth::{Principal, clients, store};
use crate::error::{Code, Error, Result};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Tokens remembered by each thread.
const REMEMBERED: usize = 8192;

thread_local! {
    static VERIFIED: RefCell<HashMap<String, (Arc<Principal>, i64)>> = RefCell::default();
}

/// The caller of a valid token. `Actor` confirms, in the same read or transaction as the work, that it still counts.
pub async fn find(server: &Arc<Server>, text: &str) -> Result<Arc<Principal>> {
    let now = server.clock.now().timestamp();
    let remembered = VERIFIED.with_borrow(|tokens| tokens.get(text).map(|(principal, expires_at)| (Arc::clone(principal), *expires_at)));
    match remembered {
        Some((principal, expires_at)) if now < expires_at => return Ok(principal),
        Some(_) => {
            VERIFIED.with_borrow_mut(|tokens| tokens.remove(text));
            return Err(Error::of(Code::TokenExpired));
        }
        None => {}
    }
    let Verified { bearer, expires_at } = token::verify(&server.keys, &server.config.public_url, text, now)?;
    let principal = Arc::new(load(server, bearer).await?);
    remember(text, &principal, expires_at, now);
    Ok(principal)
}

async fn load(server: &Arc<Server>, bearer: Bearer) -> Result<Principal> {
    let now = server.now();
    server.db.read(move |conn| store::find_principal(conn, &bearer, now)).await
}

fn remember(text: &str, principal: &Arc<Principal>, expires_at: i64, now: i64) {
    VERIFIED.with_borrow_mut(|tokens| {
        if tokens.len() >= REMEMBERED {
            tokens.retain(|_, (_, expires_at)| *expires_at > now);
        }
        if tokens.len() < REMEMBERED {
            tokens.insert(text.to_owned(), (Arc::clone(principal), expires_at));
        }
    });
}

/// Forgets a token that was found to count no more.
pub fn forget(principal: &Principal) {
    VERIFIED.with_borrow_mut(|tokens| tokens.retain(|_, (known, _)| known.session_id != principal.session_id));
}

/// Asks the database whether the caller still is who the token said.
pub async fn confirm(server: &Arc<Server>, principal: &Arc<Principal>) -> Result<()> {
    let (caller, now) = (Arc::clone(principal), server.now());
    let confirmed = server.db.read(move |conn| store::confirm(conn, &caller, now)).await;
    if confirmed.is_err() {
        forget(principal);
    }
    confirmed
}

/// Notes, beside the request and at most once a minute, that a machine is at work.
pub fn note_use(server: &Arc<Server>, principal: &Principal) {
    let now = server.now();
    let Some(machine) = principal.machine.as_ref().filter(|machine| machine.is_to_be_noted(now.0.timestamp())) else { return };
    let (id, server) = (machine.id, Arc::clone(server));
    actix_web::rt::spawn(async move {
        if let Err(error) = server.db.write(move |conn| clients::note_use(conn, id, now)).await {
            log::warn!("the use of a client was not noted: {error}");
        }
    });
}
