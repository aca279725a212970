//! The cases of the demonstration: opened and moved on through the same rules as any other, at moments of their own.

use super::members::Person;
use super::{day, moment, nth, parsed, pick};
use entraide::audit::{Action, Author, Tx};
use entraide::auth::{Confidentiality, Scope};
use entraide::db::{DbConn, Id, Instant};
use entraide::dossiers::api::advance;
use entraide::dossiers::bodies::{FactsInput, OpenDossier};
use entraide::dossiers::lifecycle::{DossierCommand, Means};
use entraide::dossiers::model::*;
use entraide::dossiers::opening::{Reach, open};
use entraide::dossiers::proceeding_steps::model::{ActingSide, ProceedingStepKind, RecordProceedingStep};
use entraide::dossiers::proceeding_steps::recording::record;
use entraide::dossiers::proceedings;
use entraide::dossiers::proceedings::lifecycle::{self, ProceedingCommand};
use entraide::dossiers::proceedings::model::{MemberSide, OpenProceeding, ProceedingNature, ProceedingOutcome};
use entraide::dossiers::store::{self, DossierRow};
use entraide::dossiers::view::DossierView;
use entraide::error::Result;
use entraide::values::Day;
use entraide::workflow::take_step;
use fastrand::Rng;

const MOTIVES: [(&str, &str); 10] = [
    ("conflict_with_parents", "Un parent d'élève met en cause la collègue devant la classe, puis par courriels répétés."),
    ("insult_or_threat", "Insultes et menaces d'un élève au moment de la sortie."),
    ("verbal_assault", "Prise à partie dans le hall par un proche d'élève."),
    ("physical_assault", "Bousculade dans la cour, certificat médical établi le jour même."),
    ("defamation", "Propos diffamatoires publiés dans un groupe de parents."),
    ("cyber", "Montage photographique diffusé sur un réseau social."),
    ("conflict_with_hierarchy", "Désaccord sur l'évaluation, entretien prévu avec l'inspection."),
    ("conflict_with_colleagues", "Tensions durables au sein de l'équipe."),
    ("accident", "Chute d'un élève pendant une séance d'EPS, plainte annoncée."),
    ("legal_question", "Question sur les obligations de surveillance pendant une sortie."),
];

/// What every case is made with.
pub struct Stage<'a> {
    pub author: &'a Author,
    pub now: Instant,
    pub cast: &'a [Person],
    /// The head and the volunteer of each place.
    pub referents: &'a [[Id; 2]],
    pub associations: &'a [Id],
}

fn means(today: Day, retention_years: u32) -> Means {
    let all = Scope::console;
    Means {
        reach: Reach { members: all(), anybody: all(), directory: all(), associations: all(), incidents: all() },
        today,
        retention_years,
        erasers: Vec::new(),
    }
}

/// The day on which case `at` of `count` is opened: they follow each other from the beginning of the last school year to this day.
fn opening(today: Day, at: usize, count: usize) -> Day {
    let first = today.school_year_start().previous().school_year_start();
    let days = first.through(today) - 1;
    let (at, count) = (i64::try_from(at).unwrap_or(0), i64::try_from(count.max(1)).unwrap_or(1));
    first.plus(at * days / count)
}

impl Stage<'_> {
    /// Opens case `at` of `count` and leads it as far as its turn says: every state of the lifecycle comes up.
    pub fn play(&self, conn: &mut DbConn, at: usize, count: usize, rng: &mut Rng) -> Result<()> {
        let today = Day::of(self.now.0);
        let mut clock = opening(today, at, count);
        let person = *pick(rng, self.cast)?;
        let opened = self.on(conn, clock, 10, |tx, scope, means| {
            let row = open(tx, scope, means, self.request(clock, person, rng)?)?;
            tx.record(Action::Create, &DossierView::from(row.clone()))?;
            Ok(row)
        })?;
        for command in path(at, rng)? {
            clock = clock.plus(rng.i64(1..=25)).min(today);
            let command = match command {
                DossierCommand::Suspend { reason, .. } => DossierCommand::Suspend { reason, review_on: clock.plus(60) },
                DossierCommand::Unarchive { reason, .. } => DossierCommand::Unarchive { reason, until: clock.plus(30) },
                other => other,
            };
            // What was put away long ago was closed before this house kept dossiers: no delay is left.
            let retention_years = if at % 12 >= 9 { 0 } else { 10 };
            let (id, taken) = (opened.id, matches!(command, DossierCommand::TakeCharge { .. }));
            self.on_with(conn, clock, 14, retention_years, |tx, scope, means| {
                let row = store::find(tx.conn, scope, id)?;
                take_step(tx, scope, row, command, |tx, scope, step, row: DossierRow, command| advance(tx, scope, means, step, row, command)).map(drop)
            })?;
            if taken {
                self.plead(conn, at, id, clock)?;
            }
        }
        Ok(())
    }

    /// What two cases in five were brought before criminal justice with: a complaint, or a civil-party complaint and its judgment.
    fn plead(&self, conn: &mut DbConn, at: usize, dossier_id: Id, day: Day) -> Result<()> {
        let (steps, outcome): (&[_], _) = match at / 12 % 5 {
            0 => (&[(ProceedingStepKind::Complaint, ActingSide::Member)], ProceedingOutcome::NoFurtherAction),
            1 => {
                (&[(ProceedingStepKind::CivilParty, ActingSide::Member), (ProceedingStepKind::Judgment, ActingSide::Authority)], ProceedingOutcome::Conviction)
            }
            _ => return Ok(()),
        };
        self.on(conn, day, 14, |tx, scope, _| {
            let authority = Some(parsed("Tribunal judiciaire")?);
            let body =
                OpenProceeding { nature: ProceedingNature::Criminal, member_side: MemberSide::Victim, authority, case_number: None, opened_on: Some(day) };
            let id = lifecycle::open(tx, scope, dossier_id, body)?.id;
            for (kind, done_by) in steps.iter().copied() {
                record(tx, scope, id, dossier_id, RecordProceedingStep { kind, done_by, occurred_on: day, note: None })?;
            }
            let close = ProceedingCommand::Close { outcome, closed_on: Some(day), reason: None };
            let found = proceedings::store::find(tx.conn, scope, id)?;
            take_step(tx, scope, found, close, lifecycle::advance).map(drop)
        })
    }

    fn on<T>(&self, conn: &mut DbConn, day: Day, hour: u32, act: impl FnOnce(&mut Tx<'_>, &Scope, &Means) -> Result<T>) -> Result<T> {
        self.on_with(conn, day, hour, 10, act)
    }

    /// Acts as if it were that day.
    fn on_with<T>(
        &self,
        conn: &mut DbConn,
        day: Day,
        hour: u32,
        retention_years: u32,
        act: impl FnOnce(&mut Tx<'_>, &Scope, &Means) -> Result<T>,
    ) -> Result<T> {
        let now = moment(self.now, day, hour);
        act(&mut Tx { conn, author: self.author, now }, &Scope::console(), &means(day, retention_years))
    }

    fn request(&self, opened_on: Day, person: Person, rng: &mut Rng) -> Result<OpenDossier> {
        let (motive, summary) = *pick(rng, &MOTIVES)?;
        let protection = rng.bool();
        let facts_on = opened_on.plus(-rng.i64(0..30)).max(day(2020, 1, 1)?);
        let referents = nth(self.referents, person.place)?;
        let confidentiality = match rng.u32(0..20) {
            0..=13 => Confidentiality::Standard,
            14..=17 => Confidentiality::Restricted,
            18 => Confidentiality::Confidential,
            _ => Confidentiality::Secret,
        };
        let places = [Place::Classroom, Place::CommonArea, Place::Yard, Place::Office, Place::Online, Place::Surroundings];
        let channels = [ContactChannel::Correspondent, ContactChannel::Phone, ContactChannel::Email, ContactChannel::WebForm];
        let qualities = [MemberQuality::Victim, MemberQuality::Victim, MemberQuality::Victim, MemberQuality::Accused, MemberQuality::Enquirer];
        Ok(OpenDossier {
            member_id: Some(person.id),
            member_card: None,
            establishment_id: person.school,
            association_id: Some(*nth(self.associations, person.place)?),
            kind: if protection { DossierKind::LegalProtection } else { DossierKind::LegalInformation },
            member_quality: *pick(rng, &qualities)?,
            channel: *pick(rng, &channels)?,
            urgency: Some(if rng.u32(0..8) == 0 { Urgency::High } else { Urgency::Normal }),
            confidentiality: Some(confidentiality),
            // Volunteers refer to what they may read, heads to all the rest.
            referent_id: Some(*nth(referents, usize::from(confidentiality == Confidentiality::Standard))?),
            facts: FactsInput {
                date: facts_on,
                end_date: None,
                place: Some(*pick(rng, &places)?),
                summary: Some(parsed(summary)?),
                felt_as_aggression: Some(matches!(motive, "physical_assault" | "verbal_assault" | "insult_or_threat")),
                contexts: None,
                incident_id: None,
            },
            motive_code: parsed(motive)?,
            secondary_motive_codes: None,
            warning_reason: Some(parsed("Situation connue de l'équipe.")?),
        })
    }
}

/// The commands that a case has been given by now: its place in the dozen says how far it came.
fn path(at: usize, rng: &mut Rng) -> Result<Vec<DossierCommand>> {
    let why = || parsed("Suite donnée par l'équipe départementale.");
    let charge = || Ok::<_, entraide::error::Error>(DossierCommand::TakeCharge { derogation_reason: Some(parsed("Adhésion en cours de régularisation.")?) });
    let outcomes = [
        (Outcome::AdviceGiven, OutcomeForMember::Favourable),
        (Outcome::ConciliationSucceeded, OutcomeForMember::Favourable),
        (Outcome::CounselLetter, OutcomeForMember::Mixed),
        (Outcome::NoFurtherAction, OutcomeForMember::Unfavourable),
        (Outcome::LostContact, OutcomeForMember::Unknown),
    ];
    let (outcome, outcome_for_member) = *pick(rng, &outcomes)?;
    let close = || DossierCommand::Close { outcome, outcome_for_member, reason: None };
    let suspend = || Ok::<_, entraide::error::Error>(DossierCommand::Suspend { reason: why()?, review_on: Day::default() });
    Ok(match at % 12 {
        0 => vec![],
        1 => vec![DossierCommand::DeclareInadmissible { reason: why()? }],
        2..=3 => vec![charge()?],
        4 => vec![charge()?, suspend()?],
        5 => vec![charge()?, suspend()?, DossierCommand::Resume { reason: None }, close()],
        6..=7 => vec![charge()?, close()],
        8 => vec![charge()?, close(), DossierCommand::Reopen { reason: why()? }],
        9..=10 => vec![charge()?, close(), DossierCommand::Archive {}],
        _ => vec![charge()?, close(), DossierCommand::Archive {}, DossierCommand::Anonymise {}],
    })
}
