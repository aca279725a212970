//! What a party is in a dossier.

use crate::values::{choice, query};

choice! {
    /// The part that somebody has in a dossier.
    pub enum PartyRole as "party_role" {
        Member = "member" ("Adhérent", "Member"),
        OpposingParty = "opposing_party" ("Partie adverse", "Opposing party"),
        Complainant = "complainant" ("Plaignant contre l'adhérent", "Complainant against the member"),
        Witness = "witness" ("Témoin", "Witness"),
        Representative = "representative" ("Représentant", "Representative"),
        Administration = "administration" ("Administration", "Administration"),
        Mediator = "mediator" ("Médiateur", "Mediator"),
    }
}

choice! {
    /// What somebody is to the member.
    pub enum PartyCategory as "party_category" {
        LegalGuardian = "legal_guardian" ("Responsable légal", "Legal guardian"),
        Relative = "relative" ("Proche", "Relative"),
        Pupil = "pupil" ("Élève", "Pupil"),
        Colleague = "colleague" ("Collègue", "Colleague"),
        Hierarchy = "hierarchy" ("Hiérarchie", "Hierarchy"),
        LocalAuthority = "local_authority" ("Collectivité", "Local authority"),
        Outsider = "outsider" ("Personne extérieure", "Outsider"),
        Unidentified = "unidentified" ("Non identifié", "Unidentified"),
    }
}

query! {
    /// Filters of parties.
    pub struct PartyFilters {
        /// Roles.
        role: Option<Vec<PartyRole>>,
        /// Categories.
        category: Option<Vec<PartyCategory>>,
    }
}

/// Where somebody stands in a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Beside its member.
    For,
    Against,
}

impl PartyRole {
    /// None for whoever opposes nobody.
    pub fn side(self) -> Option<Side> {
        match self {
            Self::Member => Some(Side::For),
            Self::OpposingParty | Self::Complainant => Some(Side::Against),
            Self::Witness | Self::Representative | Self::Administration | Self::Mediator => None,
        }
    }
}

impl Side {
    /// The roles of those who oppose whoever stands here.
    pub fn opponents(self) -> &'static [PartyRole] {
        match self {
            Self::For => &[PartyRole::OpposingParty, PartyRole::Complainant],
            Self::Against => &[PartyRole::Member],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Choice;

    #[test]
    fn those_who_oppose_a_side_stand_on_the_other() {
        for role in PartyRole::ENUMERATION.values.iter().map(|role| role.code.parse::<PartyRole>().unwrap()) {
            for (side, other) in [(Side::For, Side::Against), (Side::Against, Side::For)] {
                assert_eq!(side.opponents().contains(&role), role.side() == Some(other), "{role:?}");
            }
        }
    }
}
