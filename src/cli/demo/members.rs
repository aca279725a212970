//! The members of the demonstration: people who joined, renewed, lapsed, moved, and a few who were recorded twice.

use super::schools::School;
use super::words::{BEGINNINGS, ENDS, FIRST_NAMES, LAST_NAMES, MIDDLES, Place, STREETS};
use super::{day, nth, parsed, pick};
use entraide::audit::{Action, Tx};
use entraide::auth::Scope;
use entraide::changes::store::tell;
use entraide::db::{Id, Json};
use entraide::error::Result;
use entraide::establishments::model::{Address, EstablishmentKind};
use entraide::members::bodies::Identity;
use entraide::members::employments::api::EmploymentView;
use entraide::members::employments::model::{Employer, EmploymentStatus, Occupation};
use entraide::members::employments::store::{self as employments, EmploymentRow};
use entraide::members::memberships::bodies::year_of;
use entraide::members::memberships::model::{Dues, EndReason, MembershipState, Product, SubscriptionChannel, status_on};
use entraide::members::memberships::store::{self as memberships, MembershipRow};
use entraide::members::memberships::view::record_all;
use entraide::members::model::{Civility, SafeContact};
use entraide::members::store::{self, MemberRow};
use entraide::members::view::MemberView;
use entraide::values::fold::fold;
use entraide::values::{Day, Money};
use fastrand::Rng;

/// The last year that everybody who stayed has renewed for.
pub struct Calendar {
    pub today: Day,
    pub dues: Dues,
}

/// Where the demonstration plays: its departments, and the association and the schools of each.
#[derive(Clone)]
pub struct Ground {
    pub places: Vec<Place>,
    pub associations: Vec<Id>,
    pub schools: Vec<Vec<School>>,
}

/// Somebody whose case a dossier may be.
#[derive(Clone, Copy)]
pub struct Person {
    pub id: Id,
    pub place: usize,
    pub school: Option<Id>,
}

/// Members of one transaction, with all that belongs to them.
#[derive(Default)]
pub struct Batch {
    members: Vec<MemberRow>,
    memberships: Vec<MembershipRow>,
    employments: Vec<EmploymentRow>,
}

impl Batch {
    /// Adds somebody; one in a hundred is the person before, recorded again by somebody who did not search.
    pub fn add(&mut self, tx: &Tx<'_>, number: usize, ground: &Ground, calendar: &Calendar, rng: &mut Rng) -> Result<Person> {
        let Ground { places, associations, schools } = ground;
        let again = if number % 100 == 99 { self.members.last() } else { None };
        let place = (number - usize::from(again.is_some())) % places.len();
        let identity = match again {
            Some(before) => recorded_again(before)?,
            None => identity(number, nth(places, place)?, *nth(associations, place)?, rng)?,
        };
        let member = MemberRow::new(identity, parsed(&format!("{:08}", 10_000_000 + number))?, tx.now);
        let person = self.employ(tx, &member, place, schools, rng)?;
        self.subscribe(tx, &member, calendar, rng)?;
        self.members.push(member);
        Ok(person)
    }

    fn employ(&mut self, tx: &Tx<'_>, member: &MemberRow, place: usize, schools: &[Vec<School>], rng: &mut Rng) -> Result<Person> {
        let there = nth(schools, place)?;
        let school = *pick(rng, there)?;
        let since = day(rng.i32(2008..2024), 9, 1)?;
        let (occupation, status, employer) = post(school.kind, rng);
        let row = |starts_on: Day, ends_on: Option<Day>, school: School| EmploymentRow {
            id: Id::new(),
            member_id: member.id,
            starts_on,
            ends_on,
            occupation,
            employment_status: Some(status),
            employer: Some(employer),
            establishment_id: Some(school.id),
            secondary: false,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
            deleted_at: None,
        };
        // One in four has moved in September 2024.
        let moved = day(2024, 9, 1)?;
        let now_at = if rng.u32(0..4) == 0 { Some(*pick(rng, there)?) } else { None };
        self.employments.push(row(since, now_at.map(|_| moved.previous()), school));
        if let Some(next) = now_at {
            self.employments.push(row(moved, None, next));
        }
        Ok(Person { id: member.id, place, school: Some(now_at.unwrap_or(school)).filter(|school| !school.closed).map(|school| school.id) })
    }

    /// Years of membership from the first to the last, with a gap here and there.
    fn subscribe(&mut self, tx: &Tx<'_>, member: &MemberRow, calendar: &Calendar, rng: &mut Rng) -> Result<()> {
        let this_year = calendar.today.year();
        let first = this_year - rng.i32(0..4).min(rng.i32(0..8));
        let (last, reason) = match rng.u32(0..100) {
            0..=6 => (rng.i32(first..=this_year), Some(EndReason::Resigned)),
            7 => (rng.i32(first..=this_year), Some(EndReason::Deceased)),
            8..=17 => (rng.i32(first..=this_year), None),
            _ => (this_year, None),
        };
        let gap = if last - first >= 2 && rng.u32(0..12) == 0 { Some(first + 1) } else { None };
        let channel = *pick(rng, &[SubscriptionChannel::Correspondent, SubscriptionChannel::Online, SubscriptionChannel::Post, SubscriptionChannel::Partner])?;
        let joined = day(first, rng.u32(1..=9), rng.u32(1..=28))?.min(calendar.today);
        let mut before = None;
        for year in (first..=last).filter(|year| Some(*year) != gap) {
            let starts_on = if year == first { joined } else { Day::first_of(year) };
            let ends_early = reason.filter(|_| year == last);
            let term = Day::last_of(year);
            let cut = day(year, 10, rng.u32(1..=28))?.max(starts_on).min(calendar.today.max(starts_on));
            // The last to join wait for the insurer.
            let pending = year == first && year == this_year && ends_early.is_none() && rng.u32(0..8) == 0;
            let dues = calendar.dues.pro_rata(starts_on, term);
            let row = MembershipRow {
                id: Id::new(),
                member_id: member.id,
                product: Product::Ome,
                year: year_of(starts_on)?,
                subscribed_on: joined.min(starts_on),
                insurer_registered_on: (!pending).then(|| joined.plus(rng.i64(0..15)).min(calendar.today)),
                starts_on,
                ends_on: if ends_early.is_some() { cut } else { term },
                predecessor_id: before,
                replaces_id: None,
                channel,
                insurer_holder: rng.bool(),
                association_cents: dues.association,
                insurance_cents: dues.insurance,
                external_ids: Json(Vec::new()),
                status: match ends_early {
                    Some(_) => MembershipState::Ended,
                    None if pending => MembershipState::Pending,
                    None => MembershipState::Confirmed,
                },
                end_reason: ends_early,
                status_reason: None,
                version: 1,
                created_at: tx.now,
                updated_at: tx.now,
            };
            before = Some(row.id);
            self.memberships.push(row);
        }
        Ok(())
    }

    /// Stores everything with its history, its audit and what is told of it.
    pub fn store(self, tx: &mut Tx<'_>, scope: &Scope, today: Day) -> Result<()> {
        let Self { members, memberships, employments } = self;
        store::insert_many(tx, scope, &members)?;
        memberships::insert_many(tx, scope, &memberships)?;
        employments::insert_many(tx, scope, &employments)?;
        let (mut told, mut views) = (Vec::with_capacity(members.len()), Vec::with_capacity(members.len()));
        let mut periods = Vec::with_capacity(memberships.len());
        let mut rows = memberships.into_iter().peekable();
        for member in &members {
            // Both stand in the order in which they were made.
            let own: Vec<MembershipRow> = std::iter::from_fn(|| rows.next_if(|row| row.member_id == member.id)).collect();
            let status = status_on(&own.iter().map(MembershipRow::period).collect::<Vec<_>>(), today);
            told.push(member.told(Action::Create));
            views.push(MemberView::of(member.clone(), status));
            periods.extend(own.into_iter().map(|row| (row, member)));
        }
        tx.record_all(views.iter().map(|view| (Action::Create, view)))?;
        record_all(tx, scope, Action::Create, periods)?;
        let posts: Vec<EmploymentView> = employments.into_iter().map(EmploymentView::from).collect();
        tx.record_all(posts.iter().map(|view| (Action::Create, view)))?;
        tell(tx, scope, told)
    }
}

fn post(kind: EstablishmentKind, rng: &mut Rng) -> (Occupation, EmploymentStatus, Employer) {
    use EmploymentStatus::{PublicContract, Tenured};
    use EstablishmentKind::{ElementarySchool, NurserySchool, PrimarySchool};
    let primary = matches!(kind, NurserySchool | PrimarySchool | ElementarySchool);
    match (primary, rng.u32(0..20)) {
        (true, 0..=1) => (Occupation::PrimaryHead, Tenured, Employer::State),
        (true, 2..=3) => (Occupation::Atsem, Tenured, Employer::LocalAuthority),
        (true, 4..=5) => (Occupation::Aesh, PublicContract, Employer::State),
        (true, _) => (Occupation::PrimaryTeacher, Tenured, Employer::State),
        (false, 0) => (Occupation::SecondaryHead, Tenured, Employer::State),
        (false, 1..=2) => (Occupation::Cpe, Tenured, Employer::State),
        (false, 3..=4) => (Occupation::Aed, PublicContract, Employer::SchoolBody),
        (false, 5) => (Occupation::Nurse, Tenured, Employer::State),
        (false, 6) => (Occupation::Administrative, Tenured, Employer::State),
        (false, _) => (Occupation::SecondaryTeacher, Tenured, Employer::State),
    }
}

/// One of the frequent names for one person in five, else one of the many that few people have.
fn surname(rng: &mut Rng) -> Result<String> {
    if rng.u32(0..5) == 0 {
        return Ok((*pick(rng, &LAST_NAMES)?).to_owned());
    }
    Ok(format!("{}{}{}", pick(rng, &BEGINNINGS)?, pick(rng, &MIDDLES)?, pick(rng, &ENDS)?))
}

fn identity(number: usize, there: &Place, association_id: Id, rng: &mut Rng) -> Result<Identity> {
    let ((first_name, woman), last_name) = (*pick(rng, &FIRST_NAMES)?, surname(rng)?);
    let mut address = there.town(rng)?;
    let birth_name = if woman && rng.u32(0..5) == 0 { Some(parsed(&surname(rng)?)?) } else { None };
    let login = fold(&format!("{first_name} {last_name}")).replace(' ', ".");
    address.line1 = Some(parsed(&format!("{} {}", rng.u32(1..200), pick(rng, &STREETS)?))?);
    let phone = if there.department == "974" { format!("0692{:06}", rng.u32(0..1_000_000)) } else { format!("06{:08}", rng.u32(0..100_000_000)) };
    Ok(Identity {
        association_id,
        department_code: parsed(there.department)?,
        civility: Some(if woman { Civility::Ms } else { Civility::Mr }),
        last_name: parsed(&last_name)?,
        first_name: parsed(first_name)?,
        birth_name,
        birth_date: Some(day(rng.i32(1958..2002), rng.u32(1..=12), rng.u32(1..=28))?),
        email: if rng.u32(0..10) > 0 { Some(parsed(&format!("{login}.{number}@example.org"))?) } else { None },
        phone: if rng.u32(0..10) > 0 { Some(parsed(&phone)?) } else { None },
        address,
        safe_contact: if rng.u32(0..50) == 0 { SafeContact::Caution } else { SafeContact::Yes },
        safe_contact_instructions: None,
        external_ids: Vec::new(),
    })
}

/// The same person as somebody in a hurry writes her down: no accents, no electronic address.
fn recorded_again(before: &MemberRow) -> Result<Identity> {
    let plain = |name: &str| fold(name).to_uppercase();
    Ok(Identity {
        association_id: before.association_id,
        department_code: before.department_code.clone(),
        civility: before.civility,
        last_name: parsed(&plain(before.last_name.as_str()))?,
        first_name: parsed(&plain(before.first_name.as_str()))?,
        birth_name: None,
        birth_date: before.birth_date,
        email: None,
        phone: before.phone.clone(),
        address: Address::default(),
        safe_contact: SafeContact::Yes,
        safe_contact_instructions: None,
        external_ids: Vec::new(),
    })
}

/// The dues of a year in the demonstration.
pub fn dues() -> Dues {
    Dues { association: Money::from_cents(2000), insurance: Money::from_cents(2550) }
}
