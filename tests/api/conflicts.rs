//! The conflict wall: two dossiers that oppose each other are in the hands of two people, and nobody is told of another department's.

use crate::harness::cases::{at, case_with, commands, consultation, lawyer_with, order, order_at, path, person, user_id};
use crate::harness::data::member_with;
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use entraide::db::Id;
use serde_json::{Value, json};

/// Two colleagues of the Puy-de-Dôme, each with a dossier there.
pub struct Colleagues {
    pub world: World,
    pub head: Client,
    pub people: [Value; 2],
    pub dossiers: [Value; 2],
}

impl Colleagues {
    fn new() -> Self {
        Self::with(World::new())
    }

    fn with(world: World) -> Self {
        let head = world.head("63");
        let people = ["Anne", "Bruno"].map(|name| named(&head, "63", name));
        let dossiers = [0, 1].map(|at: usize| open(&head, &people[at]));
        Self { world, head, people, dossiers }
    }

    /// The same, the second an opponent in the dossier of the first.
    pub fn opposed() -> Self {
        let colleagues = Self::new();
        colleagues.oppose(0);
        colleagues
    }

    /// Names the other one as opposing party.
    fn oppose(&self, at: usize) -> Value {
        oppose(&self.head, &self.dossiers[at], &json!({ "member_id": self.people[1 - at]["id"] })).ok()
    }

    fn conflicts(&self) -> Vec<Value> {
        self.world.again(&self.head).all("/conflicts")
    }
}

pub fn named(head: &Client, department: &str, first_name: &str) -> Value {
    let fields = json!({ "last_name": "Martin", "first_name": first_name, "birth_date": "1979-02-03", "email": format!("{first_name}.martin@example.org"),
        "phone": if first_name == "Anne" { "+33473000001" } else { "+33473000002" } });
    head.post("/members", &member_with(head, department, &fields)).ok()
}

pub fn open(head: &Client, member: &Value) -> Value {
    head.post("/dossiers", &case_with(member, &json!({}))).ok()
}

fn opponent(fields: &Value) -> Value {
    let mut body = json!({ "role": "opposing_party", "category": "colleague" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

pub fn oppose(head: &Client, dossier: &Value, fields: &Value) -> Reply {
    head.post(&format!("{}/parties", path(dossier)), &opponent(fields))
}

pub fn assign(head: &Client, dossier: &Value, referent: &Value) -> Reply {
    order(head, &path(dossier), &json!({ "command": "assign", "referent_id": referent }))
}

pub fn waive(client: &Client, conflict: &Value) -> Reply {
    order(client, &at("conflicts", conflict), &json!({ "command": "waive", "reason": "Petite équipe, accord des deux adhérents." }))
}

#[test]
fn whoever_is_in_charge_of_one_dossier_is_not_put_in_charge_of_the_one_that_opposes_it() {
    let office = Colleagues::opposed();
    let Colleagues { world, head, dossiers: [first, second], .. } = &office;
    let (volunteer, colleague) = (user_id(&world.volunteer("63")), user_id(&world.user("colleague", Role::Volunteer, Some("63"))));
    assign(head, first, &volunteer).ok();
    let refused = assign(head, second, &volunteer);
    refused.refused(409, "conflict.barred");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/referent_id");
    assign(head, second, &colleague).ok();
    // And in the other direction.
    assign(head, first, &colleague).refused(409, "conflict.barred");
    assert_eq!(head.get(&path(second)).ok()["referent_id"], colleague);
}

#[test]
fn work_does_not_begin_under_a_referent_who_came_into_conflict_before() {
    let office = Colleagues::new();
    let Colleagues { world, head, dossiers: [first, second], .. } = &office;
    let volunteer = user_id(&world.volunteer("63"));
    assign(head, first, &volunteer).ok();
    order(head, &path(first), &json!({ "command": "take_charge" })).ok();
    assign(head, second, &volunteer).ok();
    office.oppose(0);
    order(head, &path(second), &json!({ "command": "take_charge" })).refused(409, "conflict.barred");
    order(head, &path(first), &json!({ "command": "suspend", "reason": "En attente.", "review_on": "2026-12-01" })).ok();
    assign(head, second, &user_id(head)).ok();
    order(head, &path(second), &json!({ "command": "take_charge" })).ok();
}

#[test]
fn a_dossier_is_not_opened_into_the_hands_of_its_opponent_s_referent() {
    let world = World::new();
    let (head, volunteer) = (world.head("63"), user_id(&world.volunteer("63")));
    let [anne, bruno] = ["Anne", "Bruno"].map(|name| named(&head, "63", name));
    let first = open(&head, &anne);
    oppose(&head, &first, &json!({ "member_id": bruno["id"] })).ok();
    assign(&head, &first, &volunteer).ok();
    let with = |referent: &Value| head.post("/dossiers", &case_with(&bruno, &json!({ "referent_id": referent })));
    with(&volunteer).refused(409, "conflict.barred");
    assert_eq!(head.all("/conflicts").len(), 0, "nothing was opened");
    with(&user_id(&head)).ok();
    assert_eq!(head.all("/conflicts").len(), 1);
}

#[test]
fn an_opponent_is_recognised_by_any_mark_and_whichever_comes_first() {
    let marks = [
        json!({ "display_name": "MARTIN Bruno", "birth_date": "1979-02-03" }),
        json!({ "email": "BRUNO.martin@example.org" }),
        json!({ "phone": "04 73 00 00 02" }),
    ];
    for mark in &marks {
        for opened_first in [true, false] {
            let world = World::new();
            let (head, stranger) = (world.head("63"), world.head("03"));
            let (anne, bruno) = (named(&head, "63", "Anne"), named(&stranger, "03", "Bruno"));
            let theirs = opened_first.then(|| open(&stranger, &bruno));
            let first = open(&head, &anne);
            oppose(&head, &first, mark).ok();
            let theirs = theirs.unwrap_or_else(|| open(&stranger, &bruno));
            let found = world.user("dpo", Role::Dpo, None).all("/conflicts");
            assert_eq!(found.len(), 1, "{mark} {opened_first}");
            let mut ids = [&found[0]["dossier_id"], &found[0]["opposing_dossier_id"]].map(Value::to_string);
            let mut pair = [&first["id"], &theirs["id"]].map(Value::to_string);
            ids.sort();
            pair.sort();
            assert_eq!(ids, pair);
        }
    }
    let office = Colleagues::new();
    for mark in
        [json!({ "display_name": "Bruno Martin" }), json!({ "display_name": "Bruno Martin", "birth_date": "1979-02-04" }), json!({ "phone": "+33473000009" })]
    {
        oppose(&office.head, &office.dossiers[0], &mark).ok();
    }
    assert_eq!(office.conflicts().len(), 0, "a name alone, another day or another phone are nobody's");
}

#[test]
fn those_on_the_member_s_side_count_as_the_member_does_and_witnesses_not_at_all() {
    let world = World::new();
    let head = world.head("63");
    let [anne, bruno] = ["Anne", "Bruno"].map(|name| named(&head, "63", name));
    let (first, second) = (open(&head, &anne), open(&head, &person(&head, "63")));
    oppose(&head, &first, &json!({ "member_id": bruno["id"] })).ok();
    let party = |role: &str| json!({ "role": role, "category": "colleague", "email": "bruno.martin@example.org" });
    let parties = format!("{}/parties", path(&second));
    for role in ["witness", "representative", "administration", "mediator", "opposing_party"] {
        head.post(&parties, &party(role)).ok();
    }
    assert_eq!(head.all("/conflicts").len(), 0, "who is against both makes no conflict between them");
    head.post(&parties, &party("member")).ok();
    assert_eq!(head.all("/conflicts").len(), 1);
    head.post(&parties, &party("member")).ok();
    assert_eq!(head.all("/conflicts").len(), 1, "one for a pair");
}

/// An answer without what is of the moment and of the row.
fn told(reply: &Reply) -> (u16, Vec<String>, Value) {
    let mut names: Vec<String> = reply.headers.iter().map(|(name, _)| name.clone()).collect();
    names.sort();
    let mut body = reply.json();
    for name in ["id", "dossier_id", "created_at", "updated_at"] {
        body[name] = Value::Null;
    }
    (reply.status, names, body)
}

#[test]
fn the_answer_is_the_same_whether_or_not_somebody_is_known_in_another_department() {
    let world = World::new();
    let (head, stranger) = (world.head("63"), world.head("03"));
    let bruno = named(&stranger, "03", "Bruno");
    open(&stranger, &bruno);
    let dossiers = [0, 1].map(|_| open(&head, &person(&head, "63")));
    let body = opponent(&json!({ "display_name": "Bruno Martin", "birth_date": "1979-02-03" }));
    let send =
        |dossier: &Value, body: &Value, key: &str, query: &str| head.request("POST", &format!("{}/parties{query}", path(dossier))).key(key).json(body).send();
    for query in ["?mode=validate", ""] {
        let known = send(&dossiers[0], &body, &format!("known{query}"), query);
        let mut nobody = body.clone();
        nobody["birth_date"] = json!("1979-02-04");
        let unknown = send(&dossiers[1], &nobody, &format!("nobody{query}"), query);
        let (status, headers, mut one) = told(&known);
        let (same, names, mut other) = told(&unknown);
        (one["birth_date"], other["birth_date"]) = (Value::Null, Value::Null);
        assert_eq!((status, headers, one), (same, names, other), "{query}");
    }
    let seen = |dossier: &Value| {
        let (view, etag) = (head.get(&path(dossier)).ok(), head.get(&path(dossier)).etag().to_owned());
        (view["version"].clone(), commands(&view), view["withheld"].clone(), etag.len(), head.all(&format!("{}/history", path(dossier))).len())
    };
    assert_eq!(seen(&dossiers[0]), seen(&dossiers[1]), "nor does the dossier tell");
}

#[test]
fn a_trial_stores_nothing_and_looks_for_nobody() {
    let office = Colleagues::new();
    let body = opponent(&json!({ "member_id": office.people[1]["id"] }));
    office.head.post(&format!("{}/parties?mode=validate", path(&office.dossiers[0])), &body).ok();
    assert_eq!((office.conflicts().len(), office.world.rows("dossier_walls"), office.world.rows("dossier_parties")), (0, 0, 0));
}

#[test]
fn those_in_conflict_read_neither_dossier_and_the_team_reads_on() {
    let office = Colleagues::new();
    let Colleagues { world, people, dossiers: [first, second], .. } = &office;
    let (anne, bruno, team) = (world.volunteer("63"), world.user("bruno", Role::DepartmentStaff, Some("63")), world.user("team", Role::Volunteer, Some("63")));
    world.link(&anne, &people[0]);
    world.link(&bruno, &people[1]);
    let [anne, bruno, team] = [&anne, &bruno, &team].map(|client| world.again(client));
    anne.get(&path(second)).ok();
    bruno.get(&path(first)).ok();
    let party = office.oppose(0);
    for (client, dossier) in [(&anne, second), (&bruno, first)] {
        client.get(&path(dossier)).refused(404, "not_found");
        client.get(&format!("{}/parties", path(dossier))).refused(404, "not_found");
        assert!(client.all("/dossiers").iter().all(|row| row["id"] != dossier["id"]));
    }
    for dossier in [first, second] {
        team.get(&path(dossier)).ok();
        office.head.get(&path(dossier)).ok();
    }
    assign(&office.head, first, &user_id(&bruno)).refused(409, "conflict.barred");
    // A waiver opens no dossier to those in conflict.
    waive(&office.head, &office.conflicts()[0]).ok();
    bruno.get(&path(first)).refused(404, "not_found");
    // Whoever was recorded by mistake reads again once that is corrected.
    office.head.patch(&at("parties", &party), "*", &json!({ "role": "witness" })).ok();
    bruno.get(&path(first)).ok();
    anne.get(&path(second)).ok();
    office.head.patch(&at("parties", &party), "*", &json!({ "role": "complainant" })).ok();
    bruno.get(&path(first)).refused(404, "not_found");
}

#[test]
fn an_opponent_who_has_no_dossier_does_not_read_the_one_against_them() {
    let world = World::new();
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    let (anne, bruno) = (named(&head, "63", "Anne"), named(&head, "63", "Bruno"));
    world.link(&volunteer, &bruno);
    let (volunteer, dossier) = (world.again(&volunteer), open(&head, &anne));
    volunteer.get(&path(&dossier)).ok();
    oppose(&head, &dossier, &json!({ "display_name": "Bruno Martin", "birth_date": "1979-02-03" })).ok();
    volunteer.get(&path(&dossier)).refused(404, "not_found");
    assert_eq!(head.all("/conflicts").len(), 0);
    assign(&head, &dossier, &user_id(&volunteer)).refused(409, "conflict.barred");
}

#[test]
fn a_conflict_is_waived_with_a_reason_by_a_head_or_the_dpo_and_remembered() {
    let office = Colleagues::opposed();
    let Colleagues { world, head, dossiers: [first, second], .. } = &office;
    let (volunteer, dpo) = (world.volunteer("63"), world.user("dpo", Role::Dpo, None));
    assign(head, first, &user_id(&volunteer)).ok();
    assign(head, second, &user_id(&volunteer)).refused(409, "conflict.barred");
    let conflict = office.conflicts()[0].clone();
    assert_eq!((&conflict["status"], commands(&conflict)), (&json!("open"), vec!["waive".to_owned()]));
    assert_eq!(head.all("/conflicts?status=waived").len(), 0);
    volunteer.get("/conflicts").refused(403, "function.not_granted");
    let own = at("conflicts", &conflict);
    assert_eq!(order(&dpo, &own, &json!({ "command": "waive" })).flaws(), ["/reason field.required"]);
    waive(&dpo, &conflict).ok();
    let waived = head.get(&own).ok();
    assert_eq!((&waived["status"], &waived["waived_by"], &waived["waived_on"]), (&json!("waived"), &user_id(&dpo), &json!("2026-11-22")));
    assert_eq!((&waived["waive_reason"], commands(&waived)), (&json!("Petite équipe, accord des deux adhérents."), Vec::new()));
    waive(head, &conflict).refused(409, "transition.not_allowed");
    assert_eq!(head.all(&format!("{own}/transitions")).len(), 1);
    let recorded = dpo.all("/audit-events?limit=100");
    assert!(recorded.iter().any(|event| event["resource_id"] == conflict["id"] && event["action"] == "transition" && event["actor_id"] == user_id(&dpo)));
    assert_eq!((head.all("/conflicts?status=open").len(), head.all("/conflicts?status=waived").len()), (0, 1));
    assign(head, second, &user_id(&volunteer)).ok();
}

impl Colleagues {
    /// Proposes one of the dossiers to a lawyer.
    fn propose(&self, at: usize, lawyer: &Value) -> Reply {
        self.head.post(&format!("{}/mandates", path(&self.dossiers[at])), &consultation(lawyer))
    }

    fn suggested(&self, at: usize) -> Vec<Value> {
        let suggestions = self.head.get(&format!("{}/lawyer-suggestions", path(&self.dossiers[at]))).ok();
        suggestions["items"].as_array().unwrap().iter().map(|lawyer| lawyer["lawyer_id"].clone()).collect()
    }
}

#[test]
fn whoever_pleaded_for_one_side_is_neither_suggested_nor_entrusted_the_other() {
    let office = Colleagues::opposed();
    let head = &office.head;
    let [lac, puy] = ["Maître Lac", "Maître Puy"].map(|name| head.post("/lawyers", &lawyer_with(&json!({ "name": name }))).ok());
    let mandates = [0, 1].map(|side| at("mandates", &office.propose(side, &lac).ok()));
    let accept = json!({ "command": "accept" });
    order(head, &mandates[0], &accept).ok();
    let barred = || {
        order(head, &mandates[1], &accept).refused(409, "conflict.barred");
        office.propose(1, &lac).refused(409, "conflict.barred");
        assert_eq!((office.suggested(0).len(), office.suggested(1)), (2, vec![puy["id"].clone()]));
    };
    barred();
    order(head, &mandates[0], &json!({ "command": "withdraw", "reason": "L'adhérente a changé d'avis." })).ok();
    barred();
    waive(head, &office.conflicts()[0]).ok();
    order(head, &mandates[1], &accept).ok();
    assert_eq!(office.suggested(1).len(), 2);
}

#[test]
fn of_two_sides_that_one_lawyer_accepts_at_once_one_is_refused() {
    for _ in 0..4 {
        let office = Colleagues::opposed();
        let lawyer = office.head.post("/lawyers", &lawyer_with(&json!({}))).ok();
        let mandates = [0, 1].map(|side| at("mandates", &office.propose(side, &lawyer).ok()));
        let mut answers: Vec<u16> = std::thread::scope(|scope| {
            let accept = |mandate| order_at(&office.head, mandate, "*", &json!({ "command": "accept" })).status;
            mandates.each_ref().map(|mandate| scope.spawn(move || accept(mandate))).map(|answer| answer.join().unwrap()).to_vec()
        });
        answers.sort_unstable();
        assert_eq!(answers, [201, 409]);
    }
}

#[test]
fn a_lawyer_who_is_the_other_side_is_never_entrusted_the_dossier() {
    let office = Colleagues::new();
    let account = office.world.user("lawyer", Role::Lawyer, None);
    office.world.link(&account, &office.people[1]);
    let lawyer = office.head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&account) }))).ok();
    assert_eq!(office.suggested(0), [lawyer["id"].clone()]);
    office.oppose(0);
    assert_eq!(office.suggested(0), Vec::<Value>::new());
    office.propose(0, &lawyer).refused(409, "conflict.barred");
}

#[test]
fn a_head_learns_of_their_own_dossier_and_nothing_of_the_other_department_s() {
    let world = World::new();
    let (head, stranger, dpo) = (world.head("63"), world.head("03"), world.user("dpo", Role::Dpo, None));
    let (anne, bruno) = (named(&head, "63", "Anne"), named(&stranger, "03", "Bruno"));
    let (first, second) = (open(&head, &anne), open(&stranger, &bruno));
    oppose(&head, &first, &json!({ "display_name": "Bruno Martin", "birth_date": "1979-02-03" })).ok();
    let sees_nothing_of = |client: &Client, other: &Value, secrets: &[&Value]| {
        let conflict = client.all("/conflicts")[0].clone();
        let own = at("conflicts", &conflict);
        for accept in ["application/json", "text/csv", "application/x-ndjson"] {
            for path in ["/conflicts".to_owned(), own.clone(), format!("{own}/transitions")] {
                let text = client.request("GET", &path).header("Accept", accept).send().text();
                for secret in [&other["id"], &other["reference"]].iter().copied().chain(secrets.iter().copied()) {
                    assert!(!text.contains(secret.as_str().unwrap()), "{path}: {text}");
                }
            }
        }
        conflict
    };
    let (ours, theirs) = (sees_nothing_of(&head, &second, &[]), sees_nothing_of(&stranger, &first, &[]));
    assert_eq!((&ours["dossier_id"], &theirs["dossier_id"]), (&first["id"], &second["id"]));
    assert_eq!((&ours["opposing_dossier_id"], &ours["withheld"]), (&Value::Null, &json!(["opposing_dossier_id", "waive_reason"])));
    assert_eq!(world.head("75").all("/conflicts").len(), 0);
    let whole = dpo.all("/conflicts")[0].clone();
    assert_eq!(whole["withheld"], json!([]));
    assert_ne!(whole["opposing_dossier_id"], Value::Null);
    waive(&head, &ours).ok();
    let reason = json!("Petite équipe, accord des deux adhérents.");
    assert_eq!(sees_nothing_of(&stranger, &first, &[&reason])["status"], "waived");
    assert_eq!(sees_nothing_of(&head, &second, &[])["waive_reason"], reason, "whoever said it reads it");
    for (client, conflict) in [(&head, Id::new()), (&world.head("75"), Id::parse(ours["id"].as_str().unwrap()).unwrap())] {
        client.get(&format!("/conflicts/{conflict}")).refused(404, "not_found");
    }
}

#[test]
fn of_two_dossiers_that_oppose_each_other_given_to_one_person_at_once_one_is() {
    let office = Colleagues::with(World::with(&[("WORKERS", "2")]));
    office.oppose(0);
    let Colleagues { world, head, dossiers, .. } = &office;
    for round in 0..6 {
        let referent = user_id(&world.user(&format!("r{round}"), Role::Volunteer, Some("63")));
        let statuses = std::thread::scope(|scope| {
            let both: Vec<_> = dossiers.iter().map(|dossier| scope.spawn(|| assign(head, dossier, &referent).status)).collect();
            both.into_iter().map(|one| one.join().unwrap()).collect::<Vec<u16>>()
        });
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [201, 409], "{statuses:?}");
        let of = |dossier: &Value| head.get(&path(dossier)).ok()["referent_id"] == referent;
        assert_eq!(dossiers.iter().filter(|dossier| of(dossier)).count(), 1);
    }
}

#[test]
fn dossiers_that_come_to_oppose_each_other_at_once_find_each_other() {
    let world = World::with(&[("WORKERS", "2")]);
    let (head, stranger, dpo) = (world.head("63"), world.head("03"), world.user("dpo", Role::Dpo, None));
    for round in 1..=5 {
        let (anne, bruno) = (named(&head, "63", "Anne"), named(&stranger, "03", "Bruno"));
        let day = format!("1980-01-{round:02}");
        for (client, person) in [(&head, &anne), (&stranger, &bruno)] {
            client.patch(&at("members", person), "*", &json!({ "birth_date": day, "email": null, "phone": null })).ok();
        }
        let first = open(&head, &anne);
        let mark = |name: &str| json!({ "display_name": format!("{name} Martin"), "birth_date": day });
        // One is opened while the other names its member.
        let second = std::thread::scope(|scope| {
            let opened = scope.spawn(|| open(&stranger, &bruno));
            oppose(&head, &first, &mark("Bruno")).ok();
            opened.join().unwrap()
        });
        assert_eq!(dpo.all("/conflicts").len(), 2 * round - 1, "round {round}");
        // Each names the other's.
        let (third, fourth) = (open(&head, &person(&head, "63")), open(&stranger, &person(&stranger, "03")));
        let side = json!({ "role": "member", "category": "colleague", "email": format!("side{round}@example.org") });
        std::thread::scope(|scope| {
            let added = scope.spawn(|| stranger.post(&format!("{}/parties", path(&fourth)), &side).status);
            assert_eq!(oppose(&head, &third, &json!({ "email": format!("SIDE{round}@example.org") })).status, 201);
            assert_eq!(added.join().unwrap(), 201);
        });
        assert_eq!(dpo.all("/conflicts").len(), 2 * round, "round {round}");
        let crossed = std::thread::scope(|scope| {
            let theirs = scope.spawn(|| oppose(&stranger, &second, &mark("Anne")).status);
            [oppose(&head, &first, &mark("Bruno")).status, theirs.join().unwrap()]
        });
        assert_eq!(crossed, [201, 201]);
        assert_eq!(dpo.all("/conflicts").len(), 2 * round, "a pair is one, whoever names whom");
    }
}

#[test]
fn a_conflict_leads_to_nobody_once_one_of_its_dossiers_is_anonymised() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let office = Colleagues::with(world);
    office.oppose(0);
    let Colleagues { world, head, dossiers: [first, second], .. } = &office;
    let dpo = world.user("dpo", Role::Dpo, None);
    let conflict = office.conflicts()[0].clone();
    waive(&dpo, &conflict).ok();
    assign(head, first, &user_id(head)).ok();
    for command in [
        json!({ "command": "take_charge" }),
        json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" }),
        json!({ "command": "archive" }),
    ] {
        order(head, &path(first), &command).ok();
    }
    order(&dpo, &path(first), &json!({ "command": "anonymise" })).ok();
    assert_eq!((dpo.all("/conflicts").len(), world.rows("dossier_walls")), (0, 0));
    dpo.get(&at("conflicts", &conflict)).refused(404, "not_found");
    assert!(!world.database_text().contains("Petite équipe"));
    head.get(&path(second)).ok();
}
