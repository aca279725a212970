//! Lists of what lies under a part of something confidential: a look at them is a look at that.

use super::list::Listed;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;

/// Finds, in the caller's scope, what a part belongs to; nothing once it is nobody's.
pub type WholeOf = fn(&mut DbConn, &Scope, Id) -> Result<Option<(Confided, Id)>>;

/// The list of one part.
#[derive(Clone)]
pub struct PartOf<L> {
    pub list: L,
    pub part_id: Id,
    pub whole: WholeOf,
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
        (self.whole)(conn, scope, self.part_id)
    }
}
