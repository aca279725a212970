//! How far a caller reaches into accounts: administrators into all but their own, heads into those of their volunteers and
//! correspondents.

use super::grants::store::{self as grants, GrantRow};
use crate::auth::rows::has_members;
use crate::auth::{Role, Scope};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{Actor, Lens};
use crate::workflow::Verdict;

/// The roles that a head gives and takes.
const OF_HEADS: &[Role] = &[Role::Volunteer, Role::Correspondent];

/// Who looks at accounts, and when.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    pub caller: Id,
    pub lens: Lens,
}

impl Reach {
    pub fn of(actor: &Actor) -> Self {
        Self { caller: actor.principal.user_id, lens: actor.lens() }
    }

    /// Whether the caller manages an account that holds these rights. A head manages those that have no right, now or later, that a
    /// head could not have given: through the account of a colleague one would get that colleague's rights.
    fn manages(self, scope: &Scope, rights: &[GrantRow]) -> bool {
        let given = |right: &GrantRow| OF_HEADS.contains(&right.role) && scope.covers_department(right.department_code.as_ref().map(|code| code.as_str()));
        scope.is_all() || rights.iter().filter(|right| right.is_living(self.lens.today())).all(given)
    }

    /// Whether the caller may move an account on, from what is at hand.
    pub fn verdict(self, scope: &Scope, user_id: Id, rights: &[GrantRow]) -> Verdict {
        match (user_id == self.caller, self.manages(scope, rights)) {
            (true, _) => Verdict::Blocked(Flaw::new(Code::AccountOwn)),
            (false, false) => Verdict::Blocked(Flaw::new(Code::AccountBeyond)),
            (false, true) => Verdict::Free,
        }
    }

    /// Fails unless the caller manages an account that was found in the scope.
    pub fn check(self, conn: &mut DbConn, scope: &Scope, user_id: Id) -> Result<()> {
        let rights = grants::of_users(conn, scope, vec![user_id])?.remove(&user_id).unwrap_or_default();
        if self.manages(scope, &rights) { Ok(()) } else { Err(Error::of(Code::AccountBeyond)) }
    }

    /// Fails where a right asks for an account that is linked to a member and this one is not; `unlinked` is how that is told. A
    /// department whose register is empty has nobody to link to: there accounts come first, to bring the members in.
    pub fn check_link(self, conn: &mut DbConn, right: &GrantRow, member_id: Option<Id>, unlinked: Error) -> Result<()> {
        let Some(department) = right.department_code.as_ref().filter(|_| right.role.needs_member() && member_id.is_none()) else { return Ok(()) };
        if has_members(conn, department)? { Err(unlinked) } else { Ok(()) }
    }

    /// Fails unless the caller may say that an account is this member's: nobody chooses whose file is their own.
    pub fn check_member(self, conn: &mut DbConn, scope: &Scope, user_id: Id, member_id: Id) -> Result<()> {
        if user_id == self.caller {
            return Err(Error::of(Code::AccountOwn).at("/member_id"));
        }
        if scope.sees_member(conn, member_id)? { Ok(()) } else { Err(Error::field("/member_id", Code::ReferenceNotFound)) }
    }

    /// `check`, of what nobody does to their own account.
    pub fn check_other(self, conn: &mut DbConn, scope: &Scope, user_id: Id) -> Result<()> {
        if user_id == self.caller {
            return Err(Error::of(Code::AccountOwn));
        }
        self.check(conn, scope, user_id)
    }

    /// Fails unless the caller gives and takes this right; `at` is its place in the body.
    pub fn check_right(self, scope: &Scope, right: &GrantRow, at: &str) -> Result<()> {
        if scope.is_all() {
            return Ok(());
        }
        if !OF_HEADS.contains(&right.role) {
            let known = OF_HEADS.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Error::of(Code::RoleBeyond).with("known", known).at(&format!("{at}/role")));
        }
        if scope.covers_department(right.department_code.as_ref().map(|code| code.as_str())) {
            return Ok(());
        }
        let named = if right.establishment_id.is_some() { "establishment_id" } else { "department_code" };
        Err(Error::of(Code::OutOfPerimeter).at(&format!("{at}/{named}")))
    }
}
