//! Documents: files that are sent in for a case, told for what they are, kept whole, and read by whom they are for.

use crate::harness::cases::{Office, ask_solidarity, at, case, order, path, person, user_id};
use crate::harness::forms::{FileSent, PDF, boundary, form, stored};
use crate::harness::wire::Wire;
use crate::harness::{Client, PASSWORD, Program, Reply, World, postgres};
use entraide::auth::Role;
use entraide::db::Id;
use entraide::documents::sweep;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

const MIB: usize = 1024 * 1024;
const DAY: Duration = Duration::from_secs(24 * 3600);

fn documents(office: &Office) -> String {
    format!("{}/documents", path(&office.dossier))
}

/// What is said of a certificate.
fn certificate() -> Value {
    json!({ "document_type": "certificate", "file_name": "Certificat médical.pdf" })
}

fn said_with(fields: &Value) -> Value {
    let mut said = certificate();
    said.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    said
}

fn text(text: &str) -> FileSent<'_> {
    FileSent { declared: Some("text/plain"), bytes: text.as_bytes() }
}

fn sent(office: &Office) -> Value {
    office.head.send_form(&documents(office), &certificate(), Some(PDF)).ok()
}

fn content(view: &Value) -> String {
    format!("{}/content", at("documents", view))
}

fn kept(views: &[&Value]) -> (BTreeSet<String>, usize) {
    (views.iter().map(|view| view["current_id"].as_str().unwrap().to_owned()).collect(), 0)
}

/// Where the storage of a world keeps a file.
fn place(world: &World, file: &str) -> PathBuf {
    world.server.config.documents.join(&file[34..]).join(file)
}

/// Asserts that nothing was stored, neither a row nor a file.
fn nothing_stored(world: &World) {
    assert_eq!((stored(world), world.rows("documents"), world.rows("document_versions")), ((BTreeSet::new(), 0), 0, 0));
}

const CLOSE: fn() -> Value = || json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" });

/// Takes a dossier in charge and closes it.
fn close(office: &Office) {
    let path = path(&office.dossier);
    let me = user_id(&office.head);
    order(&office.head, &path, &json!({ "command": "assign", "referent_id": me })).ok();
    order(&office.head, &path, &json!({ "command": "take_charge" })).ok();
    order(&office.head, &path, &CLOSE()).ok();
}

#[test]
fn a_document_is_sent_read_corrected_and_remembered() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    let made = volunteer.send_form(&documents(&office), &certificate(), Some(PDF));
    let view = made.ok();
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{}", at("documents", &view)).as_str()));
    assert_eq!((&view["format"], &view["size"], &view["number"]), (&json!("pdf"), &json!(PDF.bytes.len()), &json!(1)));
    assert_eq!((&view["file_name"], &view["privileged"], &view["document_type"]), (&json!("Certificat médical.pdf"), &json!(false), &json!("certificate")));
    assert_eq!(view["author_id"], user_id(&volunteer));
    assert_eq!(stored(&office.world), kept(&[&view]));
    let file = office.head.get(&content(&view));
    assert_eq!((file.status, file.bytes.as_slice()), (200, PDF.bytes));
    assert_eq!(file.etag(), format!("\"{}\"", view["sha256"].as_str().unwrap()));
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-disposition", "attachment; filename=\"Certificat m_dical.pdf\"; filename*=UTF-8''Certificat%20m%C3%A9dical.pdf"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-store"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(file.header(name), value);
    }
    office.head.request("GET", &content(&view)).header("If-None-Match", file.etag()).send().ok_status(304);
    let head = office.head.request("HEAD", &content(&view)).send();
    assert_eq!((head.status, head.header("content-length"), head.bytes.len()), (200, PDF.bytes.len().to_string().as_str(), 0));
    let own = at("documents", &view);
    let seen = office.head.get(&own);
    assert_eq!(seen.ok(), view);
    let changed = office.head.patch(&own, seen.etag(), &json!({ "file_name": "Certificat.pdf", "privileged": true }));
    assert_eq!((&changed.ok()["file_name"], &changed.ok()["privileged"], &changed.ok()["version"]), (&json!("Certificat.pdf"), &json!(true), &json!(2)));
    office.head.patch(&own, seen.etag(), &json!({ "privileged": false })).refused(412, "version.stale");
    assert_eq!(office.head.patch(&own, "*", &json!({ "sha256": "0", "file_name": "../x" })).flaws(), ["/file_name file_name.path", "/sha256 field.read_only"]);
    let history = office.head.all(&format!("{own}/history"));
    let told: Vec<_> = history.iter().map(|entry| (&entry["version"], &entry["before"]["file_name"], &entry["after"]["file_name"])).collect();
    assert_eq!(told, [(&json!(2), &view["file_name"], &json!("Certificat.pdf")), (&json!(1), &Value::Null, &view["file_name"])]);
    assert_eq!(office.world.rows("audit_events WHERE resource = 'document'"), 2);
    let other = office.head.send_form(&documents(&office), &json!({ "document_type": "letter", "file_name": "a.txt" }), Some(text("Bonjour"))).ok();
    assert_eq!(office.head.all(&format!("{}?kind=letter", documents(&office))), [other]);
    assert_eq!(office.head.all(&format!("{}?limit=1", documents(&office))).len(), 2);
    let csv = office.head.request("GET", &documents(&office)).header("Accept", "text/csv; dialect=excel-fr").send().text();
    assert!(csv.contains("Empreinte SHA-256") && csv.contains("Certificat"), "{csv}");
    let timeline: Vec<Value> = office.head.all(&format!("{}/timeline?kind=document", path(&office.dossier)));
    let shown: Vec<&Value> = timeline.iter().map(|entry| &entry["document"]).collect();
    assert_eq!(shown, office.head.all(&documents(&office)).iter().collect::<Vec<_>>());
}

#[test]
fn a_further_version_is_the_latest_and_those_before_stay() {
    let office = Office::new();
    let first = sent(&office);
    let versions = format!("{}/versions", at("documents", &first));
    let second = office.head.send_form(&versions, &json!({ "file_name": "Certificat corrigé.txt" }), Some(text("Corrigé"))).ok();
    assert_eq!((&second["id"], &second["version"], &second["number"], &second["format"]), (&first["id"], &json!(2), &json!(2), &json!("text")));
    assert_eq!((&second["file_name"], &second["document_type"]), (&json!("Certificat corrigé.txt"), &first["document_type"]));
    let third = office.head.send_form(&versions, &json!({}), Some(PDF)).ok();
    assert_eq!((&third["file_name"], &third["number"], &third["sha256"]), (&second["file_name"], &json!(3), &first["sha256"]));
    let listed = office.head.all(&format!("{versions}?limit=2"));
    assert_eq!(listed.iter().map(|version| &version["number"]).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(office.head.all(&format!("{versions}?sort=-number&limit=1"))[0]["id"], third["current_id"]);
    let bytes = |address: String| office.head.get(&address).bytes;
    assert_eq!(bytes(content(&third)), PDF.bytes);
    assert_eq!(bytes(format!("{}/content", at("document-versions", &listed[1]))), "Corrigé".as_bytes());
    assert_eq!(stored(&office.world), kept(&[&first, &second, &third]));
    assert_eq!(office.head.all(&format!("{}/history", at("documents", &first))).len(), 3);
}

#[test]
fn of_versions_sent_at_once_each_gets_its_own_number() {
    let office = Office::on(World::with(&[("WORKERS", "2")]));
    let first = sent(&office);
    let versions = format!("{}/versions", at("documents", &first));
    std::thread::scope(|scope| {
        for at in 0..6 {
            let (head, versions) = (&office.head, &versions);
            scope.spawn(move || head.send_form(versions, &json!({}), Some(text(&format!("Version {at}")))).ok());
        }
    });
    let numbers: Vec<Value> = office.head.all(&versions).iter().map(|version| version["number"].clone()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(office.head.get(&at("documents", &first)).ok()["version"], 7);
}

#[test]
fn what_is_not_a_whole_file_of_its_kind_leaves_neither_row_nor_file() {
    let office = Office::new();
    let send = |fields: &Value, declared: Option<&str>, bytes: &[u8]| office.head.send_form(&documents(&office), fields, Some(FileSent { declared, bytes }));
    let said = certificate();
    let cases: [(Reply, &str); 9] = [
        (send(&said, Some("application/pdf"), b""), "/file document.empty"),
        (send(&said, Some("image/png"), PDF.bytes), "/file document.type_lies"),
        (send(&said, Some("text/html"), b"<p>Bonjour</p>"), "/file document.type_lies"),
        (send(&said, Some("application/pdf"), b"MZ\x90\0"), "/file document.format_refused"),
        (send(&said, None, b"PK\x03\x04 any archive"), "/file document.format_refused"),
        (send(&said, Some("text/plain"), b"Bonjour\0"), "/file document.format_refused"),
        (send(&said_with(&json!({ "sha256": "0".repeat(64) })), Some("application/pdf"), PDF.bytes), "/sha256 document.digest_differs"),
        (send(&said_with(&json!({ "file_name": "../../etc/passwd" })), None, PDF.bytes), "/file_name file_name.path"),
        (send(&said_with(&json!({ "file_name": "a\u{1b}[2J.pdf" })), None, PDF.bytes), "/file_name text.control_character"),
    ];
    for (reply, flaw) in cases {
        assert_eq!(reply.flaws(), [flaw]);
    }
    nothing_stored(&office.world);
    let sha256 = send(&said, None, PDF.bytes).ok()["sha256"].clone();
    let promised = said_with(&json!({ "sha256": sha256 }));
    send(&promised, Some("application/octet-stream"), PDF.bytes).ok();
}

#[test]
fn every_flaw_of_a_form_is_told_at_once_and_what_is_no_form_is_refused() {
    let office = Office::new();
    let send = |fields: &Value, file: Option<FileSent<'_>>| office.head.send_form(&documents(&office), fields, file);
    let wrong = json!({ "document_type": "novel", "file_name": "a/b", "privileged": "perhaps", "sha256": "0", "dossier_id": "x" });
    assert_eq!(
        send(&wrong, None).flaws(),
        [
            "/document_type choice.unknown",
            "/dossier_id field.unknown",
            "/file field.required",
            "/file_name file_name.path",
            "/privileged type.boolean",
            "/sha256 text.too_short",
        ]
    );
    send(&said_with(&json!({ "sha256": "x".repeat(5000) })), Some(PDF)).refused(413, "body.too_large");
    let post = |media: &str, body: &[u8]| office.head.request("POST", &documents(&office)).key(&Id::new().to_string()).body(media, body.to_vec()).send();
    let (media, body) = form(&certificate(), Some(PDF));
    let text = String::from_utf8(body).unwrap();
    let again = text.replacen("name=\"document_type\"", "name=\"file_name\"", 1);
    assert_eq!(post(&media, again.as_bytes()).flaws(), ["/document_type field.required", "/file_name field.repeated"]);
    let twice = text.replacen("name=\"file_name\"", "name=\"file\"", 1);
    assert_eq!(post(&media, twice.as_bytes()).flaws(), ["/file field.repeated"]);
    post("multipart/form-data", text.as_bytes()).refused(400, "form.malformed");
    post(&media, b"Bonjour").refused(400, "upload.cut");
    post("application/pdf", PDF.bytes).refused(415, "media_type.unsupported");
    let many: Value = (0..25).map(|at| (format!("field{at}"), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    send(&many, Some(PDF)).refused(400, "form.malformed");
    office.head.request("POST", &documents(&office)).body(&media, text.into_bytes()).send().refused(428, "precondition.required");
    nothing_stored(&office.world);
}

#[test]
fn a_form_that_is_cut_anywhere_leaves_nothing() {
    let office = Office::new();
    let (media, body) = form(&certificate(), Some(PDF));
    // The line break after the last sign of the form is no part of what must arrive.
    for length in (0..body.len() - 4).step_by(7) {
        let reply = office.head.request("POST", &documents(&office)).key(&Id::new().to_string()).body(&media, body[..length].to_vec()).send();
        let code = reply.problem(400)["code"].as_str().unwrap().to_owned();
        assert!(["upload.cut", "form.malformed"].contains(&code.as_str()), "{length}: {code}");
    }
    nothing_stored(&office.world);
    office.head.request("POST", &documents(&office)).key("whole").body(&media, body).send().ok();
}

#[test]
fn a_sender_who_goes_away_in_the_middle_leaves_nothing() {
    let office = Office::new();
    let (media, body) = form(&certificate(), Some(FileSent { declared: None, bytes: &[b"%PDF-1.7\n".as_slice(), &vec![b'x'; 2 * MIB]].concat() }));
    let mut wire = Wire::open(&office.world.url).unwrap();
    let head = format!(
        "POST /api/v1{} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nIdempotency-Key: gone\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        documents(&office),
        office.head.token(),
        body.len()
    );
    wire.write(head.as_bytes()).unwrap();
    wire.write(&body[..MIB]).unwrap();
    let started = Instant::now();
    let until = |drafts: usize| {
        while stored(&office.world).1 != drafts {
            assert!(started.elapsed() < Duration::from_secs(30), "never {drafts} files being written");
            std::thread::yield_now();
        }
    };
    until(1);
    drop(wire);
    until(0);
    nothing_stored(&office.world);
    office.head.request("POST", &documents(&office)).key("gone").body(&media, body).send().ok();
}

#[test]
fn a_file_of_20_mib_passes_and_one_byte_more_does_not() {
    let office = Office::new();
    let mut bytes = vec![b'x'; 20 * MIB];
    bytes[..5].copy_from_slice(b"%PDF-");
    let send = |bytes: &[u8]| office.head.send_form(&documents(&office), &certificate(), Some(FileSent { declared: None, bytes }));
    let view = send(&bytes).ok();
    assert_eq!(view["size"], 20 * MIB);
    assert!(office.head.get(&content(&view)).bytes == bytes, "the same bytes come back");
    bytes.push(b'x');
    send(&bytes).refused(413, "file.too_large");
    assert_eq!((stored(&office.world), office.world.rows("documents")), (kept(&[&view]), 1));
    // What announces too much is not even listened to.
    let mut wire = Wire::open(&office.world.url).unwrap();
    let media = format!("multipart/form-data; boundary={}", boundary());
    let (token, length) = (format!("Bearer {}", office.head.token()), (30 * MIB).to_string());
    let headers = [("Authorization", token.as_str()), ("Idempotency-Key", "large"), ("Content-Type", &media), ("Content-Length", &length)];
    wire.send("POST", &format!("/api/v1{}", documents(&office)), &headers, b"").unwrap();
    assert_eq!(wire.receive().unwrap().status, 413);
}

/// The most memory that a process has had, in KiB.
fn peak(id: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn files_pass_through_a_server_that_never_holds_one() {
    let usual = [("ENTRAIDE_PROFILE", "demo"), ("ENTRAIDE_KEYS", "data/keys"), ("ENTRAIDE_WORKERS", "1")];
    let program = usual.into_iter().fold(Program::new(), |program, (name, value)| program.with(name, value));
    program.run(&["keys", "generate", "data/keys"]).ok();
    program.run(&["migrate"]).ok();
    let head = ["user", "create", "--login", "head", "--role", "department_head", "--department", "63", "--password-stdin"];
    program.run_told(&head, PASSWORD).ok();
    let running = program.serve();
    let head = Client::new(&running.url, Some(running.log_in_as("head", PASSWORD)));
    let member = person(&head, "63");
    let dossier = head.post("/dossiers", &case(&member)).ok();
    let list = format!("{}/documents", path(&dossier));
    let send = |bytes: &[u8]| head.send_form(&list, &certificate(), Some(FileSent { declared: None, bytes })).ok();
    let view = send(PDF.bytes);
    head.get(&content(&view)).ok_status(200);
    let before = peak(running.id());
    let mut bytes = vec![b'x'; 20 * MIB];
    bytes[..5].copy_from_slice(b"%PDF-");
    for _ in 0..3 {
        let view = send(&bytes);
        assert_eq!(head.get(&content(&view)).bytes.len(), bytes.len());
    }
    let grown = peak(running.id()) - before;
    assert!(grown < 8 * 1024, "{grown} KiB more for files of 20 MiB");
}

#[test]
fn a_range_is_served_where_it_is_in_the_file() {
    let office = Office::new();
    let body = "0123456789".repeat(60_000);
    let view = office.head.send_form(&documents(&office), &certificate(), Some(text(&body))).ok();
    let get = |headers: &[(&str, &str)]| {
        let request = office.head.request("GET", &content(&view));
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    };
    for (range, part, told) in [
        ("bytes=0-9", &body[..10], "bytes 0-9/600000"),
        ("bytes=599995-", &body[599_995..], "bytes 599995-599999/600000"),
        ("bytes=-3", &body[599_997..], "bytes 599997-599999/600000"),
        ("bytes=3-599999", &body[3..], "bytes 3-599999/600000"),
    ] {
        let reply = get(&[("Range", range)]);
        assert_eq!((reply.status, reply.header("content-range")), (206, told), "{range}");
        assert!(reply.bytes == part.as_bytes(), "{range}");
        assert_eq!(reply.header("content-length"), part.len().to_string());
    }
    let beyond = get(&[("Range", "bytes=600000-")]);
    beyond.refused(416, "range.unsatisfiable");
    assert_eq!(beyond.header("content-range"), "bytes */600000");
    let etag = get(&[]).etag().to_owned();
    assert_eq!(get(&[("Range", "bytes=0-9"), ("If-Range", &etag)]).status, 206);
    for other in ["\"another\"", "Sun, 22 Nov 2026 09:00:00 GMT"] {
        assert_eq!(get(&[("Range", "bytes=0-9"), ("If-Range", other)]).bytes.len(), body.len(), "{other}");
    }
    assert_eq!(get(&[("Range", "bytes=0-9"), ("If-None-Match", &etag)]).status, 304);
    assert_eq!(get(&[("Range", "lines=0-9")]).bytes.len(), body.len());
}

#[test]
fn a_document_of_a_hidden_dossier_is_as_one_that_does_not_exist() {
    let office = Office::new();
    let view = sent(&office);
    let (stranger, dpo) = (office.world.head("03"), office.world.user("dpo", Role::Dpo, None));
    let (own, version) = (at("documents", &view), format!("/document-versions/{}/content", view["current_id"].as_str().unwrap()));
    for hidden in [own.clone(), content(&view), version.clone(), format!("{own}/history"), format!("{own}/versions"), documents(&office)] {
        stranger.get(&hidden).refused(404, "not_found");
        dpo.get(&hidden).refused(403, "function.not_granted");
    }
    stranger.patch(&own, "*", &json!({ "privileged": true })).refused(404, "not_found");
    stranger.send_form(&documents(&office), &certificate(), Some(PDF)).refused(404, "not_found");
    stranger.send_form(&format!("{own}/versions"), &json!({}), Some(PDF)).refused(404, "not_found");
    stranger.send_form(&format!("/dossiers/{}/documents", Id::new()), &certificate(), Some(PDF)).refused(404, "not_found");
    assert_eq!(stored(&office.world), kept(&[&view]));
}

#[test]
fn what_is_privileged_is_read_by_the_team_and_the_lawyers_and_known_of_by_others() {
    let office = Office::new();
    let world = &office.world;
    let privileged = office.head.send_form(&documents(&office), &said_with(&json!({ "privileged": true })), Some(PDF)).ok();
    let open = sent(&office);
    let dossier = path(&office.dossier);
    ask_solidarity(&office.head, &dossier, "Refus de l'assureur.");
    let lawyer = world.user("lawyer", Role::Lawyer, None);
    office.mandate(&lawyer);
    let national = world.user("national", Role::NationalStaff, None);
    let reason = "Le responsable est absent et le délai de recours expire ce soir.";
    national.post(&format!("{dossier}/break-glass"), &json!({ "reason": reason })).ok();
    let officer = world.user("officer", Role::SolidarityOfficer, None);
    let version = |view: &Value| format!("/document-versions/{}/content", view["current_id"].as_str().unwrap());
    for (client, reads) in [(&office.head, true), (&world.volunteer("63"), true), (&lawyer, true), (&national, false), (&officer, false)] {
        assert_eq!(client.get(&at("documents", &privileged)).ok(), privileged, "{}", client.login());
        assert_eq!(client.all(&documents(&office)).len(), 2);
        assert_eq!(client.all(&format!("{}/versions", at("documents", &privileged))).len(), 1);
        for address in [content(&open), version(&open)] {
            assert_eq!(client.get(&address).bytes, PDF.bytes, "{}", client.login());
        }
        for address in [content(&privileged), version(&privileged)] {
            let reply = client.get(&address);
            if reads {
                assert_eq!(reply.bytes, PDF.bytes, "{}", client.login());
            } else {
                reply.refused(403, "document.privileged");
            }
        }
    }
    // Who has both rights reads by the one that is enough.
    let mut both = national;
    world.grant(&both, Role::Lawyer, None);
    both = world.again(&both);
    both.get(&content(&privileged)).refused(403, "document.privileged");
    office.mandate(&both);
    assert_eq!(both.get(&content(&privileged)).bytes, PDF.bytes);
}

#[test]
fn nothing_is_sent_or_changed_once_the_dossier_is_closed() {
    let office = Office::new();
    let view = sent(&office);
    close(&office);
    let own = at("documents", &view);
    office.head.send_form(&documents(&office), &certificate(), Some(PDF)).refused(409, "dossier.not_open");
    office.head.send_form(&format!("{own}/versions"), &json!({}), Some(PDF)).refused(409, "dossier.not_open");
    office.head.patch(&own, "*", &json!({ "privileged": true })).refused(409, "dossier.not_open");
    assert_eq!(office.head.get(&content(&view)).bytes, PDF.bytes, "it is still read");
    assert_eq!((stored(&office.world), office.world.rows("document_versions")), (kept(&[&view]), 1));
}

#[test]
fn a_repeated_form_gives_the_first_answer_and_keeps_one_file() {
    let office = Office::new();
    let send = |key: &str, fields: &Value, file: FileSent<'_>| office.head.send_form_as(&documents(&office), key, fields, Some(file));
    let first = send("once", &certificate(), PDF);
    let again = send("once", &certificate(), PDF);
    assert_eq!((again.ok(), again.header("idempotency-replayed")), (first.ok(), "true"), "though another boundary stood between its parts");
    send("once", &certificate(), text("Autre chose")).refused(409, "idempotency.key_reused");
    send("once", &said_with(&json!({ "privileged": true })), PDF).refused(409, "idempotency.key_reused");
    let versions = format!("{}/versions", at("documents", &first.ok()));
    let version = |bytes: &str| office.head.send_form_as(&versions, "twice", &json!({}), Some(text(bytes)));
    let second = version("Corrigé");
    assert_eq!((version("Corrigé").ok(), version("Corrigé").header("idempotency-replayed")), (second.ok(), "true"));
    version("Encore").refused(409, "idempotency.key_reused");
    assert_eq!((stored(&office.world), office.world.rows("document_versions")), (kept(&[&first.ok(), &second.ok()]), 2));
    close(&office);
    assert_eq!(send("once", &certificate(), PDF).ok(), first.ok(), "a replay comes before the state");
}

#[test]
fn a_trial_says_whether_it_would_succeed_and_keeps_nothing() {
    let office = Office::new();
    let trial = format!("{}?mode=validate", documents(&office));
    assert_eq!(office.head.send_form(&trial, &certificate(), Some(PDF)).ok(), json!({ "valid": true }));
    assert_eq!(office.head.send_form(&trial, &certificate(), Some(FileSent { declared: None, bytes: b"MZ\0" })).flaws(), ["/file document.format_refused"]);
    nothing_stored(&office.world);
    let view = sent(&office);
    let versions = format!("{}/versions?mode=validate", at("documents", &view));
    assert_eq!(office.head.send_form(&versions, &json!({}), Some(PDF)).ok(), json!({ "valid": true }));
    assert_eq!(stored(&office.world), kept(&[&view]));
    close(&office);
    office.head.send_form(&trial, &certificate(), Some(PDF)).refused(409, "dossier.not_open");
}

/// Keeps a file that no row refers to.
fn orphan(world: &World) -> String {
    let id = Id::new();
    let mut draft = world.server.storage.begin().unwrap();
    draft.write_all(b"%PDF-1.7 of nobody").unwrap();
    draft.keep(id).unwrap();
    id.to_string()
}

#[test]
fn the_sweep_removes_what_is_old_and_belongs_to_nothing_and_never_what_belongs_to_a_row() {
    let office = Office::new();
    let (first, other) = (sent(&office), sent(&office));
    let second = office.head.send_form(&format!("{}/versions", at("documents", &first)), &json!({}), Some(text("Corrigé"))).ok();
    let orphans = [orphan(&office.world), orphan(&office.world)];
    let sweep = |now: SystemTime| sweep::step(office.world.db(), office.world.server.storage.as_ref(), now).unwrap();
    assert_eq!(sweep(SystemTime::now()), 0, "their rows may still be on their way");
    assert_eq!(sweep(SystemTime::now() + DAY / 2), 0);
    assert_eq!(stored(&office.world).0.len(), 5);
    std::mem::forget(office.world.server.storage.begin().unwrap());
    let tomorrow = SystemTime::now() + DAY + Duration::from_secs(60);
    assert_eq!(sweep(tomorrow), orphans.len() + 1, "and what a server that fell was writing");
    assert_eq!(stored(&office.world), kept(&[&first, &second, &other]));
    assert_eq!(sweep(tomorrow), 0);
    for view in [&second, &other] {
        office.head.get(&content(view)).ok_status(200);
    }
}

#[test]
fn the_console_sweeps_too() {
    let office = Office::new();
    let view = sent(&office);
    let old = place(&office.world, &orphan(&office.world));
    orphan(&office.world);
    let file = std::fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(SystemTime::now() - 2 * DAY).unwrap();
    let kept = place(&office.world, view["current_id"].as_str().unwrap());
    std::fs::File::options().write(true).open(&kept).unwrap().set_modified(SystemTime::now() - 2 * DAY).unwrap();
    assert_eq!(office.world.console().run(&["documents", "sweep"]).ok(), "1 files removed\n");
    assert!(!old.exists() && kept.exists());
}

#[test]
fn a_lost_file_is_a_fault_of_the_server_that_the_console_tells() {
    let office = Office::new();
    let (lost, altered, cut, sound) = (sent(&office), sent(&office), sent(&office), sent(&office));
    let verify = || office.world.console().run(&["documents", "verify"]);
    assert_eq!(verify().ok(), "4 files are what was received\n");
    let file = |view: &Value| place(&office.world, view["current_id"].as_str().unwrap());
    std::fs::remove_file(file(&lost)).unwrap();
    std::fs::write(file(&altered), PDF.bytes.to_ascii_uppercase()).unwrap();
    std::fs::write(file(&cut), &PDF.bytes[..9]).unwrap();
    for view in [&lost, &cut] {
        office.head.get(&content(view)).refused(500, "file.lost");
        office.head.get(&at("documents", view)).ok();
    }
    let told = verify();
    told.fails("3 of 4 files are not what was received");
    for (view, fault) in [(&lost, "is missing"), (&altered, "has another digest"), (&cut, "has another size")] {
        assert!(told.out.contains(&format!("{} {fault}", view["current_id"].as_str().unwrap())), "{}", told.out);
    }
    assert!(!told.out.contains(sound["id"].as_str().unwrap()));
}

#[test]
fn what_was_sent_in_an_anonymised_dossier_is_nowhere_any_more() {
    let office = Office::on(World::with(&[("RETENTION_YEARS", "0")]));
    let said = json!({ "document_type": "complaint", "file_name": "Xylophage.txt" });
    let view = office.head.send_form_as(&documents(&office), "sent", &said, Some(text("Zinzolin"))).ok();
    office.head.patch(&at("documents", &view), "*", &json!({ "file_name": "Wapiti.txt" })).ok();
    let second = office.head.send_form(&format!("{}/versions", at("documents", &view)), &json!({}), Some(text("Uvulaire"))).ok();
    close(&office);
    let (dossier, dpo) = (path(&office.dossier), office.world.user("dpo", Role::Dpo, None));
    order(&office.head, &dossier, &json!({ "command": "archive" })).ok();
    let words = ["Xylophage", "Wapiti", view["sha256"].as_str().unwrap(), second["sha256"].as_str().unwrap()];
    let held = office.world.database_text();
    assert!(words.iter().all(|word| held.contains(word)));
    order(&dpo, &dossier, &json!({ "command": "anonymise" })).ok();
    let left = office.world.database_text();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
    let tomorrow = SystemTime::now() + DAY + Duration::from_secs(60);
    assert_eq!(sweep::step(office.world.db(), office.world.server.storage.as_ref(), tomorrow).unwrap(), 2);
    assert_eq!(stored(&office.world), (BTreeSet::new(), 0));
    assert_eq!((office.world.rows("documents WHERE document_type = 'complaint'"), office.world.rows("document_versions")), (1, 0));
    assert_eq!(office.world.console().run(&["audit", "verify"]).code, Some(0), "the record of what is gone is still proved");
}

#[test]
fn a_backup_takes_the_files_along_and_a_restore_puts_them_back() {
    if postgres().is_some() {
        return;
    }
    let office = Office::new();
    let first = sent(&office);
    let second = office.head.send_form(&documents(&office), &certificate(), Some(text("Bonjour"))).ok();
    orphan(&office.world);
    let program = office.world.console();
    let told = program.run(&["backup", "copy.sqlite"]).ok();
    assert_eq!(told, "backup written to copy.sqlite\n2 files of documents written to copy.sqlite.documents\n");
    program.run(&["backup", "copy.sqlite"]).fails("exists already");
    sent(&office);
    let there = program.folder().to_owned();
    let copy = there.join("copy.sqlite");
    let elsewhere = Program::new().with("ENTRAIDE_DATABASE_URL", "sqlite://new/entraide.sqlite").with("ENTRAIDE_DOCUMENTS", "new/documents");
    let restored = elsewhere.run(&["restore", copy.to_str().unwrap()]).ok();
    assert!(restored.ends_with("2 files of documents restored to new/documents\n"), "{restored}");
    assert_eq!(elsewhere.run(&["documents", "verify"]).ok(), "2 files are what was received\n", "neither more nor fewer than the rows of the copy");
    for view in [&first, &second] {
        let file = view["current_id"].as_str().unwrap();
        let path = elsewhere.folder().join("new/documents").join(&file[34..]).join(file);
        assert_eq!(std::fs::read(path).unwrap(), std::fs::read(place(&office.world, file)).unwrap());
    }
    // A database without its files is no backup.
    std::fs::rename(there.join("copy.sqlite.documents"), there.join("elsewhere")).unwrap();
    let lame = Program::new().with("ENTRAIDE_DATABASE_URL", "sqlite://new.sqlite");
    lame.run(&["restore", copy.to_str().unwrap()]).fails("copy.sqlite.documents does not exist");
    assert!(!lame.folder().join("new.sqlite").exists());
}

#[test]
fn a_backup_of_a_storage_that_lost_a_file_says_so_and_saves_the_rest() {
    if postgres().is_some() {
        return;
    }
    let office = Office::new();
    let (lost, _sound) = (sent(&office), sent(&office));
    let file = lost["current_id"].as_str().unwrap();
    std::fs::remove_file(place(&office.world, file)).unwrap();
    let program = office.world.console();
    let ended = program.run(&["backup", "copy.sqlite"]);
    assert!(ended.err.contains(file), "{ended:?}");
    assert!(ended.ok().contains("1 files of documents"));
}

#[test]
fn a_server_does_not_start_where_it_cannot_write_documents() {
    let program = Program::new().with("ENTRAIDE_PROFILE", "demo").with("ENTRAIDE_KEYS", "data/keys").with("ENTRAIDE_DOCUMENTS", "taken");
    std::fs::write(program.folder().join("taken"), "a file, and no folder").unwrap();
    program.run(&["serve"]).fails("cannot write in taken");
}
