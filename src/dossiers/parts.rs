//! Lists of what lies under something that lies under a dossier: a look at them is a look at the dossier.

use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::Listed;

/// Finds the dossier of a part in the caller's scope; where `W` is an option, a look at some parts is none at their dossier.
pub type Whole<W = Id> = fn(&mut DbConn, &Scope, Id) -> Result<W>;

/// The list of one part.
#[derive(Clone)]
pub struct PartOf<L, W = Id> {
    pub list: L,
    pub part_id: Id,
    pub whole: Whole<W>,
}

impl<L: Listed, W: Into<Option<Id>> + Clone + 'static> Listed for PartOf<L, W> {
    type Filters = L::Filters;
    type View = L::View;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters, slice: &Slice) -> Result<Vec<(Position, L::View)>> {
        self.list.page(conn, scope, filters, slice)
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters) -> Result<i64> {
        self.list.count(conn, scope, filters)
    }

    fn part_of(&self, conn: &mut DbConn, scope: &Scope) -> Result<Option<(Confided, Id)>> {
        let whole: Option<Id> = (self.whole)(conn, scope, self.part_id)?.into();
        Ok(whole.map(|id| (Confided::Dossier, id)))
    }
}
