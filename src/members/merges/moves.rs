//! How the rows of each table move to the record that stays, and come back.

use super::model::{MovedRow, Was, apart};
use crate::audit::{Action, Tx, changed_since};
use crate::auth::{self, Scope};
use crate::changes::Told;
use crate::changes::store::tell;
use crate::db::references::{Moving, Reference, TO_MEMBERS, move_all, move_back};
use crate::db::{Id, lock_in_order};
use crate::error::{Code, Error, Result};
use crate::establishments::correspondents::api::CorrespondentView;
use crate::establishments::correspondents::store as correspondents;
use crate::members::employments::api::EmploymentView;
use crate::members::employments::store::{self as employments, EmploymentRow};
use crate::members::memberships::model::MembershipState;
use crate::members::memberships::store::{self as memberships, MembershipRow};
use crate::members::memberships::view::MembershipView;
use crate::members::store::MemberRow;
use std::collections::HashSet;

/// Two records, locked: the one whose rows go, and the one to which they go.
pub struct Between<'a> {
    pub from: &'a MemberRow,
    pub to: &'a MemberRow,
}

impl Between<'_> {
    /// Moves every row that refers to the one record to the other.
    pub fn move_everything(&self, tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<MovedRow>> {
        let mut moved = self.accounts(tx)?;
        moved.extend(self.memberships(tx, scope)?);
        moved.extend(self.employments(tx, scope)?);
        moved.extend(self.correspondents(tx, scope)?);
        for reference in TO_MEMBERS.iter().filter(|reference| reference.moving == Moving::Plain) {
            let rows = move_all(tx.conn, reference, self.from.id, self.to.id)?;
            let plain = |(id, version)| MovedRow { table: reference.table.to_owned(), id, version: Some(version), was: Was::default() };
            moved.extend(rows.into_iter().map(plain));
        }
        Ok(moved)
    }

    fn accounts(&self, tx: &mut Tx<'_>) -> Result<Vec<MovedRow>> {
        let users = auth::store::users_of_member(tx.conn, self.from.id)?;
        if !users.is_empty() && !auth::store::users_of_member(tx.conn, self.to.id)?.is_empty() {
            return Err(Error::of(Code::MergeBothAccounts));
        }
        let relink = |id: Id| -> Result<MovedRow> {
            auth::store::relink_member(tx.conn, id, self.from.id, self.to.id)?;
            Ok(MovedRow { table: "users".to_owned(), id, version: None, was: Was::default() })
        };
        users.into_iter().map(relink).collect()
    }

    /// Periods in force that share a day with one of the record that stays are superseded: two never overlap.
    fn memberships(&self, tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<MovedRow>> {
        let ours = memberships::of_member(tx.conn, scope, self.to.id)?;
        let theirs = memberships::of_member(tx.conn, scope, self.from.id)?;
        let (mut moved, mut rows) = (Vec::new(), Vec::new());
        for row in theirs {
            let clash = row.status.in_force() && ours.iter().any(|our| our.status.in_force() && our.product == row.product && share_a_day(our, &row));
            let was = Was { status: clash.then_some(row.status), ..Was::default() };
            let status = if clash { MembershipState::Superseded } else { row.status };
            let row = memberships::put(tx, scope, MembershipRow { member_id: self.to.id, status, ..row })?;
            moved.push(MovedRow { table: "memberships".to_owned(), id: row.id, version: Some(row.version), was });
            rows.push(row);
        }
        self.record_memberships(tx, scope, Action::Merge, rows)?;
        Ok(moved)
    }

    /// Writes the versions of periods that have gone over, and tells of them.
    fn record_memberships(&self, tx: &mut Tx<'_>, scope: &Scope, action: Action, rows: Vec<MembershipRow>) -> Result<()> {
        let views: Vec<MembershipView> = rows.into_iter().map(|row| MembershipView::of(row, scope, self.to)).collect();
        tx.record_all(views.iter().map(|view| (action, view)))?;
        let moved_away = self.from.department_code != self.to.department_code;
        let told = |view: &MembershipView| {
            let told = Told::of(Action::Update, view, &self.to.department_code);
            if moved_away { told.leaving(&self.from.department_code) } else { told }
        };
        let told = views.iter().map(told).collect();
        tell(tx, scope, told)
    }

    /// A main post that lasts beside one of the record that stays becomes a second one.
    fn employments(&self, tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<MovedRow>> {
        let ours = employments::of_member(tx.conn, scope, self.to.id)?;
        let (mut moved, mut rows) = (Vec::new(), Vec::new());
        for row in employments::of_member(tx.conn, scope, self.from.id)? {
            let clash = !row.secondary && ours.iter().any(|our| !our.secondary && last_together(our, &row));
            let was = Was { main: clash, ..Was::default() };
            let row = employments::advance(tx, scope, EmploymentRow { member_id: self.to.id, secondary: row.secondary || clash, ..row })?;
            moved.push(MovedRow { table: "employments".to_owned(), id: row.id, version: Some(row.version), was });
            rows.push(EmploymentView::from(row));
        }
        tx.record_all(rows.iter().map(|view| (Action::Merge, view)))?;
        Ok(moved)
    }

    /// A term at a school where the record that stays has one on the same days keeps the days which that leaves free.
    fn correspondents(&self, tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<MovedRow>> {
        let (ours, theirs) = (correspondents::of_member(tx.conn, scope, self.to.id)?, correspondents::of_member(tx.conn, scope, self.from.id)?);
        let mut schools: Vec<Id> = theirs.iter().map(|term| term.establishment_id).collect();
        schools.sort_unstable();
        lock_in_order(tx.conn, "establishments", &schools)?;
        let mut moved = Vec::new();
        for mut term in theirs {
            let days = (term.starts_on, term.ends_on);
            let here = ours.iter().filter(|our| our.establishment_id == term.establishment_id);
            let left = here.map(|our| (our.starts_on, our.ends_on)).try_fold(days, apart);
            match left {
                Some(left) => (term.starts_on, term.ends_on) = left,
                None => term.deleted_at = Some(tx.now),
            }
            term.member_id = Some(self.to.id);
            let was = Was { term: left.filter(|left| *left != days).map(|_| days), standing: left.is_none(), ..Was::default() };
            let term = correspondents::put(tx, scope, term)?;
            moved.push(MovedRow { table: "correspondents".to_owned(), id: term.id, version: Some(term.version), was });
            // Its history goes on, were it taken away: it may come back.
            tx.record(Action::Merge, &CorrespondentView::from(term))?;
        }
        Ok(moved)
    }
}

fn share_a_day(one: &MembershipRow, other: &MembershipRow) -> bool {
    one.starts_on <= other.ends_on && other.starts_on <= one.ends_on
}

fn last_together(one: &EmploymentRow, other: &EmploymentRow) -> bool {
    one.ends_on.is_none_or(|end| other.starts_on <= end) && other.ends_on.is_none_or(|end| one.starts_on <= end)
}

/// The way back.
impl Between<'_> {
    /// Gives the rows of a merge back; tells those that stay, for they were changed since.
    pub fn move_back(&self, tx: &mut Tx<'_>, scope: &Scope, moved: &[MovedRow]) -> Result<Vec<MovedRow>> {
        let ids: HashSet<Id> = moved.iter().map(|row| row.id).collect();
        self.lock_schools(tx, scope, moved)?;
        let (mut kept, mut periods, mut posts) = (Vec::new(), Vec::new(), Vec::new());
        for row in moved {
            let back = match (row.table.as_str(), row.version) {
                ("users", _) => auth::store::relink_member(tx.conn, row.id, self.from.id, self.to.id)?,
                ("memberships", Some(version)) => self.membership_back(tx, scope, row, version, &ids)?.map(|row| periods.push(row)).is_some(),
                ("employments", Some(version)) => self.employment_back(tx, scope, row, version)?.map(|row| posts.push(row)).is_some(),
                ("correspondents", Some(version)) => self.correspondent_back(tx, scope, row, version)?,
                (table, Some(version)) => self.plain_back(tx, table, (row.id, version))?,
                _ => false,
            };
            if !back {
                kept.push(row.clone());
            }
        }
        self.record_memberships(tx, scope, Action::UndoMerge, periods)?;
        let posts: Vec<EmploymentView> = posts.into_iter().map(EmploymentView::from).collect();
        tx.record_all(posts.iter().map(|view| (Action::UndoMerge, view)))?;
        Ok(kept)
    }

    /// The schools of the terms that may go back, in the order in which everybody locks them.
    fn lock_schools(&self, tx: &mut Tx<'_>, scope: &Scope, moved: &[MovedRow]) -> Result<()> {
        let mut schools = Vec::new();
        for row in moved.iter().filter(|row| row.table == "correspondents") {
            schools.extend(correspondents::find_any(tx.conn, scope, row.id)?.map(|term| term.establishment_id));
        }
        schools.sort_unstable();
        lock_in_order(tx.conn, "establishments", &schools)
    }

    fn plain_back(&self, tx: &mut Tx<'_>, table: &str, row: (Id, i32)) -> Result<bool> {
        let plain = |reference: &&Reference| reference.table == table && reference.moving == Moving::Plain;
        match TO_MEMBERS.iter().find(plain) {
            Some(reference) => Ok(move_back(tx.conn, reference, row, self.from.id, self.to.id)?),
            None => Ok(false),
        }
    }

    /// A period goes back unless it was changed, or is continued by one that stays.
    fn membership_back(&self, tx: &mut Tx<'_>, scope: &Scope, moved: &MovedRow, version: i32, together: &HashSet<Id>) -> Result<Option<MembershipRow>> {
        let Some(row) = memberships::find_any(tx.conn, scope, moved.id)?.filter(|row| row.member_id == self.from.id) else { return Ok(None) };
        let related = memberships::related(tx.conn, scope, &row)?;
        let stays = |other: &MembershipRow| other.member_id == self.from.id && !together.contains(&other.id);
        if changed_since(tx.conn, scope, row.id, version)? || related.iter().any(stays) {
            return Ok(None);
        }
        let status = moved.was.status.unwrap_or(row.status);
        memberships::put(tx, scope, MembershipRow { member_id: self.to.id, status, ..row }).map(Some)
    }

    fn employment_back(&self, tx: &mut Tx<'_>, scope: &Scope, moved: &MovedRow, version: i32) -> Result<Option<EmploymentRow>> {
        let row = employments::by_ids(tx.conn, scope, vec![moved.id])?.pop();
        let Some(row) = row.filter(|row| row.member_id == self.from.id && row.deleted_at.is_none()) else { return Ok(None) };
        if changed_since(tx.conn, scope, row.id, version)? {
            return Ok(None);
        }
        let secondary = row.secondary && !moved.was.main;
        employments::advance(tx, scope, EmploymentRow { member_id: self.to.id, secondary, ..row }).map(Some)
    }

    /// A term goes back unless it was changed, or somebody else is in office on its days by now.
    fn correspondent_back(&self, tx: &mut Tx<'_>, scope: &Scope, moved: &MovedRow, version: i32) -> Result<bool> {
        let row = correspondents::find_any(tx.conn, scope, moved.id)?;
        let Some(mut term) = row.filter(|term| term.member_id == Some(self.from.id)) else { return Ok(false) };
        if changed_since(tx.conn, scope, term.id, version)? || (term.deleted_at.is_some() && !moved.was.standing) {
            return Ok(false);
        }
        term.member_id = Some(self.to.id);
        term.deleted_at = None;
        (term.starts_on, term.ends_on) = moved.was.term.unwrap_or((term.starts_on, term.ends_on));
        if correspondents::office_conflict(tx.conn, scope, &term)?.is_some() {
            return Ok(false);
        }
        let term = correspondents::put(tx, scope, term)?;
        tx.record(Action::UndoMerge, &CorrespondentView::from(term))?;
        Ok(true)
    }
}
