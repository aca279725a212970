//! The caller behind a token. Verified tokens are remembered; whether they still count is asked where the data is read.

use super::server::Server;
use crate::auth::token::{self, Verified};
use crate::auth::{Principal, store};
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
    let verified = token::verify(&server.keys, &server.config.public_url, text, now)?;
    let principal = Arc::new(load(server, verified).await?);
    remember(text, &principal, verified.expires_at, now);
    Ok(principal)
}

async fn load(server: &Arc<Server>, verified: Verified) -> Result<Principal> {
    let now = server.now();
    server.db.read(move |conn| store::find_principal(conn, &verified, now)).await
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
