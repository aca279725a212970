//! Which deadlines run in a case: pure, from what is known of it alone.

use super::events::model::DeadlineEventKind;
use super::model::DeadlineSource;
use crate::db::Id;
use crate::deadlines::rules::{DeadlineCode, DeadlineEffect, DeadlinePopulation, RestartingAct, Rule, in_force};
use crate::dossiers::motives::model::MotiveCode;
use crate::dossiers::proceeding_steps::model::{ActingSide, ProceedingStepKind};
use crate::dossiers::protection_requests::model::{ProtectionStatus, silence_due, suit_after_silence};
use crate::members::employments::model::EmploymentStatus;
use crate::values::{Day, DepartmentCode};

/// Motives that are offences of the press law by themselves: said in public or not, they are prescribed after three months. An insult
/// may be an outrage or a threat, and what happens online may be harassment, which last for years: there the clock begins with a
/// publication that somebody writes down, for an alarm at each of them would be heard no more.
const PRESS_MOTIVES: &[&str] = &["defamation"];

/// The facts of a case on which its deadlines hang.
#[derive(Debug, Clone, PartialEq)]
pub struct Ground {
    pub dossier_id: Id,
    /// Whether it is worked on: nothing is counted in a case that has ended.
    pub open: bool,
    pub facts_on: Day,
    pub motives: Vec<MotiveCode>,
    /// The employment of the day of the facts.
    pub employment: Option<EmploymentStatus>,
    /// The department, whose holidays count.
    pub department: DepartmentCode,
}

/// What lies under it and sets clocks off, or anew.
#[derive(Debug, Clone, Default)]
pub struct Beneath {
    pub events: Vec<Event>,
    pub requests: Vec<Request>,
    pub acts: Vec<Act>,
}

#[derive(Debug, Clone, Copy)]
pub struct Event {
    pub id: Id,
    pub kind: DeadlineEventKind,
    pub on: Day,
}

/// A request for protection that was received.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub id: Id,
    pub status: ProtectionStatus,
    pub received_on: Option<Day>,
    pub decided_on: Option<Day>,
    pub appealed_on: Option<Day>,
    pub silence_due_on: Option<Day>,
    pub suit_due_on: Option<Day>,
}

/// A step of proceedings, as far as a deadline hangs on it.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    pub id: Id,
    pub kind: ActKind,
    pub on: Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActKind {
    SimpleComplaint,
    Restarting(RestartingAct),
}

impl ActKind {
    /// What a step of proceedings is to deadlines. What the other side does interrupts nothing for the member, and a complaint opens a
    /// right to whoever made it alone.
    pub fn of(kind: ProceedingStepKind, done_by: ActingSide) -> Option<Self> {
        match (kind, done_by) {
            (_, ActingSide::Opposing) => None,
            (ProceedingStepKind::Complaint, ActingSide::Member) => Some(Self::SimpleComplaint),
            (ProceedingStepKind::CivilParty, _) => Some(Self::Restarting(RestartingAct::CivilPartyComplaint)),
            (ProceedingStepKind::DirectSummons, _) => Some(Self::Restarting(RestartingAct::DirectSummons)),
            (ProceedingStepKind::QualifiedRequisitions, _) => Some(Self::Restarting(RestartingAct::QualifiedRequisitions)),
            (ProceedingStepKind::ActOfProcedure, _) => Some(Self::Restarting(RestartingAct::ActOfProcedure)),
            _ => None,
        }
    }
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Running,
    Reached,
    /// The facts themselves tell that it was met, and on which day.
    Met(Day),
    /// The same, too late.
    Missed,
}

/// A deadline that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    pub code: DeadlineCode,
    pub source: DeadlineSource,
    pub source_id: Id,
    pub starts_on: Day,
    pub due_on: Day,
    pub standing: Standing,
}

/// Whether a rule is for somebody employed so; where nobody wrote that down every rule counts, so that the shorter is not missed.
fn concerns(population: DeadlinePopulation, employment: Option<EmploymentStatus>) -> bool {
    use EmploymentStatus::{PrivateEmployee, Tenured, Trainee};
    let servant = |status| matches!(status, Tenured | Trainee);
    employment.is_none_or(|status| match population {
        DeadlinePopulation::Everybody => true,
        DeadlinePopulation::PublicAgents => status != PrivateEmployee,
        DeadlinePopulation::PublicServants => servant(status),
        DeadlinePopulation::OtherEmployees => !servant(status),
    })
}

impl Clock {
    /// Counts from a day by the rule that is in force then.
    fn from(code: DeadlineCode, (source, source_id): (DeadlineSource, Id), starts_on: Day, ground: &Ground, today: Day) -> Option<Self> {
        let rule = in_force(code, starts_on)?;
        let due_on = rule.due(starts_on, ground.department.as_str());
        Some(Self { code, source, source_id, starts_on, due_on, standing: standing(rule, due_on, today) })
    }

    /// Begins anew with each act of the closed list, as long as it has not run out.
    fn restarted(self, acts: &[Act], ground: &Ground, today: Day) -> Self {
        acts.iter().fold(self, |clock, act| {
            let restarts = |rule: &Rule| matches!(act.kind, ActKind::Restarting(kind) if rule.restarted_by.contains(&kind));
            let in_time = (clock.starts_on..=clock.due_on).contains(&act.on) && in_force(clock.code, act.on).is_some_and(restarts);
            let anew = in_time.then(|| Self::from(clock.code, (clock.source, clock.source_id), act.on, ground, today)).flatten();
            anew.unwrap_or(clock)
        })
    }

    /// What was done on a day, in time or not.
    fn done(self, on: Day) -> Self {
        Self { standing: if on <= self.due_on { Standing::Met(on) } else { Standing::Missed }, ..self }
    }
}

/// A right that is lost runs until somebody says what became of it; anything else comes with its day.
fn standing(rule: &Rule, due_on: Day, today: Day) -> Standing {
    if rule.effect != DeadlineEffect::RightLost && due_on <= today { Standing::Reached } else { Standing::Running }
}

/// Every deadline of a case.
pub fn clocks(ground: &Ground, beneath: &Beneath, today: Day) -> Vec<Clock> {
    if !ground.open {
        return Vec::new();
    }
    let mut acts = beneath.acts.clone();
    acts.sort_by_key(|act| act.on);
    let press = press_clocks(ground, beneath, &acts, today);
    // The prior complaint of the code of procedure is not asked for in matters of the press.
    let complaints = if press.is_empty() { complaint_clocks(ground, &acts, today) } else { Vec::new() };
    let events = beneath.events.iter().flat_map(|event| event_clocks(event, ground, today));
    let requests = beneath.requests.iter().flat_map(|request| request_clocks(request, ground, today));
    press.into_iter().chain(complaints).chain(events).chain(requests).collect()
}

/// One for each publication; where none is written down, of a motive of the press law, one from the first day of the facts.
fn press_clocks(ground: &Ground, beneath: &Beneath, acts: &[Act], today: Day) -> Vec<Clock> {
    let published = |event: &Event| {
        let code = match event.kind {
            DeadlineEventKind::Publication => DeadlineCode::PressOffence,
            DeadlineEventKind::PublicationDiscriminatory => DeadlineCode::PressOffenceDiscriminatory,
            _ => return None,
        };
        Clock::from(code, (DeadlineSource::DeadlineEvent, event.id), event.on, ground, today)
    };
    let mut clocks: Vec<Clock> = beneath.events.iter().filter_map(published).collect();
    if clocks.is_empty() && ground.motives.iter().any(|code| PRESS_MOTIVES.contains(&code.as_str())) {
        clocks.extend(Clock::from(DeadlineCode::PressOffence, (DeadlineSource::Dossier, ground.dossier_id), ground.facts_on, ground, today));
    }
    clocks.into_iter().map(|clock| clock.restarted(acts, ground, today)).collect()
}

/// What each simple complaint opens: a civil-party complaint, which it is met by.
fn complaint_clocks(ground: &Ground, acts: &[Act], today: Day) -> Vec<Clock> {
    let opened = |complaint: &Act| {
        let clock = Clock::from(DeadlineCode::CivilPartyComplaint, (DeadlineSource::ProceedingStep, complaint.id), complaint.on, ground, today)?;
        let civil_party = |act: &&Act| act.kind == ActKind::Restarting(RestartingAct::CivilPartyComplaint) && complaint.on <= act.on;
        let used = acts.iter().find(civil_party).map(|act| Standing::Met(act.on));
        Some(Clock { standing: used.unwrap_or(clock.standing), ..clock })
    };
    acts.iter().filter(|act| act.kind == ActKind::SimpleComplaint).filter_map(opened).collect()
}

fn event_clocks(event: &Event, ground: &Ground, today: Day) -> Vec<Clock> {
    let codes: &[DeadlineCode] = match event.kind {
        DeadlineEventKind::Publication | DeadlineEventKind::PublicationDiscriminatory => &[],
        DeadlineEventKind::Accident => &[DeadlineCode::ServiceAccident, DeadlineCode::WorkAccident],
        DeadlineEventKind::EventKnown => &[DeadlineCode::InsuredEvent],
        DeadlineEventKind::Suspension => &[DeadlineCode::DisciplinarySuspension],
    };
    let concerned = codes.iter().filter(|code| in_force(**code, event.on).is_some_and(|rule| concerns(rule.population, ground.employment)));
    concerned.filter_map(|code| Clock::from(*code, (DeadlineSource::DeadlineEvent, event.id), event.on, ground, today)).collect()
}

/// The silence that is kept on a request, and the time to sue against its refusal. Their days are those that the request shows.
fn request_clocks(request: &Request, ground: &Ground, today: Day) -> Vec<Clock> {
    use ProtectionStatus::{Appealed, ImplicitlyRefused, PartlyGranted, Refused, Requested};
    let from = |code, day: Option<Day>| Clock::from(code, (DeadlineSource::ProtectionRequest, request.id), day?, ground, today);
    let silence = || from(DeadlineCode::ProtectionSilence, request.received_on);
    let after_silence = || from(DeadlineCode::ProtectionSuitAfterSilence, request.silence_due_on);
    let after_refusal = || from(DeadlineCode::ProtectionSuitAfterRefusal, request.decided_on);
    match request.status {
        Requested => silence().into_iter().collect(),
        ImplicitlyRefused => silence().map(|clock| Clock { standing: Standing::Reached, ..clock }).into_iter().chain(after_silence()).collect(),
        // Refused once the two months after silence were over, it begins nothing anew.
        Refused | PartlyGranted => after_refusal().filter(|clock| request.suit_due_on == Some(clock.due_on)).or_else(after_silence).into_iter().collect(),
        Appealed => {
            let silent = request.decided_on == request.silence_due_on || request.decided_on > last_day_after_silence(request, ground);
            let contested = if silent { after_silence() } else { after_refusal() };
            contested.zip(request.appealed_on).map(|(clock, on)| clock.done(on)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn last_day_after_silence(request: &Request, ground: &Ground) -> Option<Day> {
    let silence = silence_due(request.received_on?, ground.department.as_str())?;
    suit_after_silence(silence, ground.department.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Choice;
    use DeadlineCode as Code;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn ground(motive: &str, employment: Option<EmploymentStatus>) -> Ground {
        let motives = vec![motive.parse().unwrap()];
        Ground { dossier_id: Id::new(), open: true, facts_on: day("2016-12-14"), motives, employment, department: "63".parse().unwrap() }
    }

    fn event(kind: DeadlineEventKind, on: &str) -> Event {
        Event { id: Id::new(), kind, on: day(on) }
    }

    fn act(kind: ActKind, on: &str) -> Act {
        Act { id: Id::new(), kind, on: day(on) }
    }

    /// Code, first and last day of each clock, on a day on which nothing has ended.
    fn told(ground: &Ground, beneath: &Beneath) -> Vec<(Code, String, String)> {
        clocks(ground, beneath, day("2010-01-01")).into_iter().map(|clock| (clock.code, clock.starts_on.to_string(), clock.due_on.to_string())).collect()
    }

    fn one(code: Code, starts_on: &str, due_on: &str) -> Vec<(Code, String, String)> {
        vec![(code, starts_on.to_owned(), due_on.to_owned())]
    }

    const REQUISITIONS: ActKind = ActKind::Restarting(RestartingAct::QualifiedRequisitions);
    const CIVIL_PARTY: ActKind = ActKind::Restarting(RestartingAct::CivilPartyComplaint);

    #[test]
    fn three_months_from_the_publication_end_as_published_and_a_year_where_it_discriminates() {
        let insult = ground("insult_or_threat", None);
        for (kind, on, code, due) in [
            (DeadlineEventKind::Publication, "2016-12-14", Code::PressOffence, "2017-03-14"),
            (DeadlineEventKind::Publication, "2011-08-23", Code::PressOffence, "2011-11-23"),
            (DeadlineEventKind::Publication, "2026-11-30", Code::PressOffence, "2027-02-28"),
            (DeadlineEventKind::PublicationDiscriminatory, "2016-12-14", Code::PressOffenceDiscriminatory, "2017-12-14"),
        ] {
            assert_eq!(told(&insult, &Beneath { events: vec![event(kind, on)], ..Beneath::default() }), one(code, on, due));
        }
        assert_eq!(told(&insult, &Beneath::default()), [], "an insult may be no offence of the press");
    }

    #[test]
    fn defamation_counts_from_the_facts_until_a_publication_is_written_down() {
        let mut defamed = ground("defamation", None);
        assert_eq!(told(&defamed, &Beneath::default()), one(Code::PressOffence, "2016-12-14", "2017-03-14"));
        let later = Beneath { events: vec![event(DeadlineEventKind::Publication, "2016-12-20")], ..Beneath::default() };
        assert_eq!(told(&defamed, &later), one(Code::PressOffence, "2016-12-20", "2017-03-20"));
        defamed.motives.insert(0, "cyber".parse().unwrap());
        assert_eq!(told(&defamed, &Beneath::default()).len(), 1, "as a secondary motive too");
        assert_eq!(told(&Ground { open: false, ..defamed }, &later), [], "nothing is counted in a case that has ended");
    }

    #[test]
    fn only_the_acts_of_the_closed_list_restart_the_clock_and_none_once_it_has_run_out() {
        let defamed = ground("defamation", None);
        let after = |acts: &[Act]| told(&defamed, &Beneath { acts: acts.to_vec(), ..Beneath::default() });
        let whole = |due: &str, from: &str| one(Code::PressOffence, from, due);
        assert_eq!(after(&[act(ActKind::SimpleComplaint, "2017-01-10")]), whole("2017-03-14", "2016-12-14"));
        for kind in [RestartingAct::QualifiedRequisitions, RestartingAct::CivilPartyComplaint, RestartingAct::DirectSummons, RestartingAct::ActOfProcedure] {
            assert_eq!(after(&[act(ActKind::Restarting(kind), "2017-01-10")]), whole("2017-04-10", "2017-01-10"), "{kind:?}");
        }
        assert_eq!(after(&[act(CIVIL_PARTY, "2017-03-14")]), whole("2017-06-14", "2017-03-14"), "on the last day");
        assert_eq!(after(&[act(CIVIL_PARTY, "2017-03-15")]), whole("2017-03-14", "2016-12-14"), "the day after");
        assert_eq!(after(&[act(CIVIL_PARTY, "2016-12-13")]), whole("2017-03-14", "2016-12-14"), "before it began");
        assert_eq!(after(&[act(CIVIL_PARTY, "2017-05-30"), act(REQUISITIONS, "2017-03-01")]), whole("2017-08-30", "2017-05-30"), "in whatever order");
        assert_eq!(after(&[act(CIVIL_PARTY, "2017-06-02"), act(REQUISITIONS, "2017-03-01")]), whole("2017-06-01", "2017-03-01"));
    }

    #[test]
    fn a_police_log_a_letter_or_what_the_other_side_does_is_no_act_of_the_list() {
        use ProceedingStepKind as Step;
        let listed: Vec<Step> = Step::ENUMERATION
            .values
            .iter()
            .filter_map(|value| value.code.parse().ok())
            .filter(|kind| matches!(ActKind::of(*kind, ActingSide::Member), Some(ActKind::Restarting(_))))
            .collect();
        assert_eq!(listed, [Step::CivilParty, Step::DirectSummons, Step::QualifiedRequisitions, Step::ActOfProcedure]);
        assert_eq!(ActKind::of(Step::Complaint, ActingSide::Member), Some(ActKind::SimpleComplaint));
        for (kind, done_by) in [(Step::CivilParty, ActingSide::Opposing), (Step::Complaint, ActingSide::Opposing), (Step::PoliceLog, ActingSide::Member)] {
            assert_eq!(ActKind::of(kind, done_by), None);
        }
    }

    #[test]
    fn three_months_after_a_simple_complaint_a_civil_party_complaint_is_possible_but_never_of_the_press() {
        let complaint = act(ActKind::SimpleComplaint, "2016-12-20");
        let beneath = |acts: &[Act]| Beneath { acts: acts.to_vec(), ..Beneath::default() };
        let threat = ground("death_threat", None);
        assert_eq!(told(&threat, &beneath(&[complaint])), one(Code::CivilPartyComplaint, "2016-12-20", "2017-03-20"));
        let standing = |acts: &[Act], today: &str| clocks(&threat, &beneath(acts), day(today))[0].standing;
        assert_eq!((standing(&[complaint], "2017-03-19"), standing(&[complaint], "2017-03-20")), (Standing::Running, Standing::Reached));
        let filed = act(CIVIL_PARTY, "2017-04-01");
        assert_eq!(standing(&[complaint, filed], "2017-05-01"), Standing::Met(day("2017-04-01")));
        let of_press = told(&ground("defamation", None), &beneath(&[complaint]));
        assert_eq!(of_press, one(Code::PressOffence, "2016-12-14", "2017-03-14"));
        let published = Beneath { events: vec![event(DeadlineEventKind::Publication, "2016-12-14")], acts: vec![complaint], ..Beneath::default() };
        assert_eq!(told(&threat, &published).len(), 1, "once a publication is written down it is of the press");
    }

    #[test]
    fn an_accident_is_declared_by_employment_and_by_the_shorter_delay_too_where_that_is_not_known() {
        use EmploymentStatus::{PrivateContractTeacher, PrivateEmployee, PublicContract, Tenured, Trainee};
        let accident = Beneath { events: vec![event(DeadlineEventKind::Accident, "2026-12-24")], ..Beneath::default() };
        let (days, hours) = (one(Code::ServiceAccident, "2026-12-24", "2027-01-08"), one(Code::WorkAccident, "2026-12-24", "2026-12-25"));
        for status in [Tenured, Trainee] {
            assert_eq!(told(&ground("accident", Some(status)), &accident), days);
        }
        for status in [PublicContract, PrivateContractTeacher, PrivateEmployee] {
            assert_eq!(told(&ground("accident", Some(status)), &accident), hours);
        }
        assert_eq!(told(&ground("accident", None), &accident), [days, hours].concat());
        let suspended = Beneath { events: vec![event(DeadlineEventKind::Suspension, "2026-10-31")], ..Beneath::default() };
        let accused = |status| told(&ground("disciplinary_accusation", Some(status)), &suspended);
        assert_eq!((accused(Tenured), accused(PrivateEmployee)), (one(Code::DisciplinarySuspension, "2026-10-31", "2027-02-28"), vec![]));
    }

    #[test]
    fn the_insurer_is_told_within_five_working_days_of_the_territory() {
        let known = Beneath { events: vec![event(DeadlineEventKind::EventKnown, "2025-12-22")], ..Beneath::default() };
        for (territory, due) in [("63", "2025-12-30"), ("67", "2025-12-31")] {
            let ground = Ground { department: territory.parse().unwrap(), ..ground("physical_assault", None) };
            assert_eq!(told(&ground, &known), one(Code::InsuredEvent, "2025-12-22", due));
        }
    }

    fn request(status: ProtectionStatus, decided_on: &str, suit_due_on: &str) -> Request {
        let [decided_on, suit_due_on] = [decided_on, suit_due_on].map(|text| text.parse().ok());
        let (received_on, silence_due_on) = (Some(day("2026-09-14")), Some(day("2026-11-14")));
        Request { id: Id::new(), status, received_on, decided_on, appealed_on: None, silence_due_on, suit_due_on }
    }

    #[test]
    fn protection_runs_from_the_receipt_to_silence_and_from_a_refusal_to_the_judge() {
        use ProtectionStatus::{Granted, ImplicitlyRefused, PartlyGranted, Refused, Requested};
        let asked = ground("physical_assault", None);
        let of = |request: Request| told(&asked, &Beneath { requests: vec![request], ..Beneath::default() });
        let silence = one(Code::ProtectionSilence, "2026-09-14", "2026-11-14");
        assert_eq!(of(request(Requested, "", "")), silence);
        let sued = one(Code::ProtectionSuitAfterSilence, "2026-11-14", "2027-01-14");
        assert_eq!(of(request(ImplicitlyRefused, "2026-11-14", "2027-01-14")), [silence, sued.clone()].concat());
        for status in [Refused, PartlyGranted] {
            let anew = one(Code::ProtectionSuitAfterRefusal, "2026-12-20", "2027-02-20");
            assert_eq!(of(request(status, "2026-12-20", "2027-02-20")), anew);
            assert_eq!(of(request(status, "2027-01-15", "2027-01-14")), sued, "the two months were over");
        }
        assert_eq!(of(request(Granted, "2026-12-20", "")), [], "granted late, nobody sues");
    }

    #[test]
    fn contesting_a_refusal_meets_the_time_to_sue_or_misses_it() {
        let asked = ground("physical_assault", None);
        for (decided, appealed, expected) in [
            ("2026-11-14", "2027-01-14", (Code::ProtectionSuitAfterSilence, Standing::Met(day("2027-01-14")))),
            ("2026-11-14", "2027-01-15", (Code::ProtectionSuitAfterSilence, Standing::Missed)),
            ("2026-10-01", "2026-11-30", (Code::ProtectionSuitAfterRefusal, Standing::Met(day("2026-11-30")))),
            ("2027-01-20", "2027-01-21", (Code::ProtectionSuitAfterSilence, Standing::Missed)),
        ] {
            let request = Request { appealed_on: Some(day(appealed)), ..request(ProtectionStatus::Appealed, decided, "") };
            let found = clocks(&asked, &Beneath { requests: vec![request], ..Beneath::default() }, day("2027-02-01"));
            assert_eq!(found.iter().map(|clock| (clock.code, clock.standing)).collect::<Vec<_>>(), [expected], "{decided} {appealed}");
        }
    }
}
