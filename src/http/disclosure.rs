//! Looks at what is confidential: each is recorded, and answered once its entry is durable.
//!
//! Every answer of the house passes here on its way out, so that a room only says of a route what it discloses
//! (`Endpoint::discloses`) and cannot forget to record it. What is not confidential writes nothing.

use super::actor::Actor;
use crate::audit::access::{Confided, Entry, Look};
use crate::db::Id;
use crate::error::Result;

/// What an answer shows.
#[derive(Debug, Default)]
pub(super) struct Disclosed {
    /// The rows shown, where the address names none.
    pub rows: Vec<Id>,
    /// What was put beside them.
    pub beside: Vec<(Confided, Id)>,
    /// What was asked for.
    pub criteria: Option<String>,
    /// How many rows there are; none as long as that is not known.
    pub count: Option<i64>,
    /// Whether it was an answer given before.
    pub replayed: bool,
    /// Whether it leaves as a file, which is recorded whatever is in it.
    pub file: bool,
}

impl Disclosed {
    /// The resource that the address names, with what was put beside it.
    pub fn one(beside: Vec<(Confided, Id)>) -> Self {
        Self { beside, count: Some(1), ..Self::default() }
    }
}

impl Actor {
    /// Records that a file with so many rows is given away.
    pub async fn give_away(&self, rows: usize) -> Result<()> {
        self.disclose(Disclosed { count: i64::try_from(rows).ok(), file: true, ..Disclosed::default() }).await.map(drop)
    }

    /// Records a look; tells its entry where it was one at something confidential.
    pub(super) async fn disclose(&self, disclosed: Disclosed) -> Result<Option<Id>> {
        let Disclosed { rows, beside, criteria, count, replayed, file } = disclosed;
        let confided = self.context.route.facts.discloses;
        if confided.is_none() && beside.is_empty() && !file {
            return Ok(None);
        }
        let named = self.request.match_info().get("id").and_then(Id::parse);
        let rows = named.map_or(rows, |id| vec![id]);
        let purpose = self.purpose();
        let mut subjects: Vec<(Confided, Id)> = beside;
        if purpose.is_none() {
            // Under pseudonyms nobody's file is opened.
            subjects.extend(confided.into_iter().flat_map(|confided| rows.iter().map(move |id| (confided, *id))));
        }
        let (author, now) = (self.author(), self.now());
        let criteria_digest = criteria.map(|criteria| author.key.digest(&[b"criteria", author.operation.as_bytes(), criteria.as_bytes()]));
        let look = Look { subjects, criteria_digest, purpose, row_count: count, replayed };
        let entry = Entry { id: Id::new(), author, now, look };
        let id = entry.id;
        self.context.server.journal.record(entry).await.map(|()| Some(id))
    }

    /// The study for which rows are read under pseudonyms.
    fn purpose(&self) -> Option<String> {
        url::form_urlencoded::parse(self.request.query_string().as_bytes()).find(|(name, _)| name == "purpose").map(|(_, purpose)| purpose.into_owned())
    }
}
