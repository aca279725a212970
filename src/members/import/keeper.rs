//! Lines into the database: all that a batch makes and changes, with history, audit and what others are told.

use super::groups::Record;
use super::known::{Known, known};
use super::plan::{Changes, Planner};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::changes::store::tell;
use crate::db::Id;
use crate::error::{Code, Flaw, Result};
use crate::imports::run::{Keeper, Step};
use crate::imports::{LineIssue, LineReport, Severity};
use crate::members::api::views;
use crate::members::duplicates;
use crate::members::employments::api::EmploymentView;
use crate::members::employments::store::{self as employments, EmploymentRow};
use crate::members::memberships::lifecycle::confirm;
use crate::members::memberships::store as memberships;
use crate::members::memberships::view as memberships_view;
use crate::members::store::{self, MemberRow};
use crate::values::DepartmentCode;
use std::collections::HashMap;

/// Holds the lines of a file against the members.
pub struct Members {
    /// The department of lines that name none.
    pub department: Option<DepartmentCode>,
}

/// Most likely duplicates that one line is told.
const CANDIDATES_MAX: usize = 5;

impl Keeper for Members {
    type Record = Record;

    fn keep(&self, tx: &mut Tx<'_>, scope: &Scope, step: Step, records: &[Record]) -> Result<Vec<LineReport>> {
        let known = known(tx, scope, step, self.department.as_ref(), records)?;
        let mut planner = Planner { scope, step, now: tx.now, department: self.department.as_ref(), known, changes: Changes::default() };
        let mut reports = Vec::new();
        for record in records {
            let before = planner.changes.members.len();
            let mut told = planner.plan(record);
            for (row, _) in planner.changes.members.iter().skip(before) {
                let remark = likely_duplicates(tx, scope, step, row)?;
                told.iter_mut().take(1).for_each(|report| report.issues.extend(remark.clone()));
            }
            reports.extend(told);
        }
        if !step.checks_only {
            let Planner { known, changes, .. } = planner;
            changes.store(tx, scope, known)?;
        }
        Ok(reports)
    }
}

/// A remark on a new member who may be known already. What this import has made does not count: a check would not find it.
fn likely_duplicates(tx: &mut Tx<'_>, scope: &Scope, step: Step, row: &MemberRow) -> Result<Option<LineIssue>> {
    let now = tx.now;
    let candidates = duplicates::store::of(tx.conn, scope, row, step.today)?;
    let names: Vec<String> = candidates
        .iter()
        .filter(|candidate| candidate.row.created_at != now)
        .take(CANDIDATES_MAX)
        .map(|candidate| format!("{} ({})", candidate.row.member_number, candidate.row.id))
        .collect();
    let flaw = || Flaw::new(Code::MemberLikelyDuplicate).with("candidates", names.join(", "));
    Ok((!names.is_empty()).then(|| LineIssue { severity: Severity::Warning, column: String::new(), flaw: flaw() }))
}

impl Changes {
    fn store(self, tx: &mut Tx<'_>, scope: &Scope, known: Known) -> Result<()> {
        let Self { members, changed_members, periods, confirmed, posted } = self;
        let mut people = known.members;
        let mut created = Vec::new();
        for (mut row, numbered) in members {
            if !numbered {
                row.member_number = store::next_number(tx.conn, scope)?;
            }
            people.insert(row.id, row.clone());
            created.push(row);
        }
        store::insert_many(tx, scope, &created)?;
        let changed: Result<Vec<MemberRow>> =
            changed_members.iter().filter_map(|id| people.get(id).cloned()).map(|row| store::update(tx, scope, row)).collect();
        memberships::insert_many(tx, scope, &periods)?;
        record_members(tx, scope, created, changed?)?;
        let periods = periods.into_iter().filter_map(|row| people.get(&row.member_id).map(|member| (row, member)));
        memberships_view::record_all(tx, scope, Action::Create, periods.collect())?;
        for (id, registered_on) in confirmed {
            confirm(tx, scope, id, registered_on)?;
        }
        let posts = known.posts.into_iter().filter(|(member_id, _)| posted.contains(member_id)).flat_map(|(_, rows)| rows).collect();
        store_posts(tx, scope, posts)
    }
}

fn record_members(tx: &mut Tx<'_>, scope: &Scope, created: Vec<MemberRow>, changed: Vec<MemberRow>) -> Result<()> {
    let told = |rows: &[MemberRow], action| rows.iter().map(|row| row.told(action)).collect::<Vec<_>>();
    let told = [told(&created, Action::Create), told(&changed, Action::Update)].concat();
    let today = crate::values::Day::of(tx.now.0);
    let (created, changed) = (views(tx.conn, scope, created, today)?, views(tx.conn, scope, changed, today)?);
    tx.record_all(created.iter().map(|view| (Action::Create, view)).chain(changed.iter().map(|view| (Action::Update, view))))?;
    tell(tx, scope, told)
}

/// Stores new posts, and those whose last day or facts changed.
fn store_posts(tx: &mut Tx<'_>, scope: &Scope, rows: Vec<EmploymentRow>) -> Result<()> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let stored: HashMap<Id, EmploymentRow> = employments::by_ids(tx.conn, scope, ids)?.into_iter().map(|row| (row.id, row)).collect();
    let (known, made): (Vec<EmploymentRow>, Vec<EmploymentRow>) = rows.into_iter().partition(|row| stored.contains_key(&row.id));
    employments::insert_many(tx, scope, &made)?;
    let changed: Result<Vec<EmploymentRow>> =
        known.into_iter().filter(|row| stored.get(&row.id) != Some(row)).map(|row| employments::advance(tx, scope, row)).collect();
    let view = |rows: Vec<EmploymentRow>| rows.into_iter().map(EmploymentView::from).collect::<Vec<_>>();
    let (made, changed) = (view(made), view(changed?));
    tx.record_all(made.iter().map(|view| (Action::Create, view)).chain(changed.iter().map(|view| (Action::Update, view))))
}
