//! What becomes of the lines of one member, held against what is known; no queries.

use super::groups::Record;
use super::known::{Holder, Known};
use super::said::{Period, Person, Post, Said};
use crate::auth::Scope;
use crate::db::{Id, Instant, Json};
use crate::error::{Code, Flaw};
use crate::imports::run::Step;
use crate::imports::{FieldChange, LineIssue, LineOutcome, LineReport, Severity};
use crate::members::employments::timeline::{self, Told};
use crate::members::memberships::model::{Dues, MembershipState, Product, Year};
use crate::members::memberships::store::MembershipRow;
use crate::members::store::MemberRow;
use crate::values::{Day, DepartmentCode, Number};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The rows that a batch makes and changes; those that were known before are changed in `Known`.
#[derive(Debug, Default)]
pub struct Changes {
    /// New members; without a number, the next free one is theirs.
    pub members: Vec<(MemberRow, bool)>,
    pub changed_members: BTreeSet<Id>,
    pub periods: Vec<MembershipRow>,
    /// Periods that the insurer has registered, each with the day.
    pub confirmed: Vec<(Id, Day)>,
    /// Members whose posts changed.
    pub posted: BTreeSet<Id>,
}

pub struct Planner<'a> {
    pub scope: &'a Scope,
    pub step: Step,
    pub now: Instant,
    /// The department of lines that name none.
    pub department: Option<&'a DepartmentCode>,
    pub known: Known,
    pub changes: Changes,
}

/// What a period of a line is.
enum Fate {
    Known(Option<Flaw>),
    /// The insurer has registered it on this day.
    Confirmed(Id, Day),
    New(Box<MembershipRow>),
}

fn issue(severity: Severity, flaw: Flaw) -> LineIssue {
    LineIssue { severity, column: String::new(), flaw }
}

impl Planner<'_> {
    /// A report for each line of the record.
    pub fn plan(&mut self, record: &Record) -> Vec<LineReport> {
        let key = crate::imports::run::Record::key(record);
        let mut reports: Vec<LineReport> = record.said.iter().map(|said| untouched(said, key.clone())).collect();
        match self.target(record) {
            Ok(known) => self.settle(record, known, &mut reports),
            Err(flaw) => reports.iter_mut().for_each(|report| refuse(report, flaw.clone())),
        }
        reports
    }

    /// The member whose record this is, if there is one.
    fn target(&self, record: &Record) -> Result<Option<Id>, Flaw> {
        let numbers = record.said.iter().filter_map(|said| said.number.as_ref());
        let (mut by_number, mut numbered) = (None, false);
        for number in numbers {
            numbered = true;
            by_number = by_number.or_else(|| self.known.by_number.get(number.as_str()).copied());
        }
        let by_ids: Vec<Holder> = record.said.iter().flat_map(|said| &said.external_ids).filter_map(|id| self.known.by_external_id.get(id).copied()).collect();
        let member = match (by_number, by_ids.first()) {
            (Some(Holder::Hidden), _) => return Err(Code::MemberNumberTaken.into()),
            (Some(Holder::Known(id)), _) => id,
            (None, Some(Holder::Known(id))) if !numbered => *id,
            (None, Some(_)) => return Err(Code::ExternalIdTaken.into()),
            (None, None) => return Ok(None),
        };
        if by_ids.iter().any(|holder| *holder != Holder::Known(member)) {
            return Err(Code::ExternalIdTaken.into());
        }
        let department = self.known.members.get(&member).map(|row| &row.department_code);
        match record.person().department_code {
            Some(told) if department != Some(&told) => Err(Code::MemberElsewhere.into()),
            _ => Ok(Some(member)),
        }
    }

    fn settle(&mut self, record: &Record, known: Option<Id>, reports: &mut [LineReport]) {
        let member_id = known.unwrap_or_default();
        let fates: Vec<Option<Fate>> = record
            .said
            .iter()
            .zip(reports.iter_mut())
            .map(|(said, report)| {
                let fate = self.fate(member_id, said.period.as_ref()?);
                fate.map_err(|flaw| refuse(report, flaw)).ok()
            })
            .collect();
        let kept = |reports: &[LineReport]| -> Vec<usize> {
            reports.iter().enumerate().filter(|(_, report)| report.outcome != LineOutcome::Rejected).map(|(at, _)| at).collect()
        };
        let said: Vec<&Said> = kept(reports).into_iter().filter_map(|at| record.said.get(at)).collect();
        let person = said.iter().fold(Person::default(), |person, said| person.or(&said.person));
        let first = kept(reports).into_iter().next();
        let Some(first) = first.and_then(|at| reports.get_mut(at)) else { return };
        if let Some(id) = known {
            self.change(id, &person, &said, first);
        } else if let Err(flaw) = self.register(member_id, person, &said) {
            reports.iter_mut().filter(|report| report.outcome != LineOutcome::Rejected).for_each(|report| refuse(report, flaw.clone()));
            return;
        } else {
            first.outcome = LineOutcome::Created;
        }
        for at in kept(reports) {
            let (Some(said), Some(report)) = (record.said.get(at), reports.get_mut(at)) else { continue };
            // A row that is only checked never has this id.
            report.resource_id = known.or((!self.step.checks_only).then_some(member_id));
            if let Some(fate) = fates.get(at).and_then(Option::as_ref) {
                self.carry_out(member_id, fate, report);
            }
            if let Some(post) = &said.post {
                self.post(member_id, post, report);
            }
        }
    }

    fn fate(&mut self, member_id: Id, period: &Period) -> Result<Fate, Flaw> {
        let periods = self.known.periods.get(&member_id).map(Vec::as_slice).unwrap_or_default();
        let same_days = |row: &&MembershipRow| (row.starts_on, row.ends_on) == (period.starts_on, period.ends_on);
        if let Some(row) = periods.iter().filter(|row| row.status.in_force()).find(same_days) {
            let differs = period.dues.is_some_and(|dues| dues != row.dues()) || period.registered_on.is_some_and(|day| row.insurer_registered_on != Some(day));
            return Ok(match period.registered_on {
                Some(day) if row.status == MembershipState::Pending => Fate::Confirmed(row.id, day),
                _ => Fate::Known(differs.then(|| Code::MembershipKept.into())),
            });
        }
        if periods.iter().any(|row| row.status.in_force() && row.starts_on <= period.ends_on && period.starts_on <= row.ends_on) {
            return Err(Code::MembershipOverlap.into());
        }
        match periods.iter().find(same_days).map(|row| row.status) {
            Some(MembershipState::Superseded) => return Ok(Fate::Known(None)),
            Some(_) => return Err(Code::MembershipWithdrawn.into()),
            None => {}
        }
        if period.external_ids.iter().any(|id| self.known.named_periods.contains_key(id)) {
            return Err(Code::ExternalIdTaken.into());
        }
        let row = self.made(member_id, period)?;
        self.known.named_periods.extend(period.external_ids.iter().map(|id| (id.clone(), row.id)));
        Ok(Fate::New(Box::new(row)))
    }

    fn made(&self, member_id: Id, period: &Period) -> Result<MembershipRow, Flaw> {
        let year = period.starts_on.year();
        let tariff = self.known.tariffs.get(&year).copied().flatten().map(|dues| dues.pro_rata(period.starts_on, period.ends_on));
        let missing = || Flaw::new(Code::TariffMissing).with("year", year);
        let Dues { association, insurance } = period.dues.or(tariff).ok_or_else(missing)?;
        Ok(MembershipRow {
            id: Id::new(),
            member_id,
            product: Product::Ome,
            year: Year::checked(year)?,
            subscribed_on: period.subscribed_on,
            insurer_registered_on: period.registered_on,
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            predecessor_id: None,
            replaces_id: None,
            channel: period.channel,
            insurer_holder: period.insurer_holder,
            association_cents: association,
            insurance_cents: insurance,
            external_ids: Json(period.external_ids.clone()),
            status: if period.registered_on.is_some() { MembershipState::Confirmed } else { MembershipState::Pending },
            end_reason: None,
            status_reason: None,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
        })
    }

    fn carry_out(&mut self, member_id: Id, fate: &Fate, report: &mut LineReport) {
        match fate {
            Fate::Known(remark) => report.issues.extend(remark.clone().map(|flaw| issue(Severity::Warning, flaw))),
            Fate::New(row) => {
                report.outcome = LineOutcome::Created;
                self.known.periods.entry(member_id).or_default().push((**row).clone());
                self.changes.periods.push((**row).clone());
            }
            Fate::Confirmed(id, day) => {
                let row = self.known.periods.get_mut(&member_id).and_then(|rows| rows.iter_mut().find(|row| row.id == *id));
                let Some(row) = row else { return };
                (row.status, row.insurer_registered_on) = (MembershipState::Confirmed, Some(*day));
                self.changes.confirmed.push((*id, *day));
                report.outcome = report.outcome.max_of(LineOutcome::Updated);
                report.changes.push(FieldChange { field: "insurer_registered_on".to_owned(), before: Value::Null, after: json!(day) });
            }
        }
    }

    fn post(&mut self, member_id: Id, post: &Post, report: &mut LineReport) {
        let establishment_id = post.uai.as_ref().and_then(|uai| self.known.establishments.get(uai.as_str()).copied());
        if let Some(uai) = post.uai.as_ref().filter(|_| establishment_id.is_none()) {
            report.issues.push(issue(Severity::Warning, Flaw::new(Code::EstablishmentUnknown).with("uai", uai)));
        }
        let told = Told { occupation: post.occupation, employment_status: post.employment_status, employer: post.employer, establishment_id };
        let rows = self.known.posts.entry(member_id).or_default();
        let from = post.from.unwrap_or(self.step.today);
        if told != Told::default() && timeline::tell(rows, member_id, from, &told, self.now) {
            self.changes.posted.insert(member_id);
            report.outcome = report.outcome.max_of(LineOutcome::Updated);
            let after = json!({ "starts_on": from, "occupation": told.occupation, "establishment_id": told.establishment_id });
            report.changes.push(FieldChange { field: "employment".to_owned(), before: Value::Null, after });
        }
    }
}

fn untouched(said: &Said, natural_key: Option<String>) -> LineReport {
    LineReport { line: said.line, outcome: LineOutcome::Unchanged, natural_key, resource_id: None, issues: Vec::new(), changes: Vec::new(), raw: None }
}

fn refuse(report: &mut LineReport, flaw: Flaw) {
    report.outcome = LineOutcome::Rejected;
    report.resource_id = None;
    report.issues.push(issue(Severity::Error, flaw));
}
