//! What an incident is, and which values it accepts.

use crate::db::Id;
use crate::values::{DepartmentCode, Interval, choice, query, text};

choice! {
    /// What happened, as far as establishments report it.
    pub enum IncidentNature as "incident_nature" {
        VerbalAssault = "verbal_assault" ("Agression verbale", "Verbal assault"),
        PhysicalAssault = "physical_assault" ("Agression physique", "Physical assault"),
        Threat = "threat" ("Menace", "Threat"),
        DeathThreat = "death_threat" ("Menace de mort", "Death threat"),
        Weapon = "weapon" ("Port ou usage d'une arme", "Weapon"),
        SexualAssault = "sexual_assault" ("Agression sexuelle", "Sexual assault"),
        Harassment = "harassment" ("Harcèlement", "Harassment"),
        Intrusion = "intrusion" ("Intrusion", "Intrusion"),
        TheftOrDamage = "theft_or_damage" ("Vol ou dégradation", "Theft or damage"),
        Cyber = "cyber" ("Faits en ligne", "Online"),
        Secularism = "secularism" ("Atteinte à la laïcité", "Secularism"),
        Accident = "accident" ("Accident", "Accident"),
        Other = "other" ("Autre", "Other"),
    }
}

text! {
    /// What happened, in a few sentences.
    pub struct IncidentSummary { max: 4000, example: "Un parent menace la principale et cinq professeurs devant la grille." }
}

query! {
    /// Filters of incidents.
    pub struct IncidentFilters {
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
        /// Establishment.
        establishment: Option<Id>,
        /// Days.
        occurred: Option<Interval>,
    }
}
