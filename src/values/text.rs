//! Texts with a limit and, where they have one, a form.

use crate::error::{Code, Flaw};
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;
use validator::ValidateLength;

/// A text value: read from a JSON string or a query parameter through its `FromStr`.
pub trait Text: FromStr<Err = Flaw> {}

/// The text in Unicode form NFC, without outer blanks, if it holds no control character and keeps to the limits.
pub fn cleaned(text: &str, min: u64, max: u64) -> Result<String, Flaw> {
    if text.chars().any(char::is_control) {
        return Err(Code::TextControl.into());
    }
    let trimmed = text.trim();
    let clean: String = if trimmed.is_ascii() { trimmed.to_owned() } else { trimmed.nfc().collect() };
    if clean.is_empty() && min > 0 {
        return Err(Code::TextEmpty.into());
    }
    if !clean.validate_length(Some(min), None, None) {
        return Err(Flaw::new(Code::TextTooShort).with("min", min));
    }
    if !clean.validate_length(None, Some(max), None) {
        return Err(Flaw::new(Code::TextTooLong).with("max", max));
    }
    Ok(clean)
}

/// Declares a text newtype: `text! { /// doc
/// pub struct Name { max: 80, example: "…" } }`, with optional `min`, `input`
/// (the longest form accepted, where `parse` shortens it), `pattern`, `format` and `parse: fn(String) -> Result<String, Flaw>`.
macro_rules! text {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $(min: $min:expr,)? max: $max:expr, $(input: $input:expr,)?
            $(pattern: $pattern:expr,)? $(format: $format:expr,)?
            example: $example:expr
            $(, parse: $parse:expr)? $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::values::Text for $name {}
        $crate::values::input::text_field!($name);

        impl std::str::FromStr for $name {
            type Err = $crate::error::Flaw;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let limits = (1, $max);
                $(let limits = ($min, limits.1);)?
                $(let limits = (limits.0.min(1), $input);)?
                let text = $crate::values::cleaned(text, limits.0, limits.1)?;
                $(let text = $parse(text)?;)?
                Ok(Self(text))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        /// Reads what was stored; input goes through `FromStr`.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                String::from_sql(value).map(Self)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                #[allow(unused_mut, unused_assignments)]
                let mut form = $crate::values::schema::Form { min: 1, max: $max, ..Default::default() };
                $(form.min = $min;)?
                $(form.pattern = Some($pattern);)?
                $(form.format = Some($format);)?
                $crate::values::schema::text(concat!($($doc, "\n"),+), form, $example)
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

pub(crate) use text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_composed_and_counted_in_characters() {
        assert_eq!(cleaned("  Cole\u{300}ge ", 1, 7).as_deref(), Ok("Colège"));
        assert_eq!(cleaned("éé", 1, 1).map_err(|flaw| flaw.code), Err(Code::TextTooLong));
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\0b", "a\u{85}b", "a\tb", "a\u{1b}[0m", "a\n"] {
            assert_eq!(cleaned(text, 1, 80).map_err(|flaw| flaw.code), Err(Code::TextControl));
        }
    }

    #[test]
    fn blanks_alone_are_an_empty_text() {
        assert_eq!(cleaned(" \u{a0} ", 1, 80).map_err(|flaw| flaw.code), Err(Code::TextEmpty));
    }
}
