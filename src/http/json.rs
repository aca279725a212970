//! Strict JSON: no object names a field twice, nothing is nested deeper than a body can be.

use crate::error::{Code, Error, Result};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

const DEPTH_MAX: usize = 32;
const REPEATED: &str = "repeated field";

pub fn parse(bytes: &[u8]) -> Result<Value> {
    if depth(bytes) > DEPTH_MAX {
        return Err(Error::of(Code::BodyTooDeep).with("max", DEPTH_MAX));
    }
    serde_json::from_slice::<Strict>(bytes).map(|Strict(value)| value).map_err(|error| {
        let code = if error.is_data() && error.to_string().starts_with(REPEATED) { Code::FieldRepeated } else { Code::BodyNotJson };
        // The parser's own words may quote the body.
        Error::field("", crate::error::Flaw::new(code).with("line", error.line()).with("column", error.column()))
    })
}

/// How deep brackets are nested, those inside strings left out.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom(REPEATED));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Code {
        let error = parse(body.as_bytes()).unwrap_err();
        error.issues().first().map_or(error.code(), |issue| issue.flaw.code)
    }

    #[test]
    fn what_is_not_strict_json_is_refused() {
        for body in ["", "{", "{\"a\":1e400}", "{\"a\":\"\\ud800\"}", "{\"a\":NaN}", "{\"a\":1}x", "\u{feff}{}"] {
            assert_eq!(code(body), Code::BodyNotJson, "{body}");
        }
        assert_eq!(code("{\"a\":1,\"a\":2}"), Code::FieldRepeated);
        assert_eq!(code("{\"a\":[{\"b\":1,\"b\":1}]}"), Code::FieldRepeated);
        assert_eq!(code(&"[".repeat(10_000)), Code::BodyTooDeep);
    }

    #[test]
    fn brackets_inside_strings_are_not_nesting() {
        let body = format!("{{\"a\":\"{}\\\"[\"}}", "[".repeat(100));
        assert!(parse(body.as_bytes()).is_ok());
    }
}
