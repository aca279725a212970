//! What a registration is, and which values it accepts.

use crate::values::fold::fold;
use crate::values::{DisplayName, Email, choice, query, text};

choice! {
    /// State of a registration.
    pub enum RegistrationStatus as "training_registration_status" {
        Requested = "requested" ("Demandée", "Requested"),
        Confirmed = "confirmed" ("Confirmée", "Confirmed"),
        WaitingList = "waiting_list" ("En liste d'attente", "On the waiting list"),
        Refused = "refused" ("Refusée", "Refused"),
        Cancelled = "cancelled" ("Annulée", "Cancelled"),
    }
}

use RegistrationStatus::{Confirmed, Requested, WaitingList};

impl RegistrationStatus {
    /// Those of which each person has one in a session at most.
    pub const LIVING: &'static [Self] = &[Requested, Confirmed, WaitingList];
}

choice! {
    /// What became of one member who was to be registered with others.
    pub enum BulkOutcome as "registration_outcome" {
        Registered = "registered" ("Inscrit", "Registered"),
        AlreadyRegistered = "already_registered" ("Déjà inscrit", "Registered already"),
        NotFound = "not_found" ("Introuvable", "Not found"),
    }
}

text! {
    /// Where a participant from outside works.
    pub struct Organisation { max: 160, example: "Mairie de Clermont-Ferrand" }
}

text! {
    /// The name of a participant, as it is to be shown.
    pub struct ParticipantName { max: 240, example: "Claire Dubœuf" }
}

query! {
    /// Filters of registrations.
    pub struct RegistrationFilters {
        /// States.
        status: Option<Vec<RegistrationStatus>>,
    }
}

/// By which two participants from outside are held for the same person: the electronic address, or where there is none the name and where
/// they work.
pub fn outsider_key(name: &DisplayName, email: Option<&Email>, organisation: Option<&Organisation>) -> String {
    match email {
        Some(email) => email.as_str().to_lowercase(),
        None => format!("{} | {}", fold(name.as_str()), fold(organisation.map_or("", Organisation::as_str))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_from_outside_is_known_by_address_or_else_by_name_and_place() {
        let key = |name: &str, email: Option<&str>, place: Option<&str>| {
            let (email, place) = (email.map(|email| email.parse().unwrap()), place.map(|place| place.parse().unwrap()));
            outsider_key(&name.parse().unwrap(), email.as_ref(), place.as_ref())
        };
        assert_eq!(key("Anne Lac", Some("Anne@example.org"), None), key("A. Lac", Some("anne@EXAMPLE.org"), Some("Mairie")));
        assert_eq!(key("Zoé Élan", None, Some("Mairie")), key("zoe elan", None, Some("MAIRIE")));
        assert_ne!(key("Zoé Élan", None, Some("Mairie")), key("Zoé Élan", None, None));
        assert_ne!(key("Zoé Élan", Some("zoe@example.org"), None), key("Zoé Élan", Some("elan@example.org"), None));
    }
}
