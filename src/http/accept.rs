//! Which form of an answer the caller wants.

use super::routes::Facts;
use crate::error::{Code, Error, Result};
use actix_web::http::header::{self, HeaderMap};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Media {
    #[default]
    Json,
    Csv,
    /// Semicolons, byte-order mark, decimal comma, French labels: opens in a French spreadsheet.
    CsvExcelFr,
    Ndjson,
    Markdown,
    Html,
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";
const MARKDOWN: &str = "text/markdown";
const HTML: &str = "text/html";

/// A media range with its weight.
struct Range<'a> {
    name: &'a str,
    excel_fr: bool,
    weight: f32,
}

fn ranges(accepted: &str) -> impl Iterator<Item = Range<'_>> {
    accepted.split(',').map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let mut range = Range { name: parts.next().unwrap_or_default(), excel_fr: false, weight: 1.0 };
        for part in parts {
            match part.split_once('=') {
                Some(("q", weight)) => range.weight = weight.parse().unwrap_or(0.0),
                Some(("dialect", dialect)) => range.excel_fr = dialect.trim_matches('"').eq_ignore_ascii_case("excel-fr"),
                _ => {}
            }
        }
        range
    })
}

/// How well a range fits a type: not at all, by wildcard, by half, exactly.
fn fit(range: &str, offered: &str) -> u8 {
    let half = offered.split_once('/').is_some_and(|(kind, _)| range.strip_suffix("/*").is_some_and(|wanted| wanted.eq_ignore_ascii_case(kind)));
    match range {
        range if range.eq_ignore_ascii_case(offered) => 3,
        _ if half => 2,
        "*/*" | "*" => 1,
        _ => 0,
    }
}

pub fn negotiate(headers: &HeaderMap, facts: &Facts) -> Result<Media> {
    let Some(accepted) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).filter(|text| *text != "*/*") else {
        return Ok(if facts.prints { Media::Markdown } else { Media::Json });
    };
    let offered: &[(&str, Media)] = match facts {
        // What is not JSON at the root has one form and serves it to anybody.
        Facts { at_root: true, .. } => return Ok(Media::Json),
        Facts { text: Some(text), .. } => &[(text, Media::Json)],
        Facts { prints: true, .. } => &[(MARKDOWN, Media::Markdown), (HTML, Media::Html)],
        Facts { streams: true, .. } => &[(JSON, Media::Json), (CSV, Media::Csv), (NDJSON, Media::Ndjson)],
        _ => &[(JSON, Media::Json)],
    };
    let mut best: Option<(f32, Media)> = None;
    for (name, media) in offered {
        // The most specific range that fits decides the weight of a type.
        let fitting = ranges(accepted).map(|range| (fit(range.name, name), range)).filter(|(fit, _)| *fit > 0).max_by_key(|(fit, _)| *fit);
        if let Some((_, range)) = fitting
            && range.weight > best.map_or(0.0, |(weight, _)| weight)
        {
            let media = if *media == Media::Csv && range.excel_fr { Media::CsvExcelFr } else { *media };
            best = Some((range.weight, media));
        }
    }
    let names = offered.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    best.map(|(_, media)| media).ok_or_else(|| Error::of(Code::NotAcceptable).with("offered", names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn wanted(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        negotiate(&headers, &Facts { streams: true, ..Facts::default() }).ok()
    }

    #[test]
    fn the_best_form_offered_is_chosen() {
        assert_eq!(wanted("text/csv"), Some(Media::Csv));
        assert_eq!(wanted("text/csv;dialect=excel-fr"), Some(Media::CsvExcelFr));
        assert_eq!(wanted("application/x-ndjson;q=0.5, application/json;q=0.4"), Some(Media::Ndjson));
        assert_eq!(wanted("text/html, application/xhtml+xml, */*;q=0.8"), Some(Media::Json));
        assert_eq!(wanted("application/json;q=0, */*"), Some(Media::Csv));
        assert_eq!(wanted("image/png"), None);
    }

    #[test]
    fn what_prints_is_markdown_unless_a_browser_asks() {
        let wanted = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
            negotiate(&headers, &Facts { prints: true, ..Facts::default() }).ok()
        };
        assert_eq!(wanted("*/*"), Some(Media::Markdown));
        assert_eq!(wanted("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Media::Html));
        assert_eq!(wanted("text/markdown, text/html;q=0.9"), Some(Media::Markdown));
        assert_eq!(wanted("application/json"), None);
    }
}
