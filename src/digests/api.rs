//! Routes and bodies of digests.

use super::model::MailLanguage;
use super::store::{self, DigestRow};
use super::view::DigestView;
use crate::audit::Action;
use crate::error::{Code, Error};
use crate::http::{Actor, Answer, Endpoint, Patch, Projection, route};
use crate::values::input::Change;
use crate::values::{Email, body};

body! {
    /// Says whether, where and in which language one is told each morning by mail how much is to be done: absent fields stay.
    pub struct UpdateDigest {
        /// Whether the mail is wanted; it needs an address.
        enabled: Change<bool>,
        /// Where it goes. `null` forgets every address that was given before.
        email: Change<Option<Email>>,
        /// Its language.
        language: Change<MailLanguage>,
    } refuse { offered: FieldDerived, version: FieldReadOnly, updated_at: FieldReadOnly }
}

impl UpdateDigest {
    fn apply(self, row: &mut DigestRow) {
        let Self { enabled, email, language } = self;
        enabled.apply(&mut row.enabled);
        email.apply(&mut row.email);
        language.apply(&mut row.language);
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(retrieve_digest).shows::<DigestView>().sparse(), route!(update_digest).conditional().shows::<DigestView>()]
}

/// Retrieve one's digest
///
/// Whether one gets a mail each morning; off until one asks for it. It tells how many tasks are overdue, due today, due within seven days
/// and, to heads, nobody's, as `GET /tasks?assignee=me` does; on days with none of these there is no mail.
#[utoipa::path(get, path = "/me/digest", operation_id = "me_digest_retrieve", tag = "sessions",
    responses((status = 200, description = "The digest.", body = DigestView)))]
async fn retrieve_digest(actor: Actor, projection: Projection) -> Answer {
    let (user_id, now, offered) = (actor.principal.user_id, actor.now(), actor.context.server.config.mail.is_some());
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, user_id, now).map(|row| DigestView::of(row, offered))).await
}

/// Change one's digest
///
/// Asks for the mail, tells where it goes, or takes it back, at the version the caller has seen. Mails have no content: figures and the
/// address of the front-end.
#[utoipa::path(patch, path = "/me/digest", operation_id = "me_digest_update", tag = "sessions",
    request_body = UpdateDigest, responses((status = 200, description = "The digest after the change.", body = DigestView)))]
async fn update_digest(actor: Actor, patch: Patch<UpdateDigest>) -> Answer {
    let (user_id, offered) = (actor.principal.user_id, actor.context.server.config.mail.is_some());
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, user_id, tx.now)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            if row.enabled && row.email.is_none() {
                return Err(Error::field("/email", Code::FieldRequired));
            }
            let row = store::keep(tx, scope, row)?;
            let (id, forgotten) = (row.id, row.email.is_none());
            let view = DigestView::of(row, offered);
            tx.record(Action::Update, &view)?;
            if forgotten {
                store::forget_addresses(tx, scope, id)?;
            }
            Ok(view)
        })
        .await
}
