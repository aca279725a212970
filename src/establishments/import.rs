//! The directory file into the database: what is new is created, what differs is changed, the rest is left alone.

use super::directory::{self, Directory, Record};
use super::model::priority_as_of;
use super::store::{self, EstablishmentRow};
use super::view::EstablishmentView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::{Id, Instant, Json};
use crate::error::Result;
use crate::imports::model::OperationKind;
use crate::imports::run::{self, Keeper, Loaded, Step};
use crate::imports::{FieldChange, Importer, Job, LineOutcome, LineReport, Sink};
use crate::values::Day;
use std::collections::HashMap;

/// Imports the official school directory.
pub struct DirectoryImporter;

impl Importer for DirectoryImporter {
    fn kind(&self) -> OperationKind {
        OperationKind::EstablishmentImport
    }

    fn run(&self, job: &Job<'_>, file: &[u8], sink: &mut dyn Sink) -> Result<()> {
        let Directory { header, read, records, lines, absent } = directory::read(file)?;
        run::run(job, Directories { absent }, Loaded { header, read, records, lines }, &|| directory::lines_as_they_stand(file), sink)
    }
}

impl run::Record for Record {
    fn key(&self) -> Option<String> {
        Some(self.attributes.uai.to_string())
    }

    fn lines(&self) -> Vec<u64> {
        self.lines.clone()
    }
}

/// Holds directory records against the establishments.
struct Directories {
    absent: Vec<&'static str>,
}

/// What became of a record.
#[derive(Debug, Clone)]
struct Outcome {
    outcome: LineOutcome,
    id: Option<Id>,
    changes: Vec<FieldChange>,
}

impl Outcome {
    /// A report for each line of the record: all share its outcome.
    fn reports(&self, record: &Record) -> Vec<LineReport> {
        let report = |number: &u64| LineReport {
            line: *number,
            outcome: self.outcome,
            natural_key: Some(record.attributes.uai.to_string()),
            resource_id: self.id,
            issues: Vec::new(),
            changes: if record.lines.first() == Some(number) { self.changes.clone() } else { Vec::new() },
            raw: None,
        };
        record.lines.iter().map(report).collect()
    }
}

/// The rows that a batch makes and changes.
#[derive(Default)]
struct Changes {
    created: Vec<EstablishmentRow>,
    updated: Vec<EstablishmentRow>,
}

impl Keeper for Directories {
    type Record = Record;

    /// New rows in bulk, changed ones at the version they were compared at, all with history and audit.
    fn keep(&self, tx: &mut Tx<'_>, scope: &Scope, step: Step, records: &[Record]) -> Result<Vec<LineReport>> {
        let uais = records.iter().map(|record| record.attributes.uai.to_string()).collect();
        let known: HashMap<String, EstablishmentRow> = store::find_by_uais(tx.conn, scope, uais)?.into_iter().map(|row| (row.uai.to_string(), row)).collect();
        let (mut reports, mut changes) = (Vec::new(), Changes::default());
        for record in records {
            let (outcome, row) = self.compare(known.get(record.attributes.uai.as_str()), record, step, tx.now);
            match outcome.outcome {
                LineOutcome::Created => changes.created.push(row),
                LineOutcome::Updated => changes.updated.push(row),
                LineOutcome::Unchanged | LineOutcome::Rejected => {}
            }
            reports.extend(outcome.reports(record));
        }
        if !step.checks_only {
            changes.store(tx, scope)?;
        }
        Ok(reports)
    }
}

impl Changes {
    fn store(self, tx: &mut Tx<'_>, scope: &Scope) -> Result<()> {
        store::insert_many(tx, scope, &self.created)?;
        let updated: Result<Vec<EstablishmentRow>> = self.updated.into_iter().map(|row| store::update(tx, scope, row)).collect();
        let views = |rows: Vec<EstablishmentRow>| rows.into_iter().map(EstablishmentView::from).collect::<Vec<_>>();
        let (created, updated) = (views(self.created), views(updated?));
        tx.record_all(created.iter().map(|view| (Action::Create, view)).chain(updated.iter().map(|view| (Action::Update, view))))
    }
}

impl Directories {
    fn compare(&self, known: Option<&EstablishmentRow>, record: &Record, step: Step, now: Instant) -> (Outcome, EstablishmentRow) {
        let day: Day = record.as_of.unwrap_or(step.today);
        let says_priority = !self.absent.contains(&"priority") && !record.unread.contains(&"priority");
        let Some(known) = known else {
            let mut row = EstablishmentRow::new(record.attributes.clone(), now);
            row.priority_education = Json(priority_as_of(Vec::new(), record.priority, day));
            // A row that is only checked never has this id.
            let id = (!step.checks_only).then_some(row.id);
            return (Outcome { outcome: LineOutcome::Created, id, changes: Vec::new() }, row);
        };
        let mut row = known.with(record.attributes.clone());
        if says_priority {
            row.priority_education = Json(priority_as_of(known.priority_education.0.clone(), record.priority, day));
        }
        for attribute in self.absent.iter().chain(&record.unread) {
            row.keep(known, attribute);
        }
        row.derive_keys();
        if row == *known {
            return (Outcome { outcome: LineOutcome::Unchanged, id: Some(row.id), changes: Vec::new() }, row);
        }
        let changes = FieldChange::between(&EstablishmentView::from(known.clone()), &EstablishmentView::from(row.clone()));
        (Outcome { outcome: LineOutcome::Updated, id: Some(row.id), changes }, row)
    }
}

impl EstablishmentRow {
    /// Keeps what is stored of an attribute that the file does not tell.
    fn keep(&mut self, known: &Self, attribute: &str) {
        match attribute {
            "kind" => self.kind = known.kind,
            "sector" => self.sector = known.sector,
            "status" => self.status = known.status,
            "address.line1" => self.address_line1.clone_from(&known.address_line1),
            "address.line2" => self.address_line2.clone_from(&known.address_line2),
            "address.line3" => self.address_line3.clone_from(&known.address_line3),
            "address.postal_code" => self.postal_code.clone_from(&known.postal_code),
            "address.city" => self.city.clone_from(&known.city),
            "address.commune_code" => self.commune_code.clone_from(&known.commune_code),
            "academy_code" => self.academy_code.clone_from(&known.academy_code),
            "phone" => self.phone.clone_from(&known.phone),
            "email" => self.email.clone_from(&known.email),
            "website" => self.website.clone_from(&known.website),
            "pupils" => self.pupils = known.pupils,
            "position" => (self.latitude, self.longitude) = (known.latitude, known.longitude),
            "siret" => self.siret.clone_from(&known.siret),
            "nature_code" => self.nature_code.clone_from(&known.nature_code),
            "opened_on" => self.opened_on = known.opened_on,
            "parent_uai" => self.parent_uai.clone_from(&known.parent_uai),
            "district" => (self.district_uai, self.district_name) = (known.district_uai.clone(), known.district_name.clone()),
            _ => {}
        }
    }
}
