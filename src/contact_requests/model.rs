//! What a first call is, its life, and which values it accepts.

use crate::db::Id;
use crate::dossiers::model::Urgency;
use crate::values::{DepartmentCode, Interval, choice, commands, query, text};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// How far a first call has come.
    pub enum ContactRequestStatus as "contact_request_status" {
        Received = "received" ("Reçu", "Received"),
        CalledBack = "called_back" ("Rappelé", "Called back"),
        Converted = "converted" ("Converti en dossier", "Converted into a dossier"),
        Answered = "answered" ("Répondu", "Answered"),
        Dropped = "dropped" ("Abandonné", "Dropped"),
    }
}

choice! {
    /// Why a first call led to nothing.
    pub enum DropReason as "drop_reason" {
        Unreachable = "unreachable" ("Injoignable", "Unreachable"),
        NotConcerned = "not_concerned" ("Non concerné", "Not concerned"),
        Duplicate = "duplicate" ("Doublon", "Duplicate"),
        Withdrawn = "withdrawn" ("Désistement", "Withdrawn"),
        Other = "other" ("Autre", "Other"),
    }
}

text! {
    /// What a caller said, in a few sentences.
    pub struct CallNote { max: 2000, example: "Menacée ce matin par un parent ; à rappeler dans la journée." }
}

text! {
    /// What a caller was answered.
    pub struct CallAnswer { max: 2000, example: "Orientée vers le service juridique du rectorat." }
}

query! {
    /// Filters of contact requests.
    pub struct ContactRequestFilters {
        /// States.
        status: Option<Vec<ContactRequestStatus>>,
        /// Urgencies.
        urgency: Option<Vec<Urgency>>,
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
        /// Establishment.
        establishment: Option<Id>,
        /// Days, in Europe/Paris, on which they came in.
        created: Option<Interval>,
    }
}

use ContactRequestStatus::{Answered, CalledBack, Converted, Dropped, Received};

#[rustfmt::skip]
pub const LIFECYCLE: Lifecycle<ContactRequestStatus> = Lifecycle {
    resource: "contact_request",
    initial: Received,
    transitions: &[
        step("call_back", &[Received], Some(CalledBack), &[], "Rappeler", "Call back"),
        step("convert", &[Received, CalledBack], Some(Converted), &[], "Convertir en dossier", "Convert into a dossier"),
        step("answer", &[Received, CalledBack], Some(Answered), &[], "Répondre", "Answer"),
        step("drop", &[Received, CalledBack], Some(Dropped), &[], "Abandonner", "Drop"),
    ],
};

commands! {
    /// Moves a contact request on.
    pub enum ContactRequestCommand {
        /// Says that the caller was called back.
        CallBack as "call_back" {
            /// What is to be said of it.
            reason: Option<Reason>,
        },
        /// Says which dossier it became.
        Convert as "convert" {
            /// A dossier that the caller of this command may read.
            dossier_id: Id,
        },
        /// Ends it with an answer.
        Answer as "answer" {
            /// What the caller was answered.
            answer: CallAnswer,
        },
        /// Ends it without one.
        Drop as "drop" {
            /// Why.
            drop_reason: DropReason,
            /// What else is to be said of it.
            reason: Option<Reason>,
        },
    }
}
