//! A view as one line of CSV: its columns come from its schema, its cells from its serialisation, in the same order.

use crate::values::schema::french_labels;
use serde::Serialize;
use serde::ser::{self, Impossible, SerializeSeq, SerializeStruct};
use std::collections::HashMap;
use std::fmt;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The columns of a view: its leaves, with dots between the names of nested objects.
#[derive(Debug, Clone)]
pub struct Columns(Vec<Column>);

#[derive(Debug, Clone)]
struct Column {
    name: String,
    /// What a French spreadsheet shows above it.
    title: &'static str,
    /// What it shows for each code, where the values are codes.
    labels: HashMap<String, String>,
    children: Vec<Column>,
}

type Schemas = HashMap<String, RefOr<Schema>>;

impl Columns {
    pub fn of<V: ToSchema + PartialSchema>() -> Self {
        let mut named = Vec::new();
        V::schemas(&mut named);
        Self(columns(&V::schema(), &named.into_iter().collect()))
    }

    /// The names of the view's own fields.
    pub fn top_level(&self) -> Vec<&str> {
        self.0.iter().map(|column| column.name.as_str()).collect()
    }

    /// The names of all columns.
    pub fn header(&self) -> Vec<String> {
        fn walk(columns: &[Column], prefix: &str, names: &mut Vec<String>) {
            for column in columns {
                let name = format!("{prefix}{}", column.name);
                if column.children.is_empty() { names.push(name) } else { walk(&column.children, &format!("{name}."), names) }
            }
        }
        let mut names = Vec::new();
        walk(&self.0, "", &mut names);
        names
    }

    /// These fields only, in the order of the view.
    pub fn only(&self, fields: &[String]) -> Self {
        Self(self.0.iter().filter(|column| fields.contains(&column.name)).cloned().collect())
    }

    /// The same columns with their French titles, by dotted name.
    pub fn titled(mut self, titles: &[(&str, &'static str)]) -> Self {
        fn walk(columns: &mut [Column], prefix: &str, titles: &[(&str, &'static str)]) {
            for column in columns {
                let name = format!("{prefix}{}", column.name);
                column.title = titles.iter().find(|(known, _)| *known == name).map_or("", |(_, title)| title);
                walk(&mut column.children, &format!("{name}."), titles);
            }
        }
        walk(&mut self.0, "", titles);
        self
    }

    /// The columns that have no French title.
    #[cfg(test)]
    pub fn untitled(&self) -> Vec<String> {
        self.header().into_iter().zip(self.titles()).filter(|(_, title)| title.is_empty()).map(|(name, _)| name).collect()
    }

    fn titles(&self) -> Vec<&'static str> {
        fn walk(columns: &[Column], titles: &mut Vec<&'static str>) {
            for column in columns {
                if column.children.is_empty() { titles.push(column.title) } else { walk(&column.children, titles) }
            }
        }
        let mut titles = Vec::new();
        walk(&self.0, &mut titles);
        titles
    }

    pub fn write_header(&self, dialect: Dialect, out: &mut Vec<u8>) {
        for (at, (name, title)) in self.header().iter().zip(self.titles()).enumerate() {
            separate(at, dialect, out);
            text_cell(if dialect == Dialect::ExcelFr { title } else { name }, dialect, out);
        }
        out.extend_from_slice(b"\r\n");
    }

    /// Appends the line of one view.
    pub fn write_line<V: Serialize>(&self, view: &V, dialect: Dialect, out: &mut Vec<u8>) -> Result<(), Unflat> {
        let mut cells = 0;
        view.serialize(Cells { columns: &self.0, column: None, dialect, out, cells: &mut cells })?;
        out.extend_from_slice(b"\r\n");
        Ok(())
    }
}

fn columns(schema: &RefOr<Schema>, named: &Schemas) -> Vec<Column> {
    let Some(Schema::Object(object)) = resolved(schema, named) else { return Vec::new() };
    let column = |(name, schema): (&String, &RefOr<Schema>)| Column {
        name: name.clone(),
        title: "",
        labels: resolved(schema, named).map(french_labels).unwrap_or_default(),
        children: columns(schema, named),
    };
    object.properties.iter().map(column).collect()
}

/// The schema itself: references followed, `null` alternatives passed over.
fn resolved<'s>(schema: &'s RefOr<Schema>, named: &'s Schemas) -> Option<&'s Schema> {
    match schema {
        RefOr::Ref(reference) => resolved(named.get(reference.ref_location.rsplit('/').next()?)?, named),
        RefOr::T(Schema::OneOf(one)) => one.items.iter().filter(|item| !is_null(item)).find_map(|item| resolved(item, named)),
        RefOr::T(schema) => Some(schema),
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    use utoipa::openapi::schema::{SchemaType, Type};
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// RFC 4180: commas, points, codes.
    Standard,
    /// Semicolons, decimal commas, French labels.
    ExcelFr,
}

fn separate(at: usize, dialect: Dialect, out: &mut Vec<u8>) {
    if at > 0 {
        out.push(if dialect == Dialect::ExcelFr { b';' } else { b',' });
    }
}

/// Writes a text that no spreadsheet takes for a formula: a leading `'` stands before `= + - @` unless it is a number.
fn text_cell(text: &str, dialect: Dialect, out: &mut Vec<u8>) {
    let risky = matches!(text.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')) && !is_plain_number(text);
    let separator = if dialect == Dialect::ExcelFr { b';' } else { b',' };
    let quoted = text.bytes().any(|byte| byte == separator || matches!(byte, b'"' | b'\n' | b'\r'));
    if quoted {
        out.push(b'"');
    }
    if risky {
        out.push(b'\'');
    }
    if quoted {
        for byte in text.bytes() {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
}

/// A view that cannot be flattened; views are ours, so this is a mistake of the house.
#[derive(Debug)]
pub struct Unflat(String);

impl fmt::Display for Unflat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unflat {}

impl ser::Error for Unflat {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Writes the cells of one value: an object's, or, inside `column`, one.
struct Cells<'a> {
    columns: &'a [Column],
    column: Option<&'a Column>,
    dialect: Dialect,
    out: &'a mut Vec<u8>,
    cells: &'a mut usize,
}

impl Cells<'_> {
    fn cell(&mut self) -> &mut Vec<u8> {
        separate(*self.cells, self.dialect, self.out);
        *self.cells += 1;
        self.out
    }

    fn empty(&mut self, columns: &[Column]) {
        for column in columns {
            if column.children.is_empty() {
                self.cell();
            } else {
                self.empty(&column.children);
            }
        }
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty),+) => {$(
        fn $method(mut self, value: $type) -> Result<(), Unflat> {
            let mut buffer = itoa::Buffer::new();
            self.cell().extend_from_slice(buffer.format(value).as_bytes());
            Ok(())
        }
    )+};
}

macro_rules! never {
    ($($method:ident($($type:ty),*) -> $result:ty;)+) => {$(
        fn $method(self, $(_: $type),*) -> Result<$result, Unflat> {
            Err(ser::Error::custom(concat!(stringify!($method), " has no cell")))
        }
    )+};
}

impl<'a> ser::Serializer for Cells<'a> {
    type Ok = ();
    type Error = Unflat;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Impossible<(), Unflat>;
    type SerializeTupleStruct = Impossible<(), Unflat>;
    type SerializeTupleVariant = Impossible<(), Unflat>;
    type SerializeMap = Impossible<(), Unflat>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Impossible<(), Unflat>;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    never! {
        serialize_bytes(&[u8]) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_bool(mut self, value: bool) -> Result<(), Unflat> {
        let text = match (self.dialect, value) {
            (Dialect::Standard, true) => "true",
            (Dialect::Standard, false) => "false",
            (Dialect::ExcelFr, true) => "vrai",
            (Dialect::ExcelFr, false) => "faux",
        };
        self.cell().extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unflat> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(mut self, value: f64) -> Result<(), Unflat> {
        let text = value.to_string();
        let text = if self.dialect == Dialect::ExcelFr { text.replace('.', ",") } else { text };
        self.cell().extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Unflat> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(mut self, value: &str) -> Result<(), Unflat> {
        let dialect = self.dialect;
        let label = self.column.filter(|_| dialect == Dialect::ExcelFr).and_then(|column| column.labels.get(value));
        let text = label.map_or(value, String::as_str);
        text_cell(text, dialect, self.cell());
        Ok(())
    }

    fn serialize_none(mut self) -> Result<(), Unflat> {
        match self.column {
            Some(column) if !column.children.is_empty() => self.empty(&column.children),
            _ => drop(self.cell()),
        }
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unflat> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unflat> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unflat> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unflat> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &T) -> Result<(), Unflat> {
        Err(ser::Error::custom("a tagged value has no cell"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Unflat> {
        Ok(Items { json: b"[".to_vec(), cells: self })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a>, Unflat> {
        let columns = self.column.map_or(self.columns, |column| &column.children);
        Ok(Members { cells: Cells { columns, column: None, ..self }, next: 0 })
    }
}

/// A list: one cell with its JSON.
pub struct Items<'a> {
    json: Vec<u8>,
    cells: Cells<'a>,
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Unflat;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unflat> {
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        serde_json::to_writer(&mut self.json, value).map_err(ser::Error::custom)
    }

    fn end(mut self) -> Result<(), Unflat> {
        let dialect = self.cells.dialect;
        if self.json.len() == 1 {
            self.cells.cell();
            return Ok(());
        }
        self.json.push(b']');
        let text = std::str::from_utf8(&self.json).map_err(ser::Error::custom)?;
        text_cell(text, dialect, self.cells.cell());
        Ok(())
    }
}

/// The members of an object, each in its column; those that are not columns are left out.
pub struct Members<'a> {
    cells: Cells<'a>,
    next: usize,
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Unflat;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unflat> {
        let Some(column) = self.cells.columns.get(self.next).filter(|column| column.name == name) else { return Ok(()) };
        self.next += 1;
        let Cells { columns, dialect, out, cells, .. } = &mut self.cells;
        value.serialize(Cells { columns, column: Some(column), dialect: *dialect, out, cells })
    }

    fn end(self) -> Result<(), Unflat> {
        if self.next == self.cells.columns.len() { Ok(()) } else { Err(ser::Error::custom("a view is not in the order of its schema")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, dialect: Dialect) -> String {
        let mut out = Vec::new();
        text_cell(text, dialect, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_cell_starts_a_formula_and_numbers_stay_numbers() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "-2"),
            ("+33473000000", "+33473000000"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("=a,b", "\"'=a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("line\nbreak", "\"line\nbreak\""),
            ("Clermont", "Clermont"),
        ] {
            assert_eq!(cell(text, Dialect::Standard), written);
        }
        assert_eq!(cell("a;b", Dialect::ExcelFr), "\"a;b\"");
        assert_eq!(cell("a,b", Dialect::ExcelFr), "a,b");
    }

    #[derive(Serialize, ToSchema)]
    struct Inner {
        line: Option<i32>,
        city: Option<String>,
    }

    #[derive(Serialize, ToSchema)]
    struct Outer {
        name: String,
        place: Inner,
        other: Option<Inner>,
        tags: Vec<String>,
        share: f64,
        ok: bool,
    }

    #[test]
    fn nested_objects_become_dotted_columns_and_absent_ones_empty_cells() {
        let columns = Columns::of::<Outer>();
        assert_eq!(columns.header(), ["name", "place.line", "place.city", "other.line", "other.city", "tags", "share", "ok"]);
        let inner = Inner { line: Some(3), city: None };
        let view = Outer { name: "é".to_owned(), place: inner, other: None, tags: vec!["a".to_owned(), "b".to_owned()], share: 0.5, ok: true };
        let line = |columns: &Columns, dialect| {
            let mut out = Vec::new();
            columns.write_line(&view, dialect, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(line(&columns, Dialect::Standard), "é,3,,,,\"[\"\"a\"\",\"\"b\"\"]\",0.5,true\r\n");
        assert_eq!(line(&columns, Dialect::ExcelFr), "é;3;;;;\"[\"\"a\"\",\"\"b\"\"]\";0,5;vrai\r\n");
        assert_eq!(line(&columns.only(&["name".to_owned(), "ok".to_owned()]), Dialect::Standard), "é,true\r\n");
    }
}
