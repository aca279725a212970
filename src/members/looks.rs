//! Looks at what other rooms hold of a member: a request for aid, a registration and what lies under them. They are looks at the member.

use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::Listed;

/// Finds the member of a part in the caller's scope; none where it is nobody's, or is anonymised.
pub type MemberOf = fn(&mut DbConn, &Scope, Id) -> Result<Option<Id>>;

/// The list of one part.
#[derive(Clone)]
pub struct OfMember<L> {
    pub list: L,
    pub part_id: Id,
    pub member: MemberOf,
}

impl<L: Listed> Listed for OfMember<L> {
    type Filters = L::Filters;
    type View = L::View;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters, slice: &Slice) -> Result<Vec<(Position, L::View)>> {
        self.list.page(conn, scope, filters, slice)
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &L::Filters) -> Result<i64> {
        self.list.count(conn, scope, filters)
    }

    fn part_of(&self, conn: &mut DbConn, scope: &Scope) -> Result<Option<(Confided, Id)>> {
        Ok((self.member)(conn, scope, self.part_id)?.map(of_member))
    }
}

/// What is looked at with a part of a member's.
pub fn of_member(member_id: Id) -> (Confided, Id) {
    (Confided::Member, member_id)
}
