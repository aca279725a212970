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
        /// What happened: one of these at least.
        nature: Option<Vec<IncidentNature>>,
    }
}

/// Below it no figure about dossiers or persons is told to whoever does not read them.
pub const THRESHOLD: i64 = 5;

/// A figure as it is told to whoever only counts: not at all below the threshold, and above it rounded down, so that one subtracted from
/// another tells of no single dossier.
pub fn coarse(count: i64) -> Option<i64> {
    (count >= THRESHOLD).then(|| count - count % THRESHOLD)
}

impl IncidentFilters {
    /// The parameters that ask for finer figures than are told to whoever only counts: an establishment, days within a month.
    pub fn too_fine(&self) -> Vec<&'static str> {
        let asked = [("establishment", self.establishment.is_some()), ("occurred", self.occurred.is_some_and(|days| !days.is_of_whole_months()))];
        asked.into_iter().filter_map(|(name, fine)| fine.then_some(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_below_the_threshold_are_not_told_and_others_are_rounded_down() {
        let told: Vec<Option<i64>> = [0, 4, 5, 9, 10, 123].map(coarse).to_vec();
        assert_eq!(told, [None, None, Some(5), Some(5), Some(10), Some(120)]);
    }
}
