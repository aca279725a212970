//! Links: what dossiers are to each other, told from both sides to whoever reads both.

use crate::harness::cases::{Office, at, case, case_with, commands, order, path, person, user_id};
use crate::harness::{Client, Reply, World};
use entraide::auth::{Role, WallKind};
use serde_json::{Value, json};

/// Several dossiers of one member.
fn dossiers<const N: usize>(office: &Office) -> [Value; N] {
    std::array::from_fn(|_| office.head.post("/dossiers", &case(&office.member)).ok())
}

fn link(client: &Client, from: &Value, kind: &str, to: &Value) -> Reply {
    client.post(&format!("{}/links", path(from)), &json!({ "kind": kind, "linked_dossier_id": to["id"] }))
}

fn links(client: &Client, dossier: &Value) -> Vec<Value> {
    client.all(&format!("{}/links", path(dossier)))
}

#[test]
fn each_kind_of_link_is_told_from_both_sides_by_its_word() {
    let office = Office::new();
    let kinds = [("follows", "follows", "followed_by"), ("related", "related", "related"), ("same_incident", "same_incident", "same_incident")];
    for (kind, here, there) in kinds {
        let [from, to] = dossiers(&office);
        let made = link(&office.head, &from, kind, &to).ok();
        assert_eq!((&made["relation"], &made["linked_dossier_id"], &made["status"]), (&json!(here), &to["id"], &json!("standing")), "{kind}");
        let (seen, other) = (links(&office.head, &from)[0].clone(), links(&office.head, &to)[0].clone());
        assert_eq!(seen, made);
        assert_eq!(
            (&other["relation"], &other["kind"], &other["dossier_id"], &other["linked_dossier_id"]),
            (&json!(there), &json!(kind), &to["id"], &from["id"])
        );
        assert_eq!((other["id"].clone(), office.head.get(&at("links", &made)).ok()), (made["id"].clone(), made));
    }
}

#[test]
fn a_dossier_is_linked_once_by_a_kind_and_never_to_itself_nor_in_a_loop() {
    let office = Office::new();
    let head = &office.head;
    let [a, b, c, d] = dossiers(&office);
    assert_eq!(link(head, &a, "related", &a).flaws(), ["/linked_dossier_id reference.cycle"]);
    for kind in ["related", "same_incident", "follows"] {
        link(head, &a, kind, &b).ok();
        link(head, &a, kind, &b).refused(409, "link.standing");
    }
    link(head, &b, "related", &a).refused(409, "link.standing");
    for (from, to) in [(&b, &c), (&c, &d)] {
        link(head, from, "follows", to).ok();
    }
    for (from, to) in [(&b, &a), (&c, &a), (&d, &a), (&d, &b)] {
        assert_eq!(link(head, from, "follows", to).flaws(), ["/linked_dossier_id reference.cycle"]);
    }
    link(head, &a, "follows", &d).ok();
    link(head, &d, "related", &a).ok();
    link(head, &b, "related", &d).ok();
}

#[test]
fn links_made_at_once_close_no_loop() {
    let office = Office::new();
    for _ in 0..3 {
        let ring: [Value; 4] = dossiers(&office);
        std::thread::scope(|scope| {
            for at in 0..4 {
                let (from, to, head) = (&ring[at], &ring[(at + 1) % 4], &office.head);
                scope.spawn(move || link(head, from, "follows", to));
            }
        });
        let made: usize = ring.iter().map(|dossier| links(&office.head, dossier).iter().filter(|link| link["relation"] == "follows").count()).sum();
        assert_eq!(made, 3);
    }
}

#[test]
fn a_link_is_withdrawn_with_a_reason_and_stays_in_the_list() {
    let office = Office::new();
    let head = &office.head;
    let [a, b] = dossiers(&office);
    let own = at("links", &link(head, &a, "follows", &b).ok());
    assert_eq!(order(head, &own, &json!({ "command": "withdraw" })).flaws(), ["/reason field.required"]);
    order(head, &own, &json!({ "command": "withdraw", "reason": "Autre affaire." })).ok();
    let seen = head.get(&own).ok();
    assert_eq!((&seen["status"], &seen["withdraw_reason"], &seen["withdrawn_on"]), (&json!("withdrawn"), &json!("Autre affaire."), &json!("2026-11-22")));
    assert_eq!((&seen["withdrawn_by"], commands(&seen)), (&user_id(head), vec![]));
    order(head, &own, &json!({ "command": "withdraw", "reason": "Encore." })).refused(409, "transition.not_allowed");
    link(head, &b, "follows", &a).ok();
    let list = format!("{}/links", path(&a));
    let counted = |query: &str| head.all(&format!("{list}?{query}")).len();
    assert_eq!((counted(""), counted("status=standing"), counted("status=withdrawn"), counted("kind=related")), (2, 1, 1, 0));
    assert_eq!((head.all(&format!("{own}/history")).len(), head.all(&format!("{own}/transitions")).len()), (2, 1));
}

#[test]
fn only_an_open_dossier_is_linked_to_another_which_may_be_over() {
    let office = Office::new();
    let head = &office.head;
    let [open, over] = dossiers(&office);
    order(head, &path(&over), &json!({ "command": "declare_inadmissible", "reason": "Hors champ." })).ok();
    link(head, &over, "follows", &open).refused(409, "dossier.not_open");
    let own = at("links", &link(head, &open, "follows", &over).ok());
    order(head, &path(&open), &json!({ "command": "declare_inadmissible", "reason": "Hors champ." })).ok();
    order(head, &own, &json!({ "command": "withdraw", "reason": "Trop tard." })).refused(409, "dossier.not_open");
    assert_eq!(commands(&head.get(&own).ok()), ["withdraw! dossier.not_open"]);
}

#[test]
fn whoever_does_not_read_both_dossiers_is_told_of_no_link_between_them() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let volunteer = world.volunteer("63");
    let secret = head.post("/dossiers", &case_with(&person(head, "63"), &json!({ "confidentiality": "secret" }))).ok();
    let [plain, walled, given] = dossiers(&office);
    let made: Vec<String> = [&secret, &walled, &given].map(|to| at("links", &link(head, &plain, "related", to).ok())).to_vec();
    let seen = |client: &Client| {
        let counted = client.request("GET", &format!("{}/links", path(&plain))).header("Prefer", "count=exact").send().ok();
        assert_eq!(counted["total_count"], json!(counted["items"].as_array().unwrap().len()));
        links(client, &plain).iter().map(|link| at("links", link)).collect::<Vec<_>>()
    };
    assert_eq!((seen(head), seen(&volunteer)), (made.clone(), made[1..].to_vec()));
    for part in ["", "/history", "/transitions"] {
        volunteer.get(&format!("{}{part}", made[0])).refused(404, "not_found");
    }
    let unknown = json!({ "id": user_id(head) });
    assert_eq!(link(&volunteer, &plain, "follows", &secret).flaws(), link(&volunteer, &plain, "follows", &unknown).flaws());
    let own = Office { dossier: walled.clone(), ..office };
    own.wall(WallKind::OpposingParty, Some(&volunteer), None);
    assert_eq!(seen(&volunteer), made[2..].to_vec(), "a wall came between");
    let (world, head) = (&own.world, &own.head);
    let elsewhere = world.head("03").all("/associations?department=03")[0]["id"].clone();
    order(head, &path(&given), &json!({ "command": "transfer", "association_id": elsewhere, "reason": "A déménagé." })).ok();
    assert_eq!((seen(&volunteer), seen(head)), (Vec::new(), made[..2].to_vec()), "one was handed over");
    assert_eq!(links(&world.head("03"), &given), Vec::<Value>::new());
    world.user("dpo", Role::Dpo, None).get(&made[0]).refused(403, "function.not_granted");
}

#[test]
fn an_anonymised_dossier_is_cut_off_from_all_others() {
    let office = Office::on(World::with(&[("RETENTION_YEARS", "0")]));
    let (world, head) = (&office.world, &office.head);
    let dpo = world.user("dpo", Role::Dpo, None);
    let [gone, left] = [json!({ "referent_id": user_id(head) }), json!({})].map(|fields| head.post("/dossiers", &case_with(&office.member, &fields)).ok());
    let body = json!({ "kind": "follows", "linked_dossier_id": gone["id"], "note": "Zqxnote du lien." });
    let own = at("links", &head.post(&format!("{}/links", path(&left)), &body).ok());
    order(head, &own, &json!({ "command": "withdraw", "reason": "Zqxreason du retrait." })).ok();
    order(head, &path(&gone), &json!({ "command": "take_charge" })).ok();
    order(head, &path(&gone), &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" })).ok();
    for command in ["archive", "anonymise"] {
        order(&dpo, &path(&gone), &json!({ "command": command })).ok();
    }
    assert_eq!((world.rows("dossier_links"), links(head, &left)), (0, Vec::new()));
    let left = world.database_text().to_lowercase();
    assert!(!left.contains("zqxnote") && !left.contains("zqxreason"));
    head.get(&own).refused(404, "not_found");
}
