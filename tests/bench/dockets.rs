//! The docket of a committee in session, with two hundred requests on it, against a plain list of as many rows: as a member of the
//! committee reads it, and as whoever presides does, who is told of each request what may be decided on it and why not.

use crate::cases::{OWN, furnish, in_turn};
use crate::load::Script;
use crate::postgres::Cluster;
use crate::served::Served;
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, seed};
use diesel::prelude::*;
use entraide::aid_committees::docket::model::{DocketBrief, DocketKind, DocketStatus, Pseudonym};
use entraide::aid_committees::docket::store::{self as docket, ItemRow};
use entraide::aid_committees::members::model::CommitteeFunction;
use entraide::aid_committees::members::store::{self as terms, CommitteeMemberRow};
use entraide::aid_committees::model::Quorum;
use entraide::aid_committees::sessions::model::AidSessionStatus;
use entraide::aid_committees::sessions::store::{self as sessions, SessionRow};
use entraide::aid_committees::store::{self as committees, CommitteeRow};
use entraide::associations;
use entraide::audit::{Author, Tx};
use entraide::auth::{RecordKey, Role, Scope};
use entraide::clock::Clock;
use entraide::db::schema::{aid_committee_members, users};
use entraide::db::{self, Id, Instant, Json};
use entraide::financial_aid_requests::bodies::CreateFinancialAidRequest;
use entraide::financial_aid_requests::checks::{Check, Measure};
use entraide::financial_aid_requests::model::{AidCheckOutcome, AidNature, AidNumber, AidReason, AidRequestStatus, AidRule};
use entraide::financial_aid_requests::sheet::{AidSheetInput, SheetLineInput};
use entraide::financial_aid_requests::store::{self as requests, AidRequestRow};
use entraide::members::memberships::model::MembershipStatus;
use entraide::members::store::{self as members, MemberRow};
use entraide::values::{Day, Money, Number};
use std::collections::HashSet;

const REQUESTS: usize = 200;
/// Members of all departments: some twenty ask in the one that is measured.
const MEMBERS: usize = 2000;

pub fn sqlite(bench: &Bench, table: &mut Table) -> Outcome {
    let path = bench.folder.join("dockets.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
    measure(bench, table, "SQLite", &seed::url(&path))?;
    std::fs::remove_file(path).ok();
    Ok(())
}

pub fn postgres(bench: &Bench, table: &mut Table) -> Outcome {
    let cluster = Cluster::start()?;
    measure(bench, table, "PostgreSQL", &cluster.url)
}

fn measure(bench: &Bench, table: &mut Table, engine: &str, url: &str) -> Outcome {
    let sample = furnish(bench, MEMBERS, &[(Role::AidCommitteeMember, None)], url)?;
    let session_id = convene(url, sample.members.iter().map(|(id, _)| *id).collect())?;
    let served = Served::own(&bench.keys, url, &[])?;
    let plain = pages(&served, "/api/v1/establishments?limit=100")?;
    let docket = pages(&served, &format!("/api/v1/aid-sessions/{session_id}/docket-items?limit=100"))?;
    for (whose, function) in [("a member", CommitteeFunction::Member), ("whoever presides", CommitteeFunction::Chair)] {
        let own = aid_committee_members::table.filter(aid_committee_members::user_id.eq(seed::user()));
        diesel::update(own).set(aid_committee_members::function.eq(function)).execute(&mut db::connect(url)?)?;
        let [read, listed] = in_turn(bench, [(&served, Script::Paths(&docket)), (&served, Script::Paths(&plain))])?;
        let name = format!("Docket of {REQUESTS} requests, {whose}, {engine}");
        let (measured, against) = (format!("{:.0} pages/s", read.per_second), format!("{:.0} pages/s of establishments", listed.per_second));
        table.add(&name, &measured, &against, listed.per_second / read.per_second, Ceiling::AtMost(2.0));
        table.latency(&name, &read);
    }
    Ok(())
}

/// The first two pages of a list, which have a hundred rows each.
fn pages(served: &Served, first: &str) -> Outcome<Vec<String>> {
    let page: serde_json::Value = serde_json::from_slice(&served.get(first)?)?;
    let second = page.get("next").and_then(serde_json::Value::as_str).ok_or("a second page")?.to_owned();
    let rows: serde_json::Value = serde_json::from_slice(&served.get(&second)?)?;
    let full = |page: &serde_json::Value| page.get("items").and_then(serde_json::Value::as_array).is_some_and(|items| items.len() == 100);
    if full(&page) && full(&rows) { Ok(vec![first.to_owned(), second]) } else { Err("two pages of a hundred rows".into()) }
}

/// An open session of the committee in which the bench's user sits, who is a member of the association too.
fn convene(url: &str, people: Vec<Id>) -> Outcome<Id> {
    let mut conn = db::connect(url)?;
    let (author, now, scope) = (Author::console("bench", &RecordKey::new(b"bench")), Instant(Clock::default().now()), Scope::console());
    let (reader, people) = people.split_first().ok_or("a member")?;
    // Not by the store, which makes tokens count no more: the bench's are of the first version.
    diesel::update(users::table.find(seed::user())).set(users::member_id.eq(*reader)).execute(&mut conn)?;
    let people = members::find_by_ids(&mut conn, &scope, people.to_vec())?;
    let association = associations::store::find_of_department(&mut conn, &scope, OWN)?.ok_or("an association")?;
    let (quorum, today) = (Quorum::checked(3)?, Day::of(now.0));
    let committee = CommitteeRow {
        id: Id::new(),
        association_id: association.id,
        department_code: OWN.parse()?,
        name: "Commission d'aide".parse()?,
        quorum,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let term = CommitteeMemberRow {
        id: Id::new(),
        committee_id: committee.id,
        association_id: association.id,
        user_id: seed::user(),
        function: CommitteeFunction::Member,
        starts_on: Day::first_of(today.year()),
        ends_on: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let session = SessionRow {
        id: Id::new(),
        committee_id: committee.id,
        department_code: committee.department_code.clone(),
        held_on: today,
        place: None,
        remote: false,
        agenda: None,
        status: AidSessionStatus::Open,
        quorum,
        present: 5,
        record: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let session_id = session.id;
    let mut tx = Tx { conn: &mut conn, author: &author, now };
    committees::insert(&mut tx, &scope, committee)?;
    terms::insert(&mut tx, &scope, term)?;
    let session = sessions::insert(&mut tx, &scope, session)?;
    let mut taken = HashSet::new();
    let asking = people.iter().cycle().take(REQUESTS).zip(1..);
    let items: Outcome<Vec<ItemRow>> = asking.map(|(member, number)| put(&mut tx, &session, member, number, &mut taken)).collect();
    docket::insert(&mut tx, &scope, items?)?;
    if matches!(conn, db::DbConn::Postgres(_)) {
        conn.run("ANALYZE")?;
    }
    Ok(session_id)
}

/// A request of a member that stands before the session, and what the committee is shown of it.
fn put(tx: &mut Tx<'_>, session: &SessionRow, member: &MemberRow, number: i64, taken: &mut HashSet<String>) -> Outcome<ItemRow> {
    let request = requests::insert(tx, &Scope::console(), request(tx, session, member, number)?)?;
    let pseudonym = Pseudonym::drawn(tx.author, session.id, request.id, taken)?;
    taken.insert(pseudonym.to_string());
    let passed = |rule, measure| Check { rule, measure, outcome: AidCheckOutcome::Passed, waiver: None };
    let checks = [
        passed(AidRule::Seniority, Measure::Months { measured: Some(26), threshold: 12 }),
        passed(AidRule::DuesUpToDate, Measure::Dues(MembershipStatus::Current)),
        passed(AidRule::Cooldown, Measure::Months { measured: None, threshold: 24 }),
        passed(AidRule::Ceiling, Measure::Amount { measured: request.asked_cents, threshold: Money::from_cents(150_000) }),
    ];
    Ok(ItemRow {
        id: Id::new(),
        session_id: session.id,
        committee_id: session.committee_id,
        department_code: session.department_code.clone(),
        request_id: request.id,
        pseudonym,
        kind: DocketKind::Decision,
        status: DocketStatus::Listed,
        brief: Some(Json(DocketBrief::of(&request, &checks))),
        votes_for: 2,
        votes_against: 1,
        abstentions: 0,
        chair_choice: None,
        granted_cents: None,
        motivation: None,
        decided_on: None,
        decided_by: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

fn request(tx: &Tx<'_>, session: &SessionRow, member: &MemberRow, number: i64) -> Outcome<AidRequestRow> {
    let line = |label: &str, cents| -> Outcome<SheetLineInput> { Ok(SheetLineInput { label: label.parse()?, amount: Money::from_cents(cents) }) };
    let (resources, charges) = (vec![line("Salaire", 190_000)?], vec![line("Loyer", 70_050)?, line("Crédit", 30_000)?]);
    let body = CreateFinancialAidRequest {
        member_id: member.id,
        dossier_id: None,
        nature: AidNature::Grant,
        repayable: None,
        reason: AidReason::Disaster,
        amount: Money::from_cents(80_000),
        sheet: Some(AidSheetInput { household_size: Number::checked(3)?, resources, charges }),
        context: None,
        urgent: None,
        purpose: Some("Toiture arrachée par la tempête ; l'assurance laisse une franchise de 1 200 €.".parse()?),
    };
    let number = AidNumber::of(&session.department_code, session.held_on.year(), number)?;
    Ok(AidRequestRow {
        status: AidRequestStatus::BeforeCommittee,
        submitted_on: Some(session.held_on),
        instruction_note: Some("Situation vérifiée ; les charges fixes dépassent la moitié des ressources.".parse()?),
        session_id: Some(session.id),
        ..body.into_row(member, number, tx)
    })
}
