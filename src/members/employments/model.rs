//! As what, under which status and for whom a member works.

use crate::db::Id;
use crate::values::{Day, choice, query};

choice! {
    /// What somebody works as.
    pub enum Occupation as "occupation" {
        PrimaryTeacher = "primary_teacher" ("Professeur des écoles", "Primary teacher"),
        SecondaryTeacher = "secondary_teacher" ("Enseignant du second degré", "Secondary teacher"),
        HigherEducationTeacher = "higher_education_teacher" ("Enseignant du supérieur", "Higher-education teacher"),
        PrimaryHead = "primary_head" ("Directeur d'école", "Head of a primary school"),
        SecondaryHead = "secondary_head" ("Personnel de direction", "Head of a secondary school"),
        Cpe = "cpe" ("Conseiller principal d'éducation", "Senior education adviser"),
        Aed = "aed" ("Assistant d'éducation", "Education assistant"),
        Aesh = "aesh" ("Accompagnant d'élèves en situation de handicap", "Assistant of pupils with disabilities"),
        Atsem = "atsem" ("ATSEM", "Nursery-school assistant"),
        PsyEn = "psy_en" ("Psychologue de l'Éducation nationale", "School psychologist"),
        Administrative = "administrative" ("Personnel administratif", "Administrative staff"),
        Technical = "technical" ("Personnel technique", "Technical staff"),
        Nurse = "nurse" ("Infirmier", "Nurse"),
        SocialWorker = "social_worker" ("Assistant de service social", "Social worker"),
        Inspector = "inspector" ("Inspecteur", "Inspector"),
        Trainee = "trainee" ("Stagiaire", "Trainee"),
        Retired = "retired" ("Retraité", "Retired"),
        Other = "other" ("Autre", "Other"),
    }
}

choice! {
    /// Under which status somebody is employed.
    pub enum EmploymentStatus as "employment_status" {
        Tenured = "tenured" ("Titulaire", "Tenured"),
        Trainee = "trainee" ("Stagiaire", "Trainee"),
        PublicContract = "public_contract" ("Contractuel de droit public", "Public contract"),
        PrivateContractTeacher = "private_contract_teacher" ("Maître contractuel du privé", "Contract teacher of a private school"),
        PrivateEmployee = "private_employee" ("Salarié de droit privé", "Private-law employee"),
    }
}

choice! {
    /// Who the employer is: the authority addressed and the legal clocks depend on it.
    pub enum Employer as "employer" {
        State = "state" ("État", "State"),
        LocalAuthority = "local_authority" ("Collectivité territoriale", "Local authority"),
        SchoolBody = "school_body" ("Établissement", "School"),
        Private = "private" ("Employeur privé", "Private employer"),
    }
}

query! {
    /// Filters of employments.
    pub struct EmploymentFilters {
        /// Those that hold this day.
        on: Option<Day>,
        /// Those in this establishment.
        establishment: Option<Id>,
    }
}
