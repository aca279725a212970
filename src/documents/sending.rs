//! How a file becomes a version: measured, told for what it is, kept, and only then referred to. What was kept for nothing is removed.

use super::model::{DocumentFormat, Sha256};
use super::store::VersionRow;
use crate::audit::Tx;
use crate::db::Id;
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{Actor, Answer, Problem, aside};
use crate::storage::{Draft, Measured};
use std::sync::Arc;

/// A file that was sent, and found to be one that is taken.
pub struct Sent {
    draft: Box<dyn Draft>,
    pub file: File,
}

/// What its version says of it.
#[derive(Debug, Clone)]
pub struct File {
    id: Id,
    pub sha256: Sha256,
    size: i64,
    format: DocumentFormat,
}

impl Sent {
    /// Refuses a file that is empty, is not what its sender says it is, or is of no format that is taken.
    pub fn checked(draft: Box<dyn Draft>, measured: &Measured, declared: Option<&str>, promised: Option<&Sha256>) -> Result<Self> {
        let refused = |flaw: Flaw| Error::field("/file", flaw);
        if measured.size == 0 {
            return Err(refused(Code::DocumentEmpty.into()));
        }
        if promised.is_some_and(|promised| promised.as_str() != measured.sha256) {
            return Err(Error::field("/sha256", Code::DocumentDigestDiffers));
        }
        let format = DocumentFormat::declared_as(measured, declared).map_err(refused)?;
        let (sha256, size) = (measured.sha256.parse().map_err(Error::internal)?, i64::try_from(measured.size).map_err(Error::internal)?);
        Ok(Self { draft, file: File { id: Id::new(), sha256, size, format } })
    }

    /// Keeps the file and then gives the answer that refers to it; a trial keeps nothing. Of an answer that was given before, or a
    /// refusal, the file is removed at once; of one that failed nobody knows whether it was committed: then the sweep looks.
    pub async fn referred_by(self, actor: &Actor, trial: bool, answer: impl Future<Output = Answer>) -> Answer {
        if trial {
            return answer.await;
        }
        let (storage, id) = (Arc::clone(&actor.context.server.storage), self.file.id);
        let draft = self.draft;
        aside(move || draft.keep(id)).await?;
        let answer = answer.await;
        let unused = match &answer {
            Ok(response) => response.headers().contains_key("idempotency-replayed"),
            Err(Problem(error)) => error.code().status() < 500,
        };
        if unused && let Err(error) = aside(move || storage.remove(id)).await {
            log::warn!("file {id} stays until it is swept: {error}");
        }
        answer
    }
}

impl File {
    /// The version of a document that refers to it.
    pub fn version(self, document_id: Id, tx: &Tx<'_>) -> VersionRow {
        let Self { id, sha256, size, format } = self;
        VersionRow { id, document_id, number: 1, sha256, size, format, author_id: tx.author.actor_id, created_at: tx.now }
    }
}
