//! Kind, sector, status and priority education: from the ministry's codes and labels to ours.

use crate::establishments::model::{EstablishmentKind, EstablishmentStatus, PriorityLevel, Sector};
use crate::imports::reading::repair::{Repair, Sound, Unreadable};
use crate::values::fold::fold;
use EstablishmentKind::*;

/// What a line says about the kind of its establishment. Texts are as in the file; a missing one is empty.
#[derive(Debug, Default, Clone, Copy)]
pub struct Signs<'a> {
    pub nature: &'a str,
    pub nature_label: &'a str,
    pub kind: &'a str,
    pub name: &'a str,
    pub nursery: bool,
    pub elementary: bool,
    pub general: bool,
    pub vocational: bool,
}

/// The kind: by nature, the ministry's own classification; else by type, by name.
pub fn kind(signs: &Signs<'_>) -> EstablishmentKind {
    let nature = by_nature(signs.nature).or_else(|| by_words(&fold(signs.nature_label)));
    let kind = nature.or_else(|| by_type(signs)).or_else(|| by_words(&fold(signs.name))).unwrap_or(Other);
    match kind {
        // Natures 101 and 151 do not tell primary schools, which the two flags do.
        NurserySchool | ElementarySchool | PrimarySchool => level(signs).unwrap_or(kind),
        kind => kind,
    }
}

/// Natures of the national base (N_NATURE_UAI) met in the directory since 2019.
fn by_nature(code: &str) -> Option<EstablishmentKind> {
    Some(match code {
        "101" | "102" | "103" | "111" => NurserySchool,
        "151" | "152" | "153" | "160" | "161" | "162" | "169" | "170" => ElementarySchool,
        "300" | "301" | "302" | "310" | "312" | "315" | "335" => GeneralTechnologicalHighSchool,
        "306" | "307" => PolyvalentHighSchool,
        "320" | "332" | "334" => VocationalHighSchool,
        "336" | "340" | "342" | "344" | "345" | "346" | "349" | "350" | "352" | "390" => MiddleSchool,
        "370" => Erea,
        "380" => Other,
        _ if code.len() != 3 => return None,
        _ => match code.as_bytes().first()? {
            b'2' => MedicoSocial,
            b'4'..=b'6' => PostSecondary,
            // Information and guidance centres (841) are services too.
            b'8' => AdministrativeService,
            _ => return None,
        },
    })
}

/// The level of a school of the first degree, by its flags or else its name.
fn level(signs: &Signs<'_>) -> Option<EstablishmentKind> {
    match (signs.nursery, signs.elementary) {
        (true, true) => Some(PrimarySchool),
        (true, false) => Some(NurserySchool),
        (false, true) => Some(ElementarySchool),
        (false, false) => by_words(&fold(signs.name)).filter(|kind| matches!(kind, NurserySchool | ElementarySchool | PrimarySchool)),
    }
}

/// The kind of a line by its type alone: on a second line of a UAI it is the type that says what stands at that address.
pub fn by_type(signs: &Signs<'_>) -> Option<EstablishmentKind> {
    match signs.kind {
        "" => None,
        "Ecole" | "École" => level(signs).or(Some(ElementarySchool)),
        "Collège" => Some(MiddleSchool),
        "Lycée" => Some(match (signs.general, signs.vocational) {
            (true, true) => PolyvalentHighSchool,
            (false, true) => VocationalHighSchool,
            (true, false) => GeneralTechnologicalHighSchool,
            (false, false) => by_words(&fold(signs.name)).filter(|kind| is_high_school(*kind)).unwrap_or(GeneralTechnologicalHighSchool),
        }),
        other => by_words(&fold(other)),
    }
}

/// Whether two kinds are taught in the same sort of house.
pub fn agree(one: EstablishmentKind, other: EstablishmentKind) -> bool {
    let first_degree = |kind| matches!(kind, NurserySchool | ElementarySchool | PrimarySchool);
    one == other || (is_high_school(one) && is_high_school(other)) || (first_degree(one) && first_degree(other))
}

fn is_high_school(kind: EstablishmentKind) -> bool {
    matches!(kind, GeneralTechnologicalHighSchool | PolyvalentHighSchool | VocationalHighSchool)
}

/// Words of folded labels, the most telling first: "ETAB REGIONAL/LYCEE ENSEIGNEMENT ADAPTE" is no high school.
const WORDS: [(&str, EstablishmentKind); 35] = [
    ("erea", Erea),
    ("etab regional", Erea),
    ("enseignement adapte", Erea),
    ("prof adapte", MiddleSchool),
    ("maternelle", NurserySchool),
    ("primaire", PrimarySchool),
    ("elementaire", ElementarySchool),
    ("polyvalent", PolyvalentHighSchool),
    ("techno prof", PolyvalentHighSchool),
    ("lycee pro", VocationalHighSchool),
    ("enseignement professionnel", VocationalHighSchool),
    ("lycee", GeneralTechnologicalHighSchool),
    ("general et techno", GeneralTechnologicalHighSchool),
    ("college", MiddleSchool),
    ("segpa", MiddleSchool),
    ("sts", PostSecondary),
    ("cpge", PostSecondary),
    ("superieur", PostSecondary),
    ("post bac", PostSecondary),
    ("medico", MedicoSocial),
    ("institut", MedicoSocial),
    ("infirmes", MedicoSocial),
    ("handicap", MedicoSocial),
    ("deficients", MedicoSocial),
    ("sourds", MedicoSocial),
    ("familiale", Other),
    ("ecole", ElementarySchool),
    ("rectora", AdministrativeService),
    ("dsden", AdministrativeService),
    ("direction", AdministrativeService),
    ("circonscription", AdministrativeService),
    ("administratif", AdministrativeService),
    ("information", AdministrativeService),
    ("orientation", AdministrativeService),
    ("service", AdministrativeService),
];

fn by_words(folded: &str) -> Option<EstablishmentKind> {
    WORDS.iter().find(|(word, _)| folded.contains(word)).map(|(_, kind)| *kind)
}

/// The sector. The code of the contract (N_CONTRAT_ETABLISSEMENT) counts before its label, which is often empty.
pub fn sector(status: &str, code: &str, label: &str) -> Sector {
    match code {
        "20" | "21" | "30" | "31" | "40" | "41" | "60" => return Sector::PrivateUnderContract,
        "10" => return Sector::PrivateWithoutContract,
        _ => {}
    }
    match status {
        "Public" => return Sector::Public,
        "" if label.is_empty() => return Sector::Unknown,
        _ => {}
    }
    let (status, label) = (fold(status), fold(label));
    let says = |words: &str| label.contains(words) || status.contains(words);
    if says("hors contrat") || says("sans contrat") {
        Sector::PrivateWithoutContract
    } else if says("sous contrat") || label.starts_with("contrat") || label.starts_with("c0ntrat") {
        Sector::PrivateUnderContract
    } else if status == "public" || status == "pu" {
        Sector::Public
    } else {
        Sector::Unknown
    }
}

pub fn status(text: &str) -> Repair<EstablishmentStatus> {
    if text == "OUVERT" {
        return Sound(EstablishmentStatus::Open);
    }
    match fold(text).as_str() {
        "ouvert" | "ouverte" => Sound(EstablishmentStatus::Open),
        "a fermer" => Sound(EstablishmentStatus::Closing),
        "a ouvrir" => Sound(EstablishmentStatus::Opening),
        "ferme" | "fermee" => Sound(EstablishmentStatus::Closed),
        _ => Unreadable,
    }
}

pub fn priority(text: &str) -> Repair<Option<PriorityLevel>> {
    match text.to_ascii_uppercase().as_str() {
        "REP" => Sound(Some(PriorityLevel::Rep)),
        "REP+" | "REP +" => Sound(Some(PriorityLevel::RepPlus)),
        "HORS REP" | "HEP" | "HORS EP" | "NON" | "0" => Sound(None),
        _ => Unreadable,
    }
}
