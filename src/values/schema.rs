//! How values stand in the contract.

use crate::values::{Enumeration, Labelled};
use std::collections::HashMap;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{RefOr, extensions::ExtensionsBuilder};

/// The form of a text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Form {
    pub min: usize,
    pub max: usize,
    pub pattern: Option<&'static str>,
    pub format: Option<&'static str>,
}

/// Any text without control characters.
const FREE_TEXT: &str = r"^[^\x00-\x1F\x7F-\x9F]*$";

/// The lines of a documentation comment as one paragraph.
fn paragraph(doc: &str) -> String {
    doc.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

pub fn text(doc: &str, form: Form, example: &str) -> RefOr<Schema> {
    let mut schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(paragraph(doc)))
        .min_length(Some(form.min))
        .max_length(Some(form.max))
        .examples([example]);
    if let Some(format) = form.format {
        schema = schema.format(Some(SchemaFormat::Custom(format.to_owned())));
    }
    if form.pattern.is_some() || form.format.is_none() {
        schema = schema.pattern(Some(form.pattern.unwrap_or(FREE_TEXT)));
    }
    schema.into()
}

pub fn choice(doc: &str, enumeration: &Enumeration) -> RefOr<Schema> {
    let values = enumeration.values.iter().map(|value| value.code);
    let labels = |label: fn(&Labelled) -> &'static str| {
        serde_json::Value::Object(enumeration.values.iter().map(|value| (value.code.to_owned(), label(value).into())).collect())
    };
    let extensions = ExtensionsBuilder::new().add("x-enumDescriptions", labels(|value| value.en)).add(FRENCH, labels(|value| value.fr)).build();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(paragraph(doc)))
        .enum_values(Some(values))
        .examples(enumeration.values.first().map(|value| value.code))
        .extensions(Some(extensions))
        .into()
}

/// Where a schema keeps the French labels of its codes.
const FRENCH: &str = "x-enumLabelsFr";

/// The French labels of a schema of codes, by code.
pub fn french_labels(schema: &Schema) -> HashMap<String, String> {
    let Schema::Object(object) = schema else { return HashMap::new() };
    let labels = object.extensions.as_ref().and_then(|extensions| extensions.get(FRENCH)?.as_object());
    labels.into_iter().flatten().filter_map(|(code, label)| Some((code.clone(), label.as_str()?.to_owned()))).collect()
}

pub fn number(doc: &str, kind: Type, format: &str, min: f64, max: f64, example: serde_json::Value) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(kind)
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .description(Some(paragraph(doc)))
        .minimum(Some(min))
        .maximum(Some(max))
        .examples([example])
        .into()
}

/// An object whose keys are not known in advance.
pub fn open_object(doc: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Object).description(Some(paragraph(doc))).additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
}
