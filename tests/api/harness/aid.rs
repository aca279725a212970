//! Requests for aid to start from, what a committee decides on them, and who keeps the purse.

use super::cases::{at, order, person, user_id};
use super::data::association;
use super::{Client, World};
use diesel::prelude::*;
use entraide::audit::{Author, Tx};
use entraide::auth::{Role, Scope};
use entraide::db::schema::{aid_committee_members as offices, aid_committees, associations};
use entraide::db::{DbConn, Id};
use entraide::financial_aid_requests::committee::{self, CommitteeCommand};
use entraide::financial_aid_requests::store::AidRequestRow;
use entraide::values::Day;
use serde_json::{Value, json};

pub const IBAN: &str = "FR7630006000011234567890189";

pub fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// What somebody asks for after a storm, with other fields.
pub fn aid_with(member: &Value, fields: &Value) -> Value {
    let mut aid = json!({ "member_id": member["id"], "nature": "grant", "reason": "disaster", "amount": euros("800.00"),
        "purpose": "Toiture arrachée.", "sheet": { "household_size": 3, "resources": [{ "label": "Salaire", "amount": euros("1900.00") }],
        "charges": [{ "label": "Loyer", "amount": euros("700.50") }, { "label": "Crédit", "amount": euros("300.00") }] } });
    aid.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    aid
}

/// The envelope of the Puy-de-Dôme this year.
pub fn envelope(head: &Client, amount: &str) -> Value {
    head.post("/aid-envelopes", &json!({ "association_id": association(head, "63"), "year": 2026, "amount": euros(amount) })).ok()
}

/// A request that was submitted and instructed; its address.
pub fn instructed(head: &Client, member: &Value, fields: &Value) -> String {
    let path = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(member, fields)).ok());
    order(head, &path, &json!({ "command": "submit" })).ok();
    order(head, &path, &json!({ "command": "instruct", "instruction_note": "Situation vérifiée." })).ok();
    path
}

/// The id in an address.
pub fn id_of(path: &str) -> Id {
    Id::parse(path.rsplit('/').next().unwrap()).unwrap()
}

/// Does within a transaction what no route of requests does.
pub fn within<T: Send + 'static>(world: &World, act: impl FnOnce(&mut Tx<'_>) -> entraide::error::Result<T> + Send + 'static) -> entraide::error::Result<T> {
    let (author, now) = (Author::console("test", &world.server.keys.records), world.now());
    world.db().write_now(move |conn| act(&mut Tx { conn, author: &author, now }))
}

/// What a committee decides on a request that is put before it.
pub fn decided(world: &World, path: &str, decision: CommitteeCommand) -> entraide::error::Result<AidRequestRow> {
    let id = id_of(path);
    within(world, move |tx| {
        committee::put_before(tx, &Scope::console(), id, Id::new())?;
        committee::decide(tx, &Scope::console(), id, decision)
    })
}

/// A request that a committee grants in full; its address.
pub fn granted(world: &World, head: &Client, member: &Value, fields: &Value) -> String {
    let path = instructed(head, member, fields);
    decided(world, &path, CommitteeCommand::Grant { motivation: None }).unwrap();
    path
}

/// A user who keeps the purse of an association from a day to another.
pub fn treasurer(world: &World, association: &Value, from: &str, to: Option<&str>) -> Client {
    let client = world.user("treasurer", Role::Treasurer, None);
    put_in_office(world, &client, association, from, to);
    client
}

pub fn put_in_office(world: &World, client: &Client, association: &Value, from: &str, to: Option<&str>) {
    let parsed = |id: &Value| Id::parse(id.as_str().unwrap()).unwrap();
    let (user_id, association_id, now) = (parsed(&user_id(client)), parsed(association), world.now());
    let days = (from.parse::<Day>().unwrap(), to.map(|day| day.parse::<Day>().unwrap()));
    let insert = move |conn: &mut DbConn| -> entraide::error::Result<()> {
        let department: Option<String> = associations::table.find(association_id).select(associations::department_code).first(conn)?;
        let committee_id = Id::new();
        let named = (aid_committees::id.eq(committee_id), aid_committees::association_id.eq(association_id), aid_committees::name.eq("Commission d'aide"));
        let rest = (aid_committees::department_code.eq(department.unwrap()), aid_committees::quorum.eq(1), aid_committees::version.eq(1));
        let committee = (named, rest, aid_committees::created_at.eq(now), aid_committees::updated_at.eq(now));
        diesel::insert_into(aid_committees::table).values(committee).execute(conn)?;
        let who = (offices::id.eq(Id::new()), offices::committee_id.eq(committee_id), offices::association_id.eq(association_id), offices::user_id.eq(user_id));
        let term = (offices::function.eq("treasurer"), offices::starts_on.eq(days.0), offices::ends_on.eq(days.1), offices::version.eq(1));
        diesel::insert_into(offices::table).values((who, term, offices::created_at.eq(now), offices::updated_at.eq(now))).execute(conn)?;
        Ok(())
    };
    world.db().write_now(insert).unwrap();
}

/// An order to pay the member, with other fields.
pub fn payment_with(fields: &Value) -> Value {
    let mut payment = json!({ "payee_kind": "member", "payee_name": "Claire Dubœuf", "iban": IBAN, "amount": euros("800.00") });
    payment.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    payment
}

/// A department that has means: its head, a member, its association and its envelope.
pub struct Purse {
    pub world: World,
    pub head: Client,
    pub member: Value,
    pub association: Value,
    pub envelope: String,
}

impl Purse {
    pub fn new(amount: &str) -> Self {
        Self::on(World::new(), amount)
    }

    pub fn on(world: World, amount: &str) -> Self {
        let head = world.head("63");
        let member = person(&head, "63");
        let association = association(&head, "63");
        let envelope = at("aid-envelopes", &envelope(&head, amount));
        Self { world, head, member, association, envelope }
    }

    /// What of the envelope is committed, paid and left.
    pub fn sums(&self) -> [String; 3] {
        let envelope = self.head.get(&self.envelope).ok();
        ["committed", "paid", "left"].map(|name| envelope[name]["amount"].as_str().unwrap().to_owned())
    }
}
