//! Calendar feeds: what programs read at a secret address, and for how long they may.

use crate::harness::cases::{at, order, person, user_id};
use crate::harness::courses::{Course, module, move_on, session_with, slotted};
use crate::harness::{Client, Reply, World};
use diesel::prelude::*;
use entraide::auth::Role;
use entraide::db::{DbConn, Id};
use serde_json::{Value, json};

/// Makes a feed; tells it, and its path.
fn feed(client: &Client, body: &Value) -> (Value, String) {
    let made = client.request("POST", "/me/calendar-feeds").json(body).send();
    assert_eq!(made.status, 201, "{}", made.text());
    let view = made.json();
    let path = format!("/calendars/{}", view["address"].as_str().unwrap().split("/calendars/").nth(1).unwrap());
    (view, path)
}

/// A calendar as lines, put together again.
fn lines(reply: &Reply) -> Vec<String> {
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/calendar; charset=utf-8"), "{}", reply.text());
    let text = reply.text();
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

/// What the events of a calendar say under a name, in order of time.
fn values(reply: &Reply, name: &str) -> Vec<String> {
    lines(reply).iter().filter_map(|line| line.strip_prefix(&format!("{name}:")).map(str::to_owned)).collect()
}

#[test]
fn the_calendar_of_a_department_shows_what_was_announced_and_names_nobody() {
    let course = Course::of(2, 3);
    let head = &course.head;
    let draft = head.post("/training-sessions", &session_with(&course.module, &json!({ "venue": "Brouillon" }))).ok();
    slotted(head, &draft);
    let away = course.world.head("03").post("/training-sessions", &session_with(&course.module, &json!({ "venue": "Ailleurs" }))).ok();
    slotted(&course.world.head("03"), &away);
    move_on(&course.world.head("03"), &away, "schedule");
    let coordinator = course.world.user_at("coordinator", Role::TrainingCoordinator, (None, Some("06"), None));
    let of_academy = coordinator.post("/training-sessions", &session_with(&course.module, &json!({ "organiser_level": "academy", "venue": "Rectorat" }))).ok();
    slotted(&coordinator, &of_academy);
    move_on(&coordinator, &of_academy, "schedule");
    let volunteer = course.world.volunteer("63");
    let (view, path) = feed(&volunteer, &json!({ "department_code": "63" }));
    let seen = course.world.anonymous().get(&path);
    let mut venues = values(&seen, "LOCATION");
    venues.sort();
    assert_eq!(venues, ["INSPE\\, Chamalières", "INSPE\\, Chamalières", "INSPE\\, Chamalières", "Rectorat", "Rectorat", "Rectorat"]);
    assert_eq!(values(&seen, "X-WR-CALNAME"), ["Formations – Puy-de-Dôme"]);
    assert_eq!(values(&seen, "SUMMARY")[0], "Responsabilité civile\\, et pénale\\; des enseignants");
    assert_eq!(values(&seen, "DTSTART")[..2], ["20261203T080000Z", "20261203T080000Z"]);
    assert!(values(&seen, "TRANSP").iter().all(|transparent| transparent == "TRANSPARENT"));
    assert!(!seen.text().contains("Zqxperson"), "{}", seen.text());
    // Read again it is the same, and need not be sent; HEAD tells as much.
    let again = course.world.anonymous().request("GET", &path).header("If-None-Match", seen.etag()).send();
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    assert_eq!(course.world.anonymous().request("HEAD", &path).send().etag(), seen.etag());
    // The address is told once, and the database does not know it.
    let known = volunteer.all("/me/calendar-feeds");
    assert_eq!((known.len(), &known[0]["id"], known[0].get("address")), (1, &view["id"], None));
    let secret = path.trim_start_matches("/calendars/").trim_end_matches(".ics");
    assert!(secret.len() == 43 && !course.world.database_text().contains(secret));
    assert!(head.all("/me/calendar-feeds").is_empty());
}

#[test]
fn events_keep_their_identity_and_every_change_raises_their_sequence() {
    let course = Course::of(2, 0);
    let (_, path) = feed(&course.head, &json!({ "department_code": "63" }));
    let anybody = course.world.anonymous();
    let before = anybody.get(&path);
    let sequence = |reply: &Reply| values(reply, "SEQUENCE").iter().map(|value| value.parse::<i32>().unwrap()).collect::<Vec<_>>();
    course.head.patch(&course.path(), "*", &json!({ "venue": "Salle 2" })).ok();
    let moved = anybody.get(&path);
    course.head.patch(&at("training-slots", &course.slots[0]), "*", &json!({ "starts_at": "2026-12-03T08:30:00Z" })).ok();
    let later = anybody.get(&path);
    move_on(&course.head, &course.session, "cancel");
    let cancelled = anybody.get(&path);
    let ids = |reply: &Reply| values(reply, "UID");
    assert_eq!(ids(&before), course.slots.iter().map(|slot| slot["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
    assert!([&moved, &later, &cancelled].iter().all(|reply| ids(reply) == ids(&before)));
    assert!(sequence(&moved).iter().zip(sequence(&before)).all(|(now, then)| *now > then));
    assert!(sequence(&later)[0] > sequence(&moved)[0]);
    assert!(sequence(&cancelled)[0] > sequence(&later)[0]);
    assert_eq!((values(&later, "DTSTART")[0].as_str(), values(&before, "STATUS")), ("20261203T083000Z", vec!["CONFIRMED".to_owned(); 3]));
    assert_eq!(values(&cancelled, "STATUS"), ["CANCELLED"; 3]);
}

#[test]
fn ones_own_calendar_shows_what_one_gives_and_is_registered_for() {
    let course = Course::of(1, 0);
    let member = person(&course.head, "63");
    let volunteer = course.world.volunteer("63");
    course.world.link(&volunteer, &member);
    let volunteer = course.world.again(&volunteer);
    let remote = json!({ "delivery": "hybrid", "meeting_url": "https://example.org/salle", "starts_on": "2026-12-03" });
    course.head.patch(&course.path(), "*", &remote).ok();
    let (_, path) = feed(&volunteer, &json!({}));
    let read = || course.world.anonymous().get(&path);
    assert!(values(&read(), "UID").is_empty());
    // Registered without a seat, then with one.
    let first = course.register(&json!({ "outsider": { "name": "Zqxfirst" } }));
    course.register(&json!({ "member_id": member["id"] }));
    let waiting = read();
    assert_eq!((values(&waiting, "STATUS"), values(&waiting, "URL").len()), (vec!["TENTATIVE".to_owned(); 3], 0));
    order(&course.head, &at("training-registrations", &first), &json!({ "command": "cancel" })).ok();
    let seated = read();
    assert_eq!((values(&seated, "STATUS"), values(&seated, "TRANSP")), (vec!["CONFIRMED".to_owned(); 3], vec!["OPAQUE".to_owned(); 3]));
    assert_eq!(values(&seated, "URL")[0], "https://example.org/salle");
    assert!(!seated.text().contains("Zqxfirst"));
    assert_ne!(waiting.etag(), seated.etag());
    // Whoever trains, by account, has it too.
    let trainer = course.world.user("trainer", Role::Volunteer, Some("03"));
    let (_, own) = feed(&trainer, &json!({}));
    assert!(values(&course.world.anonymous().get(&own), "UID").is_empty());
    course.head.patch(&course.path(), "*", &json!({ "trainers": [{ "user_id": user_id(&trainer) }] })).ok();
    assert_eq!(values(&course.world.anonymous().get(&own), "UID").len(), 3);
    assert_eq!(values(&course.world.anonymous().get(&own), "X-WR-CALNAME"), ["Mes formations"]);
}

/// Changes the account of a user behind the server's back.
fn alter(world: &World, client: &Client, act: impl FnOnce(&mut DbConn, Id) -> QueryResult<usize> + Send + 'static) {
    let id = Id::parse(user_id(client).as_str().unwrap()).unwrap();
    let set = move |conn: &mut DbConn| {
        act(conn, id)?;
        entraide::auth::store::advance_epoch(conn)
    };
    world.db().write_now(set).unwrap();
}

#[test]
fn a_calendar_falls_silent_with_the_rights_of_its_user_and_when_it_is_taken_back() {
    use entraide::db::schema::{grants, users};
    let world = World::new();
    let head = world.head("63");
    let session = head.post("/training-sessions", &session_with(&module(&world, "RESP-1"), &json!({}))).ok();
    slotted(&head, &session);
    move_on(&head, &session, "schedule");
    let [withdrawn, disabled, kept] = [0, 1, 2].map(|_| world.volunteer("63"));
    let [first, second, third] = [&withdrawn, &disabled, &kept].map(|client| feed(client, &json!({ "department_code": "63" })));
    let read = |path: &str| world.anonymous().get(path);
    assert!([&first, &second, &third].iter().all(|(_, path)| values(&read(path), "UID").len() == 3));
    let over = "2026-11-21".parse::<entraide::values::Day>().unwrap();
    alter(&world, &withdrawn, move |conn, id| diesel::update(grants::table.filter(grants::user_id.eq(id))).set(grants::ends_on.eq(over)).execute(conn));
    alter(&world, &disabled, |conn, id| diesel::update(users::table.find(id)).set(users::enabled.eq(false)).execute(conn));
    kept.request("DELETE", &format!("/calendar-feeds/{}", first.0["id"].as_str().unwrap())).send().refused(404, "not_found");
    kept.request("DELETE", &format!("/calendar-feeds/{}", third.0["id"].as_str().unwrap())).send().ok_status(204);
    let unknown = read(&format!("/calendars/{}.ics", "A".repeat(43)));
    for path in [&first.1, &second.1, &third.1] {
        let silent = read(path);
        silent.refused(404, "not_found");
        assert_eq!(silent.json()["detail"], unknown.json()["detail"]);
    }
    for path in ["/calendars/A.ics", "/calendars/x.txt", "/calendars/.ics"] {
        read(path).refused(404, "not_found");
    }
    kept.request("DELETE", &format!("/calendar-feeds/{}", third.0["id"].as_str().unwrap())).send().refused(404, "not_found");
    assert_eq!(kept.request("POST", "/me/calendar-feeds").json(&json!({ "department_code": "99" })).send().flaws(), ["/department_code department.unknown"]);
}

#[test]
fn when_a_calendar_was_last_read_is_told() {
    let course = Course::of(1, 0);
    let (_, path) = feed(&course.head, &json!({ "department_code": "63" }));
    let minute = |client: &Client| client.all("/me/calendar-feeds")[0]["last_used_at"].as_str().map(|moment| moment[..16].to_owned());
    assert_eq!(minute(&course.head), None);
    course.world.anonymous().get(&path);
    assert_eq!(minute(&course.head).unwrap(), "2026-11-22T09:00");
    // To the quarter of an hour.
    course.world.set_time("2026-11-22T09:05:00Z");
    course.world.anonymous().get(&path);
    assert_eq!(minute(&course.head).unwrap(), "2026-11-22T09:00");
    course.world.set_time("2026-11-22T09:16:00Z");
    course.world.anonymous().get(&path);
    assert_eq!(minute(&course.world.again(&course.head)).unwrap(), "2026-11-22T09:16");
}
