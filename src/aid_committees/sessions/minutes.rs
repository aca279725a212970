//! The minutes of a closed session, in Markdown and in HTML, from its record alone.

use super::record::{RecordedItem, SessionRecord};
use crate::auth::keys::sha256;
use crate::error::Language;
use crate::values::{Choice, Money};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

/// Of a sheet of paper: no colour, and no decision cut in two by the end of a page.
const STYLE: &str = "body{font-family:serif;max-width:45em;margin:2em auto;line-height:1.4}table{border-collapse:collapse;width:100%}\
td,th{border:1px solid #000;padding:.2em .5em;text-align:left}section{break-inside:avoid}@page{margin:2cm}@media print{body{margin:0}}";

/// What a browser takes from the page: its style, known by its digest.
pub fn policy() -> String {
    format!("default-src 'none'; style-src 'sha256-{}'; frame-ancestors 'none'", STANDARD.encode(sha256(STYLE.as_bytes())))
}

/// A line of the minutes: a title, what is said of something, or text.
enum Line {
    Title(String),
    Chapter(String),
    Fact(&'static str, String),
}

fn said(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    if language == Language::Fr { fr } else { en }
}

fn labelled<C: Choice>(choice: C, language: Language) -> String {
    let known = C::ENUMERATION.values.iter().find(|value| value.code == choice.code());
    known.map_or_else(String::new, |value| said(language, value.fr, value.en).to_owned())
}

/// As it is written in the language: `450,00 €`, `€450.00`.
fn euros(amount: Money, language: Language) -> String {
    let (whole, rest) = (amount.cents() / 100, amount.cents() % 100);
    if language == Language::Fr { format!("{whole},{rest:02} €") } else { format!("€{whole}.{rest:02}") }
}

fn lines(record: &SessionRecord, language: Language) -> Vec<Line> {
    let say = |fr, en| said(language, fr, en);
    let mut lines =
        vec![Line::Title(format!("{} – {}", record.committee, record.association)), Line::Fact(say("Séance du", "Session of"), record.held_on.to_string())];
    let place = record.place.as_ref().map(ToString::to_string);
    let remote = record.remote.then(|| say("à distance possible", "remote attendance possible").to_owned());
    let place: Vec<String> = place.into_iter().chain(remote).collect();
    if !place.is_empty() {
        lines.push(Line::Fact(say("Lieu", "Place"), place.join(", ")));
    }
    lines.extend(record.agenda.as_ref().map(|agenda| Line::Fact(say("Ordre du jour", "Agenda"), agenda.to_string())));
    lines.push(Line::Chapter(say("Présence", "Attendance").to_owned()));
    for (function, presence, count) in &record.presence {
        lines.push(Line::Fact("", format!("{}, {} : {count}", labelled(*function, language), labelled(*presence, language).to_lowercase())));
    }
    lines.push(Line::Fact(say("Quorum", "Quorum"), record.quorum.to_string()));
    record.items.iter().for_each(|item| tell(item, language, &mut lines));
    lines
}

fn tell(item: &RecordedItem, language: Language, lines: &mut Vec<Line>) {
    let say = |fr, en| said(language, fr, en);
    lines.push(Line::Chapter(format!("{} – {}", item.pseudonym, labelled(item.kind, language))));
    let facts = [
        (say("Nature", "Nature"), item.nature.map(|nature| labelled(nature, language))),
        (say("Motif", "Reason"), item.reason.map(|reason| labelled(reason, language))),
        (say("Montant demandé", "Amount asked for"), item.asked.map(|amount| euros(amount, language))),
        (say("Décision", "Decision"), Some(labelled(item.status, language))),
        (say("Montant accordé", "Amount granted"), item.granted.map(|amount| euros(amount, language))),
        (say("Votes", "Votes"), Some(votes(item, language))),
        (say("Motivation", "Motivation"), item.motivation.as_ref().map(ToString::to_string)),
    ];
    lines.extend(facts.into_iter().filter_map(|(name, fact)| fact.map(|fact| Line::Fact(name, fact))));
}

fn votes(item: &RecordedItem, language: Language) -> String {
    let ((with, against, abstained), recused) = (item.votes, item.recusals);
    match language {
        Language::Fr => format!("pour {with}, contre {against}, abstentions {abstained}, déports {recused}"),
        Language::En => format!("for {with}, against {against}, abstentions {abstained}, recusals {recused}"),
    }
}

/// A text in which nothing is a sign of Markdown, nor a tag.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        if sign.is_ascii_punctuation() && !matches!(sign, ',' | '.' | ';' | ':' | '\'' | '-' | '/' | '%' | '?') {
            plain.push('\\');
        }
        plain.push(sign);
    }
    plain
}

/// A text in which nothing is a tag.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub fn markdown(record: &SessionRecord, language: Language) -> String {
    let mut text = String::new();
    for line in lines(record, language) {
        // Writing to a String cannot fail.
        let _ = match line {
            Line::Title(title) => writeln!(text, "# {}\n", plain(&title)),
            Line::Chapter(title) => writeln!(text, "\n## {}\n", plain(&title)),
            Line::Fact("", fact) => writeln!(text, "- {}", plain(&fact)),
            Line::Fact(name, fact) => writeln!(text, "- **{name}** : {}", plain(&fact)),
        };
    }
    text
}

pub fn html(record: &SessionRecord, language: Language) -> String {
    let (tag, mut body, mut title, mut open) = (said(language, "fr", "en"), String::new(), String::new(), "");
    for line in lines(record, language) {
        let _ = match line {
            Line::Title(name) => {
                title = escaped(&name);
                write!(body, "<h1>{title}</h1>\n<ul>\n")
            }
            Line::Chapter(name) => {
                let before = std::mem::replace(&mut open, "</section>\n");
                write!(body, "</ul>\n{before}<section>\n<h2>{}</h2>\n<ul>\n", escaped(&name))
            }
            Line::Fact("", fact) => writeln!(body, "<li>{}</li>", escaped(&fact)),
            Line::Fact(name, fact) => writeln!(body, "<li><strong>{name}</strong> : {}</li>", escaped(&fact)),
        };
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</ul>\n{open}</body>\n</html>\n"
    )
}
