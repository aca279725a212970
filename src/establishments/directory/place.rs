//! Positions: two columns, or one that holds both.

use super::header::Cells;
use crate::establishments::model::{Latitude, Longitude};
use crate::imports::reading::repair::{Repair, Restored, Sound, Unreadable};
use crate::values::{Number, TerritoryCode};

pub type Position = (Latitude, Longitude);

/// The position of a line. The column that holds both helps out when one of the two others is damaged.
pub fn of(cells: &mut Cells<'_>, territory: Option<&TerritoryCode>) -> Option<Position> {
    let columns = cells.columns;
    let both = [&columns.latitude, &columns.longitude].map(|column| cells.cell(column.as_ref()));
    let of_pair = cells.cell(columns.position.as_ref()).map(|text| text.and_then(|text| pair(&text, territory)));
    let of_two = match both {
        [None, None] => None,
        [Some(latitude), Some(longitude)] => Some(latitude.and_then(|latitude| longitude.and_then(|longitude| position(&latitude, &longitude, territory)))),
        _ => Some(Unreadable),
    };
    let column = if of_two.is_some() { columns.latitude.as_ref().or(columns.longitude.as_ref()) } else { columns.position.as_ref() }?;
    match (of_two, of_pair) {
        (Some(Sound(position)), _) => Some(position),
        (Some(Restored(position)), _) => cells.settled(column, Restored(position)),
        // The other column still has it.
        (Some(_), Some(Sound(position) | Restored(position))) => cells.settled(column, Restored(position)),
        (Some(value), _) | (None, Some(value)) => cells.settled(column, value),
        (None, None) => None,
    }
}

/// The position of two columns. Metropolitan France bounds its own, which shows latitudes and longitudes that were swapped.
fn position(latitude: &str, longitude: &str, territory: Option<&TerritoryCode>) -> Repair<Position> {
    degrees(latitude).and_then(|latitude| degrees(longitude).and_then(|longitude| bounded(latitude, longitude, territory)))
}

/// The position of one column: `43.1, 0.7`, or `43,1, 0,7` after a spreadsheet.
fn pair(text: &str, territory: Option<&TerritoryCode>) -> Repair<Position> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    match parts.as_slice() {
        [latitude, longitude] => position(latitude, longitude, territory),
        [a, b, c, d] => position(&format!("{a}.{b}"), &format!("{c}.{d}"), territory).restored(),
        _ => Unreadable,
    }
}

fn degrees(text: &str) -> Repair<f64> {
    let shaped = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    match (text.parse(), text.replace(',', ".").parse()) {
        (Ok(value), _) if shaped(text) => Sound(value),
        (Err(_), Ok(value)) if text.bytes().filter(|byte| *byte == b',').count() == 1 && shaped(&text.replace(',', ".")) => Restored(value),
        _ => Unreadable,
    }
}

fn bounded(latitude: f64, longitude: f64, territory: Option<&TerritoryCode>) -> Repair<Position> {
    let metropolitan = territory.is_some_and(|territory| territory.as_str().len() == 2);
    let inside = (41.0..=51.5).contains(&latitude) && (-5.5..=10.0).contains(&longitude);
    let nowhere = latitude == 0.0 && longitude == 0.0;
    match (Latitude::checked(latitude), Longitude::checked(longitude)) {
        (Ok(latitude), Ok(longitude)) if !nowhere && (inside || !metropolitan) => Sound((latitude, longitude)),
        _ => Unreadable,
    }
}
