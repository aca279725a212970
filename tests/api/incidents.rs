//! Incidents above dossiers, and the contexts of facts: what is counted apart, and by whom.

use crate::harness::cases::{Office, at, case, case_with, order, path, person, user_id};
use crate::harness::data::{association, school};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use serde_json::{Value, json};

/// A department at work at a school.
struct Scene {
    office: Office,
    school: Value,
}

impl Scene {
    fn new() -> Self {
        Self::on(World::new())
    }

    fn on(world: World) -> Self {
        let school = world.admin().post("/establishments", &school(630_001)).ok();
        Self { office: Office::on(world), school }
    }

    fn head(&self) -> &Client {
        &self.office.head
    }

    fn body(&self, fields: &Value) -> Value {
        let mut body = json!({ "establishment_id": self.school["id"], "occurred_on": "2026-09-14", "natures": ["threat"], "summary": "Devant la grille." });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    }

    fn incident(&self) -> Value {
        self.head().post("/incidents", &self.body(&json!({ "association_id": association(self.head(), "63") }))).ok()
    }
}

/// A case of a member that belongs to an incident.
fn of_incident(client: &Client, member: &Value, incident: &Value, fields: &Value) -> Reply {
    let mut body = case_with(member, fields);
    body["facts"]["incident_id"] = incident["id"].clone();
    client.post("/dossiers", &body)
}

fn counted(client: &Client, incident: &Value) -> (Value, Value) {
    let seen = client.get(&at("incidents", incident)).ok();
    (seen["dossiers_count"].clone(), seen["persons_count"].clone())
}

#[test]
fn an_incident_is_recorded_read_corrected_and_remembered() {
    let scene = Scene::new();
    let head = scene.head();
    let body = scene.body(&json!({ "occurred_time": "08:15", "place": "surroundings", "natures": ["threat", "intrusion"] }));
    let made = head.post("/incidents", &body);
    let view = made.ok();
    let own = at("incidents", &view);
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{own}").as_str()));
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&view[name], value, "{name}");
    }
    assert_eq!((&view["department_code"], &view["dossiers_count"], &view["persons_count"]), (&json!("63"), &json!(0), &json!(0)));
    assert_eq!(head.get(&own).ok(), view);
    let volunteer = scene.office.world.volunteer("63");
    let changed = volunteer.patch(&own, made.etag(), &json!({ "occurred_time": null, "natures": ["death_threat"], "summary": "Menaces de mort." })).ok();
    assert_eq!((&changed["occurred_time"], &changed["natures"], &changed["version"]), (&Value::Null, &json!(["death_threat"]), &json!(2)));
    volunteer.patch(&own, made.etag(), &json!({ "place": "yard" })).refused(412, "version.stale");
    assert_eq!(head.all(&format!("{own}/history")).len(), 2);
    for (fields, flaw) in [
        (json!({ "natures": [] }), "/natures list.empty"),
        (json!({ "occurred_on": "2026-11-23" }), "/occurred_on date.in_future"),
        (json!({ "occurred_time": "24:00" }), "/occurred_time time.invalid"),
        (json!({ "establishment_id": user_id(head) }), "/establishment_id reference.not_found"),
    ] {
        assert_eq!(head.post("/incidents", &scene.body(&fields)).flaws(), [flaw]);
        assert_eq!(head.patch(&own, "*", &fields).flaws(), [flaw]);
    }
    assert_eq!(
        head.patch(&own, "*", &json!({ "dossiers_count": 6, "department_code": "03" })).flaws(),
        ["/department_code field.derived", "/dossiers_count field.derived"]
    );
    assert_eq!(scene.office.world.rows("audit_events WHERE resource = 'incident'"), 2);
    let admin = scene.office.world.admin();
    admin.delete(&at("establishments", &scene.school), "*").refused(409, "resource.still_referenced");
}

#[test]
fn incidents_dossiers_and_persons_are_counted_apart_by_what_the_caller_sees() {
    let scene = Scene::new();
    let (head, world) = (scene.head(), &scene.office.world);
    let incident = scene.incident();
    let people: Vec<Value> = (0..3).map(|_| person(head, "63")).collect();
    let mut opened: Vec<Value> = people.iter().map(|member| of_incident(head, member, &incident, &json!({})).ok()).collect();
    opened.push(of_incident(head, &people[0], &incident, &json!({ "kind": "legal_protection" })).ok());
    let secret = of_incident(head, &person(head, "63"), &incident, &json!({ "confidentiality": "secret" })).ok();
    head.post("/dossiers", &case(&people[0])).ok();
    let volunteer = world.volunteer("63");
    assert_eq!(counted(head, &incident), (json!(5), json!(4)));
    assert_eq!(counted(&volunteer, &incident), (json!(4), json!(3)), "a secret is not counted for whoever does not read it");
    let list = format!("{}/dossiers", at("incidents", &incident));
    let ids = |client: &Client| client.all(&format!("{list}?limit=2")).iter().map(|dossier| dossier["id"].clone()).collect::<Vec<_>>();
    let own: Vec<Value> = opened.iter().map(|dossier| dossier["id"].clone()).collect();
    assert_eq!((ids(&volunteer).len(), ids(head).len()), (4, 5));
    assert!(own.iter().all(|id| ids(&volunteer).contains(id)) && ids(head).contains(&secret["id"]));
    let total = volunteer.request("GET", &list).header("Prefer", "count=exact").send().ok()["total_count"].clone();
    assert_eq!(total, 4);
    assert_eq!(volunteer.all(&format!("/dossiers?incident={}", incident["id"].as_str().unwrap())).len(), 4);
    assert_eq!(volunteer.all("/incidents")[0]["dossiers_count"], 4);
    let dpo = world.user("dpo", Role::Dpo, None);
    let entry = dpo.all("/access-log?limit=100").into_iter().rev().find(|entry| entry["operation"] == "incident_dossiers_list").unwrap();
    assert!(entry["dossier_ids"].as_array().unwrap().iter().all(|id| own.contains(id)) && !entry["dossier_ids"].as_array().unwrap().is_empty(), "{entry}");
}

#[test]
fn a_dossier_belongs_to_an_incident_that_its_writer_sees_and_one_of_elsewhere_needs_a_reason() {
    let scene = Scene::new();
    let (head, world) = (scene.head(), &scene.office.world);
    let incident = scene.incident();
    let stranger = world.head("03");
    let member = person(&stranger, "03");
    assert_eq!(of_incident(&stranger, &member, &incident, &json!({})).flaws(), ["/facts/incident_id reference.not_found"]);
    world.grant(&stranger, Role::Volunteer, Some("63"));
    let both = world.again(&stranger);
    let home = association(&both, "03");
    let asked = json!({ "association_id": home });
    let needs = of_incident(&both, &member, &incident, &asked);
    assert_eq!(needs.flaws(), ["/warning_reason warning.unexplained"]);
    let opened = of_incident(&both, &member, &incident, &json!({ "association_id": home, "warning_reason": "Même agresseur." })).ok();
    assert_eq!((&opened["warnings"], &opened["facts"]["incident_id"]), (&json!(["incident_of_other_department"]), &incident["id"]));
    let moved = both.patch(&path(&opened), "*", &json!({ "facts": { "date": "2026-09-15" } })).ok();
    assert_eq!(moved["warnings"], json!(["incident_of_other_department"]), "another day does not take it away");
    let freed = both.patch(&path(&opened), "*", &json!({ "facts": { "incident_id": null } })).ok();
    assert_eq!((&freed["warnings"], &freed["facts"]["incident_id"]), (&json!([]), &Value::Null));
    let own = head.patch(&path(&scene.office.dossier), "*", &json!({ "facts": { "incident_id": incident["id"] } })).ok();
    assert_eq!((&own["warnings"], &own["facts"]["incident_id"]), (&json!([]), &incident["id"]));
    let unknown = head.patch(&path(&scene.office.dossier), "*", &json!({ "facts": { "incident_id": user_id(head) } }));
    assert_eq!(unknown.flaws(), ["/facts/incident_id reference.not_found"]);
}

#[test]
fn the_team_reads_the_incidents_of_its_department_and_national_staff_only_count_them() {
    let scene = Scene::new();
    let (head, world) = (scene.head(), &scene.office.world);
    let incident = scene.incident();
    let own = at("incidents", &incident);
    of_incident(head, &scene.office.member, &incident, &json!({})).ok();
    let stranger = world.head("03");
    stranger.get(&own).refused(404, "not_found");
    stranger.get(&format!("{own}/dossiers")).refused(404, "not_found");
    assert_eq!(stranger.all("/incidents"), Vec::<Value>::new());
    let national = world.user("national", Role::NationalStaff, None);
    let counted = national.request("GET", "/incidents").header("Prefer", "count=exact").send().ok();
    let seen = &counted["items"][0];
    assert_eq!((&counted["total_count"], &seen["natures"], &seen["summary"]), (&json!(1), &json!(["threat"]), &Value::Null));
    assert_eq!(seen["withheld"], json!(["summary", "dossiers_count", "persons_count"]));
    assert_eq!(national.get(&own).ok()["summary"], Value::Null);
    for refused in [national.get(&format!("{own}/dossiers")), national.get(&format!("{own}/history")), national.patch(&own, "*", &json!({}))] {
        refused.refused(403, "function.not_granted");
    }
    for role in [Role::Lawyer, Role::Dpo, Role::Analyst] {
        world.user(role.as_str(), role, None).get(&own).refused(403, "function.not_granted");
    }
    let list = |query: &str| head.all(&format!("/incidents?{query}")).len();
    assert_eq!((list("occurred=2026-09-14/2026-09-14"), list("occurred=2026-09-15/.."), list("department=03")), (1, 0, 0));
}

#[test]
fn figures_of_incidents_are_those_of_the_list_and_of_what_the_caller_sees() {
    let scene = Scene::new();
    let (head, world) = (scene.head(), &scene.office.world);
    let record = |day: &str, natures: &[&str]| head.post("/incidents", &scene.body(&json!({ "occurred_on": day, "natures": natures }))).ok();
    let (first, second) = (record("2026-09-14", &["threat", "weapon"]), record("2026-10-01", &["death_threat"]));
    let people: Vec<Value> = (0..3).map(|_| person(head, "63")).collect();
    for (member, incident, level) in
        [(0, &first, "standard"), (1, &first, "standard"), (2, &first, "secret"), (0, &second, "standard"), (0, &second, "standard"), (1, &second, "secret")]
    {
        of_incident(head, &people[member], incident, &json!({ "confidentiality": level })).ok();
    }
    let figures = |client: &Client, query: &str| {
        let told = client.get(&format!("/incidents/statistics?{query}")).ok();
        assert_eq!((&told["grain"], &told["withheld"]), (&json!(1), &json!([])));
        ["incidents_count", "dossiers_count", "persons_count"].map(|name| told[name].as_i64().unwrap())
    };
    let volunteer = world.volunteer("63");
    for (query, to_head, to_volunteer) in [
        ("", [2, 6, 3], [2, 4, 2]),
        ("occurred=2026-09-14/2026-09-14", [1, 3, 3], [1, 2, 2]),
        ("nature=death_threat", [1, 3, 2], [1, 2, 1]),
        ("nature=weapon,death_threat&department=63", [2, 6, 3], [2, 4, 2]),
        ("nature=threat&occurred=2026-10-01/..", [0, 0, 0], [0, 0, 0]),
        (&*format!("establishment={}", scene.school["id"].as_str().unwrap()), [2, 6, 3], [2, 4, 2]),
        ("department=03", [0, 0, 0], [0, 0, 0]),
    ] {
        assert_eq!((figures(head, query), figures(&volunteer, query)), (to_head, to_volunteer), "{query}");
        let listed = head.request("GET", &format!("/incidents?{query}")).header("Prefer", "count=exact").send().ok();
        assert_eq!(listed["total_count"], to_head[0], "{query}");
    }
    assert_eq!(figures(&world.head("03"), ""), [0, 0, 0]);
    assert_eq!(head.get("/incidents/statistics?natures=threat").flaws(), ["natures parameter.unknown"]);
    world.user("dpo", Role::Dpo, None).get("/incidents/statistics").refused(403, "function.not_granted");
}

#[test]
fn national_staff_are_told_no_figure_that_is_small_or_fine() {
    let scene = Scene::new();
    let (head, world) = (scene.head(), &scene.office.world);
    let national = world.user("national", Role::NationalStaff, None);
    let incident = scene.incident();
    let member = person(head, "63");
    let figures = |query: &str| {
        let told = national.get(&format!("/incidents/statistics?{query}")).ok();
        (told["incidents_count"].as_i64().unwrap(), told["dossiers_count"].as_i64(), told["persons_count"].as_i64(), told["withheld"].clone())
    };
    for opened in 1..=7 {
        of_incident(head, &member, &incident, &json!({ "confidentiality": "secret" })).ok();
        let dossiers = (opened >= 5).then_some(5);
        let withheld = if opened < 5 { json!(["dossiers_count", "persons_count"]) } else { json!(["persons_count"]) };
        assert_eq!(figures("occurred=2026-09-01/2026-09-30"), (1, dossiers, None, withheld), "of {opened}");
    }
    assert_eq!(national.get("/incidents/statistics").ok()["grain"], 5);
    let fine = format!("/incidents/statistics?occurred=2026-09-14/2026-09-30&establishment={}", scene.school["id"].as_str().unwrap());
    let refused = national.get(&fine);
    refused.refused(403, "field.masked");
    assert_eq!(refused.json()["errors"].as_array().map_or(0, Vec::len), 2);
    // Where they work too, they are told what the team is.
    world.grant(&national, Role::Volunteer, Some("63"));
    let both = world.again(&national);
    let home = both.get("/incidents/statistics?department=63&occurred=2026-09-14/2026-09-14").ok();
    assert_eq!((&home["grain"], &home["dossiers_count"]), (&json!(1), &json!(0)), "which sees no secret");
    assert_eq!(both.get("/incidents/statistics?department=63,03").ok()["grain"], 5);
}

#[test]
fn those_who_study_dossiers_tell_incidents_apart_without_knowing_them() {
    let scene = Scene::new();
    let incident = scene.incident();
    for _ in 0..2 {
        of_incident(scene.head(), &person(scene.head(), "63"), &incident, &json!({})).ok();
    }
    let analyst = scene.office.world.user("analyst", Role::Analyst, None);
    let names = |purpose: &str| -> Vec<Value> {
        let told =
            analyst.all(&format!("/dossiers?purpose={purpose}&limit=100")).iter().map(|dossier| dossier["facts"]["incident_id"].clone()).collect::<Vec<_>>();
        told.into_iter().filter(|id| !id.is_null()).collect()
    };
    let (one, other) = (names("Climat"), names("Autre"));
    assert_eq!((one.len(), &one[0]), (2, &one[1]));
    assert!(one[0] != incident["id"] && one[0] != other[0]);
    let dpo = scene.office.world.user("dpo", Role::Dpo, None);
    for filter in [format!("incident={}", incident["id"].as_str().unwrap()), "context=health_crisis".to_owned()] {
        analyst.get(&format!("/dossiers?purpose=Climat&{filter}")).refused(403, "field.masked");
        dpo.get(&format!("/dossiers?{filter}")).refused(403, "field.masked");
    }
}

#[test]
fn what_was_said_of_an_incident_goes_with_the_last_of_its_dossiers() {
    let scene = Scene::on(World::with(&[("RETENTION_YEARS", "0")]));
    let (head, world) = (scene.head(), &scene.office.world);
    let dpo = world.user("dpo", Role::Dpo, None);
    let incident = head.post("/incidents", &scene.body(&json!({ "summary": "Zqxsummary des faits." }))).ok();
    head.patch(&at("incidents", &incident), "*", &json!({ "summary": "Zqxsummary corrigé." })).ok();
    let opened: Vec<Value> = (0..2).map(|_| of_incident(head, &person(head, "63"), &incident, &json!({ "referent_id": user_id(head) })).ok()).collect();
    for (dossier, kept) in opened.iter().zip([true, false]) {
        order(head, &path(dossier), &json!({ "command": "take_charge" })).ok();
        order(head, &path(dossier), &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" })).ok();
        for command in ["archive", "anonymise"] {
            order(&dpo, &path(dossier), &json!({ "command": command })).ok();
        }
        assert_eq!(world.database_text().to_lowercase().contains("zqxsummary"), kept);
    }
    assert_eq!(head.get(&at("incidents", &incident)).ok()["summary"], Value::Null);
    assert_eq!(world.rows("dossiers WHERE incident_id IS NOT NULL"), 0, "nothing leads from them to where it was");
}

#[test]
fn a_context_of_the_reference_is_taken_for_facts_of_its_days_and_dossiers_are_found_by_it() {
    let office = Office::new();
    let head = &office.head;
    let known = head.get("/reference/contexts").ok()["items"].clone();
    let crisis = known.as_array().unwrap().iter().find(|context| context["code"] == "health_crisis").unwrap();
    assert_eq!((&crisis["label_fr"], &crisis["starts_on"], &crisis["ends_on"]), (&json!("Crise sanitaire"), &json!("2020-03-16"), &json!("2022-07-31")));
    let open = |date: &str, tags: &[&str]| head.post("/dossiers", &case_with(&office.member, &json!({ "facts": { "date": date, "contexts": tags } })));
    assert_eq!(open("2026-09-14", &["local_word", "health_crisis"]).flaws(), ["/facts/contexts/1 context.of_other_days"]);
    let found = open("2021-01-04", &["health_crisis"]).ok();
    open("2021-01-04", &["local_word"]).ok();
    open("2021-01-04", &["healthxcrisis", "health_crisis_2"]).ok();
    assert_eq!(head.patch(&path(&found), "*", &json!({ "facts": { "date": "2023-01-04" } })).flaws(), ["/facts/contexts/0 context.of_other_days"]);
    let listed = |tags: &str| head.all(&format!("/dossiers?context={tags}")).len();
    assert_eq!((listed("health_crisis"), listed("local_word,health_crisis"), listed("nobody_says_so")), (1, 2, 0));
    assert_eq!(head.all("/dossiers?context=health_crisis")[0]["id"], found["id"]);
}
