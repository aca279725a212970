//! Who answers, and why they do.

use crate::associations::team_members::model::TeamFunction;
use crate::values::{DisplayName, Email, Phone, choice};
use serde::Serialize;
use utoipa::ToSchema;

choice! {
    /// Who answers for an establishment.
    pub enum ContactLevel as "contact_level" {
        Correspondent = "correspondent" ("Correspondant de l'établissement", "Correspondent of the establishment"),
        Team = "team" ("Équipe départementale", "Departmental team"),
        Association = "association" ("Association départementale", "Departmental association"),
        National = "national" ("Fédération nationale", "National federation"),
    }
}

choice! {
    /// Why this level answers.
    pub enum ContactReason as "contact_reason" {
        CorrespondentInOffice = "correspondent_in_office" ("Un correspondant est en fonction dans l'établissement.", "A correspondent is in office at the establishment."),
        NoCorrespondent = "no_correspondent" ("Aucun correspondant n'est en fonction dans l'établissement : l'équipe du département prend le relais.", "No correspondent is in office at the establishment: the team of the department takes over."),
        NoTeam = "no_team" ("Aucun correspondant ni membre d'équipe n'est en fonction : l'association départementale répond.", "Neither a correspondent nor a team member is in office: the departmental association answers."),
        AssociationUnreachable = "association_unreachable" ("L'association départementale n'a ni équipe en fonction, ni téléphone, ni courriel : la fédération répond.", "The departmental association has no team in office, no phone and no electronic address: the federation answers."),
        NoAssociation = "no_association" ("Ce territoire n'a pas d'association départementale : la fédération répond.", "This territory has no departmental association: the federation answers."),
    }
}

/// Somebody to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactPerson {
    /// Name.
    pub display_name: DisplayName,
    /// Function in the team; `null` for a correspondent.
    pub function: Option<TeamFunction>,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
}

/// Most people named in one answer.
pub const CONTACTS_MAX: usize = 100;
