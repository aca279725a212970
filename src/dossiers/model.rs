//! What a dossier is and which values it accepts.

use super::derived::DossierPath;
use super::motives::model::MotiveCode;
use crate::auth::Confidentiality;
use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::values::{Day, DepartmentCode, Interval, choice, query, text};

choice! {
    /// Advice without procedure, or protection with the insurer asked and a lawyer possible.
    pub enum DossierKind as "dossier_kind" {
        LegalInformation = "legal_information" ("Renseignement juridique et professionnel", "Legal information"),
        LegalProtection = "legal_protection" ("Protection juridique et professionnelle", "Legal protection"),
    }
}

choice! {
    /// What the member is in the facts.
    pub enum MemberQuality as "member_quality" {
        Victim = "victim" ("Victime", "Victim"),
        Accused = "accused" ("Mis en cause", "Accused"),
        VictimAndAccused = "victim_and_accused" ("Victime et mis en cause", "Victim and accused"),
        Witness = "witness" ("Témoin", "Witness"),
        Enquirer = "enquirer" ("Demandeur d'information", "Enquirer"),
    }
}

choice! {
    /// By which way a request came in.
    pub enum ContactChannel as "contact_channel" {
        Correspondent = "correspondent" ("Correspondant", "Correspondent"),
        Phone = "phone" ("Téléphone", "Phone"),
        Email = "email" ("Courriel", "Email"),
        WebForm = "web_form" ("Formulaire en ligne", "Web form"),
        WalkIn = "walk_in" ("Visite", "Walk-in"),
        Insurer = "insurer" ("Assureur", "Insurer"),
        Partner = "partner" ("Partenaire", "Partner"),
        Authority = "authority" ("Autorité", "Authority"),
        LiveChat = "live_chat" ("Discussion en ligne", "Live chat"),
    }
}

choice! {
    /// How soon somebody must see to it.
    pub enum Urgency as "urgency" {
        Normal = "normal" ("Normale", "Normal"),
        High = "high" ("Élevée", "High"),
        Critical = "critical" ("Critique", "Critical"),
    }
}

choice! {
    /// How far a dossier has come.
    pub enum DossierStatus as "dossier_status" {
        New = "new" ("Nouveau", "New"),
        InProgress = "in_progress" ("En cours", "In progress"),
        Suspended = "suspended" ("Suspendu", "Suspended"),
        Inadmissible = "inadmissible" ("Irrecevable", "Inadmissible"),
        Closed = "closed" ("Clos", "Closed"),
        Archived = "archived" ("Archivé", "Archived"),
        Anonymised = "anonymised" ("Anonymisé", "Anonymised"),
    }
}

impl DossierStatus {
    /// The states in which a dossier is worked on.
    pub const OPEN: &'static [Self] = &[Self::New, Self::InProgress, Self::Suspended];
    /// The states in which only those who watch over personal data know of it.
    pub const PUT_AWAY: &'static [Self] = &[Self::Archived, Self::Anonymised];
}

choice! {
    /// How far a request for national solidarity has come.
    pub enum SolidarityStatus as "solidarity_status" {
        Requested = "requested" ("Demandée", "Requested"),
        Granted = "granted" ("Accordée", "Granted"),
        PartlyGranted = "partly_granted" ("Accordée en partie", "Partly granted"),
        Refused = "refused" ("Refusée", "Refused"),
    }
}

choice! {
    /// Where the facts happened.
    pub enum Place as "place" {
        Classroom = "classroom" ("Salle de classe", "Classroom"),
        CommonArea = "common_area" ("Espace commun", "Common area"),
        Yard = "yard" ("Cour", "Yard"),
        Office = "office" ("Bureau", "Office"),
        Canteen = "canteen" ("Restauration", "Canteen"),
        Gym = "gym" ("Gymnase", "Gym"),
        Surroundings = "surroundings" ("Abords", "Surroundings"),
        Transport = "transport" ("Transport", "Transport"),
        FieldTrip = "field_trip" ("Sortie ou voyage", "Field trip"),
        Boarding = "boarding" ("Internat", "Boarding house"),
        Online = "online" ("En ligne", "Online"),
        Home = "home" ("Domicile", "Home"),
        Other = "other" ("Autre", "Other"),
    }
}

choice! {
    /// How a dossier ended.
    pub enum Outcome as "outcome" {
        AdviceGiven = "advice_given" ("Conseil donné", "Advice given"),
        ConciliationSucceeded = "conciliation_succeeded" ("Conciliation aboutie", "Conciliation succeeded"),
        ConciliationFailed = "conciliation_failed" ("Conciliation échouée", "Conciliation failed"),
        CounselLetter = "counsel_letter" ("Courrier d'avocat", "Letter from counsel"),
        NoFurtherAction = "no_further_action" ("Classement sans suite", "No further action"),
        AlternativeToProsecution = "alternative_to_prosecution" ("Alternative aux poursuites", "Alternative to prosecution"),
        Conviction = "conviction" ("Condamnation", "Conviction"),
        Acquittal = "acquittal" ("Relaxe ou acquittement", "Acquittal"),
        Compensation = "compensation" ("Indemnisation", "Compensation"),
        Withdrawn = "withdrawn" ("Désistement", "Withdrawn"),
        LostContact = "lost_contact" ("Contact perdu", "Contact lost"),
        OutOfScope = "out_of_scope" ("Hors champ", "Out of scope"),
        NotCovered = "not_covered" ("Non couvert", "Not covered"),
        Duplicate = "duplicate" ("Doublon", "Duplicate"),
        Transferred = "transferred" ("Transmis", "Passed on"),
    }
}

choice! {
    /// What the end of a dossier is for the member: an acquittal is the opposite for a victim and for an accused.
    pub enum OutcomeForMember as "outcome_for_member" {
        Favourable = "favourable" ("Favorable", "Favourable"),
        Mixed = "mixed" ("Mitigée", "Mixed"),
        Unfavourable = "unfavourable" ("Défavorable", "Unfavourable"),
        Unknown = "unknown" ("Inconnue", "Unknown"),
    }
}

choice! {
    /// What is odd about a dossier, without standing in its way.
    pub enum DossierWarning as "dossier_warning" {
        MemberOfOtherDepartment = "member_of_other_department" ("Adhérent d'un autre département", "Member of another department"),
        EstablishmentClosed = "establishment_closed" ("Établissement fermé au jour des faits", "Establishment closed on the day of the facts"),
        IncidentOfOtherDepartment = "incident_of_other_department" ("Incident d'un autre département", "Incident of another department"),
    }
}

choice! {
    /// The age of a member on the day of the facts, in bands.
    pub enum AgeBand as "age_band" {
        Under30 = "under_30" ("Moins de 30 ans", "Under 30"),
        From30To39 = "from_30_to_39" ("30 à 39 ans", "30 to 39"),
        From40To49 = "from_40_to_49" ("40 à 49 ans", "40 to 49"),
        From50To59 = "from_50_to_59" ("50 à 59 ans", "50 to 59"),
        From60 = "from_60" ("60 ans et plus", "60 and over"),
    }
}

impl AgeBand {
    /// The band of somebody born on one day, on another.
    pub fn on(day: Day, birth_date: Day) -> Self {
        match day.0.years_since(birth_date.0).unwrap_or(0) {
            0..=29 => Self::Under30,
            30..=39 => Self::From30To39,
            40..=49 => Self::From40To49,
            50..=59 => Self::From50To59,
            _ => Self::From60,
        }
    }
}

text! {
    /// The reference of a dossier: department and school year of its opening, and a number.
    pub struct DossierReference { max: 20, pattern: "^(2[AB]|[0-9]{2,3})-[0-9]{4}-[0-9]{6,9}$", example: "63-2026-000123", parse: parse_reference }
}

impl DossierReference {
    pub fn of(department: &DepartmentCode, school_year: i32, number: i64) -> Result<Self, Flaw> {
        format!("{department}-{school_year}-{number:06}").parse()
    }
}

fn parse_reference(text: String) -> Result<String, Flaw> {
    let reference = text.to_ascii_uppercase();
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = reference.split('-').collect();
    let sound = matches!(parts.as_slice(), [department, year, number]
        if (matches!(*department, "2A" | "2B") || digits(department, 2..=3)) && digits(year, 4..=4) && digits(number, 6..=9));
    if sound { Ok(reference) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "63-2026-000123")) }
}

text! {
    /// What happened, in a few sentences.
    pub struct Summary { max: 4000, example: "Insultée par un parent d'élève devant la classe." }
}

text! {
    /// What the facts belong to, as a word that studies agree on.
    pub struct ContextTag { max: 40, pattern: "^[a-z][a-z0-9_]*$", example: "health_crisis", parse: parse_tag }
}

fn parse_tag(text: String) -> Result<String, Flaw> {
    let sound = text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if sound { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "health_crisis")) }
}

text! {
    /// A month of a year.
    pub struct Month { min: 7, max: 7, pattern: "^[0-9]{4}-(0[1-9]|1[0-2])$", example: "2026-09" }
}

/// The month of a day, as it is shown.
pub fn month_of(day: Day) -> String {
    day.0.format("%Y-%m").to_string()
}

text! {
    /// For which study dossiers are read under pseudonyms: those of one purpose can be joined, those of two cannot.
    pub struct Purpose { min: 3, max: 100, example: "Baromètre du climat scolaire 2026" }
}

query! {
    /// Filters of dossiers. Under pseudonyms only those hold that tell nothing finer than a month.
    pub struct DossierFilters {
        /// States.
        status: Option<Vec<DossierStatus>>,
        /// Kinds.
        kind: Option<Vec<DossierKind>>,
        /// Main motives, of any version of the nomenclature.
        motive: Option<Vec<MotiveCode>>,
        /// What the members are in the facts.
        quality: Option<Vec<MemberQuality>>,
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
        /// Establishment of the facts.
        establishment: Option<Id>,
        /// Member.
        member: Option<Id>,
        /// User in charge.
        referent: Option<Id>,
        /// Urgencies.
        urgency: Option<Vec<Urgency>>,
        /// Levels of confidentiality.
        confidentiality: Option<Vec<Confidentiality>>,
        /// How far requests for national solidarity have come.
        solidarity: Option<Vec<SolidarityStatus>>,
        /// Whether the member complained, simply or as a civil party.
        complaint: Option<bool>,
        /// Whether a lawyer ever accepted a mandate.
        counsel: Option<bool>,
        /// Whether it was brought before a judge.
        judicialised: Option<bool>,
        /// Which way it went.
        path: Option<Vec<DossierPath>>,
        /// Incident.
        incident: Option<Id>,
        /// What the facts belong to: any of these words.
        context: Option<Vec<ContextTag>>,
        /// Whether it was closed as a duplicate: without these, each case is counted once.
        duplicate: Option<bool>,
        /// References.
        reference: Option<Vec<DossierReference>>,
        /// Days of opening; whole months under pseudonyms.
        opened: Option<Interval>,
        /// Days on which the facts began; whole months under pseudonyms.
        facts: Option<Interval>,
        /// For analysts: the study for which dossiers are read under pseudonyms. It is needed, and has no sense for others.
        purpose: Option<Purpose>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_in_either_case_and_only_in_its_form() {
        assert_eq!("2a-2026-000001".parse::<DossierReference>().unwrap().as_str(), "2A-2026-000001");
        for text in ["63-2026-123", "2C-2026-000001", "63-26-000001", "63-2026-0000000001", "63-2026", "63-2026-00000a"] {
            assert!(text.parse::<DossierReference>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_age_is_counted_in_full_years() {
        let on = |day: &str| AgeBand::on(day.parse().unwrap(), "1996-11-22".parse().unwrap());
        assert_eq!((on("2026-11-21"), on("2026-11-22")), (AgeBand::Under30, AgeBand::From30To39));
    }
}
