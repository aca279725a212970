//! Lists of what lies under a part of something confidential: a look at them is a look at that.

use super::list::Listed;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;

/// The list of one part.
pub struct PartOf<L, P> {
    pub list: L,
    pub part_id: Id,
    /// Finds the part in the caller's scope.
    pub find: fn(&mut DbConn, &Scope, Id) -> Result<P>,
}

impl<L: Clone, P> Clone for PartOf<L, P> {
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), ..*self }
    }
}

impl<L: Listed, P: Part + 'static> Listed for PartOf<L, P> {
    type Filters = L::Filters;
    type View = L::View;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters, slice: &Slice) -> Result<Vec<(Position, L::View)>> {
        self.list.page(conn, scope, filters, slice)
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters) -> Result<i64> {
        self.list.count(conn, scope, filters)
    }

    fn part_of(&self, conn: &mut DbConn, scope: &Scope) -> Result<Option<(Confided, Id)>> {
        Ok((self.find)(conn, scope, self.part_id)?.part_of())
    }
}
