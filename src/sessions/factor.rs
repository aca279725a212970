//! The second factor of an account: who needs one, and what proves it.

use super::model::{RecoveryCode, TICKET_MINUTES, TotpCode};
use crate::auth::keys::{random, sha256};
use crate::auth::store::{self, UserRow};
use crate::auth::{Keys, Role, factors};
use crate::config::Profile;
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::Server;
use crate::values::Day;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_LEN: usize = 20;
const STEP_SECONDS: u64 = 30;
/// Steps by which clocks may differ.
const SKEW: u16 = 1;

/// What a caller proves the second factor with.
#[derive(Debug, Clone)]
pub struct Proof {
    pub totp: Option<TotpCode>,
    pub recovery_code: Option<RecoveryCode>,
}

/// Whether accounts with one of these roles sign in with a second factor only.
pub fn is_required(server: &Server, roles: &[Role]) -> bool {
    server.config.profile == Profile::Production && roles.iter().any(|role| role.needs_second_factor())
}

/// Whether an account has to enrol before it goes on.
pub fn is_missing(conn: &mut DbConn, server: &Server, user_id: Id, today: Day) -> Result<bool> {
    Ok(is_required(server, &store::roles_on(conn, user_id, today)?) && factors::find_factor(conn, user_id)?.is_none())
}

/// What is left of signing in after the password was right.
pub enum Outcome {
    Proved,
    Refused(Error),
}

/// Checks the second factor, and uses up what proves it; a refusal comes as a value, so that a ticket that it tells of is stored.
pub fn check(conn: &mut DbConn, server: &Server, user: &UserRow, proof: &Proof, now: Instant) -> Result<Outcome> {
    let refused = |code| Ok(Outcome::Refused(Error::of(code)));
    let Some(sealed) = factors::find_factor(conn, user.id)? else {
        if !is_required(server, &store::roles_on(conn, user.id, Day::of(now.0))?) {
            return Ok(Outcome::Proved);
        }
        let (ticket, _) = give_ticket(conn, &server.keys, user.id, now)?;
        return Ok(Outcome::Refused(Error::of(Code::EnrolmentRequired).with("ticket", ticket).at("/totp")));
    };
    let proved = match proof {
        Proof { totp: Some(code), .. } => match matching_step(&open(&server.keys, user.id, &sealed)?, code, now)? {
            Some(step) => factors::use_step(conn, user.id, step)?,
            None => false,
        },
        Proof { recovery_code: Some(code), .. } => factors::use_recovery_code(conn, user.id, &recovery_digest(&server.keys, user.id, code.as_str()), now)?,
        Proof { totp: None, recovery_code: None } => return refused(Code::FactorRequired),
    };
    if proved { Ok(Outcome::Proved) } else { refused(Code::FactorRefused) }
}

/// Leave to enrol, for five minutes, in the place of what was given before.
pub fn give_ticket(conn: &mut DbConn, keys: &Keys, user_id: Id, now: Instant) -> Result<(String, Instant)> {
    let ticket = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let secret = keys.seal_for(user_id.as_bytes(), random::<SECRET_LEN>()?.to_vec())?;
    let expires_at = Instant(now.0 + Duration::minutes(TICKET_MINUTES));
    factors::insert_ticket(conn, sha256(ticket.as_bytes()).as_ref(), user_id, &secret, expires_at)?;
    Ok((ticket, expires_at))
}

/// The generator of codes from a secret that was stored for an account.
pub fn open(keys: &Keys, user_id: Id, sealed: &str) -> Result<Totp> {
    let secret = keys.open_for(user_id.as_bytes(), sealed).ok_or_else(|| Error::internal("a stored second factor cannot be read with these keys"))?;
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(SKEW).with_step_duration(STEP_SECONDS);
    builder.with_secret(Secret::from(secret.as_slice())).build().map_err(|error| Error::internal(format!("{error:?}")))
}

/// The step of which this is the code, the one before and the one after included.
pub fn matching_step(totp: &Totp, code: &TotpCode, now: Instant) -> Result<Option<i64>> {
    let seconds = u64::try_from(now.0.timestamp()).map_err(Error::internal)?;
    totp.check(code.as_str(), seconds).map(|step| i64::try_from(step).map_err(Error::internal)).transpose()
}

/// What is stored of a recovery code.
pub fn recovery_digest(keys: &Keys, user_id: Id, code: &str) -> Vec<u8> {
    keys.digest(&[b"recovery", user_id.as_bytes(), code.as_bytes()])
}
