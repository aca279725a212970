//! Documents of requests for aid: payslips and bills are sent in, kept as all files are, and read by those who instruct alone.

use crate::harness::aid::{Purse, aid_with, instructed, treasurer};
use crate::harness::cases::{at, case, order, path, person, user_id};
use crate::harness::committees::Committee;
use crate::harness::forms::{FileSent, PDF, stored};
use crate::harness::{Program, World, postgres};
use entraide::auth::Role;
use entraide::db::Id;
use entraide::documents::sweep;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

fn payslip() -> Value {
    json!({ "document_type": "payslip", "file_name": "Bulletin d'octobre.pdf" })
}

/// A request of a member, as a draft, and where its documents are.
fn request(purse: &Purse) -> (String, String) {
    let request = at("financial-aid-requests", &purse.head.post("/financial-aid-requests", &aid_with(&purse.member, &json!({}))).ok());
    let documents = format!("{request}/documents");
    (request, documents)
}

#[test]
fn a_payslip_is_sent_read_corrected_followed_by_another_version_and_remembered() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, .. } = &purse;
    let (own, documents) = request(&purse);
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let made = staff.send_form(&documents, &payslip(), Some(PDF));
    let view = made.ok();
    let slip = at("aid-documents", &view);
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{slip}").as_str()));
    assert_eq!((&view["document_type"], &view["format"], &view["author_id"]), (&json!("payslip"), &json!("pdf"), &user_id(&staff)));
    assert_eq!(at("financial-aid-requests", &json!({ "id": view["request_id"] })), own);
    let file = head.get(&format!("{slip}/content"));
    assert_eq!((file.bytes.as_slice(), file.header("content-type")), (PDF.bytes, "application/octet-stream"));
    assert_eq!(head.request("GET", &format!("{slip}/content")).header("Range", "bytes=0-4").send().bytes, b"%PDF-");
    let named = head.patch(&slip, "*", &json!({ "file_name": "Octobre.pdf", "document_type": "tax_notice" })).ok();
    assert_eq!((&named["file_name"], &named["document_type"], &named["version"]), (&json!("Octobre.pdf"), &json!("tax_notice"), &json!(2)));
    head.patch(&slip, "\"1.x\"", &json!({ "file_name": "Novembre.pdf" })).refused(412, "version.stale");
    assert_eq!(
        head.patch(&slip, "*", &json!({ "privileged": true, "request_id": view["id"] })).flaws(),
        ["/privileged field.unknown", "/request_id field.read_only"]
    );
    let versions = format!("{slip}/versions");
    let second = head.send_form(&versions, &json!({}), Some(FileSent { declared: None, bytes: "Corrigé".as_bytes() })).ok();
    assert_eq!((&second["number"], &second["format"], &second["file_name"]), (&json!(2), &json!("text"), &json!("Octobre.pdf")));
    let listed = head.all(&versions);
    assert_eq!(listed.iter().map(|version| &version["number"]).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(head.get(&format!("{}/content", at("aid-document-versions", &listed[0]))).bytes, PDF.bytes);
    assert_eq!(head.all(&format!("{slip}/history")).len(), 3);
    let bill = head.send_form(&documents, &json!({ "document_type": "bill", "file_name": "Devis.pdf" }), Some(PDF)).ok();
    assert_eq!(head.all(&format!("{documents}?kind=bill")), [bill]);
    assert_eq!(head.all(&format!("{documents}?limit=1")).len(), 2);
    assert_eq!(
        head.send_form(&documents, &json!({ "document_type": "payslip", "file_name": "../x", "privileged": true }), Some(PDF)).flaws(),
        ["/file_name file_name.path", "/privileged field.unknown"]
    );
    assert_eq!((stored(world).0.len(), world.rows("audit_events WHERE resource = 'aid_document'")), (3, 4));
}

#[test]
fn documents_are_sent_until_the_request_is_over_and_read_afterwards() {
    let purse = Purse::new("5000.00");
    let Purse { head, member, .. } = &purse;
    let own = instructed(head, member, &json!({}));
    let documents = format!("{own}/documents");
    let slip = at("aid-documents", &head.send_form(&documents, &payslip(), Some(PDF)).ok());
    order(head, &own, &json!({ "command": "withdraw", "reason": "L'assurance paie." })).ok();
    head.send_form(&documents, &payslip(), Some(PDF)).refused(409, "aid_request.over");
    head.send_form(&format!("{slip}/versions"), &json!({}), Some(PDF)).refused(409, "aid_request.over");
    head.patch(&slip, "*", &json!({ "file_name": "Octobre.pdf" })).refused(409, "aid_request.over");
    assert_eq!(head.get(&format!("{slip}/content")).bytes, PDF.bytes);
    assert_eq!(stored(&purse.world).0.len(), 1, "what was refused is not kept");
}

#[test]
fn whoever_instructs_reads_them_and_neither_a_committee_nor_a_treasurer_nor_whoever_asked() {
    let office = Committee::new();
    let Committee { world, head, .. } = &office;
    let request = office.ask();
    let documents = format!("/financial-aid-requests/{}/documents", request.id);
    let view = head.send_form(&documents, &payslip(), Some(PDF)).ok();
    let (slip, version) = (at("aid-documents", &view), format!("/aid-document-versions/{}/content", view["current_id"].as_str().unwrap()));
    let session = office.open();
    office.put(&session, &request).ok();
    let reads = [documents.clone(), slip.clone(), format!("{slip}/content"), format!("{slip}/versions"), format!("{slip}/history"), version];
    let purse = treasurer(world, &office.member["association_id"], "2026-01-01", None);
    let others = [Role::Dpo, Role::Auditor, Role::NationalStaff, Role::Lawyer, Role::Admin].map(|role| world.user(role.as_str(), role, None));
    let volunteer = world.volunteer("63");
    for client in [&office.chair, &office.members[0], &office.secretary, &office.treasurer, &purse, &volunteer].into_iter().chain(&others) {
        for read in &reads {
            client.get(read).refused(403, "function.not_granted");
        }
        client.send_form(&documents, &payslip(), Some(PDF)).refused(403, "function.not_granted");
    }
    let stranger = world.head("03");
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    world.link(&staff, &office.member);
    for client in [&stranger, &world.again(&staff)] {
        for read in &reads {
            client.get(read).refused(404, "not_found");
        }
        client.send_form(&documents, &payslip(), Some(PDF)).refused(404, "not_found");
        client.send_form(&format!("{slip}/versions"), &json!({}), Some(PDF)).refused(404, "not_found");
        client.patch(&slip, "*", &json!({ "file_name": "Octobre.pdf" })).refused(404, "not_found");
    }
    for read in &reads {
        head.get(read).ok_status(200);
    }
}

#[test]
fn the_documents_of_dossiers_and_of_requests_are_not_taken_for_each_other() {
    let purse = Purse::new("5000.00");
    let Purse { head, member, .. } = &purse;
    let (_, documents) = request(&purse);
    let slip = head.send_form(&documents, &payslip(), Some(PDF)).ok();
    let dossier = path(&head.post("/dossiers", &case(member)).ok());
    let letter = head.send_form(&format!("{dossier}/documents"), &payslip(), Some(PDF)).ok();
    assert_eq!((&letter["document_type"], head.all(&documents).len()), (&json!("payslip"), 1));
    for (collection, versions, other) in [("aid-documents", "aid-document-versions", &letter), ("documents", "document-versions", &slip)] {
        let wrong = at(collection, other);
        for read in [wrong.clone(), format!("{wrong}/content"), format!("{wrong}/versions"), format!("{wrong}/history")] {
            head.get(&read).refused(404, "not_found");
        }
        head.get(&format!("/{versions}/{}/content", other["current_id"].as_str().unwrap())).refused(404, "not_found");
        head.patch(&wrong, "*", &json!({ "file_name": "a.pdf" })).refused(404, "not_found");
        head.send_form(&format!("{wrong}/versions"), &json!({}), Some(PDF)).refused(404, "not_found");
    }
    head.get(&format!("/financial-aid-requests/{}/documents", Id::new())).refused(404, "not_found");
}

#[test]
fn a_repeated_form_gives_the_first_answer_and_keeps_one_file() {
    let purse = Purse::new("5000.00");
    let (_, documents) = request(&purse);
    let send = || purse.head.send_form_as(&documents, "once", &payslip(), Some(PDF));
    let first = send().ok();
    let again = send();
    assert_eq!((again.ok(), again.header("idempotency-replayed")), (first, "true"));
    let trial = format!("{documents}?mode=validate");
    assert_eq!(purse.head.send_form(&trial, &payslip(), Some(PDF)).ok(), json!({ "valid": true }));
    assert_eq!((stored(&purse.world).0.len(), purse.world.rows("documents")), (1, 1));
}

#[test]
fn of_versions_sent_at_once_each_gets_its_own_number() {
    let purse = Purse::on(World::with(&[("WORKERS", "2")]), "5000.00");
    let (_, documents) = request(&purse);
    let slip = at("aid-documents", &purse.head.send_form(&documents, &payslip(), Some(PDF)).ok());
    let versions = format!("{slip}/versions");
    std::thread::scope(|scope| {
        for at in 0..6 {
            let (head, versions) = (&purse.head, &versions);
            scope.spawn(move || head.send_form(versions, &json!({}), Some(FileSent { declared: None, bytes: format!("Version {at}").as_bytes() })).ok());
        }
    });
    let numbers: Vec<Value> = purse.head.all(&versions).iter().map(|version| version["number"].clone()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn the_sweep_the_console_and_the_backup_know_their_files() {
    let purse = Purse::new("5000.00");
    let (_, documents) = request(&purse);
    let world = &purse.world;
    let view = purse.head.send_form(&documents, &payslip(), Some(PDF)).ok();
    let later = SystemTime::now() + Duration::from_secs(25 * 3600);
    assert_eq!(sweep::step(world.db(), world.server.storage.as_ref(), later).unwrap(), 0);
    let program = world.console();
    assert_eq!(program.run(&["documents", "verify"]).ok(), "1 files are what was received\n");
    if postgres().is_some() {
        return;
    }
    let told = program.run(&["backup", "copy.sqlite"]).ok();
    assert!(told.ends_with("1 files of documents written to copy.sqlite.documents\n"), "{told}");
    let elsewhere = Program::new().with("ENTRAIDE_DATABASE_URL", "sqlite://new/entraide.sqlite").with("ENTRAIDE_DOCUMENTS", "new/documents");
    elsewhere.run(&["restore", program.folder().join("copy.sqlite").to_str().unwrap()]).ok();
    assert_eq!(elsewhere.run(&["documents", "verify"]).ok(), "1 files are what was received\n");
    let file = view["current_id"].as_str().unwrap();
    assert_eq!(std::fs::read(elsewhere.folder().join("new/documents").join(&file[34..]).join(file)).unwrap(), PDF.bytes);
}

#[test]
fn a_merge_takes_the_documents_along_with_the_request() {
    let purse = Purse::new("5000.00");
    let Purse { head, member, .. } = &purse;
    let twin = person(head, "63");
    let asked = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(&twin, &json!({}))).ok());
    let slip = at("aid-documents", &head.send_form(&format!("{asked}/documents"), &payslip(), Some(PDF)).ok());
    head.post(&format!("{}/merges", at("members", member)), &json!({ "absorbed_id": twin["id"], "reason": "Même personne." })).ok();
    assert_eq!((&head.get(&asked).ok()["member_id"], head.get(&format!("{slip}/content")).bytes.as_slice()), (&member["id"], PDF.bytes));
}
