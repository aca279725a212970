//! Closed sets of codes, each with a French and an English label.

use crate::error::Flaw;
use std::str::FromStr;

/// A set of codes as it is served, with its labels.
#[derive(Debug, Clone, Copy)]
pub struct Enumeration {
    pub name: &'static str,
    pub values: &'static [Labelled],
}

#[derive(Debug, Clone, Copy)]
pub struct Labelled {
    pub code: &'static str,
    pub fr: &'static str,
    pub en: &'static str,
}

/// A value out of a closed set.
pub trait Choice: FromStr<Err = Flaw> + Copy + 'static {
    const ENUMERATION: Enumeration;

    fn code(self) -> &'static str;
}

/// Declares a closed set: `choice! { /// doc
/// pub enum Sector as "sector" { Public = "public" ("Public", "Public"), … } }`.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident as $code:literal { $($variant:ident = $value:literal ($fr:literal, $en:literal)),+ $(,)? }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value),+ }
            }
        }

        impl $crate::values::Choice for $name {
            const ENUMERATION: $crate::values::Enumeration = $crate::values::Enumeration {
                name: $code,
                values: &[$($crate::values::Labelled { code: $value, fr: $fr, en: $en }),+],
            };

            fn code(self) -> &'static str {
                self.as_str()
            }
        }

        impl $crate::values::Text for $name {}
        $crate::values::input::text_field!($name);

        impl std::str::FromStr for $name {
            type Err = $crate::error::Flaw;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($value => Ok(Self::$variant),)+
                    _ => Err($crate::error::Flaw::new($crate::error::Code::ChoiceUnknown).with("known", [$($value),+].join(", "))),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(|_| serde::de::Error::custom(concat!("unknown ", $code)))
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                String::from_sql(value)?.parse().map_err(|_| concat!("unknown ", $code).into())
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::values::schema::choice(concat!($($doc, "\n"),+), &<Self as $crate::values::Choice>::ENUMERATION)
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

pub(crate) use choice;
