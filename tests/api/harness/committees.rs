//! Requests for financial aid as they are once instructed, and committees at work on them.

use super::aid::{aid_with, envelope, euros, id_of};
use super::cases::{at, order, person, user_id};
use super::{Client, Reply, World};
use diesel::prelude::*;
use entraide::auth::Role;
use entraide::db::Id;
use entraide::db::schema::{aid_envelopes, financial_aid_requests};
use entraide::financial_aid_requests::store::AidRequestRow;
use serde_json::{Value, json};

/// The word that stands in all that a committee must not see.
pub const SECRET: &str = "Zqxsecret";

/// A request of a member for 450 euros that was instructed, with the secret in all that is not for a committee.
pub fn instructed(world: &World, head: &Client, member: &Value) -> AidRequestRow {
    noted(world, head, member, "Arrêt de longue durée ; charges fixes.")
}

/// The same with what the instructor says to the committee.
pub fn noted(world: &World, head: &Client, member: &Value, note: &str) -> AidRequestRow {
    let line = |amount: &str| json!([{ "label": SECRET, "amount": euros(amount) }]);
    let sheet = json!({ "household_size": 3, "resources": line("1800.00"), "charges": line("1500.50") });
    let asked = json!({ "reason": "illness", "amount": euros("450.00"), "context": "zqxsecret_tag", "purpose": SECRET, "sheet": sheet });
    let path = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(member, &asked)).ok());
    for step in [
        json!({ "command": "submit" }),
        json!({ "command": "ask_information", "question": SECRET }),
        json!({ "command": "give_information", "information": SECRET }),
        json!({ "command": "instruct", "instruction_note": note }),
    ] {
        order(head, &path, &step).ok();
    }
    request(world, id_of(&path))
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
        let envelope = id_of(&at("aid-envelopes", &envelope(&head, "1000.00")));
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
    pub fn ask(&self) -> AidRequestRow {
        instructed(&self.world, &self.head, &self.member)
    }

    pub fn put(&self, session: &str, request: &AidRequestRow) -> Reply {
        self.head.post(&format!("{session}/docket-items"), &json!({ "request_id": request.id.to_string() }))
    }

    /// A request of the member on the docket of a session, and its address there.
    pub fn listed(&self, session: &str) -> (AidRequestRow, String) {
        let request = self.ask();
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
