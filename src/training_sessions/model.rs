//! What a training session is, and which values it accepts.

use crate::db::Id;
use crate::values::{AcademyCode, DepartmentCode, Interval, choice, number, query, text};

choice! {
    /// Who organises a training session.
    pub enum OrganiserLevel as "organiser_level" {
        Department = "department" ("Association départementale", "Departmental association"),
        Academy = "academy" ("Académie", "Academy"),
        National = "national" ("Association nationale", "National association"),
    }
}

choice! {
    /// What form a training session takes.
    pub enum TrainingFormat as "training_format" {
        LegalWorkshop = "legal_workshop" ("Atelier juridique", "Legal workshop"),
        EconomicWorkshop = "economic_workshop" ("Atelier économique", "Economic workshop"),
        Webinar = "webinar" ("Webinaire", "Webinar"),
        Conference = "conference" ("Conférence", "Conference"),
        SchoolVisit = "school_visit" ("Intervention en établissement", "School visit"),
        InitialTraining = "initial_training" ("Formation initiale", "Initial training"),
        VolunteerTraining = "volunteer_training" ("Formation des bénévoles", "Training of volunteers"),
        LiveChat = "live_chat" ("Chat en direct", "Live chat"),
    }
}

choice! {
    /// Where participants are.
    pub enum Delivery as "training_delivery" {
        InPerson = "in_person" ("En présence", "In person"),
        Remote = "remote" ("À distance", "Remote"),
        Hybrid = "hybrid" ("Hybride", "Hybrid"),
    }
}

choice! {
    /// State of a training session. `full` follows from the registrations.
    pub enum TrainingSessionStatus as "training_session_status" {
        Draft = "draft" ("Brouillon", "Draft"),
        Scheduled = "scheduled" ("Programmée", "Scheduled"),
        RegistrationOpen = "registration_open" ("Inscriptions ouvertes", "Registration open"),
        Full = "full" ("Complète", "Full"),
        InProgress = "in_progress" ("En cours", "In progress"),
        Completed = "completed" ("Terminée", "Completed"),
        Cancelled = "cancelled" ("Annulée", "Cancelled"),
    }
}

impl TrainingSessionStatus {
    /// Those in which nothing of it changes any more.
    pub const OVER: &'static [Self] = &[Self::Completed, Self::Cancelled];
}

text! {
    /// Where participants come.
    pub struct TrainingVenue { max: 300, example: "INSPE, 36 avenue Jean-Jaurès, Chamalières" }
}

text! {
    /// The reference of an agreement.
    pub struct AgreementReference { max: 80, example: "CONV-2026-114" }
}

number! {
    /// How many can take part.
    pub struct Capacity(i32: Integer "int32" as Integer) { 1..=5000, example: 20 }
}

query! {
    /// Filters of training sessions.
    pub struct TrainingSessionFilters {
        /// States.
        status: Option<Vec<TrainingSessionStatus>>,
        /// Who organises them.
        organiser: Option<Vec<OrganiserLevel>>,
        /// Those of the associations of these departments.
        department: Option<Vec<DepartmentCode>>,
        /// Those of these academies and of their departments.
        academy: Option<Vec<AcademyCode>>,
        /// Module.
        module: Option<Id>,
        /// Forms.
        format: Option<Vec<TrainingFormat>>,
        /// Where participants are.
        delivery: Option<Vec<Delivery>>,
        /// Days on which they begin.
        starts: Option<Interval>,
    }
}
