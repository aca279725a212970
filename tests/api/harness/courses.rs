//! A training session to start from: three slots on one day of December, and those who registered for it.

use super::cases::{at, order};
use super::{Client, Reply, World};
use entraide::auth::Role;
use entraide::db::Id;
use serde_json::{Value, json};

/// While the second slot is held.
pub const DURING: &str = "2026-12-03T10:30:00Z";
/// Once all is over.
pub const AFTER: &str = "2026-12-03T17:00:00Z";

/// Two hours, an hour and a half, and three quarters of an hour.
const SLOTS: [(&str, &str); 3] =
    [("2026-12-03T08:00:00Z", "2026-12-03T10:00:00Z"), ("2026-12-03T10:15:00Z", "2026-12-03T11:45:00Z"), ("2026-12-03T13:00:00Z", "2026-12-03T13:45:00Z")];

pub struct Course {
    pub world: World,
    pub head: Client,
    pub module: Value,
    pub session: Value,
    pub slots: Vec<Value>,
    pub registrations: Vec<Value>,
}

/// A session of the Puy-de-Dôme in December, with other fields.
pub fn session_with(module: &Value, fields: &Value) -> Value {
    let mut body = json!({ "module_id": module["id"], "organiser_level": "department", "format": "legal_workshop", "delivery": "in_person",
        "venue": "INSPE, Chamalières", "capacity": 20, "starts_on": "2026-12-03", "ends_on": "2026-12-03" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

pub fn module(world: &World, code: &str) -> Value {
    let body = json!({ "code": code, "title": "Responsabilité civile, et pénale; des enseignants", "hours": 4.25 });
    world.user("national", Role::NationalStaff, None).post("/training-modules", &body).ok()
}

/// Gives a session its slots.
pub fn slotted(client: &Client, session: &Value) -> Vec<Value> {
    let path = format!("{}/slots", at("training-sessions", session));
    SLOTS.map(|(starts_at, ends_at)| client.post(&path, &json!({ "starts_at": starts_at, "ends_at": ends_at })).ok()).to_vec()
}

pub fn move_on(client: &Client, session: &Value, command: &str) {
    let body = if command == "cancel" { json!({ "command": command, "reason": "Salle fermée." }) } else { json!({ "command": command }) };
    order(client, &at("training-sessions", session), &body).ok();
}

impl Course {
    /// So many seats, and so many from outside who want one.
    pub fn of(seats: usize, participants: usize) -> Self {
        let world = World::new();
        let head = world.head("63");
        let module = module(&world, "RESP-1");
        let session = head.post("/training-sessions", &session_with(&module, &json!({ "capacity": seats }))).ok();
        let slots = slotted(&head, &session);
        move_on(&head, &session, "schedule");
        move_on(&head, &session, "open_registration");
        let mut course = Self { world, head, module, session, slots, registrations: Vec::new() };
        course.registrations = (0..participants).map(|number| course.register(&outsider(number))).collect();
        course
    }

    pub fn path(&self) -> String {
        at("training-sessions", &self.session)
    }

    pub fn register(&self, body: &Value) -> Value {
        self.head.post(&format!("{}/registrations", self.path()), body).ok()
    }

    /// Lets time pass: tokens do not last as long.
    pub fn on(mut self, time: &str) -> Self {
        self.world.set_time(time);
        self.head = self.world.again(&self.head);
        self
    }

    /// Marks participants in slots, each by its number.
    pub fn mark(&self, marks: &[(usize, &[(usize, &str)])]) -> Reply {
        let mark = |(number, status): &(usize, &str)| json!({ "registration_id": self.registrations[*number]["id"], "status": status });
        let slot =
            |(number, marks): &(usize, &[(usize, &str)])| json!({ "slot_id": self.slots[*number]["id"], "marks": marks.iter().map(mark).collect::<Vec<_>>() });
        self.record(&json!({ "slots": marks.iter().map(slot).collect::<Vec<_>>() }))
    }

    pub fn record(&self, body: &Value) -> Reply {
        record_as(&self.head, &self.path(), body)
    }

    /// Begins: from then on attendance is taken.
    pub fn started(self) -> Self {
        move_on(&self.head, &self.session, "start");
        self
    }

    pub fn complete(&self) {
        move_on(&self.head, &self.session, "complete");
    }
}

pub fn record_as(client: &Client, path: &str, body: &Value) -> Reply {
    client.request("POST", &format!("{path}/attendance")).key(&Id::new().to_string()).header("If-Match", "*").json(body).send()
}

pub fn outsider(number: usize) -> Value {
    json!({ "outsider": { "name": format!("Zqxperson {}", char::from(b'A' + u8::try_from(number).unwrap())) } })
}
