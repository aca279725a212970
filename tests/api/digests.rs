//! Digests: a mail each morning to those who want one, without content, once however many servers run.

use crate::harness::cases::{Office, order, path, user_id};
use crate::harness::smtp::MailServer;
use crate::harness::{Client, World};
use entraide::app;
use entraide::auth::Role;
use entraide::digests::mailer::Mailer;
use entraide::digests::runner;
use entraide::http::Server;
use serde_json::{Value, json};
use std::sync::Arc;

/// A department whose head has things to do, at a server that sends mails.
struct Post {
    office: Office,
    mails: MailServer,
    mailer: Mailer,
}

impl Post {
    fn new() -> Self {
        let mails = MailServer::new();
        let settings = [("SMTP_URL", mails.url.as_str()), ("MAIL_FROM", "entraide@example.org"), ("MAIL_LINK", "https://app.example.org/taches")];
        let office = Office::on(World::with(&settings));
        let mailer = Mailer::open(office.world.server.config.mail.as_ref().unwrap()).unwrap();
        Self { office, mails, mailer }
    }

    fn server(&self) -> &Arc<Server> {
        &self.office.world.server
    }

    fn step(&self) -> usize {
        runner::step(self.server(), &self.mailer).unwrap()
    }

    fn task(&self, due_on: Option<&str>, assignee: Option<&Client>) {
        let body = json!({ "title": "Zqxtitle", "due_on": due_on, "assignee_id": assignee.map(user_id) });
        self.office.head.post(&format!("{}/tasks", path(&self.office.dossier)), &body).ok();
    }

    fn metric(&self, name: &str) -> Option<String> {
        let text = self.office.world.anonymous().get("/metrics").text();
        text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
    }
}

/// Asks for the mail.
fn subscribe(client: &Client, email: &str, language: &str) {
    client.patch("/me/digest", "*", &json!({ "enabled": true, "email": email, "language": language })).ok();
}

/// What quoted-printable made of a text.
fn plain(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.replace("=\n", "").into_bytes().into_iter());
    while let Some(byte) = rest.next() {
        let code: Vec<u8> = if byte == b'=' { rest.by_ref().take(2).collect() } else { Vec::new() };
        bytes.push(std::str::from_utf8(&code).ok().and_then(|code| u8::from_str_radix(code, 16).ok()).unwrap_or(byte));
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_digest_is_off_until_its_owner_asks_for_it_and_the_address_is_forgotten_with_it() {
    let office = Office::new();
    let head = &office.head;
    let first = head.get("/me/digest");
    assert_eq!(first.ok(), json!({ "version": 1, "enabled": false, "email": null, "language": "fr", "offered": false, "updated_at": null }));
    let etag = first.etag().to_owned();
    assert_eq!(head.patch("/me/digest", &etag, &json!({ "enabled": true })).flaws(), ["/email field.required"]);
    assert_eq!(
        head.patch("/me/digest", &etag, &json!({ "email": "nobody", "language": "de", "hour": 7, "offered": true })).flaws(),
        ["/email email.invalid", "/hour field.unknown", "/language choice.unknown", "/offered field.derived"]
    );
    let asked = head.patch("/me/digest", &etag, &json!({ "enabled": true, "email": "zqxmail@example.org", "language": "en" }));
    assert_eq!((&asked.ok()["version"], &asked.ok()["language"], &asked.ok()["enabled"]), (&json!(2), &json!("en"), &json!(true)));
    head.patch("/me/digest", &etag, &json!({ "language": "fr" })).refused(412, "version.stale");
    head.patch("/me/digest", "*", &json!({ "email": null })).refused(400, "input.invalid");
    assert_eq!(office.world.volunteer("63").get("/me/digest").ok()["enabled"], false, "each their own");
    head.patch("/me/digest", asked.etag(), &json!({ "email": "zqxother@example.org" })).ok();
    assert!(office.world.database_text().contains("zqxmail"));
    let over = head.patch("/me/digest", "*", &json!({ "enabled": false, "email": null })).ok();
    assert_eq!((&over["version"], &over["enabled"], &over["email"]), (&json!(4), &json!(false), &Value::Null));
    let left = office.world.database_text();
    assert!(!left.contains("zqxmail") && !left.contains("zqxother"), "no version keeps an address");
    assert_eq!(office.world.rows("audit_events WHERE resource = 'digest'"), 3);
}

#[test]
fn two_answers_to_one_version_of_a_digest_are_never_both_kept() {
    let office = Office::on(World::with(&[("WORKERS", "2")]));
    let clients: Vec<Client> = (0..4).map(|_| office.world.again(&office.head)).collect();
    let etag = office.head.get("/me/digest").etag().to_owned();
    let told: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = clients.iter().map(|client| scope.spawn(|| client.patch("/me/digest", &etag, &json!({ "language": "en" })).status)).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert_eq!(told.iter().filter(|status| **status == 200).count(), 1, "{told:?}");
    assert_eq!((office.world.rows("digests"), &office.head.get("/me/digest").ok()["version"]), (1, &json!(2)));
}

#[test]
fn a_mail_tells_figures_and_where_to_go_and_nothing_of_what_is_to_be_done() {
    let post = Post::new();
    let (head, world) = (&post.office.head, &post.office.world);
    let volunteer = world.volunteer("63");
    for (due_on, assignee) in [
        (Some("2026-11-21"), Some(&volunteer)),
        (Some("2026-11-22"), Some(&volunteer)),
        (Some("2026-11-29"), Some(&volunteer)),
        (Some("2026-11-30"), Some(&volunteer)),
    ] {
        post.task(due_on, assignee);
    }
    post.task(None, None);
    post.task(Some("2026-11-23"), None);
    subscribe(head, "head@example.org", "fr");
    subscribe(&volunteer, "volunteer@example.org", "en");
    subscribe(&world.user("staff", Role::DepartmentStaff, Some("63")), "staff@example.org", "fr");
    subscribe(&world.user("admin", Role::Admin, None), "admin@example.org", "fr");
    assert_eq!(head.get("/me/digest").ok()["offered"], true);
    assert_eq!(post.step(), 2, "nothing is told to whoever has nothing to do");
    let mut mails = post.mails.mails();
    mails.sort_by(|one, other| one.to.cmp(&other.to));
    let [to_head, to_volunteer] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!((to_head.to.as_str(), to_head.from.as_str()), ("head@example.org", "entraide@example.org"));
    let told = plain(&to_head.text);
    let figures = "En retard : 1\nÀ faire aujourd'hui : 0\nÀ faire dans les 7 jours : 1\nSans personne pour les faire : 2\n\nhttps://app.example.org/taches";
    assert!(told.contains(figures), "{told}");
    let told = plain(&to_volunteer.text);
    assert!(told.contains("Overdue: 1\nDue today: 1\nDue within 7 days: 1\n\nhttps://app.example.org/taches"), "{told}");
    assert_eq!((to_volunteer.header("auto-submitted"), to_volunteer.header("subject")), ("auto-generated", "Entraide: your tasks of 2026-11-22"));
    assert!(to_volunteer.header("message-id").ends_with("@example.org>"));
    for mail in [to_head, to_volunteer] {
        let (id, reference) = (post.office.dossier["id"].as_str().unwrap(), post.office.dossier["reference"].as_str().unwrap());
        let all = format!("{}\n{}", mail.head, plain(&mail.text));
        assert!(!all.contains("Zqxtitle") && !all.contains(id) && !all.contains(reference), "{all}");
        assert!(!all.contains(post.office.member["last_name"].as_str().unwrap()), "{all}");
    }
    assert_eq!(world.rows("digest_mails WHERE status = 'dropped'"), 2);
}

#[test]
fn each_gets_one_mail_a_day_from_the_hour_set_however_many_servers_run() {
    let post = Post::new();
    let world = &post.office.world;
    post.task(Some("2026-11-30"), None);
    let heads: Vec<Client> = (0..6).map(|_| world.head("63")).collect();
    for (at, head) in heads.iter().enumerate() {
        subscribe(head, &format!("head{at}@example.org"), "fr");
    }
    world.set_time("2026-11-23T05:59:50Z");
    assert_eq!((post.step(), post.mails.mails().len()), (0, 0), "before seven in Paris");
    world.set_time("2026-11-23T06:00:00Z");
    let second = app::server(world.server.config.clone(), world.clock.clone()).unwrap();
    let sent: usize = std::thread::scope(|scope| {
        let mailer = &post.mailer;
        let servers: Vec<_> = [post.server(), &second, post.server(), &second].map(|server| scope.spawn(move || runner::step(server, mailer).unwrap())).into();
        servers.into_iter().map(|server| server.join().unwrap()).sum()
    });
    let mut mails: Vec<String> = post.mails.mails().into_iter().map(|mail| mail.to).collect();
    mails.sort();
    let each: Vec<String> = (0..6).map(|at| format!("head{at}@example.org")).collect();
    assert_eq!((sent, mails), (6, each));
    world.set_time("2026-11-23T22:59:00Z");
    assert_eq!(post.step(), 0, "the day is not over");
    // Two days pass in which no server runs.
    world.set_time("2026-11-26T12:00:00Z");
    assert_eq!((post.step(), post.step(), post.mails.mails().len()), (6, 0, 6), "once, and not for each day");
    world.again(&heads[0]).patch("/me/digest", "*", &json!({ "enabled": false })).ok();
    world.set_time("2026-11-27T12:00:00Z");
    assert_eq!((post.step(), post.mails.mails().len()), (5, 5));
}

#[test]
fn a_server_that_refuses_is_asked_again_and_nothing_is_lost() {
    let post = Post::new();
    let world = &post.office.world;
    post.task(Some("2026-11-22"), None);
    subscribe(&post.office.head, "head@example.org", "fr");
    post.mails.refuse(true);
    assert_eq!((post.step(), post.step(), post.mails.refused()), (0, 0, 1), "it is given time");
    assert_eq!((post.metric("entraide_mails_waiting"), post.metric("entraide_mails_total{outcome=\"failed\"}")), (Some("1".into()), Some("1".into())));
    world.set_time("2026-11-22T09:04:30Z");
    assert_eq!((post.step(), post.mails.refused()), (0, 1));
    world.set_time("2026-11-22T09:05:30Z");
    assert_eq!((post.step(), post.mails.refused()), (0, 2));
    // What is told is how things are when it leaves.
    world.set_time("2026-11-22T09:20:00Z");
    let head = world.again(&post.office.head);
    let task = head.all("/tasks")[0].clone();
    head.patch(&crate::harness::cases::at("tasks", &task), "*", &json!({ "due_on": "2026-11-20" })).ok();
    post.mails.refuse(false);
    assert_eq!(post.step(), 1);
    let mails = post.mails.mails();
    assert!(mails.len() == 1 && plain(&mails[0].text).contains("En retard : 1\nÀ faire aujourd'hui : 0"), "{mails:?}");
    assert_eq!((post.metric("entraide_mails_waiting"), post.metric("entraide_mails_total{outcome=\"sent\"}")), (Some("0".into()), Some("1".into())));
    assert_eq!((post.step(), post.mails.mails().len()), (0, 0));
}

#[test]
fn where_tls_is_asked_for_nothing_leaves_without_it() {
    let post = Post::new();
    post.task(Some("2026-11-22"), None);
    subscribe(&post.office.head, "head@example.org", "fr");
    let plain = post.server().config.mail.clone().unwrap();
    let over = |smtp_url: String| Mailer::open(&entraide::config::Mail { smtp_url, ..plain.clone() }).unwrap();
    assert_eq!(runner::step(post.server(), &over(format!("{}?tls=required", plain.smtp_url))).unwrap(), 0);
    post.office.world.set_time("2026-11-22T09:06:00Z");
    assert_eq!(runner::step(post.server(), &over(plain.smtp_url.replace("smtp://", "smtps://"))).unwrap(), 0);
    assert_eq!((post.mails.mails().len(), post.metric("entraide_mails_waiting")), (0, Some("1".into())));
}

#[test]
fn a_mail_that_never_leaves_is_given_up_and_that_of_the_next_day_takes_its_place() {
    let post = Post::new();
    let world = &post.office.world;
    post.task(Some("2026-12-24"), None);
    subscribe(&post.office.head, "head@example.org", "fr");
    post.mails.refuse(true);
    let mut now = world.now().0;
    for _ in 0..9 {
        world.set_time(&now.to_rfc3339());
        post.step();
        now += chrono::Duration::minutes(90);
    }
    assert_eq!(world.rows("digest_mails WHERE status = 'queued'"), 1, "still waiting: each pause is longer");
    for hour in ["2026-11-23T02:00:00Z", "2026-11-23T05:00:00Z", "2026-11-23T05:50:00Z"] {
        world.set_time(hour);
        post.step();
    }
    world.set_time("2026-11-23T12:00:00Z");
    post.mails.refuse(false);
    assert_eq!((post.step(), post.mails.mails().len()), (1, 1), "one mail, of today");
    assert_eq!(world.rows("digest_mails WHERE status = 'queued'"), 0);
    assert_eq!(world.rows("digest_mails WHERE status IN ('dead', 'dropped')"), 1);
    world.set_time("2026-12-24T05:00:00Z");
    let forget = |conn: &mut entraide::db::DbConn| entraide::digests::store::sweep(conn, &entraide::auth::Scope::console(), "2026-12-24".parse().unwrap());
    world.db().write_now(forget).unwrap();
    assert_eq!(world.rows("digest_mails"), 0, "and a month later none is remembered");
}

#[test]
fn a_mail_that_waits_when_the_next_day_comes_gives_way_to_that_of_the_day() {
    let post = Post::new();
    let world = &post.office.world;
    post.task(Some("2026-12-24"), None);
    subscribe(&post.office.head, "head@example.org", "fr");
    post.mails.refuse(true);
    assert_eq!(post.step(), 0);
    post.mails.refuse(false);
    world.set_time("2026-11-23T12:00:00Z");
    assert_eq!((post.step(), post.mails.mails().len()), (1, 1));
    assert_eq!((world.rows("digest_mails WHERE status = 'dropped'"), world.rows("digest_mails WHERE status = 'sent'")), (1, 1));
}

#[test]
fn who_is_away_or_no_longer_here_is_told_of_nothing_that_is_not_theirs() {
    let post = Post::new();
    let (head, world) = (&post.office.head, &post.office.world);
    let volunteer = world.volunteer("63");
    post.task(Some("2026-11-22"), Some(&volunteer));
    subscribe(head, "head@example.org", "fr");
    subscribe(&volunteer, "volunteer@example.org", "fr");
    let away = json!({ "user_id": user_id(&volunteer), "starts_on": "2026-11-22", "ends_on": "2026-11-22" });
    head.post("/absences", &away).ok();
    let admin = world.admin();
    let account = format!("/users/{}", user_id(&volunteer).as_str().unwrap());
    order(&admin, &account, &json!({ "command": "disable", "reason": "Départ." })).ok();
    assert_eq!(post.step(), 1);
    let mails = post.mails.mails();
    assert!(mails.len() == 1 && mails[0].to == "head@example.org", "{mails:?}");
    assert!(plain(&mails[0].text).contains("À faire aujourd'hui : 1"), "what is left alone is the head's");
}
