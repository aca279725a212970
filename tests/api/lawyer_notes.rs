//! What a lawyer writes in a dossier: for themselves and for the referent whom it names, and for nobody else.

use crate::harness::cases::{Office, activity, activity_with, ask_solidarity, at, case_with, consultation, lawyer_with, order, path, user_id};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use serde_json::{Value, json};

/// A department at work: a volunteer in charge of a dossier, and a lawyer who has a mandate in it.
struct Cabinet {
    office: Office,
    referent: Client,
    lawyer: Client,
    partner: Value,
    mandate: String,
}

fn give(client: &Client, mandate: &str, command: &str) {
    let body = if command == "complete" { json!({ "command": command, "advice": "letter" }) } else { json!({ "command": command }) };
    order(client, mandate, &body).ok();
}

impl Cabinet {
    fn new() -> Self {
        Self::on(World::new())
    }

    fn on(world: World) -> Self {
        let office = Office::on(world);
        let (referent, lawyer) = (office.world.volunteer("63"), office.world.user("lawyer", Role::Lawyer, None));
        assign(&office.head, &office.dossier, &referent);
        let partner = office.head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&lawyer) }))).ok();
        let mandate = entrust(&office, &partner);
        give(&lawyer, &mandate, "accept");
        Self { office, referent, lawyer, partner, mandate }
    }

    fn list(&self) -> String {
        format!("{}/activities", path(&self.office.dossier))
    }

    fn write(&self, summary: &str, visibility: &[&str]) -> Reply {
        self.lawyer.post(&self.list(), &activity_with(visibility, &json!({ "kind": "note", "summary": summary })))
    }

    fn end(&self) {
        give(&self.lawyer, &self.mandate, "start");
        give(&self.lawyer, &self.mandate, "complete");
    }
}

fn entrust(office: &Office, partner: &Value) -> String {
    at("mandates", &office.head.post(&format!("{}/mandates", path(&office.dossier)), &consultation(partner)).ok())
}

fn assign(head: &Client, dossier: &Value, referent: &Client) {
    order(head, &path(dossier), &json!({ "command": "assign", "referent_id": user_id(referent) })).ok();
}

/// Whether a caller reads an activity by each way there is, which all agree.
fn reads(client: &Client, dossier: &Value, note: &Value) -> bool {
    let (own, address) = (at("activities", note), path(dossier));
    let found = client.get(&own).status == 200;
    if client.get(&address).status != 200 {
        assert!(!found);
        return false;
    }
    let id = note["id"].as_str().unwrap();
    for (list, kind) in [("activities", None), ("timeline", Some("activity"))] {
        let shown = client.all(&format!("{address}/{list}?limit=3"));
        let listed = shown.iter().any(|entry| kind.map_or(entry, |kind| &entry[kind])["id"] == id);
        assert_eq!(listed, found, "{list}");
        let counted = client.request("GET", &format!("{address}/{list}")).header("Prefer", "count=exact").send().ok();
        assert_eq!(counted["total_count"], json!(shown.len()), "{list}");
    }
    for accept in ["text/csv", "application/x-ndjson"] {
        assert_eq!(client.request("GET", &format!("{address}/activities")).header("Accept", accept).send().text().contains(id), found, "{accept}");
    }
    let history = client.get(&format!("{own}/history")).status;
    assert!(history == 403 || (history == 200) == found, "{history}");
    found
}

#[test]
fn a_note_is_read_by_the_lawyer_and_the_referent_and_by_nobody_else() {
    let cabinet = Cabinet::new();
    let Cabinet { office, referent, lawyer, .. } = &cabinet;
    let (world, dossier) = (&office.world, &office.dossier);
    let note = cabinet.write("Zqxsecret : plaider la prescription.", &["referent"]).ok();
    assert_eq!((&note["author_id"], &note["referent_id"]), (&user_id(lawyer), &user_id(referent)));
    assert_eq!(note["visibility"], json!(["author", "referent"]));
    let private = cabinet.write("Zqxdoubt : relire l'arrêt.", &["author"]).ok();
    assert_eq!((&private["visibility"], &private["referent_id"]), (&json!(["author"]), &Value::Null));
    assert_eq!((reads(lawyer, dossier, &note), reads(lawyer, dossier, &private)), (true, true));
    assert_eq!((reads(referent, dossier, &note), reads(referent, dossier, &private)), (true, false));
    // Everybody else who reads the dossier: the head, the team, who broke the glass, who decides on solidarity, another lawyer.
    let [staff, colleague] = [Role::DepartmentStaff, Role::Volunteer].map(|role| world.user("colleague", role, Some("63")));
    let [national, officer, other] =
        [("national", Role::NationalStaff), ("officer", Role::SolidarityOfficer), ("other", Role::Lawyer)].map(|(name, role)| world.user(name, role, None));
    national.post(&format!("{}/break-glass", path(dossier)), &json!({ "reason": "Signalement urgent du ministère, responsable injoignable." })).ok();
    ask_solidarity(&office.head, &path(dossier), "Refus de l'assureur.");
    office.mandate(&other);
    for client in [&office.head, &staff, &colleague, &national, &officer, &other] {
        assert_eq!(client.get(&path(dossier)).status, 200);
        assert_eq!((reads(client, dossier, &note), reads(client, dossier, &private)), (false, false), "{}", client.login());
        assert!(!client.get(&format!("{}/timeline?limit=100", path(dossier))).text().contains("Zqx"));
    }
    world.user("dpo", Role::Dpo, None).get(&at("activities", &note)).refused(403, "function.not_granted");
    world.head("03").get(&at("activities", &note)).refused(404, "not_found");
    // The explanation names these two by what they are, and nobody else so.
    let explained = office.head.get(&format!("{}/access", path(dossier))).ok();
    let by = |rule: &str| {
        let readers = explained["readers"].as_array().unwrap().iter();
        readers.filter(|reader| reader["rules"].as_array().unwrap().contains(&json!(rule))).map(|reader| reader["user_id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(by("referent"), [user_id(referent)]);
    assert!(by("mandate").contains(&user_id(lawyer)));
    let looks = world.user("dpo", Role::Dpo, None).all(&format!("/access-log?limit=100&actor={}", user_id(referent).as_str().unwrap()));
    assert!(looks.iter().any(|look| look["operation"] == "activities_retrieve"), "the look is on the record");
}

#[test]
fn a_lawyer_writes_for_the_referent_at_most_and_only_where_there_is_one() {
    let cabinet = Cabinet::new();
    let Cabinet { office, referent, lawyer, .. } = &cabinet;
    for audience in ["team", "lawyer", "member", "insurer"] {
        assert_eq!(cabinet.write("Note.", &["author", audience]).flaws(), ["/visibility visibility.privileged"], "{audience}");
    }
    assert_eq!(cabinet.write("Note.", &[]).flaws(), ["/visibility visibility.empty"]);
    let note = cabinet.write("Note.", &["referent"]).ok();
    let own = at("activities", &note);
    assert_eq!(lawyer.patch(&own, "*", &json!({ "visibility": ["referent", "team"] })).flaws(), ["/visibility visibility.privileged"]);
    assert_eq!(lawyer.patch(&own, "*", &json!({ "minutes": 20 })).ok()["referent_id"], user_id(referent));
    referent.patch(&own, "*", &json!({ "visibility": ["team"] })).refused(403, "activity.not_yours");
    office.head.patch(&own, "*", &json!({ "visibility": ["team"] })).refused(404, "not_found");
    // The team names the referent too, and may say it to others besides.
    let told = office.head.post(&cabinet.list(), &activity(&["referent", "lawyer"])).ok();
    assert_eq!((&told["visibility"], &told["referent_id"]), (&json!(["author", "referent", "lawyer"]), &user_id(referent)));
    assert!(reads(referent, &office.dossier, &told) && reads(lawyer, &office.dossier, &told));
    let unled = office.head.post("/dossiers", &case_with(&office.member, &json!({}))).ok();
    let nobody = office.head.post(&format!("{}/activities", path(&unled)), &activity(&["referent"]));
    nobody.refused(409, "referent.missing");
    assert_eq!(nobody.json()["errors"][0]["pointer"], "/visibility");
}

#[test]
fn a_lawyer_writes_and_reads_while_the_mandate_runs() {
    let cabinet = Cabinet::new();
    let Cabinet { office, referent, lawyer, partner, .. } = &cabinet;
    let note = cabinet.write("Note.", &["referent"]).ok();
    let write = || lawyer.request("POST", &cabinet.list()).key("once").json(&activity(&["author"])).send();
    write().ok();
    cabinet.end();
    assert!(!reads(lawyer, &office.dossier, &note), "not even their own");
    cabinet.write("Note.", &["referent"]).refused(404, "not_found");
    write().refused(404, "not_found");
    lawyer.patch(&at("activities", &note), "*", &json!({ "minutes": 1 })).refused(404, "not_found");
    assert!(reads(referent, &office.dossier, &note), "the referent keeps what was written for them");
    let again = entrust(office, partner);
    assert!(!reads(lawyer, &office.dossier, &note), "proposed is not accepted");
    give(lawyer, &again, "accept");
    assert!(reads(lawyer, &office.dossier, &note));
    assert_eq!(lawyer.all(&cabinet.list()).len(), 2);
}

#[test]
fn whoever_takes_over_reads_nothing_that_does_not_name_them() {
    let cabinet = Cabinet::new();
    let Cabinet { office, referent, lawyer, .. } = &cabinet;
    let (head, dossier) = (&office.head, &office.dossier);
    let note = cabinet.write("Zqxfirst avis.", &["referent"]).ok();
    // A head who names themself gains nothing by it.
    assign(head, dossier, head);
    assert_eq!((reads(head, dossier, &note), reads(referent, dossier, &note), reads(lawyer, dossier, &note)), (false, false, true));
    let own = at("activities", &note);
    lawyer.patch(&own, "*", &json!({ "summary": "Zqxsecond avis." })).ok();
    assert!(!reads(head, dossier, &note), "to change it is not to say it to somebody else");
    let renamed = lawyer.patch(&own, "*", &json!({ "visibility": ["referent"], "summary": "Zqxthird avis." })).ok();
    assert_eq!(renamed["referent_id"], user_id(head));
    assert_eq!((reads(head, dossier, &note), reads(referent, dossier, &note)), (true, false));
    let told = head.get(&format!("{own}/history")).text();
    assert!(told.contains("Zqxthird") && !told.contains("Zqxfirst") && !told.contains("Zqxsecond"), "what it said before was not theirs: {told}");
    // Back in charge, the first referent reads what named them, and not what names the other.
    assign(head, dossier, referent);
    assert_eq!((reads(head, dossier, &note), reads(referent, dossier, &note)), (false, false));
    lawyer.patch(&own, "*", &json!({ "visibility": ["author"] })).ok();
    assert_eq!((reads(referent, dossier, &note), reads(lawyer, dossier, &note)), (false, true));
    let other = cabinet.write("Autre avis.", &["referent"]).ok();
    let elsewhere = office.world.head("03").all("/associations?department=03")[0]["id"].clone();
    order(head, &path(dossier), &json!({ "command": "transfer", "association_id": elsewhere, "reason": "A déménagé." })).ok();
    let there = office.world.head("03");
    assert_eq!((reads(referent, dossier, &other), reads(&there, dossier, &other)), (false, false), "handed over, it names nobody in charge");
}

#[test]
fn a_note_is_written_before_the_mandate_ends_or_not_at_all() {
    for _ in 0..4 {
        let cabinet = Cabinet::on(World::with(&[("WORKERS", "2")]));
        give(&cabinet.lawyer, &cabinet.mandate, "start");
        let writer = cabinet.office.world.again(&cabinet.lawyer);
        let written = std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                let statuses: Vec<u16> = (0..4).map(|_| writer.post(&cabinet.list(), &activity(&["referent"])).status).collect();
                statuses
            });
            give(&cabinet.lawyer, &cabinet.mandate, "complete");
            writing.join().unwrap()
        });
        assert!(written.iter().all(|status| [201, 404].contains(status)) && written.is_sorted(), "{written:?}");
        let ended = cabinet.office.head.all(&format!("{}/transitions", cabinet.mandate)).last().unwrap()["id"].clone();
        let notes = cabinet.referent.all(&cabinet.list());
        assert_eq!(notes.len(), written.iter().filter(|status| **status == 201).count());
        // Ids are made in the order of time, by the one clock of this machine.
        assert!(notes.iter().all(|note| note["id"].as_str() < ended.as_str()), "written after the end");
    }
}

#[test]
fn what_a_lawyer_wrote_is_forgotten_with_the_dossier() {
    let cabinet = Cabinet::on(World::with(&[("RETENTION_YEARS", "0")]));
    let Cabinet { office, lawyer, .. } = &cabinet;
    let (head, dossier) = (&office.head, path(&office.dossier));
    let note = cabinet.write("Xylophage", &["referent"]).ok();
    lawyer.patch(&at("activities", &note), "*", &json!({ "summary": "Zinzolin", "visibility": ["author"] })).ok();
    cabinet.end();
    order(head, &dossier, &json!({ "command": "take_charge" })).ok();
    order(head, &dossier, &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" })).ok();
    order(head, &dossier, &json!({ "command": "archive" })).ok();
    let words = ["Xylophage", "Zinzolin"];
    let held = office.world.database_text();
    assert!(words.iter().all(|word| held.contains(word)));
    order(&office.world.user("dpo", Role::Dpo, None), &dossier, &json!({ "command": "anonymise" })).ok();
    let left = office.world.database_text();
    assert!(words.iter().all(|word| !left.contains(word)));
}
