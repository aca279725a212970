//! Every version of the nomenclature, the oldest first; a code never comes back with another meaning.

use super::model::{Motive, Nomenclature};

const fn motive(code: &'static str, fr: &'static str, en: &'static str) -> Motive {
    Motive { code, fr, en, replaced_by: &[] }
}

/// A motive of a version that is over, with those that took its place.
const fn replaced(code: &'static str, fr: &'static str, en: &'static str, replaced_by: &'static [&'static str]) -> Motive {
    Motive { code, fr, en, replaced_by }
}

pub const VERSIONS: &[Nomenclature] = &[
    Nomenclature { version: 1, valid_from: (2010, 9, 1), valid_to: Some((2019, 8, 31)), motives: FIRST },
    Nomenclature { version: 2, valid_from: (2019, 9, 1), valid_to: None, motives: SECOND },
];

#[rustfmt::skip]
const FIRST: &[Motive] = &[
    replaced("conflict_with_family", "Conflit avec une famille", "Conflict with a family", &["conflict_with_parents"]),
    replaced("internal_conflict", "Conflit interne à l'établissement", "Conflict within the establishment", &["conflict_with_colleagues", "conflict_with_hierarchy"]),
    replaced("defamation", "Diffamation", "Defamation", &["defamation"]),
    replaced("insult", "Insulte", "Insult", &["insult_or_threat", "verbal_assault"]),
    replaced("threat", "Menace", "Threat", &["insult_or_threat", "death_threat"]),
    replaced("assault", "Agression", "Assault", &["physical_assault", "verbal_assault"]),
    replaced("harassment", "Harcèlement", "Harassment", &["harassment", "sexual_harassment"]),
    replaced("internet", "Faits commis sur internet", "Acts on the internet", &["cyber", "privacy"]),
    replaced("theft_or_damage", "Vol ou dégradation", "Theft or damage", &["theft_or_damage", "intrusion"]),
    replaced("accident", "Accident", "Accident", &["accident"]),
    replaced("accusation", "Mise en cause", "Accusation", &["false_accusation", "criminal_accusation", "disciplinary_accusation", "professional_liability"]),
    replaced("legal_question", "Question juridique", "Legal question", &["legal_question"]),
    replaced("other", "Autre", "Other", &["other", "secularism"]),
];

#[rustfmt::skip]
const SECOND: &[Motive] = &[
    motive("conflict_with_parents", "Conflit avec des parents", "Conflict with parents"),
    motive("conflict_with_colleagues", "Conflit avec des collègues", "Conflict with colleagues"),
    motive("conflict_with_hierarchy", "Conflit avec la hiérarchie", "Conflict with the hierarchy"),
    motive("defamation", "Diffamation", "Defamation"),
    motive("false_accusation", "Dénonciation calomnieuse", "False accusation"),
    motive("insult_or_threat", "Insulte ou menace", "Insult or threat"),
    motive("death_threat", "Menace de mort", "Death threat"),
    motive("verbal_assault", "Agression verbale", "Verbal assault"),
    motive("physical_assault", "Agression physique", "Physical assault"),
    motive("harassment", "Harcèlement", "Harassment"),
    motive("sexual_harassment", "Harcèlement sexuel", "Sexual harassment"),
    motive("cyber", "Cyberviolence", "Online violence"),
    motive("privacy", "Atteinte à la vie privée", "Breach of privacy"),
    motive("intrusion", "Intrusion", "Intrusion"),
    motive("theft_or_damage", "Vol ou dégradation", "Theft or damage"),
    motive("accident", "Accident", "Accident"),
    motive("secularism", "Atteinte à la laïcité", "Breach of secularism"),
    motive("professional_liability", "Responsabilité professionnelle", "Professional liability"),
    motive("criminal_accusation", "Mise en cause pénale", "Criminal accusation"),
    motive("disciplinary_accusation", "Mise en cause disciplinaire", "Disciplinary accusation"),
    motive("legal_question", "Question juridique", "Legal question"),
    motive("other", "Autre", "Other"),
];
