//! Logging in, staying in, logging out.

use crate::harness::World;
use serde_json::json;

const PASSWORD: &str = "volcan-lave-basalte-2026";

#[test]
fn a_user_logs_in_and_out() {
    let world = World::new();
    let user = world.volunteer("63");
    let session = world.anonymous().post("/auth/sessions", &json!({ "login": user.login(), "password": PASSWORD })).ok();
    let signed_in = user.with_token(session["access_token"].as_str().unwrap());
    assert_eq!(signed_in.get("/me").ok()["default_department_code"], "63");
    assert_eq!(signed_in.request("DELETE", "/auth/sessions/current").send().status, 204);
    signed_in.get("/me").refused(401, "session.ended");
}
