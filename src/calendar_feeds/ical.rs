//! iCalendar (RFC 5545), as far as a published calendar needs it: no method, moments in UTC.

use crate::db::{Id, Instant};
use std::fmt::Write;

/// Octets of a content line, its end not counted (§3.1).
const LINE_MAX: usize = 75;

/// What an event is to whoever looks at the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Confirmed,
    Tentative,
    Cancelled,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Tentative => "TENTATIVE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// An event of a calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Stays the same as long as the event lives: by it programs know which event has changed.
    pub id: Id,
    /// Grows with each change.
    pub sequence: i32,
    pub changed_at: Instant,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub summary: String,
    pub location: Option<String>,
    pub url: Option<String>,
    pub status: Status,
    /// Whether it takes the time of whoever has the calendar.
    pub busy: bool,
}

/// A calendar with its events, as one text.
pub fn calendar(name: &str, events: &[Event]) -> String {
    let mut out = String::with_capacity(256 + events.len() * 512);
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//Entraide//Entraide//FR");
    line(&mut out, "CALSCALE", "GREGORIAN");
    // RFC 7986, and what programs knew before it.
    line(&mut out, "NAME", &escaped(name));
    line(&mut out, "X-WR-CALNAME", &escaped(name));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    events.iter().for_each(|event| write_event(&mut out, event));
    line(&mut out, "END", "VCALENDAR");
    out
}

fn write_event(out: &mut String, event: &Event) {
    let Event { id, sequence, changed_at, starts_at, ends_at, summary, location, url, status, busy } = event;
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &id.to_string());
    // Without a method it says when the event last changed (§3.8.7.2), so that a calendar that has not changed is the same text.
    line(out, "DTSTAMP", &moment(*changed_at));
    line(out, "LAST-MODIFIED", &moment(*changed_at));
    line(out, "SEQUENCE", &sequence.to_string());
    line(out, "DTSTART", &moment(*starts_at));
    line(out, "DTEND", &moment(*ends_at));
    line(out, "SUMMARY", &escaped(summary));
    if let Some(location) = location {
        line(out, "LOCATION", &escaped(location));
    }
    if let Some(url) = url {
        line(out, "URL", url);
    }
    line(out, "STATUS", status.as_str());
    line(out, "TRANSP", if *busy { "OPAQUE" } else { "TRANSPARENT" });
    line(out, "END", "VEVENT");
}

fn moment(instant: Instant) -> String {
    instant.0.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (§3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => out.extend(['\\', sign]),
            '\n' => out.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

/// A content line, folded between characters: none is broken.
fn line(out: &mut String, name: &str, value: &str) {
    let mut length = 0;
    for sign in name.chars().chain([':']).chain(value.chars()) {
        if length + sign.len_utf8() > LINE_MAX {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(sign);
        length += sign.len_utf8();
    }
    // Writing to a String cannot fail.
    let _ = write!(out, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(summary: &str) -> Event {
        let at = |text: &str| Instant(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc());
        Event {
            id: Id::parse("01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10").unwrap(),
            sequence: 3,
            changed_at: at("2026-11-22T09:30:00Z"),
            starts_at: at("2026-12-03T09:00:00+01:00"),
            ends_at: at("2026-12-03T12:00:00+01:00"),
            summary: summary.to_owned(),
            location: None,
            url: None,
            status: Status::Confirmed,
            busy: true,
        }
    }

    /// The lines as a reader puts them together again.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
    }

    fn unescaped(value: &str) -> String {
        let mut signs = value.chars();
        let mut text = String::new();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => text.extend(signs.next().map(|next| if next == 'n' { '\n' } else { next })),
                sign => text.push(sign),
            }
        }
        text
    }

    #[test]
    fn an_event_is_written_line_by_line() {
        let full =
            Event { location: Some("Lycée Blaise-Pascal; salle 2".to_owned()), url: Some("https://example.org/a".to_owned()), ..event("Droit, pratique") };
        let lines = unfolded(&calendar("Formations", &[full]));
        let event: Vec<&str> = lines.iter().map(String::as_str).skip_while(|line| *line != "BEGIN:VEVENT").collect();
        let expected = "BEGIN:VEVENT|UID:01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10|DTSTAMP:20261122T093000Z|LAST-MODIFIED:20261122T093000Z|SEQUENCE:3|\
            DTSTART:20261203T080000Z|DTEND:20261203T110000Z|SUMMARY:Droit\\, pratique|LOCATION:Lycée Blaise-Pascal\\; salle 2|\
            URL:https://example.org/a|STATUS:CONFIRMED|TRANSP:OPAQUE|END:VEVENT|END:VCALENDAR|";
        assert_eq!(event, expected.split('|').collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn lines_are_short_whole_characters_and_read_back_as_the_text(summary in "[ -~éœ€😀\n]{0,300}") {
            let text = calendar("Formations", &[event(&summary)]);
            prop_assert!(text.ends_with("END:VCALENDAR\r\n"));
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE_MAX && !line.contains(['\r', '\n'])));
            let told = unfolded(&text).into_iter().find_map(|line| line.strip_prefix("SUMMARY:").map(unescaped));
            prop_assert_eq!(told, Some(summary));
        }
    }
}
