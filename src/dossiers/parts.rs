//! Lists of what lies under something that lies under a dossier: a look at them is a look at the dossier.

use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::Listed;

/// Finds the dossier of a part in the caller's scope.
pub type Whole = fn(&mut DbConn, &Scope, Id) -> Result<Id>;

/// The list of one part.
#[derive(Clone)]
pub struct PartOf<L> {
    pub list: L,
    pub part_id: Id,
    pub whole: Whole,
}

impl<L: Listed> Listed for PartOf<L> {
    type Filters = L::Filters;
    type View = L::View;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters, slice: &Slice) -> Result<Vec<(Position, L::View)>> {
        self.list.page(conn, scope, filters, slice)
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters) -> Result<i64> {
        self.list.count(conn, scope, filters)
    }

    fn part_of(&self, conn: &mut DbConn, scope: &Scope) -> Result<Option<(Confided, Id)>> {
        Ok(Some((Confided::Dossier, (self.whole)(conn, scope, self.part_id)?)))
    }
}
