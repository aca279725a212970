//! Requests for financial aid as they are once instructed, and committees at work on them.

use super::cases::{at, order, person, user_id};
use super::{Client, Reply, World};
use diesel::prelude::*;
use entraide::auth::Role;
use entraide::db::schema::{aid_envelopes, financial_aid_requests};
use entraide::db::{Id, Json};
use entraide::financial_aid_requests::model::{AidNature, AidReason, AidRequestStatus};
use entraide::financial_aid_requests::sheet::AidSheet;
use entraide::financial_aid_requests::store::AidRequestRow;
use entraide::values::Money;
use serde_json::{Value, json};

/// The word that stands in all that a committee must not see.
pub const SECRET: &str = "Zqxsecret";

fn id_of(view: &Value, field: &str) -> Id {
    Id::parse(view[field].as_str().unwrap()).unwrap()
}

/// A request of a member for 450 euros that was instructed, as the row that it is.
pub fn instructed(world: &World, member: &Value, number: u32) -> AidRequestRow {
    let now = world.now();
    let line = |label: &str, amount: &str| json!({ "label": label, "amount": { "amount": amount, "currency": "EUR" } });
    let sheet = json!({ "household_size": 3, "resources": [line(SECRET, "1800.00")], "charges": [line(SECRET, "1500.50")] });
    let department = member["department_code"].as_str().unwrap();
    AidRequestRow {
        id: Id::new(),
        number: format!("AID-{department}-2026-{number:06}").parse().unwrap(),
        association_id: id_of(member, "association_id"),
        department_code: department.parse().unwrap(),
        member_id: Some(id_of(member, "id")),
        dossier_id: None,
        nature: AidNature::Grant,
        repayable: false,
        reason: AidReason::Illness,
        asked_cents: Money::from_cents(45_000),
        sheet: Some(Json(serde_json::from_value::<AidSheet>(sheet).unwrap())),
        context: Some("zqxsecret_tag".parse().unwrap()),
        urgent: false,
        purpose: Some(SECRET.parse().unwrap()),
        status: AidRequestStatus::Instructed,
        submitted_on: Some("2026-11-20".parse().unwrap()),
        question: Some(SECRET.parse().unwrap()),
        information: Some(SECRET.parse().unwrap()),
        instruction_note: Some("Arrêt de longue durée ; charges fixes.".parse().unwrap()),
        instructed_by: None,
        waivers: Json(Vec::new()),
        session_id: None,
        granted_cents: None,
        motivation: None,
        decided_on: None,
        ratify_by: None,
        retention_due_on: None,
        envelope_id: None,
        committed_cents: Money::default(),
        ordered_cents: Money::default(),
        paid_cents: Money::default(),
        created_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

pub fn store(world: &World, row: &AidRequestRow) {
    let row = row.clone();
    world.db().write_now(move |conn| Ok(diesel::insert_into(financial_aid_requests::table).values(&row).execute(conn)?)).unwrap();
}

/// What an association may grant this year.
pub fn envelope(world: &World, association: &Value, cents: i64) -> Id {
    let (id, association_id, now) = (Id::new(), Id::parse(association.as_str().unwrap()).unwrap(), world.now());
    let row = (
        (aid_envelopes::id.eq(id), aid_envelopes::association_id.eq(association_id), aid_envelopes::year.eq(2026), aid_envelopes::version.eq(1)),
        (aid_envelopes::amount_cents.eq(cents), aid_envelopes::committed_cents.eq(0i64), aid_envelopes::paid_cents.eq(0i64)),
        (aid_envelopes::created_at.eq(now), aid_envelopes::updated_at.eq(now), aid_envelopes::department_code.eq("63")),
    );
    world.db().write_now(move |conn| Ok(diesel::insert_into(aid_envelopes::table).values(row).execute(conn)?)).unwrap();
    id
}

/// What is committed of an envelope.
pub fn committed(world: &World, envelope: Id) -> i64 {
    world.db().read_now(move |conn| Ok(aid_envelopes::table.find(envelope).select(aid_envelopes::committed_cents).first(conn)?)).unwrap()
}

/// How far a request is.
pub fn request(world: &World, id: Id) -> AidRequestRow {
    world.db().read_now(move |conn| Ok(financial_aid_requests::table.find(id).select(AidRequestRow::as_select()).first(conn)?)).unwrap()
}

/// Names somebody to a committee since the beginning of the year.
pub fn seat(head: &Client, committee: &Value, client: &Client, function: &str) -> Value {
    let term = json!({ "user_id": user_id(client), "function": function, "starts_on": "2026-01-01" });
    head.post(&format!("{}/members", at("aid-committees", committee)), &term).ok()
}

/// A committee of a department with a chair, two members, a secretary and a treasurer; a member of the department; 1 000 euros to grant.
pub struct Committee {
    pub world: World,
    pub head: Client,
    pub committee: Value,
    pub chair: Client,
    pub members: Vec<Client>,
    pub secretary: Client,
    pub treasurer: Client,
    pub member: Value,
    pub envelope: Id,
}

impl Committee {
    pub fn new() -> Self {
        Self::of(2)
    }

    /// The same with so many members.
    pub fn of(members: usize) -> Self {
        let world = World::new();
        let head = world.head("63");
        let member = person(&head, "63");
        let committee = head.post("/aid-committees", &json!({ "name": "Commission d'aide", "quorum": 2 })).ok();
        let of_committee = |name: &str, role| world.user(name, role, None);
        let chair = of_committee("chair", Role::AidCommitteeMember);
        let members: Vec<Client> = (0..members).map(|at| of_committee(&format!("member-{at}"), Role::AidCommitteeMember)).collect();
        let (secretary, treasurer) = (of_committee("secretary", Role::AidCommitteeMember), of_committee("treasurer", Role::Treasurer));
        seat(&head, &committee, &chair, "chair");
        members.iter().for_each(|member| drop(seat(&head, &committee, member, "member")));
        seat(&head, &committee, &secretary, "secretary");
        seat(&head, &committee, &treasurer, "treasurer");
        let envelope = envelope(&world, &member["association_id"], 100_000);
        Self { world, head, committee, chair, members, secretary, treasurer, member, envelope }
    }

    /// A session of today that is planned.
    pub fn planned(&self) -> String {
        at("aid-sessions", &self.head.post("/aid-sessions", &json!({ "committee_id": self.committee["id"], "held_on": "2026-11-22" })).ok())
    }

    /// A session of today that is open, with everybody there.
    pub fn open(&self) -> String {
        let session = self.planned();
        order(&self.head, &session, &json!({ "command": "convene" })).ok();
        let everybody: Vec<&Client> = self.members.iter().chain([&self.chair, &self.secretary]).collect();
        everybody.into_iter().for_each(|client| self.mark(&session, client, "present"));
        order(&self.head, &session, &json!({ "command": "open" })).ok();
        session
    }

    pub fn mark(&self, session: &str, client: &Client, presence: &str) {
        self.marking(session, client, presence).ok();
    }

    pub fn marking(&self, session: &str, client: &Client, presence: &str) -> Reply {
        let user = user_id(client);
        let expected = self.head.all(&format!("{session}/attendances"));
        let attendance = expected.iter().find(|attendance| attendance["user_id"] == user).unwrap();
        self.head.patch(&at("aid-attendances", attendance), "*", &json!({ "presence": presence }))
    }

    /// An instructed request of the member.
    pub fn ask(&self, number: u32) -> AidRequestRow {
        let row = instructed(&self.world, &self.member, number);
        store(&self.world, &row);
        row
    }

    pub fn put(&self, session: &str, request: &AidRequestRow) -> Reply {
        self.head.post(&format!("{session}/docket-items"), &json!({ "request_id": request.id.to_string() }))
    }

    /// A request of the member on the docket of a session, and its address there.
    pub fn listed(&self, session: &str, number: u32) -> (AidRequestRow, String) {
        let request = self.ask(number);
        let item = at("aid-docket-items", &self.put(session, &request).ok());
        (request, item)
    }
}

pub fn vote(client: &Client, item: &str, choice: &str) -> Reply {
    client.post(&format!("{item}/votes"), &json!({ "choice": choice }))
}

/// A command on what is on a docket, with a motivation.
pub fn decide(client: &Client, item: &str, command: &str) -> Reply {
    order(client, item, &json!({ "command": command, "motivation": "Situation établie." }))
}
