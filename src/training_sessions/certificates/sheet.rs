//! The sheet to print: one page of HTML, in French, that needs nothing else.

use crate::db::Instant;
use crate::values::Day;
use chrono::Datelike;

/// What stands on a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub number: String,
    pub holder: String,
    pub organiser: String,
    pub module: String,
    pub format: String,
    pub starts_on: Day,
    pub ends_on: Day,
    pub slots_attended: i32,
    pub slots_held: i32,
    pub minutes: i32,
    pub issued_at: Instant,
    pub code: String,
    /// Where the code is checked.
    pub check_at: String,
    pub revoked: bool,
}

const STYLE: &str = "@page{size:A4;margin:0}*{box-sizing:border-box}body{margin:0;background:#eee;color:#1b2733;font:12pt/1.55 Georgia,'Times New Roman',serif}\
main{position:relative;width:210mm;min-height:296mm;margin:0 auto;padding:26mm 24mm;background:#fff}\
header{border-bottom:2pt solid #1f4e79;padding-bottom:6mm;font-size:13pt;font-weight:bold;color:#1f4e79}\
h1{margin:22mm 0 2mm;font-size:25pt;font-weight:normal;text-align:center;letter-spacing:.04em}\
.number{margin:0 0 16mm;text-align:center;color:#5a6773}.holder{margin:4mm 0;font-size:19pt;text-align:center}\
.module{margin:4mm 0;font-size:15pt;font-style:italic;text-align:center}dl{display:grid;grid-template-columns:48mm 1fr;gap:2mm 6mm;margin:12mm 0}\
dt{color:#5a6773}dd{margin:0;font-weight:bold}footer{position:absolute;left:24mm;right:24mm;bottom:20mm;padding-top:5mm;border-top:.5pt solid #b8c2cc;font-size:9.5pt;color:#5a6773}\
.code{font:bold 12pt 'Courier New',monospace;color:#1b2733;letter-spacing:.06em}\
.revoked{margin:0 0 8mm;padding:3mm;border:1.5pt solid #a61b1b;color:#a61b1b;text-align:center;font-weight:bold}\
@media print{body{background:none}main{margin:0}}";

/// The policy under which a browser shows it: no script, nothing from elsewhere.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

impl Sheet {
    pub fn html(&self) -> String {
        let Self { number, holder, organiser, module, format, starts_on, ends_on, slots_attended, slots_held, minutes, issued_at, .. } = self;
        let Self { code, check_at, revoked, .. } = self;
        let [number, holder, organiser, module, format, check_at] = [number, holder, organiser, module, format, check_at].map(|text| escaped(text));
        let warning = if *revoked { "<p class=\"revoked\">Attestation révoquée : elle n'est plus valable.</p>" } else { "" };
        let (days, hours, issued_on) = (days(*starts_on, *ends_on), hours(*minutes), day(Day::of(issued_at.0)));
        let slots = if *slots_held > 1 { "créneaux" } else { "créneau" };
        format!(
            "<!DOCTYPE html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n<title>Attestation {number}</title>\n<style>{STYLE}</style>\n</head>\n\
             <body>\n<main>\n<header>{organiser}</header>\n<h1>Attestation de participation</h1>\n<p class=\"number\">n° {number}</p>\n{warning}\
             <p>L'organisateur soussigné atteste que</p>\n<p class=\"holder\">{holder}</p>\n<p>a suivi la formation</p>\n<p class=\"module\">{module}</p>\n\
             <dl>\n<dt>Forme</dt><dd>{format}</dd>\n<dt>Dates</dt><dd>{days}</dd>\n<dt>Durée suivie</dt><dd>{hours}</dd>\n\
             <dt>Assiduité</dt><dd>{slots_attended} sur {slots_held} {slots}</dd>\n<dt>Délivrée le</dt><dd>{issued_on}</dd>\n</dl>\n\
             <footer>Code de vérification : <span class=\"code\">{code}</span><br>\
             Cette attestation ne vaut que si son code est reconnu à l'adresse {check_at}.</footer>\n</main>\n</body>\n</html>\n"
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn day(Day(date): Day) -> String {
    let first = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    let month = usize::try_from(date.month0()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{first} {month} {}", date.year())
}

fn days(first: Day, last: Day) -> String {
    if first == last { format!("le {}", day(first)) } else { format!("du {} au {}", day(first), day(last)) }
}

fn hours(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours_are_written_as_in_french() {
        let of = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(days(of("2026-12-01"), of("2026-12-01")), "le 1er décembre 2026");
        assert_eq!(days(of("2026-12-31"), of("2027-01-02")), "du 31 décembre 2026 au 2 janvier 2027");
        assert_eq!([45, 60, 65, 690].map(hours), ["45 min", "1 h", "1 h 05", "11 h 30"]);
    }

    #[test]
    fn what_is_written_on_a_sheet_stays_text() {
        assert_eq!(escaped("Anne <script> & \"Co\""), "Anne &lt;script&gt; &amp; &quot;Co&quot;");
    }
}
