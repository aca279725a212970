//! How far a caller sees into dossiers, what is shown at that distance, and what may be asked.

use super::circumstances::FactsSnapshot;
use super::lifecycle::LIFECYCLE;
use super::model::{DossierFilters, DossierStatus};
use super::store::{DossierRow, Facts};
use super::view::{DossierFactsView, DossierView};
use crate::auth::{Case, Role, Scope, Veil};
use crate::db::Id;
use crate::error::{Code, Error, Place, Result};
use crate::http::{Actor, Lens, ListOf, Server};
use crate::values::Interval;
use std::fmt;
use std::sync::Arc;

/// How far a caller sees.
#[derive(Debug, Clone)]
pub enum Sight {
    Content,
    /// Reference, state, dates and holds.
    Metadata,
    Pseudonyms(Pseudonyms),
}

/// The names of a study: the same id is the same name within one purpose, and another in any other.
#[derive(Clone)]
pub struct Pseudonyms {
    server: Arc<Server>,
    purpose: String,
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.purpose)
    }
}

impl Pseudonyms {
    /// A UUID of version 8, whose bits are ours to choose.
    pub fn of(&self, kind: &str, id: Id) -> Id {
        let digest = self.server.keys.digest(&[b"pseudonym", self.purpose.as_bytes(), kind.as_bytes(), id.as_bytes()]);
        let mut bytes = [0; 16];
        for (at, (byte, digest)) in bytes.iter_mut().zip(digest).enumerate() {
            *byte = match at {
                6 => 0x80 | (digest & 0x0f),
                8 => 0x80 | (digest & 0x3f),
                _ => digest,
            };
        }
        Id::from_bytes(bytes)
    }
}

impl DossierRow {
    /// Whether the caller reads the content, and not only what is left of it behind a veil.
    pub fn is_read_by(&self, scope: &Scope, facts: &Facts) -> bool {
        scope.reads(&self.case(facts))
    }

    /// What the policy must know of it.
    pub fn case<'a>(&'a self, facts: &'a Facts) -> Case<'a> {
        let Self { department_code, confidentiality, referent_id, member_id, status, unarchived_until, .. } = self;
        Case {
            department: department_code,
            level: *confidentiality,
            referent_id: *referent_id,
            member_id: *member_id,
            put_away: DossierStatus::PUT_AWAY.contains(status),
            readable_until: *unarchived_until,
            awaits_solidarity: self.awaits_solidarity(),
            walls: &facts.walls,
            permits: &facts.permits,
        }
    }
}

impl DossierRow {
    /// What this caller sees of a row that was found: all of it, or what whoever watches over personal data needs.
    pub fn shown(self, lens: Lens, scope: &Scope, facts: &Facts) -> DossierView {
        let sight = if self.is_read_by(scope, facts) { Sight::Content } else { Sight::Metadata };
        self.seen(lens, &sight, scope, facts)
    }

    pub fn seen(self, lens: Lens, sight: &Sight, scope: &Scope, facts: &Facts) -> DossierView {
        let verdict = |command: &str| self.verdict(command, lens.today());
        let commands = || LIFECYCLE.allowed(self.status, &scope.commanding(&self.case(facts)), Some(self.department_code.as_str()), lens.language, verdict);
        match sight {
            Sight::Content => DossierView { allowed_commands: commands(), ..self.into() },
            Sight::Metadata => DossierView { allowed_commands: commands(), ..DossierView::from(self).without_content() },
            Sight::Pseudonyms(pseudonyms) => DossierView::from(self).under(pseudonyms),
        }
    }
}

/// What is hidden from whoever watches over personal data without reading dossiers.
#[rustfmt::skip]
pub const CONTENT: &[&str] = &[
    "member_id", "establishment_id", "member_quality", "facts.place", "facts.summary", "facts.felt_as_aggression", "facts.contexts", "facts.incident_id",
    "motive_code", "secondary_motive_codes", "facts_snapshot", "warnings", "warning_reason", "cover", "derogation", "solidarity_status",
    "complaint_filed", "counsel_involved", "judicialised", "path", "outcome", "outcome_for_member",
];

/// What is hidden from whoever studies dossiers: who they are about, every free text, every day. Contexts are free text too: whoever
/// works a dossier chooses their words.
#[rustfmt::skip]
pub const IDENTITY: &[&str] = &[
    "reference", "establishment_id", "referent_id", "opened_on", "facts.date", "facts.end_date", "facts.summary", "facts.contexts",
    "facts_snapshot.birth_year", "warnings", "warning_reason", "cover", "derogation", "closed_on", "first_closed_on", "review_on",
    "retention_due_on", "on_legal_hold", "unarchived_until", "created_at", "updated_at",
];

impl DossierView {
    fn without_content(self) -> Self {
        let facts = DossierFactsView { place: None, summary: None, felt_as_aggression: None, contexts: None, incident_id: None, ..self.facts };
        Self {
            member_id: None,
            establishment_id: None,
            member_quality: None,
            facts,
            motive_code: None,
            secondary_motive_codes: None,
            facts_snapshot: None,
            warnings: None,
            warning_reason: None,
            cover: None,
            derogation: None,
            solidarity_status: None,
            complaint_filed: None,
            counsel_involved: None,
            judicialised: None,
            path: None,
            outcome: None,
            outcome_for_member: None,
            withheld: CONTENT.to_vec(),
            ..self
        }
    }

    fn under(self, pseudonyms: &Pseudonyms) -> Self {
        Self {
            id: pseudonyms.of("dossier", self.id),
            reference: None,
            member_id: self.member_id.map(|id| pseudonyms.of("member", id)),
            establishment_id: None,
            referent_id: None,
            opened_on: None,
            facts: DossierFactsView {
                date: None,
                end_date: None,
                summary: None,
                contexts: None,
                incident_id: self.facts.incident_id.map(|id| pseudonyms.of("incident", id)),
                ..self.facts
            },
            facts_snapshot: self.facts_snapshot.map(|snapshot| FactsSnapshot { birth_year: None, ..snapshot }),
            warnings: None,
            warning_reason: None,
            cover: None,
            derogation: None,
            closed_on: None,
            first_closed_on: None,
            review_on: None,
            retention_due_on: None,
            on_legal_hold: None,
            unarchived_until: None,
            withheld: IDENTITY.to_vec(),
            created_at: None,
            updated_at: None,
            ..self
        }
    }
}

/// How far this caller sees in a list, and which rows. Who has several rights reads in full what they can; an analyst says for
/// which purpose, and then is nothing but an analyst.
pub fn look(actor: &Actor, list: &mut ListOf<DossierFilters>) -> Result<(Scope, Sight)> {
    let scope = actor.scope();
    let sight = match (&list.filters.purpose, scope.veiled()) {
        (Some(purpose), Some(Veil::Pseudonyms)) => Sight::Pseudonyms(Pseudonyms { server: Arc::clone(&actor.context.server), purpose: purpose.to_string() }),
        (Some(_), _) => return Err(Error::of(Code::FunctionNotGranted).placed(Place::Parameter("purpose".to_owned()))),
        (None, _) if scope.has_content() || scope.veiled().is_none() => Sight::Content,
        (None, _) if scope.holds(&[Role::Dpo], None) => Sight::Metadata,
        (None, _) => return Err(Error::parameter("purpose", Code::PurposeRequired)),
    };
    let scope = match &sight {
        Sight::Content => return Ok((scope.unveiled(), sight)),
        Sight::Metadata | Sight::Pseudonyms(_) => scope.only_veiled(),
    };
    if matches!(sight, Sight::Pseudonyms(_)) && !list.options.sorted {
        list.options.sort = "month";
    }
    let masked: Vec<&str> = match &sight {
        Sight::Pseudonyms(_) => masked_from_analysts(list),
        _ => masked_from_keepers(list),
    };
    if masked.is_empty() {
        return Ok((scope, sight));
    }
    Err(masked.into_iter().fold(Error::of(Code::FieldMasked), |error, name| error.placed(Place::Parameter(name.to_owned()))))
}

type Asked<'a> = Vec<(&'a str, bool)>;

/// The parameters that ask for what pseudonyms and months hide.
fn masked_from_analysts(list: &ListOf<DossierFilters>) -> Vec<&'static str> {
    let DossierFilters { establishment, member, referent, reference, opened, facts, incident, context, .. } = &list.filters;
    let finer = |interval: &Option<Interval>| interval.is_some_and(|interval| !interval.is_of_whole_months());
    let asked: Asked<'static> = vec![
        ("establishment", establishment.is_some()),
        ("member", member.is_some()),
        ("referent", referent.is_some()),
        ("incident", incident.is_some()),
        ("context", context.is_some()),
        ("reference", reference.is_some()),
        ("opened", finer(opened)),
        ("facts", finer(facts)),
        ("sort", list.options.sort != "month"),
        ("fields", names(list, IDENTITY)),
        ("expand", !list.options.projection.expand.is_empty()),
    ];
    asked.into_iter().filter_map(|(name, masked)| masked.then_some(name)).collect()
}

/// The parameters that ask for the content of dossiers.
fn masked_from_keepers(list: &ListOf<DossierFilters>) -> Vec<&'static str> {
    let DossierFilters { motive, quality, establishment, member, solidarity, complaint, counsel, judicialised, path, .. } = &list.filters;
    let DossierFilters { incident, context, duplicate, .. } = &list.filters;
    let expand = &list.options.projection.expand;
    let asked: Asked<'static> = vec![
        ("motive", motive.is_some()),
        ("quality", quality.is_some()),
        ("establishment", establishment.is_some()),
        ("member", member.is_some()),
        ("solidarity", solidarity.is_some()),
        ("complaint", complaint.is_some()),
        ("counsel", counsel.is_some()),
        ("judicialised", judicialised.is_some()),
        ("path", path.is_some()),
        ("incident", incident.is_some()),
        ("context", context.is_some()),
        ("duplicate", duplicate.is_some()),
        ("sort", CONTENT.contains(&list.options.sort)),
        ("fields", names(list, CONTENT)),
        ("expand", expand.iter().any(|word| !word.starts_with("association"))),
    ];
    asked.into_iter().filter_map(|(name, masked)| masked.then_some(name)).collect()
}

fn names(list: &ListOf<DossierFilters>, hidden: &[&str]) -> bool {
    list.options.projection.fields.iter().flatten().any(|field| hidden.contains(&field.as_str()))
}
