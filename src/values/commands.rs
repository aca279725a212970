//! Commands: bodies of several forms, told apart by the word in `command`.

use super::input::Body;
use serde_json::{Map, Value};

/// A body that gives one of several commands.
pub trait Commands: Body {
    /// The words of all of them.
    const WORDS: &'static [&'static str];

    /// The word of this one.
    fn word(&self) -> &'static str;

    /// Its other fields, those left out apart.
    fn details(&self) -> Map<String, Value>;
}

/// The fields of a command that were given.
pub fn given(fields: Vec<(&str, serde_json::Result<Value>)>) -> Map<String, Value> {
    fields.into_iter().filter_map(|(name, value)| value.ok().filter(|value| !value.is_null()).map(|value| (name.to_owned(), value))).collect()
}

/// Declares the commands of a lifecycle: `commands! { /// doc
/// pub enum ThingCommand { /// doc
/// Close as "close" { /// doc
/// outcome: Outcome, /// doc
/// reason: Option<Reason> } check { outcome: rule[outcome, reason] }, … } }`, where a command may also have no field (`{}`).
macro_rules! commands {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident { $(
            $(#[doc = $variant_doc:literal])+
            $variant:ident as $word:literal { $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty),* $(,)? }
            $(check { $($at:ident: $rule:path [$($part:ident),+]),+ $(,)? })?
        ),+ $(,)? }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $(
            $(#[doc = $variant_doc])+
            $variant { $($(#[doc = $field_doc])+ $field: $type),* }
        ),+ }

        impl $crate::values::input::Body for $name {}

        impl $crate::values::Commands for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn word(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $word),+ }
            }

            fn details(&self) -> serde_json::Map<String, serde_json::Value> {
                match self { $(
                    Self::$variant { $($field),* } => $crate::values::commands::given(vec![$((stringify!($field), serde_json::to_value($field))),*]),
                )+ }
            }
        }

        impl $crate::values::input::Field for $name {
            fn read(raw: $crate::values::input::Raw, reading: &mut $crate::values::input::Reading<'_>) -> Option<Self> {
                let mut fields = $crate::values::input::Fields::of_object(raw, reading)?;
                let word = fields.word("command", <Self as $crate::values::Commands>::WORDS)?;
                $(if word == $word {
                    $(let $field: Option<$type> = fields.take(stringify!($field));)*
                    $($(if let ($(Some($part),)+) = ($($part.as_ref(),)+) {
                        fields.check(stringify!($at), $rule($($part),+));
                    })+)?
                    fields.finish();
                    return Some(Self::$variant { $($field: $field?),* });
                })+
                None
            }

            fn reference() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::Ref::from_schema_name(stringify!($name)).into()
            }

            fn inline() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                <Self as utoipa::PartialSchema>::schema()
            }

            fn collect(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
                schemas.push((stringify!($name).to_owned(), <Self as utoipa::PartialSchema>::schema()));
                <Self as utoipa::ToSchema>::schemas(schemas);
            }
        }

        /// The finaliser names the variants and adds the discriminator.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Type};
                let mut choices = OneOfBuilder::new().description(Some(concat!($($doc),+).trim()));
                $(
                    #[allow(unused_mut)]
                    let mut object = ObjectBuilder::new()
                        .schema_type(Type::Object)
                        .description(Some(concat!($($variant_doc),+).trim()))
                        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
                        .property("command", ObjectBuilder::new().schema_type(Type::String).description(Some("The command.")).enum_values(Some([$word])))
                        .required("command");
                    $(
                        object = object.property(stringify!($field), <$type as $crate::values::input::Field>::reference());
                        if <$type as $crate::values::input::Field>::absent().is_none() {
                            object = object.required(stringify!($field));
                        }
                    )*
                    choices = choices.item(object);
                )+
                choices.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            #[allow(unused_variables)]
            fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
                $($(<$type as $crate::values::input::Field>::collect(schemas);)*)+
            }
        }
    };
}

pub(crate) use commands;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Issue, Place};
    use crate::values::input::{Field, Raw, Reading};
    use crate::values::text;
    use serde_json::json;

    text! {
        /// Why.
        pub struct Why { max: 10, example: "Late" }
    }

    commands! {
        /// Moves a thing on.
        pub enum ThingCommand {
            /// Closes it.
            Close as "close" {
                /// Why.
                reason: Why,
                /// Whether at once.
                urgent: Option<bool>,
            },
            /// Opens it.
            Open as "open" {},
        }
    }

    fn read(body: Value) -> Result<ThingCommand, Vec<(Place, Code)>> {
        let mut issues: Vec<Issue> = Vec::new();
        let read = ThingCommand::read(Raw::Json(body), &mut Reading::new(&mut issues, Place::Pointer(String::new())));
        read.filter(|_| issues.is_empty()).ok_or_else(|| issues.into_iter().map(|issue| (issue.place, issue.flaw.code)).collect())
    }

    fn at(pointer: &str, code: Code) -> (Place, Code) {
        (Place::Pointer(pointer.to_owned()), code)
    }

    #[test]
    fn the_word_chooses_the_fields() {
        let close = read(json!({ "command": "close", "reason": "Late" })).unwrap();
        assert_eq!((close.word(), Value::Object(close.details())), ("close", json!({ "reason": "Late" })));
        assert_eq!(read(json!({ "command": "open" })).unwrap(), ThingCommand::Open {});
        let flaws = read(json!({ "command": "close", "reason": 1, "urgent": "x", "resaon": "Late" })).unwrap_err();
        assert_eq!(flaws, [at("/reason", Code::TypeString), at("/urgent", Code::TypeBoolean), at("/resaon", Code::FieldUnknown)]);
        assert_eq!(read(json!({ "command": "open", "reason": "Late" })).unwrap_err(), [at("/reason", Code::FieldUnknown)]);
    }

    #[test]
    fn a_word_that_is_no_command_is_told_with_those_that_are() {
        assert_eq!(read(json!({ "command": "clsoe", "reason": 1 })).unwrap_err(), [at("/command", Code::ChoiceUnknown)]);
        assert_eq!(read(json!({ "reason": "Late" })).unwrap_err(), [at("/command", Code::FieldRequired)]);
        assert_eq!(read(json!([])).unwrap_err(), [at("", Code::TypeObject)]);
    }
}
