//! What callers see of an account; never its password, nor anything made from it.

use super::model::{LIFECYCLE, UserStatus};
use super::reach::Reach;
use super::store::AccountRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::http::FieldName;
use crate::sessions::model::Login;
use crate::users::grants::store as grants;
use crate::values::DisplayName;
use crate::workflow::AllowedCommandView;
use serde::Serialize;
use utoipa::ToSchema;

/// An account: somebody who may sign in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change of the account itself; its rights have versions of their own.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The name under which the user signs in.
    pub login: Login,
    /// Name shown to others.
    pub display_name: DisplayName,
    /// State.
    pub status: UserStatus,
    /// The same person as a member.
    pub member_id: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// What is hidden from this caller of what was asked for beside it.
    #[schema(max_items = 10, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it, or what it may do, last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("login", "Nom de connexion"), ("display_name", "Nom"), ("status", "État"), ("member_id", "Adhérent"),
    ("allowed_commands", "Commandes possibles"), ("withheld", "Champs masqués"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for UserView {
    const KIND: &'static str = "user";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<AccountRow> for UserView {
    fn from(row: AccountRow) -> Self {
        let status = row.status();
        let AccountRow { id, login, display_name, enabled: _, member_id, version, created_at, updated_at } = row;
        Self { id, version, login, display_name, status, member_id, allowed_commands: Vec::new(), withheld: Vec::new(), created_at, updated_at }
    }
}

/// The rows with the commands of this caller: one query more, however many rows.
pub fn views(conn: &mut DbConn, scope: &Scope, reach: Reach, rows: Vec<AccountRow>) -> Result<Vec<UserView>> {
    let held = grants::of_users(conn, scope, rows.iter().map(|row| row.id).collect())?;
    let show = |row: AccountRow| {
        let rights = held.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let verdict = reach.verdict(scope, row.id, rights);
        // Every account in scope has a right in one of the caller's departments: any of them is where the caller's roles hold.
        let place = scope.departments().first().map(|code| code.as_str());
        let allowed_commands = LIFECYCLE.allowed(row.status(), scope, place, reach.lens.language, |_| verdict.clone());
        UserView { allowed_commands, ..row.into() }
    };
    Ok(rows.into_iter().map(show).collect())
}

pub fn show(conn: &mut DbConn, scope: &Scope, reach: Reach, row: AccountRow) -> Result<UserView> {
    views(conn, scope, reach, vec![row])?.pop().ok_or_else(Error::not_found)
}
