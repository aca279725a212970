//! Bodies to start from.

use super::{Client, World};
use serde_json::{Value, json};

/// The UAI of a number, with its key letter.
pub fn uai(number: u32) -> String {
    let keys = b"ABCDEFGHJKLMNPRSTUVWXYZ";
    format!("{number:07}{}", char::from(keys[usize::try_from(number).unwrap() % keys.len()]))
}

/// A middle school of the Puy-de-Dôme.
pub fn school(number: u32) -> Value {
    json!({ "uai": uai(number), "name": format!("Collège n° {number}"), "kind": "middle_school", "sector": "public", "department_code": "63" })
}

/// The same with other fields.
pub fn school_with(number: u32, fields: &Value) -> Value {
    let mut school = school(number);
    for (name, value) in fields.as_object().unwrap() {
        school[name] = value.clone();
    }
    school
}

/// The id of a department's association.
pub fn association(client: &Client, department: &str) -> Value {
    client.all(&format!("/associations?department={department}"))[0]["id"].clone()
}

/// Somebody of a department.
pub fn member(client: &Client, department: &str) -> Value {
    json!({ "association_id": association(client, department), "last_name": "Dubœuf", "first_name": "Claire" })
}

/// The same with other fields.
pub fn member_with(client: &Client, department: &str, fields: &Value) -> Value {
    let mut member = member(client, department);
    for (name, value) in fields.as_object().unwrap() {
        member[name] = value.clone();
    }
    member
}

/// Sets the dues of a year.
pub fn tariff(world: &World, year: i32, association: &str, insurance: &str) {
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    world.admin().post("/tariffs", &json!({ "year": year, "association_dues": euros(association), "insurance_dues": euros(insurance) })).ok();
}
