//! Amounts of money, exact to the cent.

use super::input::{Change, Field, Fields, Raw, Reading, named_field};
use super::text;
use crate::error::{Code, Flaw};
use diesel::backend::Backend;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::BigInt;
use serde::ser::SerializeStruct;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};

/// An amount in euros, `{"amount":"45.50","currency":"EUR"}`, stored in cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Money(i64);

/// Ten million euros: more than any amount that the house knows.
const CENTS_MAX: i64 = 1_000_000_000;

text! {
    /// Euros and two digits of cents, with a point.
    pub struct Amount { min: 4, max: 11, input: 20, pattern: r"^[0-9]{1,8}\.[0-9]{2}$", example: "45.50", parse: parse_amount }
}

text! {
    /// The currency, by its ISO 4217 code.
    pub struct Currency { min: 3, max: 3, pattern: "^EUR$", example: "EUR", parse: parse_currency }
}

fn cents_of(text: &str) -> Option<i64> {
    written(text).filter(|total| *total <= CENTS_MAX)
}

/// The cents of what is written as an amount, however great.
fn written(text: &str) -> Option<i64> {
    let (euros, cents) = text.split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(euros) || !digits(cents) || cents.len() != 2 {
        return None;
    }
    euros.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)
}

fn parse_amount(text: String) -> Result<String, Flaw> {
    match (written(&text), text.strip_prefix('-')) {
        (Some(cents), _) if cents <= CENTS_MAX => Ok(text),
        (Some(_), _) => Err(Flaw::new(Code::AmountTooLarge).with("max", Money::MAX.amount())),
        (None, Some(positive)) if written(positive).is_some() => Err(Code::AmountNotPositive.into()),
        _ => Err(Code::AmountInvalid.into()),
    }
}

fn parse_currency(text: String) -> Result<String, Flaw> {
    if text == "EUR" { Ok(text) } else { Err(Flaw::new(Code::ChoiceUnknown).with("known", "EUR")) }
}

impl Money {
    pub const MAX: Self = Self(CENTS_MAX);

    pub fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    pub fn cents(self) -> i64 {
        self.0
    }

    /// The share of a whole that `days` of `of` days make, to the nearest cent, half a cent up.
    pub fn pro_rata(self, days: i64, of: i64) -> Self {
        Self((self.0 * days * 2 + of) / (of * 2))
    }

    /// What is left of it without another amount: nothing, where that is the greater one.
    pub fn less(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }

    /// Euros and two digits of cents.
    pub fn amount(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }

    /// Why an amount that must be one is none.
    pub fn positive(amount: &Self) -> Option<Flaw> {
        (amount.0 <= 0).then(|| Code::AmountNotPositive.into())
    }

    /// The same of one that may be left out.
    pub fn positive_if_given(amount: &Option<Self>) -> Option<Flaw> {
        amount.as_ref().and_then(Self::positive)
    }

    /// The same of one that may stay.
    pub fn positive_if_changed(amount: &Change<Self>) -> Option<Flaw> {
        if let Change::To(amount) = amount { Self::positive(amount) } else { None }
    }

    /// The same of one that may stay or be cleared.
    pub fn positive_if_set(amount: &Change<Option<Self>>) -> Option<Flaw> {
        if let Change::To(amount) = amount { Self::positive_if_given(amount) } else { None }
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

impl std::ops::Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

fn read_money(raw: Raw, reading: &mut Reading<'_>) -> Option<Money> {
    let mut fields = Fields::of_object(raw, reading)?;
    let (amount, currency): (Option<Amount>, Option<Currency>) = (fields.take("amount"), fields.take("currency"));
    fields.finish();
    currency?;
    cents_of(amount?.as_str()).map(Money)
}

named_field!(Money, read_money);

impl serde::Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Money", 2)?;
        object.serialize_field("amount", &self.amount())?;
        object.serialize_field("currency", "EUR")?;
        object.end()
    }
}

/// Reads what was stored; input goes through `Field`.
impl<'de> serde::Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Stored {
            amount: String,
        }
        let Stored { amount } = Stored::deserialize(deserializer)?;
        cents_of(&amount).map(Self).ok_or_else(|| serde::de::Error::custom("not an amount"))
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::Object).description(Some("An amount of money, exact to the cent."));
        let object = object.property("amount", Amount::reference()).required("amount").property("currency", Currency::reference()).required("currency");
        object.additional_properties(Some(AdditionalProperties::FreeForm(false))).into()
    }
}

impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Amount::collect(schemas);
        Currency::collect(schemas);
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Money
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        i64::from_sql(value).map(Self)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Money
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_to_the_nearest_cent() {
        // 45.50 € from 1 September 2024: 122 days of 366.
        assert_eq!(Money(4550).pro_rata(122, 366).amount(), "15.17");
        assert_eq!(Money(4550).pro_rata(365, 365), Money(4550));
        assert_eq!(Money(1).pro_rata(1, 2), Money(1), "half a cent up");
    }

    #[test]
    fn an_amount_has_two_digits_of_cents() {
        assert_eq!(cents_of("45.50"), Some(4550));
        for text in ["45", "45.5", "45,50", "-1.00", "+1.00", ".50", "99999999.99", "1e2.00"] {
            assert_eq!(cents_of(text), None, "{text}");
        }
    }
}
