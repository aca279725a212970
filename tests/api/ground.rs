//! The ground under every room: problems from every layer, in both languages, with the headers all answers carry.

use crate::harness::data::{school, uai};
use crate::harness::{Client, Reply, World, golden};
use entraide::error::{Code, Language};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn post_raw(client: &Client, body: &[u8]) -> Reply {
    client.request("POST", "/establishments").key("k").body("application/json", body.to_vec()).send()
}

#[test]
fn a_body_that_is_not_strict_json_is_told_where_it_breaks() {
    let world = World::new();
    let admin = world.admin();
    for body in
        ["", "{", "nul", "{\"name\":1e400}", "{\"name\":\"\\ud800\"}", "{\"name\":\"\\ud800\\ud800\"}", "{'name':1}", "{\"name\":NaN}", "{}{}", "\u{feff}{}"]
    {
        let reply = post_raw(&admin, body.as_bytes());
        assert_eq!(reply.flaws(), [" body.not_json"], "{body}");
        assert!(reply.json()["errors"][0]["params"]["line"].is_string(), "{body}");
    }
    assert_eq!(post_raw(&admin, b"{\"name\":\"\xff\xfe\"}").flaws(), [" body.not_json"]);
    for depth in [33, 10_000] {
        for bracket in ["[", "{\"a\":"] {
            post_raw(&admin, bracket.repeat(depth).as_bytes()).refused(400, "body.too_deep");
        }
    }
    assert_eq!(post_raw(&admin, b"{\"name\":\"a\",\"name\":\"b\"}").flaws(), [" field.repeated"]);
    assert_eq!(post_raw(&admin, b"{\"sites\":[{\"name\":\"a\",\"name\":\"b\"}]}").flaws(), [" field.repeated"]);
    for body in ["[]", "3", "\"x\"", "true"] {
        assert_eq!(post_raw(&admin, body.as_bytes()).flaws(), [" type.object"], "{body}");
    }
}

#[test]
fn a_nul_and_other_control_characters_are_refused_in_bodies_and_parameters() {
    let world = World::new();
    let admin = world.admin();
    for bad in ["\u{0}", "a\u{0}b", "a\u{7f}b", "a\u{85}b", "line\nbreak"] {
        let mut body = school(630_001);
        body["name"] = bad.into();
        assert_eq!(admin.post("/establishments", &body).flaws(), ["/name text.control_character"], "{bad:?}");
    }
    assert_eq!(admin.get("/establishments?q=a%00b").flaws(), ["q text.control_character"]);
    assert_eq!(world.anonymous().post("/auth/sessions", &json!({ "login": "a\u{0}", "password": "b\u{0}" })).status, 401);
}

#[test]
fn what_is_echoed_is_never_what_was_sent() {
    let world = World::new();
    let marker = "Zq7marker";
    let admin = world.admin();
    let replies = [
        admin.post("/establishments", &json!({ "uai": marker, "name": [marker], "kind": marker, "phone": marker, "email": marker, "opened_on": marker })),
        admin.get(&format!("/establishments?sort={marker}&kind={marker}&updated={marker}&cursor={marker}")),
        post_raw(&admin, format!("{{\"{marker}").as_bytes()),
    ];
    for reply in replies {
        assert!(reply.status == 400 && !reply.text().contains(marker), "{}", reply.text());
    }
}

#[test]
fn another_media_type_is_refused_with_the_one_that_is_taken() {
    let world = World::new();
    let admin = world.admin();
    for media_type in ["text/plain", "application/xml", "multipart/form-data", "application/merge-patch+json", "application/jsonx"] {
        let reply = admin.request("POST", "/establishments").key("k").body(media_type, b"{}".to_vec()).send();
        reply.refused(415, "media_type.unsupported");
        assert_eq!(reply.header("accept-patch"), "");
    }
    admin.request("POST", "/establishments").key("k").send().refused(415, "media_type.unsupported");
    let path = admin.post("/establishments", &school(630_001)).header("location").trim_start_matches("/api/v1").to_owned();
    let reply = admin.request("PATCH", &path).header("If-Match", "*").json(&json!({})).send();
    reply.refused(415, "media_type.unsupported");
    assert_eq!(reply.header("accept-patch"), "application/merge-patch+json");
    let charset = admin.request("POST", "/establishments").key("k").body("Application/JSON; charset=utf-8", school(630_002).to_string().into_bytes());
    assert_eq!(charset.send().status, 201);
}

#[test]
fn unknown_routes_are_404_and_wrong_methods_405_with_those_allowed() {
    let world = World::new();
    let admin = world.admin();
    for path in ["/nothing", "/establishments/", "/establishments//history", "/auth", "/reference/regions/84"] {
        admin.get(path).refused(404, "route.not_found");
    }
    for (method, path, allowed) in [
        ("PUT", "/establishments", "GET, POST, HEAD"),
        ("DELETE", "/establishments", "GET, POST, HEAD"),
        ("TRACE", "/establishments", "GET, POST, HEAD"),
        ("OPTIONS", "/establishments", "GET, POST, HEAD"),
        ("POST", "/me", "GET, HEAD"),
        ("GET", "/auth/sessions", "POST"),
        ("PURGE", "/livez", "GET, HEAD"),
        ("POST", "/docs/", "GET, HEAD"),
    ] {
        let reply = admin.request(method, path).send();
        reply.refused(405, "method.not_allowed");
        let sorted = |text: &str| text.split(", ").map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(sorted(reply.header("allow")), sorted(allowed), "{method} {path}");
    }
}

#[test]
fn head_tells_what_get_would_without_the_body() {
    let world = World::new();
    let admin = world.admin();
    let path = admin.post("/establishments", &school(630_001)).header("location").trim_start_matches("/api/v1").to_owned();
    for path in [path.as_str(), "/establishments", "/me", "/livez"] {
        let (get, head) = (admin.get(path), admin.request("HEAD", path).send());
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        for name in ["content-type", "content-length", "etag", "content-language", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
    assert_eq!(world.anonymous().request("HEAD", "/me").send().status, 401);
}

#[test]
fn every_bad_parameter_is_told_with_the_nearest_name() {
    let world = World::new();
    let admin = world.admin();
    for (query, flaw) in [
        ("limit=0", "limit number.out_of_range"),
        ("limit=101", "limit number.out_of_range"),
        ("limit=ten", "limit type.integer"),
        ("limit=1.5", "limit type.integer"),
        ("limit=", "limit type.integer"),
        ("limit=1&limit=2", "limit parameter.repeated"),
        ("kind=middle_school&kind=erea", "kind parameter.repeated"),
        ("kind=erea,erea", "kind list.repeats"),
        ("updated=2026-02-01/2026-01-01", "updated interval.reversed"),
        ("updated=2026-02-01", "updated interval.invalid"),
        ("sort=colour", "sort sort.unknown"),
        ("fields=nothing", "fields fields.unknown"),
        ("expand=district", "expand expand.unknown"),
        ("expand=parent.parent.parent", "expand expand.unknown"),
        ("departement=63", "departement parameter.unknown"),
        ("uai=0630001Z", "uai uai.key"),
        ("on=2026-02-30", "on date.invalid"),
    ] {
        assert_eq!(admin.get(&format!("/establishments?{query}")).flaws(), [flaw], "{query}");
    }
    let reply = admin.get("/establishments?departement=63&limit=0&sort=x");
    assert_eq!(reply.flaws().len(), 3, "all at once");
    let unknown = reply.json()["errors"].as_array().unwrap().iter().find(|error| error["code"] == "parameter.unknown").cloned().unwrap();
    assert_eq!(unknown["params"]["nearest"], "department");
    assert_eq!(admin.get("/me?fields=id").flaws(), ["fields parameter.unknown"]);
    assert_eq!(world.anonymous().get("/reference/regions?x=1").flaws(), ["x parameter.unknown"]);
}

#[test]
fn answers_speak_french_unless_english_is_preferred_and_codes_never_change() {
    let world = World::new();
    let anonymous = world.anonymous();
    for (accepted, language, title) in [
        ("", "fr", "Authentification nécessaire"),
        ("en", "en", "Authentication needed"),
        ("en-GB,fr;q=0.5", "en", "Authentication needed"),
        ("fr, en;q=0.9", "fr", "Authentification nécessaire"),
        ("de, tlh;q=0.1", "fr", "Authentification nécessaire"),
        (";;q=x,,en;q=nan", "fr", "Authentification nécessaire"),
    ] {
        let request = anonymous.request("GET", "/me");
        let reply = if accepted.is_empty() { request.send() } else { request.header("Accept-Language", accepted).send() };
        reply.refused(401, "credentials.missing");
        assert_eq!((reply.header("content-language"), reply.json()["title"].as_str().unwrap()), (language, title), "{accepted}");
        assert!(reply.header("vary").contains("Accept-Language"));
        assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"entraide\"");
    }
    assert_eq!(anonymous.request("GET", "/reference/regions").header("Accept-Language", " ").send().flaws(), ["Accept-Language header.invalid"]);
}

#[test]
fn every_answer_carries_the_headers_of_the_house() {
    let world = World::new();
    let admin = world.admin();
    let anonymous = world.anonymous();
    let mut ids = BTreeSet::new();
    for reply in
        [admin.get("/me"), anonymous.get("/me"), admin.get("/nothing"), anonymous.get("/livez"), admin.request("PUT", "/me").send(), post_raw(&admin, b"{")]
    {
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "private, no-store"), ("api-version", "1.0.0")]
        {
            assert_eq!(reply.header(name), value);
        }
        assert!(reply.header("content-security-policy").contains("default-src 'none'"));
        assert!(reply.header("ratelimit").starts_with("\"read\";r=") || reply.header("ratelimit").starts_with("\"write\";r="));
        assert!(ids.insert(reply.header("request-id").to_owned()) && !reply.header("request-id").is_empty());
        if reply.status >= 400 {
            assert_eq!(reply.json()["instance"], format!("urn:uuid:{}", reply.header("request-id")));
        }
    }
    assert_eq!(anonymous.get("/reference/regions").header("cache-control"), "public, max-age=3600");
    for refusal in [anonymous.get("/reference/regions?x=1"), anonymous.get("/problem-types/nothing")] {
        assert_eq!(refusal.header("cache-control"), "private, no-store", "{}", refusal.status);
    }
}

#[test]
fn every_code_has_texts_with_the_same_placeholders_a_slug_of_its_own_and_an_address() {
    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
    }
    let world = World::new();
    let mut slugs = BTreeSet::new();
    for code in Code::ALL {
        let (fr, en) = (code.template(Language::Fr), code.template(Language::En));
        assert!(fr.len() > 10 && en.len() > 10 && fr != en, "{}", code.name());
        assert_eq!(placeholders(fr), placeholders(en), "{}", code.name());
        assert!(slugs.insert(code.slug()), "{} shares its slug", code.name());
        let described: Value = world.anonymous().get(&format!("/problem-types/{}", code.slug())).ok();
        assert_eq!((described["code"].as_str(), described["detail"]["fr"].as_str()), (Some(code.name()), Some(fr)));
        assert_eq!(described["type"], format!("{}/problem-types/{}", world.url, code.slug()));
    }
    let listed = world.anonymous().get("/problem-types").ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), Code::ALL.len());
    world.anonymous().get("/problem-types/nothing").refused(404, "not_found");
}

#[test]
fn no_code_is_ever_removed() {
    let codes: Vec<String> = Code::ALL.iter().map(|code| format!("{} {}", code.name(), code.status())).collect();
    golden::never_shrinks("codes.txt", &codes);
}

#[test]
fn a_refused_reference_data_form_is_406_with_the_forms_offered() {
    let world = World::new();
    let admin = world.admin();
    admin.request("GET", "/establishments").header("Accept", "image/png").send().refused(406, "media_type.not_acceptable");
    let reply = admin.request("GET", "/me").header("Accept", "text/csv").send();
    reply.refused(406, "media_type.not_acceptable");
    assert!(reply.json()["detail"].as_str().unwrap().contains("application/json"));
    assert_eq!(admin.request("GET", "/establishments").header("Accept", "text/html, */*;q=0.1").send().status, 200);
    assert_eq!(admin.get(&format!("/establishments?uai={}", uai(1))).ok()["items"], json!([]));
}
