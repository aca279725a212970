//! Names and places of the demonstration: common in France, and of nobody in particular.

use super::{parsed, pick};
use entraide::error::Result;
use entraide::establishments::model::Address;
use entraide::values::territory::DEPARTMENTS;
use fastrand::Rng;

pub const FIRST_NAMES: [(&str, bool); 48] = [
    ("Marie", true),
    ("Camille", true),
    ("Léa", true),
    ("Chloé", true),
    ("Inès", true),
    ("Zoé", true),
    ("Hélène", true),
    ("Françoise", true),
    ("Anaïs", true),
    ("Agnès", true),
    ("Maëlle", true),
    ("Nadia", true),
    ("Fatima", true),
    ("Aurélie", true),
    ("Noémie", true),
    ("Cécile", true),
    ("Brigitte", true),
    ("Stéphanie", true),
    ("Élodie", true),
    ("Solène", true),
    ("Thaïs", true),
    ("Valérie", true),
    ("Laëtitia", true),
    ("Mélanie", true),
    ("Jean", false),
    ("Pierre", false),
    ("Loïc", false),
    ("François", false),
    ("Jérôme", false),
    ("Rémi", false),
    ("Hervé", false),
    ("Benoît", false),
    ("Cédric", false),
    ("Mickaël", false),
    ("Grégory", false),
    ("Éric", false),
    ("Stéphane", false),
    ("Frédéric", false),
    ("Raphaël", false),
    ("Gaël", false),
    ("Karim", false),
    ("Thierry", false),
    ("Joël", false),
    ("Aurélien", false),
    ("Clément", false),
    ("Théo", false),
    ("Jean-Baptiste", false),
    ("Noël", false),
];

pub const LAST_NAMES: [&str; 64] = [
    "Martin",
    "Bernard",
    "Thomas",
    "Petit",
    "Robert",
    "Richard",
    "Durand",
    "Dubois",
    "Moreau",
    "Laurent",
    "Simon",
    "Michel",
    "Lefèvre",
    "Leroy",
    "Roux",
    "Morel",
    "Fournier",
    "Girard",
    "Bonnet",
    "Dupont",
    "Lambert",
    "Fontaine",
    "Rousseau",
    "Müller",
    "Lefort",
    "Faure",
    "André",
    "Mercier",
    "Blanc",
    "Guérin",
    "Boyer",
    "Garnier",
    "Chevalier",
    "François",
    "Legrand",
    "Gauthier",
    "Garcia",
    "Perrin",
    "Clément",
    "Morin",
    "Nicolas",
    "Henry",
    "Roussel",
    "Mathieu",
    "Gautier",
    "Masson",
    "Marchand",
    "Duval",
    "Denis",
    "Dubœuf",
    "Núñez",
    "d'Aragon",
    "Le Goff",
    "Lœvenbruck",
    "Sœur",
    "Çelik",
    "Benaïm",
    "Nguyễn",
    "Payet",
    "Hoarau",
    "Grondin",
    "Saint-Martin",
    "De La Tour",
    "L'Hermitte",
];

pub const STREETS: [&str; 12] = [
    "rue des Écoles",
    "avenue de la République",
    "place de la Mairie",
    "rue Jean-Jaurès",
    "rue Victor-Hugo",
    "chemin des Vignes",
    "impasse du Moulin",
    "boulevard Gambetta",
    "rue de l'Église",
    "allée des Tilleuls",
    "route de la Forêt",
    "rue du 11-Novembre",
];

/// A department of the demonstration, and towns with their postal and commune codes.
#[derive(Clone, Copy)]
pub struct Place {
    pub department: &'static str,
    pub towns: &'static [(&'static str, &'static str, &'static str)],
}

impl Place {
    /// The first digits of the UAI numbers there: the code of the department, but for the two of Corsica.
    pub fn uai_prefix(&self) -> Result<u32> {
        match self.department {
            "2A" => Ok(620),
            "2B" => Ok(720),
            code => parsed(code),
        }
    }

    /// The lines of an address there that tell the town.
    pub fn town(&self, rng: &mut Rng) -> Result<Address> {
        if self.towns.is_empty() {
            return Ok(Address::default());
        }
        let (city, postal_code, commune_code) = *pick(rng, self.towns)?;
        Ok(Address { postal_code: Some(parsed(postal_code)?), city: Some(parsed(city)?), commune_code: Some(parsed(commune_code)?), ..Address::default() })
    }
}

/// The first departments of the demonstration: those whose towns are told, and then the others.
pub fn places(count: usize) -> Vec<Place> {
    let told = |code: &str| PLACES.iter().any(|place| place.department == code);
    let others = DEPARTMENTS.iter().filter(|department| !told(department.code)).map(|department| Place { department: department.code, towns: &[] });
    PLACES.into_iter().chain(others).take(count).collect()
}

const PLACES: [Place; 3] = [
    Place {
        department: "63",
        towns: &[
            ("Clermont-Ferrand", "63000", "63113"),
            ("Riom", "63200", "63300"),
            ("Thiers", "63300", "63430"),
            ("Issoire", "63500", "63178"),
            ("Ambert", "63600", "63003"),
        ],
    },
    Place {
        department: "34",
        towns: &[
            ("Montpellier", "34000", "34172"),
            ("Béziers", "34500", "34032"),
            ("Sète", "34200", "34301"),
            ("Lunel", "34400", "34145"),
            ("Lodève", "34700", "34142"),
        ],
    },
    Place {
        department: "974",
        towns: &[
            ("Saint-Denis", "97400", "97411"),
            ("Saint-Pierre", "97410", "97416"),
            ("Le Tampon", "97430", "97422"),
            ("Saint-Paul", "97460", "97415"),
            ("Saint-Leu", "97436", "97413"),
        ],
    },
];

pub const PATRONS: [&str; 20] = [
    "Jules-Ferry",
    "Jean-Moulin",
    "Marie-Curie",
    "Louise-Michel",
    "Victor-Hugo",
    "Émilie-du-Châtelet",
    "Jean-Jaurès",
    "Simone-Veil",
    "Pierre-Mendès-France",
    "George-Sand",
    "Blaise-Pascal",
    "Lucie-Aubrac",
    "Jacques-Prévert",
    "Anatole-France",
    "Olympe-de-Gouges",
    "Paul-Éluard",
    "Françoise-Dolto",
    "Aimé-Césaire",
    "Joséphine-Baker",
    "Condorcet",
];

/// Beginnings and ends of the many names that few people have: as in any directory, most names are such.
pub const BEGINNINGS: [&str; 40] = [
    "Bel", "Bar", "Ber", "Bon", "Bou", "Bru", "Cha", "Char", "Cor", "Cou", "Dal", "Des", "Dor", "Fer", "Fou", "Gar", "Ger", "Gou", "Gri", "Lam", "Lan", "Mal",
    "Mar", "Mau", "Mer", "Mon", "Mor", "Pel", "Per", "Pois", "Pra", "Rai", "Ray", "Rey", "Ros", "Sal", "Tour", "Val", "Ver", "Vill",
];
pub const MIDDLES: [&str; 12] = ["", "a", "an", "bi", "dé", "e", "in", "la", "mi", "o", "té", "vi"];
pub const ENDS: [&str; 24] = [
    "ard", "aud", "eau", "el", "er", "et", "ette", "euil", "eur", "ez", "ier", "in", "lin", "net", "nier", "not", "oux", "quet", "rand", "riot", "sson",
    "teau", "ton", "vert",
];

#[cfg(test)]
mod tests {
    use super::places;
    use std::collections::HashSet;

    #[test]
    fn every_department_has_numbers_of_its_own_for_its_schools() {
        let prefixes: HashSet<u32> = places(101).iter().map(|place| place.uai_prefix().unwrap()).collect();
        assert_eq!(prefixes.len(), 101);
        assert!(prefixes.iter().all(|prefix| (1..=976).contains(prefix)));
    }
}
