//! Reading values out of what a caller sent: one pass finds every flaw and says where each stands.

use crate::db::Id;
use crate::error::{Code, Error, Flaw, Issue, Place};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};

/// A value as it came: a JSON value of a body, the text of a query parameter or of a field of a form, or a form.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    Json(Value),
    Text(String),
    Form(Vec<(String, String)>),
}

/// The place being read and the flaws found so far.
pub struct Reading<'a> {
    issues: &'a mut Vec<Issue>,
    place: Place,
}

impl<'a> Reading<'a> {
    pub fn new(issues: &'a mut Vec<Issue>, place: Place) -> Self {
        Self { issues, place }
    }

    pub fn fail<T>(&mut self, flaw: impl Into<Flaw>) -> Option<T> {
        self.issues.push(flaw.into().at(self.place.clone()));
        None
    }

    fn at(&mut self, step: &str) -> Reading<'_> {
        let place = match &self.place {
            Place::Pointer(base) => Place::Pointer(format!("{base}/{}", step.replace('~', "~0").replace('/', "~1"))),
            other => other.clone(),
        };
        Reading { issues: self.issues, place }
    }

    fn parse<T: std::str::FromStr<Err = Flaw>>(&mut self, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(flaw) => self.fail(flaw),
        }
    }
}

/// A value that can be read from input.
pub trait Field: Sized {
    /// What an absent value stands for; none where one is required.
    fn absent() -> Option<Self> {
        None
    }

    /// Reads the value, or reports every flaw and gives none.
    fn read(raw: Raw, reading: &mut Reading<'_>) -> Option<Self>;

    /// The value's place in the contract: a reference for named values.
    fn reference() -> RefOr<Schema>;

    /// The schema itself, for parameters.
    fn inline() -> RefOr<Schema>;

    /// Adds the named schemas that `reference` refers to.
    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>);
}

/// Reads the text of a JSON string or a parameter.
pub fn text_of(raw: Raw, reading: &mut Reading<'_>) -> Option<String> {
    match raw {
        Raw::Text(text) | Raw::Json(Value::String(text)) => Some(text),
        Raw::Json(Value::Null) => reading.fail(Code::FieldNotNull),
        Raw::Json(_) | Raw::Form(_) => reading.fail(Code::TypeString),
    }
}

pub fn parsed<T: std::str::FromStr<Err = Flaw>>(raw: Raw, reading: &mut Reading<'_>) -> Option<T> {
    let text = text_of(raw, reading)?;
    reading.parse(&text)
}

pub fn counted<T: super::Number>(raw: Raw, reading: &mut Reading<'_>) -> Option<T> {
    use super::Inner;
    let number = match raw {
        Raw::Json(Value::Number(number)) => Some(number),
        Raw::Json(Value::Null) => return reading.fail(Code::FieldNotNull),
        Raw::Json(_) | Raw::Form(_) => None,
        Raw::Text(text) => text.parse().ok(),
    };
    match number.as_ref().and_then(T::Inner::from_json) {
        Some(inner) => T::checked(inner).map_or_else(|flaw| reading.fail(flaw), Some),
        None => reading.fail(T::Inner::EXPECTED),
    }
}

macro_rules! named_field {
    ($name:ty, $read:path) => {
        impl $crate::values::input::Field for $name {
            fn read(raw: $crate::values::input::Raw, reading: &mut $crate::values::input::Reading<'_>) -> Option<Self> {
                $read(raw, reading)
            }

            fn reference() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::Ref::from_schema_name(<Self as utoipa::ToSchema>::name()).into()
            }

            fn inline() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                <Self as utoipa::PartialSchema>::schema()
            }

            fn collect(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
                schemas.push((<Self as utoipa::ToSchema>::name().into_owned(), <Self as utoipa::PartialSchema>::schema()));
                <Self as utoipa::ToSchema>::schemas(schemas);
            }
        }
    };
}

macro_rules! text_field {
    ($name:ty) => {
        $crate::values::input::named_field!($name, $crate::values::input::parsed);
    };
}

macro_rules! number_field {
    ($name:ty) => {
        $crate::values::input::named_field!($name, $crate::values::input::counted);
    };
}

pub(crate) use {named_field, number_field, text_field};

impl utoipa::PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        super::schema::text(
            "The identifier of a resource, a UUID of version 7.",
            super::schema::Form { min: 36, max: 36, format: Some("uuid"), ..Default::default() },
            "01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10",
        )
    }
}

impl utoipa::ToSchema for Id {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

fn read_id(raw: Raw, reading: &mut Reading<'_>) -> Option<Id> {
    let text = text_of(raw, reading)?;
    Id::parse(&text).or_else(|| reading.fail(Code::IdInvalid))
}

named_field!(Id, read_id);

impl utoipa::PartialSchema for crate::db::Instant {
    fn schema() -> RefOr<Schema> {
        super::schema::text(
            "A moment, RFC 3339 in UTC with microseconds.",
            super::schema::Form { min: 20, max: 32, format: Some("date-time"), ..Default::default() },
            "2026-11-22T09:30:00.000000Z",
        )
    }
}

impl utoipa::ToSchema for crate::db::Instant {
    fn name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }
}

/// Read in any offset, kept to the microsecond; within the years that a day may lie in.
fn read_instant(raw: Raw, reading: &mut Reading<'_>) -> Option<crate::db::Instant> {
    let text = text_of(raw, reading)?;
    let Ok(moment) = chrono::DateTime::parse_from_rfc3339(&text) else { return reading.fail(Code::InstantInvalid) };
    let day = super::Day::of(moment.to_utc()).to_string().parse::<super::Day>();
    match (day, crate::db::Instant::from_micros(moment.timestamp_micros())) {
        (Ok(_), Some(instant)) => Some(instant),
        (Err(flaw), _) => reading.fail(flaw),
        _ => reading.fail(Code::InstantInvalid),
    }
}

named_field!(crate::db::Instant, read_instant);

impl Field for bool {
    fn read(raw: Raw, reading: &mut Reading<'_>) -> Option<Self> {
        match raw {
            Raw::Json(Value::Bool(value)) => Some(value),
            Raw::Json(Value::Null) => reading.fail(Code::FieldNotNull),
            Raw::Text(text) if text == "true" => Some(true),
            Raw::Text(text) if text == "false" => Some(false),
            _ => reading.fail(Code::TypeBoolean),
        }
    }

    fn reference() -> RefOr<Schema> {
        Self::inline()
    }

    fn inline() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Boolean).into()
    }

    fn collect(_: &mut Vec<(String, RefOr<Schema>)>) {}
}

/// May be absent, or `null` in a body.
impl<T: Field> Field for Option<T> {
    fn absent() -> Option<Self> {
        Some(None)
    }

    fn read(raw: Raw, reading: &mut Reading<'_>) -> Option<Self> {
        if raw == Raw::Json(Value::Null) { Some(None) } else { T::read(raw, reading).map(Some) }
    }

    fn reference() -> RefOr<Schema> {
        let null = ObjectBuilder::new().schema_type(Type::Null);
        OneOfBuilder::new().item(T::reference()).item(null).into()
    }

    fn inline() -> RefOr<Schema> {
        T::inline()
    }

    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::collect(schemas);
    }
}

/// Most items that a list in a body or a parameter may have.
pub const LIST_MAX: usize = 100;

/// An array in a body, comma-separated in a parameter; each value once.
impl<T: Field + PartialEq> Field for Vec<T> {
    fn read(raw: Raw, reading: &mut Reading<'_>) -> Option<Self> {
        let items: Vec<Raw> = match raw {
            Raw::Json(Value::Array(items)) => items.into_iter().map(Raw::Json).collect(),
            Raw::Json(Value::Null) => return reading.fail(Code::FieldNotNull),
            Raw::Json(_) | Raw::Form(_) => return reading.fail(Code::TypeArray),
            Raw::Text(text) => text.split(',').map(|item| Raw::Text(item.to_owned())).collect(),
        };
        if items.len() > LIST_MAX {
            return reading.fail(Flaw::new(Code::ListTooLong).with("max", LIST_MAX));
        }
        // Every item is read before the first flaw counts.
        let read: Vec<Option<T>> = items.into_iter().enumerate().map(|(at, item)| T::read(item, &mut reading.at(&at.to_string()))).collect();
        let list: Self = read.into_iter().collect::<Option<_>>()?;
        let repeats = list.iter().enumerate().any(|(at, item)| list.iter().skip(at + 1).any(|other| other == item));
        if repeats { reading.fail(Code::ListRepeats) } else { Some(list) }
    }

    fn reference() -> RefOr<Schema> {
        ArrayBuilder::new().items(T::reference()).max_items(Some(LIST_MAX)).unique_items(true).into()
    }

    fn inline() -> RefOr<Schema> {
        ArrayBuilder::new().items(T::inline()).min_items(Some(1)).max_items(Some(LIST_MAX)).unique_items(true).into()
    }

    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::collect(schemas);
    }
}

/// What a merge patch says of a field: nothing, or its new value (`Change<Option<T>>` may be cleared by `null`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T> {
    Keep,
    To(T),
}

impl<T> Change<T> {
    /// Puts the new value, if there is one, in the place of the old.
    pub fn apply(self, target: &mut T) {
        if let Self::To(value) = self {
            *target = value;
        }
    }
}

impl<T: Field> Field for Change<T> {
    fn absent() -> Option<Self> {
        Some(Self::Keep)
    }

    fn read(raw: Raw, reading: &mut Reading<'_>) -> Option<Self> {
        T::read(raw, reading).map(Self::To)
    }

    fn reference() -> RefOr<Schema> {
        T::reference()
    }

    fn inline() -> RefOr<Schema> {
        T::inline()
    }

    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::collect(schemas);
    }
}

/// The fields of one object while they are being taken out of it.
pub struct Fields<'r, 'a> {
    values: Vec<(String, Raw)>,
    known: Vec<&'static str>,
    reading: &'r mut Reading<'a>,
}

impl<'r, 'a> Fields<'r, 'a> {
    pub fn of_object(raw: Raw, reading: &'r mut Reading<'a>) -> Option<Self> {
        match raw {
            Raw::Json(Value::Object(map)) => {
                let values = map.into_iter().map(|(name, value)| (name, Raw::Json(value))).collect();
                Some(Self { values, known: Vec::new(), reading })
            }
            Raw::Form(pairs) => Some(Self { values: of_texts(pairs), known: Vec::new(), reading }),
            Raw::Json(Value::Null) => reading.fail(Code::FieldNotNull),
            _ => reading.fail(Code::TypeObject),
        }
    }

    pub fn of_query(pairs: Vec<(String, String)>, reading: &'r mut Reading<'a>) -> Self {
        Self { values: of_texts(pairs), known: Vec::new(), reading }
    }

    /// Takes the field out and reads it; a required one that is absent is reported.
    pub fn take<T: Field>(&mut self, name: &'static str) -> Option<T> {
        self.known.push(name);
        let Some(at) = self.values.iter().position(|(found, _)| found == name) else {
            return T::absent().or_else(|| self.at(name).fail(Code::FieldRequired));
        };
        let (_, raw) = self.values.swap_remove(at);
        if self.values.iter().any(|(found, _)| found == name) {
            self.values.retain(|(found, _)| found != name);
            let code = if self.is_query() { Code::ParameterRepeated } else { Code::FieldRepeated };
            return self.at(name).fail(code);
        }
        T::read(raw, &mut self.at(name))
    }

    /// Takes the field that tells which of several forms the object has.
    pub fn word(&mut self, name: &'static str, known: &[&'static str]) -> Option<&'static str> {
        self.known.push(name);
        let Some(at) = self.values.iter().position(|(found, _)| found == name) else {
            return self.at(name).fail(Code::FieldRequired);
        };
        let (_, raw) = self.values.swap_remove(at);
        let text = text_of(raw, &mut self.at(name))?;
        let word = known.iter().copied().find(|word| *word == text);
        word.or_else(|| self.at(name).fail(Flaw::new(Code::ChoiceUnknown).with("known", known.join(", "))))
    }

    /// Refuses, each with its own code, fields that the resource has but that this body does not set.
    pub fn refuse(&mut self, names: &[(&str, Code)]) {
        for (name, code) in names {
            if let Some(at) = self.values.iter().position(|(found, _)| found == name) {
                self.values.swap_remove(at);
                self.at(name).fail::<()>(*code);
            }
        }
    }

    /// Reports a rule that several fields break together, at one of them.
    pub fn check(&mut self, name: &str, flaw: Option<Flaw>) {
        if let Some(flaw) = flaw {
            self.at(name).fail::<()>(flaw);
        }
    }

    /// Reports what was never taken, each with the nearest known name.
    pub fn finish(mut self) {
        let code = if self.is_query() { Code::ParameterUnknown } else { Code::FieldUnknown };
        for (name, _) in std::mem::take(&mut self.values) {
            let nearest = nearest(&name, &self.known);
            self.at(&name).fail::<()>(Flaw::new(code).with("nearest", nearest));
        }
    }

    fn is_query(&self) -> bool {
        matches!(self.reading.place, Place::Parameter(_))
    }

    fn at(&mut self, name: &str) -> Reading<'_> {
        match self.reading.place {
            Place::Parameter(_) => Reading { issues: self.reading.issues, place: Place::Parameter(name.to_owned()) },
            _ => self.reading.at(name),
        }
    }
}

fn of_texts(pairs: Vec<(String, String)>) -> Vec<(String, Raw)> {
    pairs.into_iter().map(|(name, text)| (name, Raw::Text(text))).collect()
}

/// The known name nearest to one that is not known.
pub fn nearest(name: &str, known: &[&'static str]) -> &'static str {
    known.iter().copied().max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b))).unwrap_or("-")
}

/// A body: read from JSON, described in the contract.
pub trait Body: Field {}

/// The filters of a list: read from the query, described in the contract as parameters.
pub trait Query: Sized + Clone {
    fn take(fields: &mut Fields<'_, '_>) -> Option<Self>;
    fn parameters() -> Vec<utoipa::openapi::path::Parameter>;
}

/// A parameter of the contract.
pub fn parameter<T: Field>(name: &str, doc: &str) -> utoipa::openapi::path::Parameter {
    use utoipa::openapi::path::{ParameterBuilder, ParameterIn, ParameterStyle};
    let schema = T::inline();
    let list = matches!(&schema, RefOr::T(Schema::Array(_)));
    let mut builder = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(if T::absent().is_none() { utoipa::openapi::Required::True } else { utoipa::openapi::Required::False })
        .description(Some(doc.trim()))
        .schema(Some(schema));
    if list {
        builder = builder.style(Some(ParameterStyle::Form)).explode(Some(false));
    }
    builder.build()
}

/// Declares a body: `body! { /// doc
/// pub struct OpenThing { /// doc
/// name: Name, /// doc
/// phone: Option<Phone> } check { phone: rule[name, phone] } refuse { status: FieldState } }`. A rule takes references to
/// fields that were read and gives the flaw that they make together, reported at the field before the colon; fields refused
/// are those that the resource shows and this body does not set, each with the code that says why.
macro_rules! body {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident { $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty),+ $(,)? }
        $(check { $($at:ident: $rule:path [$($part:ident),+]),+ $(,)? })?
        $(refuse { $($refused:ident: $code:ident),+ $(,)? })?
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[doc = $field_doc])+ pub $field: $type),+ }

        impl $crate::values::input::Body for $name {}

        impl $crate::values::input::Field for $name {
            fn read(raw: $crate::values::input::Raw, reading: &mut $crate::values::input::Reading<'_>) -> Option<Self> {
                let mut fields = $crate::values::input::Fields::of_object(raw, reading)?;
                $(let $field: Option<$type> = fields.take(stringify!($field));)+
                $($(if let ($(Some($part),)+) = ($($part.as_ref(),)+) {
                    fields.check(stringify!($at), $rule($($part),+));
                })+)?
                $(fields.refuse(&[$((stringify!($refused), $crate::error::Code::$code)),+]);)?
                fields.finish();
                Some(Self { $($field: $field?),+ })
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

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use $crate::values::input::Field;
                let mut object = utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::Object)
                    .description(Some(concat!($($doc),+).trim()))
                    .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false)));
                $(
                    object = object.property(stringify!($field), <$type as Field>::reference());
                    if <$type as Field>::absent().is_none() {
                        object = object.required(stringify!($field));
                    }
                )+
                object.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
                $(<$type as $crate::values::input::Field>::collect(schemas);)+
            }
        }
    };
}

/// Declares the filters of a list: `query! { /// doc
/// pub struct ThingFilters { /// doc
/// kind: Option<Vec<Kind>> } }`.
macro_rules! query {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident { $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty),* $(,)? }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[doc = $field_doc])+ pub $field: $type),* }

        impl $crate::values::input::Query for $name {
            #[allow(unused_variables)]
            fn take(fields: &mut $crate::values::input::Fields<'_, '_>) -> Option<Self> {
                $(let $field: Option<$type> = fields.take(stringify!($field));)*
                Some(Self { $($field: $field?),* })
            }

            fn parameters() -> Vec<utoipa::openapi::path::Parameter> {
                vec![$($crate::values::input::parameter::<$type>(stringify!($field), concat!($($field_doc, "\n"),+))),*]
            }
        }

        impl utoipa::IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>) -> Vec<utoipa::openapi::path::Parameter> {
                <Self as $crate::values::input::Query>::parameters()
            }
        }
    };
}

pub(crate) use {body, query};

/// Both ends of a period, in order.
pub fn period(starts_on: &super::Day, ends_on: &Option<super::Day>) -> Option<Flaw> {
    ends_on.is_some_and(|end| end < *starts_on).then(|| Code::PeriodReversed.into())
}

/// The same of days of which both are given.
pub fn days(starts_on: &super::Day, ends_on: &super::Day) -> Option<Flaw> {
    period(starts_on, &Some(*ends_on))
}

/// Changes the ends of a period, which have these places; one that would run backwards is reported at the end that was moved.
pub fn change_period(
    [first, last]: [&'static str; 2],
    starts: Change<super::Day>,
    ends: Change<Option<super::Day>>,
    starts_on: &mut super::Day,
    ends_on: &mut Option<super::Day>,
) -> Result<(), Error> {
    let moved = if ends == Change::Keep { first } else { last };
    starts.apply(starts_on);
    ends.apply(ends_on);
    period(starts_on, ends_on).map_or(Ok(()), |flaw| Err(Error::field(moved, flaw)))
}

/// The same of a period that has both.
pub fn change_days(
    [first, last]: [&'static str; 2],
    starts: Change<super::Day>,
    ends: Change<super::Day>,
    starts_on: &mut super::Day,
    ends_on: &mut super::Day,
) -> Result<(), Error> {
    let moved = if ends == Change::Keep { first } else { last };
    starts.apply(starts_on);
    ends.apply(ends_on);
    days(starts_on, ends_on).map_or(Ok(()), |flaw| Err(Error::field(moved, flaw)))
}
