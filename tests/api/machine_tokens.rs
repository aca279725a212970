//! Tokens of machines: what gets one, and what does not.

use crate::harness::cases::{at, order};
use crate::harness::machines::{
    FORM, GRANT, Pair, ask, ask_from, assert_with, assertion, basic, claims, ed25519, form, id, machine, p256, post, refused, secret, with,
};
use crate::harness::{Client, Reply, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// A machine with two keys, beside those that may prove it.
fn keyed(admin: &Client) -> (Value, Pair, Pair) {
    let (ed, p256) = (ed25519(), p256());
    let made = machine(admin, &json!({ "auth_methods": ["private_key_jwt"], "public_keys": [ed.jwk, p256.jwk] }));
    (made, ed, p256)
}

#[test]
fn a_machine_gets_a_token_in_each_way_it_is_allowed_and_in_no_other() {
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({ "auth_methods": ["client_secret_basic", "client_secret_post"], "scopes": ["directory.read", "cases.read"] }));
    let (secret, _) = secret(&admin, &made);
    let by_header = ask(&world, id(&made), &secret, &[]);
    let by_body = post(&world, &[GRANT, ("client_id", id(&made)), ("client_secret", &secret)]);
    let (keyed, ed, p256) = keyed(&admin);
    let signed = |pair: &Pair| assert_with(&world, &assertion(pair, &claims(&world, id(&keyed), &json!({}))));
    for (answer, scope) in
        [(by_header, "directory.read cases.read"), (by_body, "directory.read cases.read"), (signed(&ed), "directory.read"), (signed(&p256), "directory.read")]
    {
        let view = answer.ok();
        assert_eq!((&view["token_type"], &view["expires_in"], &view["scope"]), (&json!("Bearer"), &json!(600), &json!(scope)));
        assert_eq!((answer.header("cache-control"), answer.header("pragma"), answer.header("etag")), ("no-store", "no-cache", ""));
        assert_eq!(with(&world, &answer).get("/establishments").status, 200);
    }
    let only_basic = machine(&admin, &json!({}));
    let (secret, _) = crate::harness::machines::secret(&admin, &only_basic);
    refused(&post(&world, &[GRANT, ("client_id", id(&only_basic)), ("client_secret", &secret)]), 401, "invalid_client", "client.method_refused");
    let (keyed_secret, _) = crate::harness::machines::secret(&admin, &keyed);
    refused(&ask(&world, id(&keyed), &keyed_secret, &[]), 401, "invalid_client", "client.method_refused");
}

#[test]
fn what_oauth_clients_look_up_is_where_tokens_come_from() {
    let world = World::new();
    let server = world.anonymous().get("/.well-known/oauth-authorization-server").ok();
    assert_eq!((&server["issuer"], &server["token_endpoint"]), (&json!(world.url), &json!(format!("{}/oauth/token", world.url))));
    assert_eq!(server["jwks_uri"], format!("{}/.well-known/jwks.json", world.url));
    assert_eq!(server["token_endpoint_auth_methods_supported"], json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]));
    assert_eq!((&server["grant_types_supported"], &server["scopes_supported"]), (&json!(["client_credentials"]), &json!(["directory.read", "cases.read"])));
}

#[test]
fn an_unknown_client_a_wrong_secret_and_that_of_another_are_refused_alike() {
    let world = World::new();
    let admin = world.admin();
    let (one, other) = (machine(&admin, &json!({})), machine(&admin, &json!({})));
    let ((own, own_id), (foreign, _)) = (secret(&admin, &one), secret(&admin, &other));
    let nobody = entraide::db::Id::new().to_string();
    let bare = machine(&admin, &json!({}));
    let mut answers: Vec<Reply> = [(id(&one), "wrong"), (id(&one), foreign.as_str()), (&nobody, &own), ("nobody", &own), ("", ""), (id(&bare), "")]
        .into_iter()
        .map(|(id, secret)| ask(&world, id, secret, &[]))
        .collect();
    let pair = ed25519();
    answers.push(assert_with(&world, &assertion(&pair, &claims(&world, id(&one), &json!({})))));
    answers.push(assert_with(&world, &assertion(&pair, &claims(&world, &nobody, &json!({})))));
    for answer in &answers {
        refused(answer, 401, "invalid_client", "client.refused");
        assert_eq!(answer.bytes, answers[0].bytes);
    }
    ask(&world, id(&one), &own, &[]).ok();
    admin.request("DELETE", &format!("/client-secrets/{own_id}")).send().ok_status(204);
    refused(&ask(&world, id(&one), &own, &[]), 401, "invalid_client", "client.refused");
}

#[test]
fn credentials_come_in_one_way_and_are_there() {
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({ "auth_methods": ["client_secret_basic", "client_secret_post"] }));
    let (secret, _) = secret(&admin, &made);
    let client = id(&made);
    refused(&ask(&world, client, &secret, &[("client_id", client), ("client_secret", &secret)]), 400, "invalid_request", "client.two_methods");
    refused(&ask(&world, client, &secret, &[("client_assertion", "a.b.c")]), 400, "invalid_request", "client.two_methods");
    refused(
        &post(&world, &[GRANT, ("client_id", client), ("client_secret", &secret), ("client_assertion", "a.b.c")]),
        400,
        "invalid_request",
        "client.two_methods",
    );
    refused(&post(&world, &[GRANT]), 401, "invalid_client", "client.refused");
    refused(&post(&world, &[GRANT, ("client_id", client)]), 401, "invalid_client", "client.refused");
    refused(&ask(&world, client, &secret, &[("client_id", "another")]), 401, "invalid_client", "client.refused");
    ask(&world, client, &secret, &[("client_id", client)]).ok();
    for value in ["Basic", "Basic ", "Basic %%%", "Basic bm9jb2xvbg==", "Basic /////w==", "Bearer x", "Digest x"] {
        let request = world.anonymous();
        let reply = request.request("POST", "/oauth/token").header("Authorization", value).body(FORM, form(&[GRANT])).send();
        refused(&reply, 401, "invalid_client", "client.refused");
    }
    refused(&post(&world, &[GRANT, ("client_assertion_type", "jwt"), ("client_assertion", "a.b.c")]), 401, "invalid_client", "client_assertion.refused");
}

#[test]
fn a_secret_in_the_address_is_refused_and_whoever_sent_it_told_to_replace_it() {
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({ "auth_methods": ["client_secret_basic", "client_secret_post"] }));
    let (secret, _) = secret(&admin, &made);
    let send = |query: &str, body: Vec<u8>| world.anonymous().request("POST", &format!("/oauth/token?{query}")).body(FORM, body).send();
    let whole = format!("grant_type=client_credentials&client_id={}&client_secret={secret}", id(&made));
    for body in [Vec::new(), form(&[GRANT]), form(&[GRANT, ("client_id", id(&made)), ("client_secret", &secret)])] {
        let answer = send(&whole, body);
        refused(&answer, 400, "invalid_request", "client_secret.in_url");
        assert!(!answer.text().contains(&secret) && answer.text().contains("replace it"));
    }
    refused(&send("client_assertion=a.b.c", form(&[GRANT])), 400, "invalid_request", "client_secret.in_url");
    refused(&send("trace=1", form(&[GRANT])), 400, "invalid_request", "parameter.unknown");
    world.anonymous().get(&format!("/oauth/token?{whole}")).refused(405, "method.not_allowed");
    assert!(!world.database_text().contains(&secret));
}

#[test]
fn the_form_is_read_as_oauth_says() {
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({}));
    let (secret, _) = secret(&admin, &made);
    let send = |media_type: &str, body: &str| {
        let client = world.anonymous();
        client.request("POST", "/oauth/token").header("Authorization", &basic(id(&made), &secret)).body(media_type, body.as_bytes().to_vec()).send()
    };
    for body in
        ["grant_type=client_credentials", "grant_type=client_credentials&scope=&audience=x&resource=y", "scope=directory.read&grant_type=client_credentials"]
    {
        send(FORM, body).ok();
        send("application/x-www-form-urlencoded; charset=UTF-8", body).ok();
    }
    for (body, word, code) in [
        ("", "invalid_request", "field.required"),
        ("grant_type=", "invalid_request", "field.required"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request", "parameter.repeated"),
        ("grant_type=client_credentials&scope=a&scope=b", "invalid_request", "parameter.repeated"),
        ("grant_type=client_credentials&scope=%00", "invalid_request", "text.control_character"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type", "grant_type.unsupported"),
        ("grant_type=refresh_token", "unsupported_grant_type", "grant_type.unsupported"),
        ("grant_type=Client_Credentials", "unsupported_grant_type", "grant_type.unsupported"),
    ] {
        refused(&send(FORM, body), 400, word, code);
    }
    refused(&send("application/json", "{\"grant_type\":\"client_credentials\"}"), 415, "invalid_request", "media_type.unsupported");
    refused(&send(FORM, &format!("grant_type=client_credentials&x={}", "a".repeat(300_000))), 413, "invalid_request", "body.too_large");
}

#[test]
fn a_refusal_is_ascii_in_english_and_its_address_explains_it_in_both_languages() {
    let world = World::new();
    let request = world.anonymous();
    let request = request.request("POST", "/oauth/token").header("Accept-Language", "fr").header("Authorization", &basic("nobody", "x"));
    let answer = request.body(FORM, form(&[GRANT])).send();
    refused(&answer, 401, "invalid_client", "client.refused");
    assert_eq!(answer.header("content-language"), "en");
    let body = answer.json();
    let explained = world.anonymous().get(body["error_uri"].as_str().unwrap().trim_start_matches(&world.url)).ok();
    assert_eq!((&explained["code"], &explained["detail"]["en"]), (&json!("client.refused"), &body["error_description"]));
    assert!(explained["detail"]["fr"].as_str().unwrap().starts_with("Ce client est inconnu"));
}

#[test]
fn a_scope_that_is_not_the_clients_is_refused_and_fewer_may_be_asked_for() {
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({ "scopes": ["directory.read", "cases.read"] }));
    let narrow = machine(&admin, &json!({}));
    let none = machine(&admin, &json!({ "scopes": [] }));
    let [wide_secret, narrow_secret, no_secret] = [&made, &narrow, &none].map(|machine| secret(&admin, machine).0);
    let fewer = ask(&world, id(&made), &wide_secret, &[("scope", "cases.read")]);
    assert_eq!(fewer.ok()["scope"], "cases.read");
    with(&world, &fewer).get("/establishments").refused(403, "function.not_granted");
    assert_eq!(ask(&world, id(&made), &wide_secret, &[("scope", "directory.read directory.read")]).ok()["scope"], "directory.read");
    for scope in ["cases.read", "directory.read cases.read", "admin", "directory.read members.read", "DIRECTORY.READ"] {
        refused(&ask(&world, id(&narrow), &narrow_secret, &[("scope", scope)]), 400, "invalid_scope", "scope.not_granted");
    }
    refused(&ask(&world, id(&none), &no_secret, &[]), 400, "invalid_scope", "scope.not_granted");
}

#[test]
fn a_client_or_a_secret_past_its_last_day_and_a_disabled_client_get_no_token() {
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({ "expires_on": "2026-11-23" }));
    let (lasting, _) = secret(&admin, &made);
    let short = admin.request("POST", &format!("/api-clients/{}/secrets", id(&made))).json(&json!({ "expires_on": "2026-11-22" })).send().ok();
    let short = short["client_secret"].as_str().unwrap();
    world.set_time("2026-11-22T22:59:59Z");
    ask(&world, id(&made), short, &[]).ok();
    world.set_time("2026-11-22T23:00:00Z");
    refused(&ask(&world, id(&made), short, &[]), 401, "invalid_client", "client_secret.expired");
    ask(&world, id(&made), &lasting, &[]).ok();
    world.set_time("2026-11-23T23:00:00Z");
    refused(&ask(&world, id(&made), &lasting, &[]), 401, "invalid_client", "client.expired");
    refused(&ask(&world, id(&made), "wrong", &[]), 401, "invalid_client", "client.refused");
    let (admin, path) = (world.again(&admin), at("api-clients", &made));
    admin.patch(&path, admin.get(&path).etag(), &json!({ "expires_on": "2026-11-24" })).ok();
    ask(&world, id(&made), &lasting, &[]).ok();
    order(&admin, &path, &json!({ "command": "disable", "reason": "Fuite" })).ok();
    refused(&ask(&world, id(&made), &lasting, &[]), 401, "invalid_client", "client.disabled");
    order(&admin, &path, &json!({ "command": "enable" })).ok();
    ask(&world, id(&made), &lasting, &[]).ok();
}

#[test]
fn a_token_is_given_within_the_networks_of_the_client_only_as_trusted_proxies_tell_them() {
    let world = World::with(&[("TRUSTED_PROXIES", "127.0.0.1,10.0.0.1")]);
    let admin = world.admin();
    let made = machine(&admin, &json!({ "networks": ["192.0.2.0/24", "2001:db8::/32"] }));
    let (secret, _) = secret(&admin, &made);
    let from = |address: &str| ask_from(&world, id(&made), &secret, &[], address);
    for address in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8:1::1", "203.0.113.9, 192.0.2.7", "192.0.2.7, 10.0.0.1"] {
        assert_eq!(from(address).status, 200, "{address}");
    }
    for address in ["192.0.3.7", "2001:db9::1", "192.0.2.7, 203.0.113.9"] {
        refused(&from(address), 401, "invalid_client", "client.address_refused");
    }
    let untrusting = World::new();
    let made = machine(&untrusting.admin(), &json!({ "networks": ["192.0.2.0/24"] }));
    let (secret, _) = crate::harness::machines::secret(&untrusting.admin(), &made);
    refused(&ask_from(&untrusting, id(&made), &secret, &[], "192.0.2.7"), 401, "invalid_client", "client.address_refused");
}

#[test]
fn an_assertion_is_taken_once_even_of_many_at_the_same_moment() {
    let world = World::new();
    let (made, ed, _) = keyed(&world.admin());
    let used = assertion(&ed, &claims(&world, id(&made), &json!({})));
    assert_with(&world, &used).ok();
    refused(&assert_with(&world, &used), 401, "invalid_client", "client_assertion.reused");
    let again = assertion(&ed, &claims(&world, id(&made), &json!({ "jti": "one" })));
    let answers: Vec<Reply> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(|| assert_with(&world, &again))).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    world
        .db()
        .write_now({
            let now = world.now();
            move |conn| entraide::auth::store::sweep(conn, now)
        })
        .unwrap();
    assert_eq!(world.rows("client_assertions"), 2, "each is remembered as long as it could be taken");
    world.set_time("2026-11-22T09:10:00Z");
    let now = world.now();
    world.db().write_now(move |conn| entraide::auth::store::sweep(conn, now)).unwrap();
    assert_eq!(world.rows("client_assertions"), 0);
    refused(&assert_with(&world, &used), 401, "invalid_client", "client_assertion.refused");
}

#[test]
fn an_assertion_with_other_claims_is_refused() {
    let world = World::new();
    let (made, ed, _) = keyed(&world.admin());
    type Change = fn(i64) -> Value;
    let changes: [(&str, Change); 15] = [
        ("another issuer", |_| json!({ "iss": "01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10" })),
        ("another subject", |_| json!({ "sub": "01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10" })),
        ("another server", |_| json!({ "aud": "https://staging.example.org" })),
        ("two servers", |_| json!({ "aud": ["https://staging.example.org", "x"] })),
        ("no server", |_| json!({ "aud": [] })),
        ("too long", |now| json!({ "exp": now + 400 })),
        ("for ever", |_| json!({ "exp": i64::MAX })),
        ("expired", |now| json!({ "exp": now - 6 })),
        ("made later", |now| json!({ "iat": now + 60 })),
        ("good later", |now| json!({ "nbf": now + 60 })),
        ("without an end", |_| json!({ "exp": null })),
        ("with half a second", |now| json!({ "exp": now as f64 + 30.5 })),
        ("without a name", |_| json!({ "jti": null })),
        ("with an empty name", |_| json!({ "jti": "" })),
        ("with an endless name", |_| json!({ "jti": "x".repeat(201) })),
    ];
    for (what, change) in changes {
        let now = world.now().0.timestamp();
        let code = if what == "another issuer" { "client.refused" } else { "client_assertion.refused" };
        let answer = assert_with(&world, &assertion(&ed, &claims(&world, id(&made), &change(now))));
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        refused(&answer, 401, "invalid_client", code);
        forget_failures(&world);
    }
    for aud in [json!(world.url), json!(format!("{}/oauth/token", world.url)), json!([world.url])] {
        assert_with(&world, &assertion(&ed, &claims(&world, id(&made), &json!({ "aud": aud })))).ok();
    }
}

#[test]
fn an_assertion_by_another_key_or_another_algorithm_is_refused() {
    let world = World::new();
    let admin = world.admin();
    let (made, ed, p256) = keyed(&admin);
    let (elsewhere, stranger) = (machine(&admin, &json!({ "auth_methods": ["private_key_jwt"], "public_keys": [ed25519().jwk] })), ed25519());
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let says = || claims(&world, id(&made), &json!({}));
    let sign = |head: &Value, pair: &Pair| {
        let message = format!("{}.{}", part(head), part(&says()));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &pair.signing, pair.algorithm).unwrap();
        format!("{message}.{signature}")
    };
    let public = ed.jwk["x"].as_str().unwrap();
    let by_secret = |secret: &[u8]| encode(&Header::new(Algorithm::HS256), &says(), &EncodingKey::from_secret(secret)).unwrap();
    let good = sign(&json!({ "alg": "EdDSA" }), &ed);
    let (signature, payload) = (good.rsplit('.').next().unwrap(), good.split('.').nth(1).unwrap());
    let unsigned = |alg: &str| part(&json!({ "alg": alg }));
    let hostile = [
        ("a stranger", sign(&json!({ "alg": "EdDSA" }), &stranger)),
        ("a stranger under a known name", sign(&json!({ "alg": "ES256", "kid": "p256" }), &crate::harness::machines::p256())),
        ("none", format!("{}.{payload}.", unsigned("none"))),
        ("none over the signature", format!("{}.{payload}.{signature}", unsigned("none"))),
        ("HS256 keyed by the public key", by_secret(&URL_SAFE_NO_PAD.decode(public).unwrap())),
        ("HS256 keyed by its text", by_secret(public.as_bytes())),
        ("the name of the other algorithm", sign(&json!({ "alg": "ES256" }), &ed)),
        ("the other algorithm under this name", sign(&json!({ "alg": "EdDSA" }), &p256)),
        ("the other key's name", sign(&json!({ "alg": "EdDSA", "kid": "p256" }), &ed)),
        ("a key of its own", sign(&json!({ "alg": "EdDSA", "jwk": stranger.jwk }), &stranger)),
        ("an address of one", sign(&json!({ "alg": "EdDSA", "jku": "https://elsewhere.example/jwks.json" }), &ed)),
        ("a condition", sign(&json!({ "alg": "EdDSA", "crit": ["exp"] }), &ed)),
        ("cut short", good[..good.len() - 4].to_owned()),
        ("no assertion", "a.b.c".to_owned()),
        ("the key of this server", encode(&Header::new(Algorithm::EdDSA), &says(), &world.server.keys.encoding).unwrap()),
        ("an access token", admin.token().to_owned()),
    ];
    for (what, token) in &hostile {
        let fields =
            [GRANT, ("client_id", id(&made)), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", token)];
        let answer = post(&world, &fields);
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        refused(&answer, 401, "invalid_client", "client.refused");
        forget_failures(&world);
    }
    let foreign = assertion(&ed, &claims(&world, id(&elsewhere), &json!({})));
    refused(&assert_with(&world, &foreign), 401, "invalid_client", "client.refused");
    assert_with(&world, &good).ok();
}

/// Failures are what another test is about: here the sixth would be refused for the five before it.
fn forget_failures(world: &World) {
    use diesel::RunQueryDsl;
    world.db().write_now(|conn| Ok(diesel::delete(entraide::db::schema::login_failures::table).execute(conn)?)).unwrap();
}

#[test]
fn failures_are_counted_by_client_and_place_and_lock_nobody_else_out() {
    let world = World::with(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    let admin = world.admin();
    let (one, other) = (machine(&admin, &json!({})), machine(&admin, &json!({})));
    let ((secret, _), (other_secret, _)) = (secret(&admin, &one), secret(&admin, &other));
    let from = |secret: &str, address: &str| ask_from(&world, id(&one), secret, &[], address);
    from(&secret, "192.0.2.1").ok();
    for _ in 0..5 {
        refused(&from("wrong", "198.51.100.1"), 401, "invalid_client", "client.refused");
    }
    let throttled = from(&secret, "198.51.100.1");
    refused(&throttled, 429, "temporarily_unavailable", "login.throttled");
    assert!(throttled.header("retry-after").parse::<u32>().unwrap() > 800);
    from(&secret, "192.0.2.1").ok();
    ask_from(&world, id(&other), &other_secret, &[], "198.51.100.1").ok();
    // A whole world of strangers that guess: the place it calls from still lets it in.
    for stranger in 0..6 {
        for _ in 0..5 {
            from("wrong", &format!("203.0.113.{stranger}"));
        }
    }
    refused(&from(&secret, "203.0.113.99"), 429, "temporarily_unavailable", "login.throttled");
    from(&secret, "192.0.2.1").ok();
    world.clock.advance(chrono::Duration::minutes(16));
    from(&secret, "198.51.100.1").ok();
}
