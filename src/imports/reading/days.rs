//! Days: `YYYY-MM-DD` since 2022, `DD/MM/YYYY` before and in spreadsheets.

use super::repair::{Damaged, Repair, Restored, Sound, Unreadable};
use crate::values::Day;

/// How the file writes days with slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As France does.
    DayFirst,
    /// Some day of the file can only have its month first, so those that could be read both ways are uncertain.
    Mixed,
}

/// A day; `Restored` only for one that has its month first.
pub fn day(text: &str, order: Order) -> Repair<Day> {
    let date = without_midnight(text);
    if let Ok(day) = date.parse() {
        return Sound(day);
    }
    let mut parts = date.split(['/', '-', '.']);
    let (Some(first), Some(second), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        // A spreadsheet's count of days since 1900 may also be since 1904.
        return if date.bytes().all(|byte| byte.is_ascii_digit()) { Damaged } else { Unreadable };
    };
    if year.len() != 4 {
        // 48 may be 1948 or 2048.
        return if year.len() == 2 { Damaged } else { Unreadable };
    }
    let read = |day: &str, month: &str| Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    match (read(first, second), read(second, first)) {
        (Some(day), Some(other)) if day != other && order == Order::Mixed => Damaged,
        (Some(day), _) => Sound(day),
        (None, Some(day)) => Restored(day),
        (None, None) => Unreadable,
    }
}

fn without_midnight(text: &str) -> &str {
    text.split_once(['T', ' ']).filter(|(_, time)| ["00:00", "00:00:00"].contains(time)).map_or(text, |(date, _)| date)
}
