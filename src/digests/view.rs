//! What is shown of a digest to the one whom it is for.

use super::model::MailLanguage;
use super::store::DigestRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::values::Email;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether, where and in which language one is told each morning by mail how much is to be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestView {
    /// Every account has one, known by the account.
    #[serde(skip)]
    id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Whether the mail is wanted.
    pub enabled: bool,
    /// Where it goes.
    pub email: Option<Email>,
    /// Its language.
    pub language: MailLanguage,
    /// Whether this server sends mails at all.
    pub offered: bool,
    /// When it last changed; `null` while nothing was said.
    pub updated_at: Option<Instant>,
}

impl Resource for DigestView {
    const KIND: &'static str = "digest";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl DigestView {
    pub fn of(row: DigestRow, offered: bool) -> Self {
        let DigestRow { id, user_id: _, enabled, email, language, version, created_at: _, updated_at } = row;
        let said = version > DigestRow::UNSAID;
        Self { id, version, enabled, email, language, offered, updated_at: said.then_some(updated_at) }
    }
}
