//! What a line of a file of members can say: of a person, of a period of membership, of a post.

use crate::establishments::model::{AddressLine, CityName, CommuneCode, PostalCode, Uai};
use crate::members::employments::model::{Employer, EmploymentStatus, Occupation};
use crate::members::memberships::model::{Dues, SubscriptionChannel};
use crate::members::model::{Civility, ContactInstructions, ExternalId, MemberNumber, PersonName, SafeContact};
use crate::values::{Day, DepartmentCode, Email, Phone};

macro_rules! person {
    ($($field:ident as $attribute:literal: $type:ty),+ $(,)?) => {
        /// What lines say of a person; what they do not say is kept as it is.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Person { $(pub $field: Option<$type>),+ }

        impl Person {
            /// Attributes of which two lines say different things.
            pub fn contradictions(&self, other: &Self) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(if self.$field.is_some() && other.$field.is_some() && self.$field != other.$field { names.push($attribute); })+
                names
            }

            /// What this line says, and what others say besides.
            pub fn or(self, other: &Self) -> Self {
                Self { $($field: self.$field.or_else(|| other.$field.clone())),+ }
            }
        }
    };
}

person! {
    department_code as "department_code": DepartmentCode,
    civility as "civility": Civility,
    last_name as "last_name": PersonName,
    first_name as "first_name": PersonName,
    birth_name as "birth_name": PersonName,
    birth_date as "birth_date": Day,
    email as "email": Email,
    phone as "phone": Phone,
    line1 as "address.line1": AddressLine,
    line2 as "address.line2": AddressLine,
    line3 as "address.line3": AddressLine,
    postal_code as "address.postal_code": PostalCode,
    city as "address.city": CityName,
    commune_code as "address.commune_code": CommuneCode,
    safe_contact as "safe_contact": SafeContact,
    safe_contact_instructions as "safe_contact_instructions": ContactInstructions,
}

/// A period of membership as a line tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    pub subscribed_on: Day,
    pub starts_on: Day,
    pub ends_on: Day,
    pub registered_on: Option<Day>,
    pub dues: Option<Dues>,
    pub channel: SubscriptionChannel,
    pub insurer_holder: bool,
    pub external_ids: Vec<ExternalId>,
}

/// A post as a line tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// The day it began, where the line tells one: its own, else the first of the period.
    pub from: Option<Day>,
    pub uai: Option<Uai>,
    pub occupation: Option<Occupation>,
    pub employment_status: Option<EmploymentStatus>,
    pub employer: Option<Employer>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub line: u64,
    pub number: Option<MemberNumber>,
    pub external_ids: Vec<ExternalId>,
    pub person: Person,
    pub period: Option<Period>,
    pub post: Option<Post>,
}

impl Said {
    /// How the file names the member.
    pub fn key(&self) -> Option<String> {
        let external = || self.external_ids.first().map(|id| format!("{}:{}", id.system.as_str(), id.value));
        self.number.as_ref().map(ToString::to_string).or_else(external)
    }
}
