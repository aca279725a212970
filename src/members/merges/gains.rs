//! What the record that stays takes over from the other, and gives back: only what it lacked, and every caution.

use super::model::Gained;
use crate::db::Json;
use crate::error::{Error, Result};
use crate::members::model::{ExternalId, SafeContact};
use crate::members::store::MemberRow;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn json<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(Error::internal)
}

/// Gives the fields that can be lacking to another macro.
macro_rules! each_field {
    ($visit:ident!($($context:tt)*)) => {
        $visit!($($context)*; civility birth_name birth_date email phone safe_contact_instructions
            address_line1 address_line2 address_line3 postal_code city commune_code)
    };
}

macro_rules! gain_fields {
    ($row:ident, $other:ident, $gained:ident, $whole:ident; $($field:ident)+) => {$(
        if $row.$field.is_none() && $other.$field.is_some() && (!is_address(stringify!($field)) || $whole) {
            $row.$field.clone_from(&$other.$field);
            $gained.push(Gained { field: stringify!($field).to_owned(), before: Value::Null, after: json(&$row.$field)? });
        }
    )+};
}

macro_rules! give_back_field {
    ($row:ident, $gained:ident; $($field:ident)+) => {
        match $gained.field.as_str() {
            $(stringify!($field) => restore(&mut $row.$field, $gained),)+
            "safe_contact" => restore(&mut $row.safe_contact, $gained),
            _ => Ok(false),
        }
    };
}

/// An address is taken over as a whole or not at all.
fn is_address(field: &str) -> bool {
    ["address_line1", "address_line2", "address_line3", "postal_code", "city", "commune_code"].contains(&field)
}

fn has_address(row: &MemberRow) -> bool {
    let lines = row.address_line1.is_some() || row.address_line2.is_some() || row.address_line3.is_some();
    lines || row.postal_code.is_some() || row.city.is_some() || row.commune_code.is_some()
}

fn caution(contact: SafeContact) -> u8 {
    match contact {
        SafeContact::Yes => 0,
        SafeContact::Caution => 1,
        SafeContact::No => 2,
    }
}

/// Gives a record what it lacks and the other has. Of two answers to whether it is safe to call, the more careful one counts.
pub fn gain(row: &mut MemberRow, other: &MemberRow) -> Result<Vec<Gained>> {
    let (mut gained, without_address) = (Vec::new(), !has_address(row));
    each_field!(gain_fields!(row, other, gained, without_address));
    if caution(other.safe_contact) > caution(row.safe_contact) {
        let before = std::mem::replace(&mut row.safe_contact, other.safe_contact);
        gained.push(Gained { field: "safe_contact".to_owned(), before: json(&before)?, after: json(&row.safe_contact)? });
    }
    let names: Vec<ExternalId> = other.external_ids.0.iter().filter(|id| !row.external_ids.0.contains(id)).cloned().collect();
    if !names.is_empty() {
        gained.push(Gained { field: EXTERNAL_IDS.to_owned(), before: Value::Null, after: json(&names)? });
        row.external_ids.0.extend(names);
        row.external_ids.0.sort();
    }
    Ok(gained)
}

const EXTERNAL_IDS: &str = "external_ids";

/// Puts a field back, if it still is what it became.
fn restore<T: Serialize + DeserializeOwned>(field: &mut T, gained: &Gained) -> Result<bool> {
    if json(field)? != gained.after {
        return Ok(false);
    }
    *field = serde_json::from_value(gained.before.clone()).map_err(Error::internal)?;
    Ok(true)
}

/// Takes back what a record gained and still has, and gives the other its names back; tells the fields that stay.
pub fn give_back(row: &mut MemberRow, other: &mut MemberRow, gained: &[Gained]) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for gain in gained {
        let back = if gain.field == EXTERNAL_IDS { names_back(row, other, gain)? } else { each_field!(give_back_field!(row, gain))? };
        if !back {
            kept.push(gain.field.clone());
        }
    }
    Ok(kept)
}

fn names_back(row: &mut MemberRow, other: &mut MemberRow, gained: &Gained) -> Result<bool> {
    let names: Vec<ExternalId> = serde_json::from_value(gained.after.clone()).map_err(Error::internal)?;
    let (own, lost): (Vec<ExternalId>, Vec<ExternalId>) = names.into_iter().partition(|name| row.external_ids.0.contains(name));
    row.external_ids = Json(row.external_ids.0.iter().filter(|name| !own.contains(name)).cloned().collect());
    other.external_ids = Json(other.external_ids.0.iter().filter(|name| !lost.contains(name)).cloned().collect());
    Ok(lost.is_empty())
}
