//! Bodies to start from.

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
