//! Dossiers to start from, and commands to move what has a life.

use super::data::member_with;
use super::{Client, Reply, World};
use entraide::audit::{Author, Tx};
use entraide::auth::{PermitKind, Scope, WallFact, WallKind};
use entraide::db::Id;
use entraide::dossiers::break_glass::store::{BreakGlassRow, insert};
use entraide::dossiers::store::build_wall;
use serde_json::{Value, json};

/// Somebody of a department, born in 1984.
pub fn person(client: &Client, department: &str) -> Value {
    client.post("/members", &member_with(client, department, &json!({ "birth_date": "1984-05-06" }))).ok()
}

/// The user behind a client.
pub fn user_id(client: &Client) -> Value {
    client.get("/me").ok()["id"].clone()
}

/// A case of a member: asked for advice, insulted in September.
pub fn case(member: &Value) -> Value {
    json!({
        "member_id": member["id"], "kind": "legal_information", "member_quality": "victim", "channel": "phone", "motive_code": "insult_or_threat",
        "facts": { "date": "2026-09-14", "place": "classroom", "summary": "Insultée par un parent." },
    })
}

/// The same with other fields.
pub fn case_with(member: &Value, fields: &Value) -> Value {
    let mut case = case(member);
    for (name, value) in fields.as_object().unwrap() {
        case[name] = value.clone();
    }
    case
}

/// A department at work: its head, a member and a dossier of theirs.
pub struct Office {
    pub world: World,
    pub head: Client,
    pub member: Value,
    pub dossier: Value,
}

impl Office {
    pub fn new() -> Self {
        Self::on(World::new())
    }

    pub fn on(world: World) -> Self {
        let head = world.head("63");
        let member = person(&head, "63");
        let dossier = head.post("/dossiers", &case(&member)).ok();
        Self { world, head, member, dossier }
    }
}

impl Office {
    /// Does to the dossier what no route does.
    fn write<T: Send + 'static>(&self, act: impl FnOnce(&mut Tx<'_>, Id) -> entraide::error::Result<T> + Send + 'static) -> T {
        let (author, now) = (Author::console("test", &self.world.server.keys.records), self.world.now());
        let id = Id::parse(self.dossier["id"].as_str().unwrap()).unwrap();
        self.world.db().write_now(move |conn| act(&mut Tx { conn, author: &author, now }, id)).unwrap()
    }

    /// Puts up a wall around the dossier: against a user, a member, or everybody.
    pub fn wall(&self, kind: WallKind, user: Option<&Client>, member: Option<&Value>) {
        let user_id = user.map(|client| Id::parse(user_id(client).as_str().unwrap()).unwrap());
        let member_id = member.map(|member| Id::parse(member["id"].as_str().unwrap()).unwrap());
        self.write(move |tx, id| build_wall(tx, &Scope::console(), id, WallFact { kind, user_id, member_id }));
    }

    /// Opens the dossier to a lawyer.
    pub fn mandate(&self, lawyer: &Client) {
        let user_id = Id::parse(user_id(lawyer).as_str().unwrap()).unwrap();
        self.write(move |tx, dossier_id| {
            let (id, kind, now) = (Id::new(), PermitKind::Mandate, tx.now);
            let row =
                BreakGlassRow { id, dossier_id, user_id, kind, reason: None, expires_at: None, ended_at: None, version: 1, created_at: now, updated_at: now };
            insert(tx, &Scope::console(), row)
        });
    }
}

/// A lawyer partner who pleads in the Puy-de-Dôme, with other fields.
pub fn lawyer_with(fields: &Value) -> Value {
    let mut lawyer = json!({
        "name": "Maître Lac", "bar": "Clermont-Ferrand", "agreement_from": "2026-01-01", "specialities": ["criminal"], "departments": ["63"],
    });
    lawyer.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    lawyer
}

/// A consultation that is proposed to a lawyer of the member's choice, for two weeks.
pub fn consultation(lawyer: &Value) -> Value {
    json!({
        "lawyer_id": lawyer["id"], "nature": "orientation_consultation", "purpose": "reassurance", "chosen_by_member": true, "expires_on": "2026-12-06",
    })
}

/// A dossier that is worked on, of somebody employed so on the day of the facts.
pub fn employed(head: &Client, employment: &Value) -> Value {
    let member = person(head, "63");
    let mut post = json!({ "starts_on": "2020-09-01", "occupation": "secondary_teacher" });
    for (name, value) in employment.as_object().unwrap() {
        post[name] = value.clone();
    }
    head.post(&format!("{}/employments", at("members", &member)), &post).ok();
    let dossier = head.post("/dossiers", &case_with(&member, &json!({ "referent_id": user_id(head) }))).ok();
    order(head, &path(&dossier), &json!({ "command": "take_charge" })).ok();
    dossier
}

/// The address of a dossier, or of anything else at its collection.
pub fn at(collection: &str, view: &Value) -> String {
    format!("/{collection}/{}", view["id"].as_str().unwrap())
}

pub fn path(dossier: &Value) -> String {
    at("dossiers", dossier)
}

/// Gives a command to the version that the caller sees now.
pub fn order(client: &Client, path: &str, body: &Value) -> Reply {
    let etag = client.get(path).etag().to_owned();
    order_at(client, path, &etag, body)
}

/// Gives a command to a version seen before.
pub fn order_at(client: &Client, path: &str, etag: &str, body: &Value) -> Reply {
    let key = Id::new().to_string();
    client.request("POST", &format!("{path}/transitions")).key(&key).header("If-Match", etag).json(body).send()
}

/// A request for cover of a dossier, of which the member was told two days ago.
pub fn cover_with(fields: &Value) -> Value {
    let mut body = json!({ "instance": "insurer", "insurer_code": "maif", "member_informed_on": "2026-11-20" });
    if fields["instance"] == "national_solidarity" {
        body.as_object_mut().unwrap().remove("insurer_code");
    }
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// What the insurer refuses, the national association is asked for; tells the address of the decision that it is to take.
pub fn ask_solidarity(client: &Client, dossier: &str, reason: &str) -> String {
    let collection = format!("{dossier}/cover-decisions");
    let refused = client.post(&collection, &cover_with(&json!({}))).ok();
    order(client, &at("cover-decisions", &refused), &json!({ "command": "refuse", "motivation": "Hors contrat." })).ok();
    at("cover-decisions", &client.post(&collection, &cover_with(&json!({ "instance": "national_solidarity", "reason": reason }))).ok())
}

/// The commands that a caller is shown to be allowed, blocked ones with a `!` and their reason.
pub fn commands(view: &Value) -> Vec<String> {
    let word = |command: &Value| {
        let name = command["command"].as_str().unwrap();
        if command["allowed"] == true { name.to_owned() } else { format!("{name}! {}", command["reason"]["code"].as_str().unwrap()) }
    };
    view["allowed_commands"].as_array().unwrap().iter().map(word).collect()
}

/// An interview of this morning, meant for some.
pub fn activity(visibility: &[&str]) -> Value {
    json!({ "kind": "interview", "medium": "phone", "started_at": "2026-11-22T08:00:00Z", "minutes": 45, "summary": "Souhaite une conciliation.",
        "visibility": visibility })
}

/// The same with other fields.
pub fn activity_with(visibility: &[&str], fields: &Value) -> Value {
    let mut activity = activity(visibility);
    activity.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    activity
}

/// A proceeding that began in September, in which the member is a victim.
pub fn proceeding(nature: &str) -> Value {
    json!({ "nature": nature, "member_side": "victim", "opened_on": "2026-09-15" })
}

/// A step by the member, of October, with other fields.
pub fn step_with(kind: &str, fields: &Value) -> Value {
    let mut step = json!({ "kind": kind, "done_by": "member", "occurred_on": "2026-10-01" });
    step.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    step
}
