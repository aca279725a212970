//! Financial aid in the demonstration: the first department has a committee that met two weeks ago and meets again soon, and requests as
//! far as each has come, led there by the rules of the house.

mod cases;

pub use cases::ASKING;

use super::members::Person;
use super::{login_of, parsed};
use cases::{CASES, Story, ask};
use chrono::Duration;
use entraide::aid_committees;
use entraide::aid_committees::docket::lifecycle::{self as decisions, DocketCommand};
use entraide::aid_committees::docket::listing;
use entraide::aid_committees::docket::model::{PutOnDocket, VoteChoice};
use entraide::aid_committees::docket::store::ItemRow;
use entraide::aid_committees::docket::votes::api::cast;
use entraide::aid_committees::members::api::name;
use entraide::aid_committees::members::model::{CommitteeFunction, NameCommitteeMember};
use entraide::aid_committees::model::CreateAidCommittee;
use entraide::aid_committees::sessions::attendances;
use entraide::aid_committees::sessions::attendances::model::Presence;
use entraide::aid_committees::sessions::lifecycle::{self as sessions, AidSessionCommand};
use entraide::aid_committees::sessions::model::PlanAidSession;
use entraide::aid_envelopes::api::{CreateAidEnvelope, provide};
use entraide::aid_rules::api::set;
use entraide::aid_rules::view::CreateAidRules;
use entraide::audit::{Author, Tx};
use entraide::auth::{Scope, store};
use entraide::db::{DbConn, Id, Instant};
use entraide::error::{Error, Result};
use entraide::financial_aid_requests::lifecycle::AidRequestCommand;
use entraide::financial_aid_requests::payments;
use entraide::financial_aid_requests::payments::lifecycle::PaymentCommand;
use entraide::financial_aid_requests::payments::model::{OrderPayment, PayeeKind};
use entraide::financial_aid_requests::steps;
use entraide::financial_aid_requests::store as requests;
use entraide::members::memberships::model::Year;
use entraide::values::{Day, Money, Number};
use entraide::workflow::take_step;

use CommitteeFunction::{Chair, Member, Secretary, Treasurer};
use Story::{Adjourned, Awaited, Granted, Partly, Refused, Urgent};

/// Who sits in the committee: each by an account.
pub const OFFICES: [(&str, &str, CommitteeFunction); 5] = [
    ("presidence", "Présidence de la commission d'aide", Chair),
    ("commissaire", "Membre de la commission d'aide", Member),
    ("assesseur", "Membre de la commission d'aide", Member),
    ("secretariat", "Secrétariat de la commission d'aide", Secretary),
    ("tresorerie", "Trésorerie", Treasurer),
];

pub struct Aid<'a> {
    pub conn: &'a mut DbConn,
    pub author: &'a Author,
    pub now: Instant,
    pub department: &'static str,
    pub association_id: Id,
}

impl Aid<'_> {
    /// Lets these people ask, each as the next case; tells how many did.
    pub fn play(&mut self, people: &[Person]) -> Result<usize> {
        let this_year = Day::of(self.now.0).year();
        self.on(90, |tx, scope, here| [this_year - 1, this_year].into_iter().try_for_each(|year| here.means(tx, scope, year)))?;
        let committee_id = self.on(80, |tx, scope, here| here.seat(tx, scope))?;
        let (urgent, calm): (Vec<_>, Vec<_>) = people.iter().zip(CASES).partition(|(_, case)| case.0 == Urgent);
        let mut asked: Vec<(Id, Story)> = Vec::new();
        for (person, case) in calm {
            asked.push((self.on(45, |tx, scope, _| ask(tx, scope, person.id, case))?, case.0));
        }
        let of = |stories: &[Story]| asked.iter().copied().filter(|(_, story)| stories.contains(story)).collect::<Vec<_>>();
        let decided = of(&[Granted, Partly, Refused, Adjourned]);
        let held = self.convene(committee_id, 14, &decided)?;
        self.on(14, |tx, scope, here| here.hold(tx, scope, held, &decided))?;
        for (id, story) in of(&[Granted, Partly]) {
            self.pay(id, story)?;
        }
        for (person, case) in &urgent {
            self.on(5, |tx, scope, _| ask(tx, scope, person.id, *case))?;
        }
        self.convene(committee_id, -10, &of(&[Awaited]))?;
        Ok(asked.len() + urgent.len())
    }

    /// Acts as if it were so many days ago.
    fn on<T>(&mut self, days_ago: i64, act: impl FnOnce(&mut Tx<'_>, &Scope, &Here) -> Result<T>) -> Result<T> {
        let here = Here { department: self.department, association_id: self.association_id };
        let now = Instant(self.now.0 - Duration::days(days_ago));
        act(&mut Tx { conn: self.conn, author: self.author, now }, &Scope::console(), &here)
    }

    /// Plans a session that is held so many days ago, or in so many days, calls the committee together and puts requests on its docket.
    fn convene(&mut self, committee_id: Id, days_ago: i64, before: &[(Id, Story)]) -> Result<Id> {
        let held_on = Day::of(self.now.0).plus(-days_ago);
        let id = self.on(days_ago.max(0) + 20, |tx, scope, _| {
            let (place, agenda) = (parsed("Maison des associations, salle 4")?, parsed("Bilan du trimestre ; calendrier des prochaines séances.")?);
            Ok(sessions::plan(tx, scope, PlanAidSession { committee_id, held_on, place: Some(place), remote: None, agenda: Some(agenda) })?.row.id)
        })?;
        self.on(days_ago.max(0) + 2, |tx, scope, _| {
            for (request_id, _) in before {
                listing::put(tx, scope, id, &PutOnDocket { request_id: *request_id })?;
            }
            move_session(tx, scope, id, AidSessionCommand::Convene {})
        })?;
        Ok(id)
    }

    /// Pays what was granted: a grant to its end, a loan to be paid back, of a part the order alone.
    fn pay(&mut self, id: Id, story: Story) -> Result<()> {
        let payment_id = self.on(10, |tx, scope, _| {
            let amount = requests::find(tx.conn, scope, id)?.committed_cents;
            let (payee_name, iban) = (parsed("Compte de l'adhérent")?, parsed("FR7630006000011234567890189")?);
            Ok(payments::lifecycle::order(tx, scope, id, OrderPayment { payee_kind: PayeeKind::Member, payee_name, iban, amount })?.row.id)
        })?;
        if story == Partly {
            return Ok(());
        }
        self.on(7, |tx, scope, _| {
            let payment = payments::store::find(tx.conn, scope, payment_id)?;
            take_step(tx, scope, payment, PaymentCommand::Pay { paid_on: None }, payments::lifecycle::advance)?;
            let command = if requests::find(tx.conn, scope, id)?.repayable {
                AidRequestCommand::ScheduleRepayment { first_due_on: Day::of(tx.now.0).plus_months(1), instalments: Number::checked(10)? }
            } else {
                AidRequestCommand::Close { reason: None }
            };
            move_request(tx, scope, id, command)
        })
    }
}

/// Where aid is asked for.
struct Here {
    department: &'static str,
    association_id: Id,
}

impl Here {
    /// The rules of the nation and the envelope of the association in a year.
    fn means(&self, tx: &mut Tx<'_>, scope: &Scope, year: i32) -> Result<()> {
        let (year, euros) = (Year::checked(year)?, |euros: i64| Some(Money::from_cents(euros * 100)));
        let rules = CreateAidRules {
            association_id: None,
            year,
            seniority_months: Some(Number::checked(12)?),
            dues_up_to_date: true,
            cooldown_months: Some(Number::checked(12)?),
            grant_ceiling: euros(1500),
            loan_ceiling: euros(3000),
            fee_advance_ceiling: euros(1000),
            in_kind_ceiling: euros(800),
            ratification_days: None,
        };
        set(tx, scope, rules)?;
        provide(tx, scope, CreateAidEnvelope { association_id: self.association_id, year, amount: Money::from_cents(1_200_000) })?;
        Ok(())
    }

    /// The committee, with everybody in office since the beginning of the last year.
    fn seat(&self, tx: &mut Tx<'_>, scope: &Scope) -> Result<Id> {
        let name_of = parsed(&format!("Commission d'aide {}", self.department))?;
        let body = CreateAidCommittee { association_id: Some(self.association_id), name: name_of, quorum: Number::checked(2)? };
        let id = aid_committees::api::set_up(tx, scope, body)?.id;
        let committee = aid_committees::store::lock(tx, scope, id)?;
        let starts_on = Day::first_of(Day::of(tx.now.0).year() - 1);
        for (login, _, function) in OFFICES {
            let user_id = self.account(tx.conn, login)?;
            name(tx, scope, &committee, NameCommitteeMember { user_id, function, starts_on, ends_on: None })?;
        }
        Ok(id)
    }

    fn account(&self, conn: &mut DbConn, login: &str) -> Result<Id> {
        let found = store::find_user_by_login(conn, &login_of(login, self.department))?;
        found.map(|user| user.id).ok_or_else(|| Error::internal("an account is missing"))
    }

    /// Holds a session: everybody is there, each request is voted and decided on, and it is closed.
    fn hold(&self, tx: &mut Tx<'_>, scope: &Scope, session_id: Id, stories: &[(Id, Story)]) -> Result<()> {
        for attendance in attendances::store::of_session(tx.conn, scope, session_id)? {
            attendances::api::mark(tx, scope, attendance, Presence::Present)?;
        }
        move_session(tx, scope, session_id, AidSessionCommand::Open {})?;
        for item in aid_committees::docket::store::of_session(tx.conn, scope, session_id)? {
            if let Some((_, story)) = stories.iter().find(|(id, _)| *id == item.request_id) {
                self.decide(tx, scope, &item, *story)?;
            }
        }
        move_session(tx, scope, session_id, AidSessionCommand::Close {})
    }

    /// Votes on what stands on a docket, and decides as the majority says.
    fn decide(&self, tx: &mut Tx<'_>, scope: &Scope, item: &ItemRow, story: Story) -> Result<()> {
        let motivation = parsed("Situation établie, dans la limite des moyens de l'année.")?;
        let (choices, command) = match story {
            Granted => ([VoteChoice::For; 3], DocketCommand::Grant { motivation }),
            Partly => ([VoteChoice::For, VoteChoice::For, VoteChoice::Against], DocketCommand::PartlyGrant { amount: Money::from_cents(60_000), motivation }),
            Refused => ([VoteChoice::Against, VoteChoice::Abstain, VoteChoice::Against], DocketCommand::Refuse { motivation }),
            _ => ([VoteChoice::Abstain; 3], DocketCommand::Adjourn { motivation }),
        };
        for ((login, ..), choice) in OFFICES.iter().filter(|(_, _, function)| function.votes()).zip(choices) {
            let user_id = self.account(tx.conn, login)?;
            let own = store::scope_of(tx.conn, user_id, "aid_votes_create", tx.now)?.ok_or_else(|| Error::internal("an account without a vote"))?;
            cast(tx, &own, item.id, choice)?;
        }
        let found = decisions::find(tx.conn, scope, item.id)?;
        take_step(tx, scope, found, command, decisions::advance).map(drop)
    }
}

/// Gives a command of its team.
fn move_request(tx: &mut Tx<'_>, scope: &Scope, id: Id, command: AidRequestCommand) -> Result<()> {
    let row = requests::find(tx.conn, scope, id)?;
    take_step(tx, scope, row, command, steps::advance).map(drop)
}

fn move_session(tx: &mut Tx<'_>, scope: &Scope, id: Id, command: AidSessionCommand) -> Result<()> {
    let found = sessions::find(tx.conn, scope, id)?;
    take_step(tx, scope, found, command, sessions::advance).map(drop)
}
