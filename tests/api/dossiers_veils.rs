//! Who knows of dossiers without reading them: analysts under pseudonyms, the data protection officer by reference and state.

use crate::harness::cases::{case_with, order, path, person, user_id};
use crate::harness::data::school;
use crate::harness::machines::signed_in;
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

struct Study {
    world: World,
    head: Client,
    analyst: Client,
    members: Vec<Value>,
}

const STUDY: &str = "purpose=Barom%C3%A8tre%202026";

/// Six dossiers of two members, at one school, opened in two months and two departments.
fn study() -> Study {
    let world = World::new();
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let (head, other) = (world.head("63"), world.head("03"));
    let members = vec![person(&head, "63"), person(&other, "03")];
    let open = |at: &str, of: usize, motive: &str| {
        world.set_time(at);
        let client = world.again(if of == 0 { &head } else { &other });
        let facts = json!({ "date": "2026-09-14", "place": "classroom", "summary": "Insultée par un parent.", "contexts": ["classe_de_zoe"] });
        let fields =
            json!({ "motive_code": motive, "establishment_id": school["id"], "referent_id": user_id(&client), "confidentiality": "secret", "facts": facts });
        client.post("/dossiers", &case_with(&members[of], &fields)).ok();
    };
    for (at, of, motive) in [
        ("2026-11-22T09:00:00Z", 0, "insult_or_threat"),
        ("2026-11-23T09:00:00Z", 0, "physical_assault"),
        ("2026-11-24T09:00:00Z", 1, "insult_or_threat"),
        ("2026-12-01T09:00:00Z", 0, "cyber"),
        ("2026-12-02T09:00:00Z", 1, "cyber"),
        ("2026-12-03T09:00:00Z", 0, "accident"),
    ] {
        open(at, of, motive);
    }
    let (head, analyst) = (world.again(&head), world.user("analyst", Role::Analyst, None));
    Study { world, head, analyst, members }
}

fn masked(reply: &Reply) -> Vec<String> {
    reply.refused(403, "field.masked");
    reply.json()["errors"].as_array().unwrap().iter().map(|error| error["parameter"].as_str().unwrap().to_owned()).collect()
}

/// The value at a dotted name.
fn value<'a>(view: &'a Value, name: &str) -> &'a Value {
    name.split('.').fold(view, |value, part| &value[part])
}

fn lines(client: &Client, query: &str, media_type: &str) -> Vec<String> {
    let reply = client.request("GET", query).header("Accept", media_type).send();
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.text().lines().map(str::to_owned).collect()
}

#[test]
fn an_analyst_reads_all_dossiers_and_learns_of_nobody() {
    let Study { world: _world, head, analyst, members } = study();
    let rows = analyst.all(&format!("/dossiers?{STUDY}"));
    assert_eq!(rows.len(), 6);
    let read: BTreeSet<String> = head.all("/dossiers").iter().flat_map(|row| [row["id"].to_string(), row["member_id"].to_string()]).collect();
    for row in &rows {
        assert!(!read.contains(&row["id"].to_string()) && !read.contains(&row["member_id"].to_string()));
        assert_eq!(row["id"].as_str().unwrap().as_bytes()[14], b'8', "a pseudonym is a UUID of version 8");
        let withheld: Vec<&str> = row["withheld"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        for name in &withheld {
            assert!(value(row, name).is_null(), "{name} is withheld and shown");
        }
        for name in [
            "reference",
            "establishment_id",
            "referent_id",
            "opened_on",
            "facts.date",
            "facts.summary",
            "facts.contexts",
            "facts_snapshot.birth_year",
            "created_at",
            "updated_at",
        ] {
            assert!(withheld.contains(&name), "{name} is not withheld");
        }
        assert_eq!(
            (&row["facts"]["month"], &row["facts_snapshot"]["age_band"], &row["allowed_commands"]),
            (&json!("2026-09"), &json!("from_40_to_49"), &json!([]))
        );
        // Ids are left out: any four digits may stand in one by chance.
        let mut text = row.clone();
        for name in ["id", "member_id", "association_id"] {
            text[name] = Value::Null;
        }
        let text = text.to_string();
        for secret in ["Insultée", "classe_de_zoe", "1984", "Dubœuf", members[0]["member_number"].as_str().unwrap(), "2026-11-2", "2026-12-0"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let months: Vec<&str> = rows.iter().map(|row| row["opened_month"].as_str().unwrap()).collect();
    assert!(months.is_sorted(), "{months:?}");
    let persons: BTreeSet<&str> = rows.iter().map(|row| row["member_id"].as_str().unwrap()).collect();
    assert_eq!(persons.len(), 2, "one person is one pseudonym");
    for address in [path(&head.all("/dossiers")[0]), format!("/dossiers/{}", rows[0]["id"].as_str().unwrap())] {
        analyst.get(&address).refused(403, "function.not_granted");
    }
}

#[test]
fn no_form_of_a_study_has_a_word_that_a_caseworker_chose() {
    let Study { world, head, analyst, .. } = study();
    let admin = world.again(&world.admin());
    let (_, _, machine) = signed_in(&world, &admin, &json!({ "scopes": ["cases.read"], "max_confidentiality": "secret" }));
    for accept in ["application/json", "text/csv", "application/x-ndjson"] {
        let told = |client: &Client, query: &str| lines(client, &format!("/dossiers?{query}"), accept).join("\n").contains("classe_de_zoe");
        assert!(told(&head, ""), "the control: whoever reads the dossier is told, as {accept}");
        for client in [&analyst, &machine] {
            assert!(!told(client, STUDY) && !told(client, &format!("{STUDY}&fields=facts")), "{accept}");
        }
    }
    for row in machine.all(&format!("/dossiers?{STUDY}")) {
        assert_eq!(row["facts"]["contexts"], Value::Null);
        assert!(row["withheld"].as_array().unwrap().contains(&json!("facts.contexts")));
    }
    assert_eq!(analyst.get(&format!("/dossiers?{STUDY}&contexts=classe_de_zoe")).status, 400, "nothing is asked by them");
}

#[test]
fn pseudonyms_join_within_a_purpose_and_never_across_two() {
    let Study { world, analyst, .. } = study();
    let names = |client: &Client, purpose: &str| -> BTreeSet<String> {
        client.all(&format!("/dossiers?purpose={purpose}")).iter().flat_map(|row| [row["id"].to_string(), row["member_id"].to_string()]).collect()
    };
    let (one, other) = (names(&analyst, "Barometre"), names(&analyst, "Livre%20blanc"));
    assert_eq!(one.len(), 8);
    assert_eq!(one, names(&world.user("second", Role::Analyst, None), "Barometre"), "a study outlives its analyst");
    assert!(one.is_disjoint(&other));
    let neighbour = world.neighbour();
    let elsewhere = Client::new(&neighbour.url, Some(analyst.token().to_owned()));
    assert_eq!(one, names(&elsewhere, "Barometre"), "every server gives the same names");
}

#[test]
fn nothing_finer_than_a_month_can_be_asked_on_any_form_of_the_list() {
    let Study { world: _world, head, analyst, members } = study();
    let mine = &head.all("/dossiers")[0];
    let id = |name: &str| mine[name].as_str().unwrap().to_owned();
    let asked = [
        (format!("establishment={}", id("establishment_id")), "establishment"),
        (format!("member={}", members[0]["id"].as_str().unwrap()), "member"),
        (format!("referent={}", id("referent_id")), "referent"),
        (format!("reference={}", id("reference")), "reference"),
        ("opened=2026-11-02/2026-11-30".to_owned(), "opened"),
        ("facts=2026-09-01/2026-09-14".to_owned(), "facts"),
        ("sort=opened".to_owned(), "sort"),
        ("sort=-updated".to_owned(), "sort"),
        ("sort=reference".to_owned(), "sort"),
        ("fields=id,referent_id".to_owned(), "fields"),
    ];
    for (query, parameter) in &asked {
        for accept in ["application/json", "text/csv", "application/x-ndjson"] {
            let reply = analyst.request("GET", &format!("/dossiers?{STUDY}&{query}")).header("Accept", accept).send();
            assert_eq!(masked(&reply), [*parameter], "{query} as {accept}");
        }
    }
    assert_eq!(masked(&analyst.get(&format!("/dossiers?{STUDY}&expand=association"))), ["expand"]);
    let counted = analyst.request("GET", &format!("/dossiers?{STUDY}&member={}", members[0]["id"].as_str().unwrap())).header("Prefer", "count=exact").send();
    assert_eq!(masked(&counted), ["member"]);
    let several = analyst.get(&format!("/dossiers?{STUDY}&{}&sort=opened", asked[0].0));
    assert_eq!(masked(&several), ["establishment", "sort"], "all at once");
    for (query, found) in [
        ("opened=2026-12-01/2026-12-31", 3),
        ("opened=2026-12-01/..", 3),
        ("facts=2026-09-01/2026-09-30", 6),
        ("motive=cyber", 2),
        ("department=03&status=new", 2),
        ("quality=victim&kind=legal_information&urgency=normal&sort=-month", 6),
        ("fields=id,member_id,motive_code,facts", 6),
    ] {
        assert_eq!(analyst.all(&format!("/dossiers?{STUDY}&{query}")).len(), found, "{query}");
    }
    assert_eq!(analyst.get("/dossiers").flaws(), ["purpose purpose.required"]);
    assert_eq!(analyst.get("/dossiers?purpose=x").flaws(), ["purpose text.too_short"]);
    head.get(&format!("/dossiers?{STUDY}")).refused(403, "function.not_granted");
}

/// The list, its count, its CSV and its NDJSON, for everybody who can ask.
#[test]
fn list_count_csv_and_ndjson_agree_row_for_row() {
    let Study { world, head, analyst, .. } = study();
    let dpo = world.user("dpo", Role::Dpo, None);
    let asked = [
        (&head, ""),
        (&head, "motive=cyber,accident&sort=-reference"),
        (&analyst, STUDY),
        (&analyst, "purpose=Livre%20blanc&motive=cyber&sort=-month"),
        (&dpo, "sort=updated"),
    ];
    for (client, query) in asked {
        let address = format!("/dossiers?{query}");
        let pages = client.all(&format!("{address}&limit=2").replace("?&", "?"));
        let whole = client.request("GET", &address).header("Prefer", "count=exact").send().ok();
        assert_eq!((whole["total_count"].as_u64(), &whole["items"]), (Some(pages.len() as u64), &json!(pages)), "{query}");
        let ndjson: Vec<Value> = lines(client, &address, "application/x-ndjson").iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(ndjson, pages, "{query}");
        let reply = client.request("GET", &address).header("Accept", "text/csv").send();
        let mut csv = csv::Reader::from_reader(reply.bytes.as_slice());
        let header: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
        let cells: Vec<Vec<String>> = csv.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        let shown = |row: &Value, name: &str| match value(row, name) {
            Value::Null => json!(""),
            Value::Array(items) if items.is_empty() => json!(""),
            Value::Array(items) => json!(items),
            Value::String(text) => json!(text),
            other => json!(other.to_string()),
        };
        // A list stands in its cell as JSON.
        let read = |cell: &String| if cell.starts_with('[') { serde_json::from_str(cell).unwrap() } else { json!(cell) };
        let cells: Vec<Vec<Value>> = cells.iter().map(|row| row.iter().map(read).collect()).collect();
        let expected: Vec<Vec<Value>> = pages.iter().map(|row| header.iter().map(|name| shown(row, name)).collect()).collect();
        assert_eq!(cells, expected, "{query}");
    }
}

#[test]
fn the_order_within_a_month_does_not_tell_which_was_opened_first() {
    let world = World::new();
    let head = world.head("63");
    let member = person(&head, "63");
    let opened: Vec<Value> = (0..12).map(|_| head.post("/dossiers", &case_with(&member, &json!({}))).ok()["id"].clone()).collect();
    let by_month: Vec<Value> = head.all("/dossiers?sort=month").iter().map(|row| row["id"].clone()).collect();
    assert_eq!(by_month.len(), 12);
    assert_ne!(by_month, opened);
}

#[test]
fn who_watches_over_data_knows_states_and_dates_and_no_content() {
    let Study { world, head, .. } = study();
    let dpo = world.user("dpo", Role::Dpo, None);
    let mine = head.all("/dossiers")[0].clone();
    let seen = dpo.get(&path(&mine)).ok();
    for name in ["reference", "status", "opened_on", "referent_id", "on_legal_hold", "created_at"] {
        assert_eq!(seen[name], mine[name], "{name}");
    }
    let withheld: Vec<&str> = seen["withheld"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for name in
        ["member_id", "establishment_id", "member_quality", "motive_code", "facts.place", "facts.summary", "facts.contexts", "facts_snapshot", "warning_reason"]
    {
        assert!(withheld.contains(&name) && value(&seen, name).is_null(), "{name}");
    }
    assert_eq!(seen["facts"]["date"], "2026-09-14");
    assert_eq!(dpo.get(&format!("{}?expand=member,establishment", path(&mine))).ok()["member"], Value::Null);
    assert_eq!(dpo.all("/dossiers").len(), 6);
    for (query, parameter) in [("motive=cyber", "motive"), ("quality=victim", "quality"), ("fields=facts_snapshot", "fields"), ("expand=member", "expand")] {
        assert_eq!(masked(&dpo.get(&format!("/dossiers?{query}"))), [parameter]);
    }
    assert_eq!(dpo.all(&format!("/dossiers?reference={}", mine["reference"].as_str().unwrap())).len(), 1);
    dpo.patch(&path(&mine), "*", &json!({ "urgency": "high" })).refused(403, "function.not_granted");
    order(&dpo, &path(&mine), &json!({ "command": "take_charge" })).refused(403, "command.not_granted");
    order(&head, &path(&mine), &json!({ "command": "declare_inadmissible", "reason": "Hors champ." })).ok();
    let step = dpo.all(&format!("{}/transitions", path(&mine)))[0].clone();
    assert_eq!((&step["command"], &step["reason"], &step["withheld"]), (&json!("declare_inadmissible"), &Value::Null, &json!(["reason", "details"])));
}

#[test]
fn who_has_two_rights_uses_one_at_a_time() {
    let Study { world, head, .. } = study();
    world.grant(&head, Role::Analyst, None);
    let both = world.again(&head);
    assert_eq!(both.all("/dossiers").len(), 4, "their department's, in full");
    assert_eq!(both.all("/dossiers")[0]["withheld"], json!([]));
    let studied = both.all(&format!("/dossiers?{STUDY}"));
    assert_eq!(studied.len(), 6);
    assert!(studied.iter().all(|row| row["reference"].is_null()));
    assert_eq!(masked(&both.get(&format!("/dossiers?{STUDY}&sort=reference"))), ["sort"]);

    // A volunteer who is also the officer of data protection gives no command of the team where they only know of a dossier.
    let volunteer = world.volunteer("63");
    world.grant(&volunteer, Role::Dpo, None);
    let officer = world.again(&volunteer);
    let secret = both.all("/dossiers")[0].clone();
    assert_eq!(officer.get(&path(&secret)).ok()["motive_code"], Value::Null);
    order(&officer, &path(&secret), &json!({ "command": "take_charge" })).refused(403, "command.not_granted");
}

/// The dotted names of what one caller is shown and another is not.
fn hidden(shown: &Value, veiled: &Value, base: &str, found: &mut BTreeSet<String>) {
    for (name, value) in shown.as_object().unwrap() {
        let path = format!("{base}{name}");
        match (value, &veiled[name.as_str()]) {
            (Value::Null, _) => {}
            (_, Value::Null) => drop(found.insert(path)),
            (Value::Object(_), other) => hidden(value, other, &format!("{path}."), found),
            _ => {}
        }
    }
}

#[test]
fn what_is_hidden_is_named_and_nothing_else_is_hidden() {
    let Study { world, head, analyst, .. } = study();
    let whole = head.all("/dossiers?motive=accident")[0].clone();
    let dpo = world.user("dpo", Role::Dpo, None);
    for veiled in [analyst.all(&format!("/dossiers?{STUDY}&motive=accident"))[0].clone(), dpo.get(&path(&whole)).ok()] {
        let named: BTreeSet<String> = veiled["withheld"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        let mut found = BTreeSet::new();
        hidden(&whole, &veiled, "", &mut found);
        assert!(found.is_subset(&named), "{:?}", found.difference(&named));
    }
}
