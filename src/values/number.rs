//! Numbers with limits.

use crate::error::{Code, Flaw};

/// A number value, checked against its limits when made.
pub trait Number: Sized {
    type Inner: Inner;
    fn checked(value: Self::Inner) -> Result<Self, Flaw>;
}

/// The machine number inside.
pub trait Inner: Sized {
    /// What input of another type is told.
    const EXPECTED: Code;
    fn from_json(number: &serde_json::Number) -> Option<Self>;
}

impl Inner for i32 {
    const EXPECTED: Code = Code::TypeInteger;

    fn from_json(number: &serde_json::Number) -> Option<Self> {
        let value = number.as_f64().filter(|value| value.fract() == 0.0)?;
        Some(saturated(value))
    }
}

/// A whole number, or the last one where it is too large; JSON writes 5 as 5.0 too.
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)]
fn saturated(value: f64) -> i32 {
    value as i32
}

impl Inner for f64 {
    const EXPECTED: Code = Code::TypeNumber;

    fn from_json(number: &serde_json::Number) -> Option<Self> {
        number.as_f64()
    }
}

/// Declares a number newtype: `number! { /// doc
/// pub struct Pupils(i32: Integer "int32" as Integer) { 0..=20_000, example: 412 } }`.
macro_rules! number {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident($inner:ident: $sql:ident $format:literal as $kind:ident) { $min:literal ..= $max:literal, example: $example:literal }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, serde::Serialize, serde::Deserialize)]
        #[diesel(sql_type = diesel::sql_types::$sql)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            pub fn get(self) -> $inner {
                self.0
            }
        }

        impl $crate::values::Number for $name {
            type Inner = $inner;

            fn checked(value: $inner) -> Result<Self, $crate::error::Flaw> {
                if ($min..=$max).contains(&value) {
                    Ok(Self(value))
                } else {
                    Err($crate::error::Flaw::new($crate::error::Code::NumberRange).with("min", $min).with("max", $max))
                }
            }
        }

        $crate::values::input::number_field!($name);

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::$sql, DB> for $name
        where
            $inner: diesel::deserialize::FromSql<diesel::sql_types::$sql, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <$inner>::from_sql(value).map(Self)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::$sql, DB> for $name
        where
            $inner: diesel::serialize::ToSql<diesel::sql_types::$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::values::schema::number(
                    concat!($($doc, "\n"),+),
                    utoipa::openapi::schema::Type::$kind,
                    $format,
                    f64::from($min),
                    f64::from($max),
                    $example.into(),
                )
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

pub(crate) use number;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction_of_zero() {
        let read = |text: &str| text.parse().ok().and_then(|number| i32::from_json(&number));
        assert_eq!((read("5"), read("5.0"), read("-2e1"), read("5.5")), (Some(5), Some(5), Some(-20), None));
        assert_eq!((read("1e300"), read("-99999999999")), (Some(i32::MAX), Some(i32::MIN)));
    }
}
