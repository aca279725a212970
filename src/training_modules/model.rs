//! What a training module is, and which values it accepts.

use crate::error::{Code, Flaw};
use crate::values::{choice, number, query, text};

choice! {
    /// Whom a training is meant for.
    pub enum TrainingAudience as "training_audience" {
        Teachers = "teachers" ("Enseignants", "Teachers"),
        SchoolHeads = "school_heads" ("Personnels de direction", "School heads"),
        SchoolStaff = "school_staff" ("Autres personnels des établissements", "Other school staff"),
        Trainees = "trainees" ("Étudiants et stagiaires", "Students and trainees"),
        Correspondents = "correspondents" ("Correspondants", "Correspondents"),
        Volunteers = "volunteers" ("Bénévoles et équipes", "Volunteers and teams"),
        Partners = "partners" ("Partenaires", "Partners"),
    }
}

text! {
    /// The code by which a module is known.
    pub struct ModuleCode { min: 2, max: 30, pattern: "^[A-Z0-9][A-Z0-9-]*$", example: "RESP-CIVILE", parse: parse_code }
}

text! {
    /// What a module is called.
    pub struct ModuleTitle { max: 160, example: "Responsabilité civile et pénale des enseignants" }
}

text! {
    /// What a module is about, a word in lower case.
    pub struct TrainingTheme { min: 2, max: 40, pattern: "^[a-z][a-z0-9_]*$", example: "school_law", parse: parse_theme }
}

text! {
    /// What participants are able to do afterwards.
    pub struct ModuleObjectives { max: 2000, example: "Distinguer la faute de service de la faute personnelle." }
}

number! {
    /// How many hours a module takes.
    pub struct ModuleHours(f64: Double "double" as Number) { 0.25..=200.0, example: 3.5 }
}

number! {
    /// The share of its slots, in hundredths, that somebody takes part in to get a certificate.
    pub struct MinimumShare(i32: Integer "int32" as Integer) { 1..=100, example: 80 }
}

impl Default for MinimumShare {
    fn default() -> Self {
        Self(80)
    }
}

query! {
    /// Filters of training modules.
    pub struct TrainingModuleFilters {
        /// Codes.
        code: Option<Vec<ModuleCode>>,
        /// Those about one of these themes.
        theme: Option<Vec<TrainingTheme>>,
        /// Those meant for one of these.
        audience: Option<Vec<TrainingAudience>>,
        /// Whether they are retired.
        retired: Option<bool>,
    }
}

fn parse_code(text: String) -> Result<String, Flaw> {
    let signs = text.bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == b'-');
    if signs && !text.starts_with('-') { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "RESP-CIVILE")) }
}

fn parse_theme(text: String) -> Result<String, Flaw> {
    let signs = text.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_');
    let word = signs && text.starts_with(|first: char| first.is_ascii_lowercase());
    if word { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "school_law")) }
}
