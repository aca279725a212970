//! Conciliations: from the proposal to the agreement, what each side promised in it, and whether that was kept.

use crate::harness::cases::{Office, at, case_with, commands, order, path, person, user_id};
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

/// A department at work on a dossier with a referent, and a conciliation in it that was moved on by some commands.
struct Talks {
    office: Office,
    conciliation: String,
}

impl Talks {
    fn after(words: &[&str]) -> Self {
        Self::on(World::new(), words)
    }

    fn on(world: World, words: &[&str]) -> Self {
        let mut office = Office::on(world);
        let fields = json!({ "referent_id": user_id(&office.head) });
        office.dossier = office.head.post("/dossiers", &case_with(&office.member, &fields)).ok();
        order(&office.head, &path(&office.dossier), &json!({ "command": "take_charge" })).ok();
        let conciliation = propose(&office);
        for word in words {
            order(&office.head, &conciliation, &command(word)).ok();
        }
        Self { office, conciliation }
    }

    fn head(&self) -> &Client {
        &self.office.head
    }

    fn promise(&self, fields: &Value) -> Value {
        let mut body = json!({ "side": "opposing", "promise": "Écrire une lettre d'excuses." });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.head().post(&format!("{}/commitments", self.conciliation), &body).ok()
    }

    fn close(&self) -> crate::harness::Reply {
        order(self.head(), &path(&self.office.dossier), &json!({ "command": "close", "outcome": "conciliation_succeeded", "outcome_for_member": "mixed" }))
    }
}

fn propose(office: &Office) -> String {
    at("conciliations", &office.head.post(&format!("{}/conciliations", path(&office.dossier)), &json!({ "subject": "Renouer le dialogue." })).ok())
}

/// A command with the reason that some need.
fn command(word: &str) -> Value {
    let needs = ["refuse", "fail"].contains(&word);
    if needs { json!({ "command": word, "reason": "La famille ne vient pas." }) } else { json!({ "command": word }) }
}

#[test]
fn a_conciliation_follows_its_table_and_no_other_way() {
    let words = ["accept", "refuse", "start", "agree", "fail", "verify"];
    let table: [(&[&str], &str, &[&str]); 7] = [
        (&[], "proposed", &["accept", "refuse"]),
        (&["accept"], "accepted", &["start"]),
        (&["refuse"], "refused", &[]),
        (&["accept", "start"], "in_progress", &["agree", "fail"]),
        (&["accept", "start", "agree"], "agreed", &["verify"]),
        (&["accept", "start", "fail"], "failed", &[]),
        (&["accept", "start", "agree", "verify"], "verified", &[]),
    ];
    let talks = Talks::after(&[]);
    let head = talks.head();
    for (steps, status, allowed) in table {
        let own = propose(&talks.office);
        for word in steps {
            order(head, &own, &command(word)).ok();
        }
        let view = head.get(&own).ok();
        assert_eq!((&view["status"], commands(&view)), (&json!(status), allowed.iter().map(|word| (*word).to_owned()).collect()));
        for word in words.iter().filter(|word| !allowed.contains(word)) {
            order(head, &own, &command(word)).refused(409, "transition.not_allowed");
        }
        assert_eq!(head.all(&format!("{own}/transitions")).len(), steps.len());
        assert_eq!(head.all(&format!("{own}/history")).len(), steps.len() + 1);
    }
    let list = format!("{}/conciliations", path(&talks.office.dossier));
    assert_eq!((head.all(&list).len(), head.all(&format!("{list}?status=agreed,failed")).len()), (8, 2));
}

#[test]
fn it_is_corrected_and_its_days_come_in_order() {
    let talks = Talks::after(&["accept", "start"]);
    let (head, own) = (talks.head(), &talks.conciliation);
    let list = format!("{}/conciliations", path(&talks.office.dossier));
    for day in ["2026-11-23", "2026-09-13"] {
        assert_eq!(head.post(&list, &json!({ "subject": "Trop tôt.", "proposed_on": day })).flaws(), ["/proposed_on date.out_of_range"], "{day}");
    }
    let seen = head.get(own);
    let changed = head.patch(own, seen.etag(), &json!({ "proposed_on": "2026-10-01", "subject": "Médiation." })).ok();
    assert_eq!((&changed["proposed_on"], &changed["subject"]), (&json!("2026-10-01"), &json!("Médiation.")));
    head.patch(own, seen.etag(), &json!({ "subject": "Autre." })).refused(412, "version.stale");
    assert_eq!(head.patch(own, "*", &json!({ "status": "agreed", "agreed_on": null })).flaws(), ["/agreed_on field.state", "/status field.state"]);
    for day in ["2026-09-30", "2026-11-23"] {
        assert_eq!(order(head, own, &json!({ "command": "agree", "agreed_on": day })).flaws(), ["/agreed_on date.out_of_range"], "{day}");
    }
    order(head, own, &json!({ "command": "agree", "agreed_on": "2026-11-10" })).ok();
    assert_eq!(head.get(own).ok()["agreed_on"], "2026-11-10");
    assert_eq!(head.patch(own, "*", &json!({ "proposed_on": "2026-11-11" })).flaws(), ["/proposed_on date.out_of_range"]);
}

#[test]
fn the_sides_meet_once_they_have_accepted_and_until_it_is_over() {
    let talks = Talks::after(&[]);
    let (head, own) = (talks.head(), &talks.conciliation);
    let sessions = format!("{own}/sessions");
    let meeting = |day: &str| json!({ "held_on": day, "medium": "in_person", "participants": "La principale, la mère.", "venue": "Collège" });
    head.post(&sessions, &meeting("2026-11-20")).refused(409, "conciliation.not_under_way");
    order(head, own, &command("accept")).ok();
    for day in ["2026-12-10", "2026-11-20"] {
        let made = head.post(&sessions, &meeting(day));
        assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{}", at("conciliation-sessions", &made.ok())).as_str()));
    }
    let days: Vec<Value> = head.all(&sessions).iter().map(|session| session["held_on"].clone()).collect();
    assert_eq!(days, ["2026-11-20", "2026-12-10"], "held and to come");
    let first = at("conciliation-sessions", &head.all(&sessions)[0]);
    let changed = head.patch(&first, "*", &json!({ "note": "La famille reconnaît les faits.", "venue": null })).ok();
    assert_eq!((&changed["note"], &changed["venue"], &changed["version"]), (&json!("La famille reconnaît les faits."), &Value::Null, &json!(2)));
    assert_eq!(head.patch(&first, "*", &json!({ "participants": null })).flaws(), ["/participants field.not_null"]);
    assert_eq!(head.all(&format!("{first}/history")).len(), 2);
    for word in ["start", "fail"] {
        order(head, own, &command(word)).ok();
    }
    head.post(&sessions, &meeting("2026-11-21")).refused(409, "conciliation.not_under_way");
}

#[test]
fn an_agreement_is_verified_once_every_commitment_was_checked_whether_kept_or_not() {
    let talks = Talks::after(&["accept", "start"]);
    let (head, own) = (talks.head(), &talks.conciliation);
    let [kept, broken] = ["opposing", "establishment"].map(|side| talks.promise(&json!({ "side": side })));
    order(head, &at("commitments", &kept), &json!({ "command": "mark_kept" })).refused(409, "conciliation.not_agreed");
    assert_eq!(commands(&kept), ["mark_kept! conciliation.not_agreed", "mark_not_kept! conciliation.not_agreed"]);
    order(head, own, &command("agree")).ok();
    assert_eq!(commands(&head.get(own).ok()), ["verify! conciliation.commitments_unchecked"]);
    let blocked = order(head, own, &command("verify"));
    blocked.refused(409, "conciliation.commitments_unchecked");
    let named = |problem: &Value| problem["errors"].as_array().unwrap().iter().map(|error| error["params"]["id"].clone()).collect::<Vec<_>>();
    assert_eq!(named(&blocked.json()), [kept["id"].clone(), broken["id"].clone()], "each is named");
    order(head, &at("commitments", &kept), &json!({ "command": "mark_kept", "reason": "Lettre reçue." })).ok();
    assert_eq!(named(&order(head, own, &command("verify")).json()), [broken["id"].clone()]);
    let early = json!({ "command": "mark_not_kept", "checked_on": "2026-11-21" });
    assert_eq!(order(head, &at("commitments", &broken), &early).flaws(), ["/checked_on date.out_of_range"], "before the agreement");
    order(head, &at("commitments", &broken), &json!({ "command": "mark_not_kept" })).ok();
    let seen = head.get(&at("commitments", &broken)).ok();
    assert_eq!((&seen["status"], &seen["checked_on"], &seen["checked_by"]), (&json!("not_kept"), &json!("2026-11-22"), &user_id(head)));
    assert_eq!(commands(&seen), ["mark_kept"], "what is late is kept after all");
    head.patch(&at("commitments", &broken), "*", &json!({ "promise": "Autre chose." })).refused(409, "commitment.checked");
    order(head, own, &command("verify")).ok();
    order(head, &at("commitments", &broken), &json!({ "command": "mark_kept" })).refused(409, "conciliation.not_agreed");
    head.post(&format!("{own}/commitments"), &json!({ "side": "member", "promise": "Encore." })).refused(409, "conciliation.not_under_way");
    let list = format!("{own}/commitments");
    assert_eq!((head.all(&format!("{list}?status=kept")).len(), head.all(&format!("{list}?side=establishment&status=not_kept")).len()), (1, 1));
    assert_eq!(head.all(&format!("{}/transitions", at("commitments", &broken))).len(), 1);
}

#[test]
fn a_day_to_check_is_a_task_of_the_referent_which_follows_the_commitment_and_ends_with_its_check() {
    let talks = Talks::after(&["accept", "start", "agree"]);
    let head = talks.head();
    let tasks = || head.all(&format!("{}/tasks?sort=created", path(&talks.office.dossier)));
    assert_eq!(talks.promise(&json!({}))["task_id"], Value::Null);
    assert_eq!(tasks(), Vec::<Value>::new());
    let promise = talks.promise(&json!({ "check_on": "2026-12-15" }));
    let own = at("commitments", &promise);
    let task = tasks()[0].clone();
    assert_eq!((&task["id"], &task["due_on"], &task["assignee_id"]), (&promise["task_id"], &json!("2026-12-15"), &user_id(head)));
    assert_eq!(task["note"], promise["promise"]);
    head.patch(&own, "*", &json!({ "check_on": "2027-01-15" })).ok();
    assert_eq!((tasks().len(), &tasks()[0]["due_on"]), (1, &json!("2027-01-15")), "the task follows");
    order(head, &at("tasks", &task), &json!({ "command": "cancel", "reason": "Par erreur." })).ok();
    head.patch(&own, "*", &json!({ "check_on": "2027-02-15" })).ok();
    let again = tasks()[1].clone();
    assert_eq!((&again["due_on"], &head.get(&own).ok()["task_id"]), (&json!("2027-02-15"), &again["id"]), "one that was dropped is set anew");
    order(head, &own, &json!({ "command": "mark_kept" })).ok();
    assert_eq!(tasks().iter().map(|task| task["status"].clone()).collect::<Vec<_>>(), ["cancelled", "done"]);
    let steps = head.all(&format!("{}/transitions", at("tasks", &again)));
    assert_eq!((steps.len(), &steps[0]["command"]), (1, &json!("complete")));
}

#[test]
fn the_task_is_nobodys_where_there_is_no_referent() {
    let office = Office::new();
    let own = propose(&office);
    for word in ["accept", "start"] {
        order(&office.head, &own, &command(word)).ok();
    }
    office.head.post(&format!("{own}/commitments"), &json!({ "side": "member", "promise": "Renouer.", "check_on": "2026-12-15" })).ok();
    assert_eq!(office.head.all(&format!("{}/tasks", path(&office.dossier)))[0]["assignee_id"], Value::Null);
}

#[test]
fn a_dossier_does_not_end_while_a_conciliation_is_under_way_or_a_commitment_waits_for_its_check() {
    for (words, open) in [(&["accept"][..], true), (&["accept", "start"], true), (&["accept", "start", "agree"], false), (&["refuse"], false)] {
        let talks = Talks::after(words);
        let closed = talks.close();
        if !open {
            closed.ok();
            continue;
        }
        closed.refused(409, "dossier.open_beneath");
        let problem = closed.json();
        let params = &problem["errors"][0]["params"];
        assert_eq!((&params["kind"], at("conciliations", params)), (&json!("conciliation"), talks.conciliation.clone()), "{words:?}");
    }
    let talks = Talks::after(&["accept", "start", "agree"]);
    let promise = talks.promise(&json!({}));
    talks.close().refused(409, "dossier.open_beneath");
    order(talks.head(), &at("commitments", &promise), &json!({ "command": "mark_not_kept" })).ok();
    talks.close().ok();
    let (head, own) = (talks.head(), &talks.conciliation);
    order(head, own, &command("verify")).refused(409, "dossier.not_open");
    order(head, &at("commitments", &promise), &json!({ "command": "mark_kept" })).refused(409, "dossier.not_open");
    head.patch(own, "*", &json!({ "subject": "Autre." })).refused(409, "dossier.not_open");
    head.post(&format!("{own}/sessions"), &json!({ "held_on": "2026-11-20", "medium": "phone", "participants": "Deux" })).refused(409, "dossier.not_open");
    head.post(&format!("{own}/commitments"), &json!({ "side": "member", "promise": "Encore." })).refused(409, "dossier.not_open");
    assert_eq!(commands(&head.get(own).ok()), ["verify! dossier.not_open"]);
}

#[test]
fn a_commitment_made_while_the_agreement_is_verified_is_checked_or_refused() {
    for _ in 0..4 {
        let talks = Talks::after(&["accept", "start", "agree"]);
        let (head, own) = (talks.head(), &talks.conciliation);
        let (made, verified) = std::thread::scope(|scope| {
            let body = json!({ "side": "member", "promise": "Renouer." });
            let made = scope.spawn(move || head.post(&format!("{own}/commitments"), &body).status);
            let verified = scope.spawn(move || order(head, own, &command("verify")).status);
            (made.join().unwrap(), verified.join().unwrap())
        });
        assert!([(201, 409), (409, 201)].contains(&(made, verified)), "{made} {verified}");
    }
}

#[test]
fn it_is_told_by_the_timeline_and_read_by_whoever_reads_the_dossier() {
    let talks = Talks::after(&["accept", "start"]);
    let (world, own) = (&talks.office.world, &talks.conciliation);
    let session = json!({ "held_on": "2026-11-20", "medium": "phone", "participants": "Deux personnes" });
    let session = at("conciliation-sessions", &talks.head().post(&format!("{own}/sessions"), &session).ok());
    let promise = at("commitments", &talks.promise(&json!({})));
    let told = talks.head().all(&format!("{}/timeline?kind=conciliation", path(&talks.office.dossier)));
    assert_eq!((told.len(), at("conciliations", &told[0]["conciliation"]), &told[0]["conciliation"]["status"]), (1, own.clone(), &json!("in_progress")));
    let [lawyer, stranger, dpo] = [world.user("lawyer", Role::Lawyer, None), world.head("15"), world.user("dpo", Role::Dpo, None)];
    let parts = [own.clone(), session.clone(), promise.clone(), format!("{own}/sessions"), format!("{own}/commitments"), format!("{promise}/transitions")];
    for part in &parts {
        lawyer.get(part).refused(404, "not_found");
        stranger.get(part).refused(404, "not_found");
        dpo.get(part).refused(403, "function.not_granted");
    }
    talks.office.mandate(&lawyer);
    let looks = || world.rows("access_log_subjects WHERE subject = 'dossier'");
    let before = looks();
    for part in &parts {
        lawyer.get(part).ok();
    }
    assert_eq!(looks() - before, i64::try_from(parts.len()).unwrap(), "each look is one at the dossier");
    order(&lawyer, own, &command("agree")).refused(403, "function.not_granted");
    order(&world.volunteer("63"), own, &command("agree")).ok();
}

#[test]
fn what_was_said_goes_with_the_anonymised_dossier() {
    let talks = Talks::on(World::with(&[("RETENTION_YEARS", "0")]), &["accept", "start", "agree"]);
    let (world, head, own) = (&talks.office.world, talks.head(), &talks.conciliation);
    head.patch(own, "*", &json!({ "subject": "Zqxsubject du dialogue." })).ok();
    let session = json!({ "held_on": "2026-11-20", "medium": "phone", "participants": "Zqxpeople", "venue": "Zqxvenue", "note": "Zqxnote dite." });
    head.post(&format!("{own}/sessions"), &session).ok();
    let promise = at("commitments", &talks.promise(&json!({ "promise": "Zqxpromise faite.", "check_on": "2026-12-15" })));
    order(head, &promise, &json!({ "command": "mark_kept", "reason": "Zqxfound tenue." })).ok();
    order(head, own, &json!({ "command": "verify", "reason": "Zqxverified ainsi." })).ok();
    let words = ["zqxsubject", "zqxpeople", "zqxvenue", "zqxnote", "zqxpromise", "zqxfound", "zqxverified"];
    let held = world.database_text().to_lowercase();
    assert!(words.iter().all(|word| held.contains(word)));
    talks.close().ok();
    let dpo = world.user("dpo", Role::Dpo, None);
    for command in ["archive", "anonymise"] {
        order(&dpo, &path(&talks.office.dossier), &json!({ "command": command })).ok();
    }
    let left = world.database_text().to_lowercase();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
    assert_eq!(world.rows("conciliations WHERE status = 'verified'"), 1, "that it was verified stays");
}

#[test]
fn a_conciliation_of_a_hidden_dossier_is_as_unknown() {
    let talks = Talks::after(&[]);
    let volunteer = talks.office.world.volunteer("63");
    let secret = talks.head().post("/dossiers", &case_with(&person(talks.head(), "63"), &json!({ "confidentiality": "secret" }))).ok();
    let hidden = at("conciliations", &talks.head().post(&format!("{}/conciliations", path(&secret)), &json!({ "subject": "Secret." })).ok());
    volunteer.get(&hidden).refused(404, "not_found");
    volunteer.post(&format!("{hidden}/commitments"), &json!({ "side": "member", "promise": "Rien." })).refused(404, "not_found");
}
