//! The same list as CSV and NDJSON.

use crate::harness::data::school_with;
use crate::harness::{Client, World};
use serde_json::{Value, json};

fn get(client: &Client, query: &str, accept: &str) -> crate::harness::Reply {
    client.request("GET", &format!("/establishments{query}")).header("Accept", accept).send()
}

fn some(client: &Client) {
    let names = ["Collège \"Le Parc\", annexe", "=HYPERLINK(\"x\")", "@SUM(A1)", "-1+2", "+cmd", "-12", "Lycée;Curie"];
    for (number, name) in (630_001..).zip(names) {
        let fields = json!({ "name": name, "phone": "0473000000", "latitude": 45.5, "longitude": -3.25, "address": { "city": "Riom" } });
        client.post("/establishments", &school_with(number, &fields)).ok();
    }
    let site = json!({ "sites": [{ "name": "Annexe", "kind": "erea" }], "district": { "name": "Riom" }, "priority_education": [{ "level": "rep", "starts_on": "2020-09-01" }] });
    client.post("/establishments", &school_with(630_020, &site)).ok();
}

/// What a cell of the standard dialect must hold for a value of the list.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn csv_and_ndjson_have_the_rows_of_the_list_in_its_order() {
    let world = World::new();
    let admin = world.admin();
    some(&admin);
    for query in ["", "?sort=-uai", "?q=coll"] {
        let separator = if query.is_empty() { '?' } else { '&' };
        let listed = admin.all(&format!("/establishments{query}{separator}limit=3"));
        let lines = get(&admin, query, "application/x-ndjson");
        assert_eq!(lines.header("content-type"), "application/x-ndjson");
        let streamed: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(streamed, listed, "{query}");
        let csv = get(&admin, query, "text/csv").text();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), listed.len());
        for (row, item) in rows.iter().zip(&listed) {
            for (name, found) in header.iter().zip(row).filter(|(name, _)| !matches!(*name, "sites" | "priority_education")) {
                let value = name.split('.').fold(item, |value, step| &value[step]);
                assert_eq!(found.strip_prefix('\'').unwrap_or(found), cell(value), "{name}");
            }
        }
    }
}

#[test]
fn no_cell_starts_a_formula() {
    let world = World::new();
    let admin = world.admin();
    some(&admin);
    let csv = get(&admin, "?fields=name,phone,longitude", "text/csv").text();
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(csv.as_bytes()).records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    for row in &rows {
        for cell in row {
            let plain_number = cell.parse::<f64>().is_ok();
            assert!(plain_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
    }
    let cells: Vec<&str> = rows.iter().flatten().map(String::as_str).collect();
    for expected in ["'=HYPERLINK(\"x\")", "'@SUM(A1)", "'-1+2", "'+cmd", "-12", "-3.25", "+33473000000"] {
        assert!(cells.contains(&expected), "{expected} in {cells:?}");
    }
}

#[test]
fn a_french_spreadsheet_gets_its_own_dialect() {
    let world = World::new();
    let admin = world.admin();
    some(&admin);
    let reply = get(&admin, "?fields=name,kind,latitude&q=parc", "text/csv;dialect=excel-fr");
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present; dialect=excel-fr");
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"establishments.csv\"");
    assert_eq!(reply.text(), "\u{feff}Nom;Type;Latitude\r\n\"Collège \"\"Le Parc\"\", annexe\";Collège;45,5\r\n");
}

#[test]
fn paging_and_expansion_do_not_go_with_a_stream() {
    let world = World::new();
    let admin = world.admin();
    for accept in ["text/csv", "application/x-ndjson"] {
        for (query, flaw) in
            [("?limit=3", "limit parameter.excluded"), ("?cursor=AAAA", "cursor parameter.excluded"), ("?expand=parent", "expand parameter.excluded")]
        {
            assert_eq!(get(&admin, query, accept).flaws(), [flaw]);
        }
        assert_eq!(get(&admin, "?kind=x", accept).flaws(), ["kind choice.unknown"]);
    }
    world.anonymous().request("GET", "/establishments").header("Accept", "text/csv").send().refused(401, "credentials.missing");
    assert!(get(&admin, "", "application/x-ndjson").bytes.is_empty());
    assert_eq!(get(&admin, "?fields=uai", "text/csv").text(), "uai\r\n");
}
