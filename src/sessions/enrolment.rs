//! Enrolling a second factor: leave to do so, the secret, the first code, the recovery codes.

use super::factor::{self, give_ticket, matching_step, recovery_digest};
use super::model::{RECOVERY_CODES, Secret, TotpCode};
use super::throttle::{Confirmed, confirm};
use crate::audit::{Action, Author, Origin, Tx};
use crate::auth::keys::{random, sha256};
use crate::auth::{Keys, factors};
use crate::db::{Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Endpoint, Plain, Reply, context, route};
use crate::values::body;
use actix_web::HttpRequest;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

body! {
    /// Asks for leave to enrol a second factor.
    pub struct BeginSecondFactor {
        /// The caller's password.
        password: Secret,
    }
}

body! {
    /// Shows leave to enrol.
    pub struct PrepareSecondFactor {
        /// The ticket: from a refused login, or from asking with one's password.
        ticket: Secret,
    }
}

body! {
    /// Enrols with the first code that the authenticator shows.
    pub struct ConfirmSecondFactor {
        /// The ticket.
        ticket: Secret,
        /// The code.
        totp: TotpCode,
    }
}

body! {
    /// Makes new recovery codes.
    pub struct RenewRecoveryCodes {
        /// The caller's password.
        password: Secret,
        /// A code of the authenticator.
        totp: TotpCode,
    }
}

/// Leave to enrol a second factor, good for nothing else.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorTicketView {
    /// The ticket, shown this once.
    #[schema(max_length = 100, pattern = "^[A-Za-z0-9_-]+$", example = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA")]
    pub ticket: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

/// What an authenticator makes codes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorSecretView {
    /// The secret in Base32, to be typed.
    #[schema(max_length = 100, pattern = "^[A-Z2-7]+$", example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: String,
    /// The same as an address, to be shown as a QR code.
    #[schema(max_length = 500, format = "uri", example = "otpauth://totp/Entraide:claire?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Entraide")]
    pub otpauth_uri: String,
}

/// Recovery codes, shown this once; each is good once in the place of a code of the authenticator.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// The codes.
    #[schema(max_items = 10, value_type = Vec<super::model::RecoveryCode>)]
    pub codes: Vec<String>,
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(begin_second_factor), route!(prepare_second_factor), route!(confirm_second_factor), route!(renew_recovery_codes)]
}

fn refused() -> Error {
    Error::field("/ticket", Code::TicketRefused)
}

fn digest_of(ticket: &Secret) -> Vec<u8> {
    sha256(ticket.reveal().as_bytes()).as_ref().to_vec()
}

/// Ask for leave to enrol
///
/// For callers whose roles do not ask for a second factor and who want one all the same; it needs the password.
#[utoipa::path(post, path = "/me/second-factor", operation_id = "me_second_factor_begin", tag = "sessions",
    request_body = BeginSecondFactor, responses((status = 201, description = "Leave to enrol.", body = FactorTicketView),
        (status = 409, description = "There is one already.")))]
async fn begin_second_factor(actor: Actor, body: Plain<BeginSecondFactor>) -> Answer {
    let (server, user_id) = (Arc::clone(&actor.context.server), actor.principal.user_id);
    let none_yet = move |tx: &mut Tx<'_>| match factors::find_factor(tx.conn, user_id)? {
        Some(_) => Err(Error::of(Code::FactorEnrolled)),
        None => Ok(()),
    };
    let (Confirmed { attempt, .. }, ()) = confirm(&actor, ("/password", &body.0.password), none_yet).await?;
    let given = actor.write(false, move |tx, _| {
        attempt.succeeded(tx.conn, tx.now)?;
        give_ticket(tx.conn, &server.keys, user_id, tx.now)
    });
    let (ticket, expires_at) = given.await?;
    actor.send(Reply { status: 201, ..Reply::ok(&FactorTicketView { ticket, expires_at })? })
}

/// Retrieve the secret to enrol with
///
/// For whoever holds a ticket: the secret stays the same as long as the ticket is good.
#[utoipa::path(post, path = "/auth/second-factors/secrets", operation_id = "second_factors_prepare", tag = "sessions",
    request_body = PrepareSecondFactor, responses((status = 201, description = "What an authenticator makes codes from.", body = FactorSecretView)))]
async fn prepare_second_factor(request: HttpRequest, body: Plain<PrepareSecondFactor>) -> Answer {
    let context = context(&request)?;
    let (digest, now) = (digest_of(&body.0.ticket), context.server.now());
    let found = context.server.db.read(move |conn| factors::find_ticket(conn, &digest, now)).await?;
    let (user, sealed) = found.ok_or_else(refused)?;
    let bytes = context.server.keys.open_for(user.id.as_bytes(), &sealed).ok_or_else(refused)?;
    let secret = totp_rs::Secret::from(bytes.as_slice()).to_base32();
    let otpauth_uri = format!("otpauth://totp/Entraide:{}?secret={secret}&issuer=Entraide&algorithm=SHA1&digits=6&period=30", user.login);
    let reply = Reply { status: 201, ..Reply::ok(&FactorSecretView { secret, otpauth_uri })? };
    Ok(reply.send(&request, &context, false))
}

/// Enrol a second factor
///
/// With the ticket and the first code. The ticket is used up; from now on logging in asks for a code.
#[utoipa::path(post, path = "/auth/second-factors", operation_id = "second_factors_confirm", tag = "sessions",
    request_body = ConfirmSecondFactor, responses((status = 201, description = "The recovery codes.", body = RecoveryCodesView),
        (status = 409, description = "There is one already.")))]
async fn confirm_second_factor(request: HttpRequest, body: Plain<ConfirmSecondFactor>) -> Answer {
    let context = context(&request)?;
    let Plain(ConfirmSecondFactor { ticket, totp }) = body;
    let (digest, server, now) = (digest_of(&ticket), Arc::clone(&context.server), context.server.now());
    let (request_id, operation) = (context.request_id, context.route.operation.clone());
    let enrolled = context.server.db.write(move |conn| {
        let (user, sealed) = factors::find_ticket(conn, &digest, now)?.ok_or_else(refused)?;
        let step = matching_step(&factor::open(&server.keys, user.id, &sealed)?, &totp, now)?;
        let step = step.ok_or_else(|| Error::field("/totp", Code::TotpWrong))?;
        let (codes, digests) = make_codes(&server.keys, user.id)?;
        factors::enrol(conn, user.id, &sealed, step, &digests, now)?;
        let author = Author::new(Origin::Api, Some(user.id), request_id, &operation, &server.keys.records);
        Tx { conn, author: &author, now }.note(Action::Create, "second_factor", user.id)?;
        Ok(RecoveryCodesView { codes })
    });
    let reply = Reply { status: 201, ..Reply::ok(&enrolled.await?)? };
    Ok(reply.send(&request, &context, false))
}

/// Make new recovery codes
///
/// In the place of those that are left: for whoever has used most of them or fears that they were seen. It needs the password and a code
/// of the authenticator, and counts failures as logging in does.
#[utoipa::path(post, path = "/me/recovery-codes", operation_id = "me_recovery_codes_create", tag = "sessions",
    request_body = RenewRecoveryCodes, responses((status = 201, description = "The recovery codes.", body = RecoveryCodesView),
        (status = 409, description = "There is no second factor.")))]
async fn renew_recovery_codes(actor: Actor, body: Plain<RenewRecoveryCodes>) -> Answer {
    let Plain(RenewRecoveryCodes { password, totp }) = body;
    let (server, user_id) = (Arc::clone(&actor.context.server), actor.principal.user_id);
    let one = move |tx: &mut Tx<'_>| factors::find_factor(tx.conn, user_id)?.ok_or_else(|| Error::of(Code::FactorNone));
    let (Confirmed { attempt, .. }, sealed) = confirm(&actor, ("/password", &password), one).await?;
    let made = actor.write(false, move |tx, _| {
        let step = matching_step(&factor::open(&server.keys, user_id, &sealed)?, &totp, tx.now)?;
        if !step.map_or(Ok(false), |step| factors::use_step(tx.conn, user_id, step))? {
            return Err(Error::field("/totp", Code::TotpWrong));
        }
        attempt.succeeded(tx.conn, tx.now)?;
        let (codes, digests) = make_codes(&server.keys, user_id)?;
        factors::replace_recovery_codes(tx.conn, user_id, &digests)?;
        tx.note(Action::Create, "recovery_codes", user_id)?;
        Ok(RecoveryCodesView { codes })
    });
    actor.send(Reply { status: 201, ..Reply::ok(&made.await?)? })
}

/// Recovery codes of 80 bits, and what is stored of each.
fn make_codes(keys: &Keys, user_id: Id) -> Result<(Vec<String>, Vec<Vec<u8>>)> {
    let make = |_| {
        let code = totp_rs::Secret::from(random::<10>()?.as_slice()).to_base32().to_lowercase();
        let digest = recovery_digest(keys, user_id, &code);
        Ok((code, digest))
    };
    (0..RECOVERY_CODES).map(make).collect::<Result<Vec<_>>>().map(|made| made.into_iter().unzip())
}
