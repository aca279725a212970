//! The sheet of what a household has and owes each month, with its totals.

use crate::error::{Code, Flaw};
use crate::values::{Money, body, number, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

number! {
    /// How many people live in a household.
    pub struct HouseholdSize(i32: Integer "int32" as Integer) { 1..=30, example: 3 }
}

text! {
    /// What a resource or a charge is.
    pub struct SheetLabel { max: 100, example: "Loyer" }
}

/// One resource or charge, by the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetLine {
    /// What it is.
    pub label: SheetLabel,
    /// How much each month.
    pub amount: Money,
}

/// What a household has and owes each month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AidSheet {
    pub household_size: HouseholdSize,
    pub resources: Vec<SheetLine>,
    pub charges: Vec<SheetLine>,
}

/// What a household has and owes each month, and what is left of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidSheetView {
    /// How many people live on it.
    pub household_size: HouseholdSize,
    /// What comes in each month.
    #[schema(max_items = 100)]
    pub resources: Vec<SheetLine>,
    /// What goes out each month.
    #[schema(max_items = 100)]
    pub charges: Vec<SheetLine>,
    /// All that comes in.
    pub resources_total: Money,
    /// All that goes out.
    pub charges_total: Money,
    /// What is left; 0.00 where more goes out than comes in.
    pub remainder: Money,
    /// What is missing; 0.00 where something is left.
    pub shortfall: Money,
}

body! {
    /// One resource or charge, by the month.
    pub struct SheetLineInput {
        /// What it is.
        label: SheetLabel,
        /// How much each month.
        amount: Money,
    } check { amount: Money::positive[amount] }
}

body! {
    /// What a household has and owes each month.
    pub struct AidSheetInput {
        /// How many people live on it.
        household_size: HouseholdSize,
        /// What comes in each month.
        resources: Vec<SheetLineInput>,
        /// What goes out each month.
        charges: Vec<SheetLineInput>,
    } check { resources: within_limits[resources], charges: within_limits[charges] }
}

/// A total is an amount as each line is.
fn within_limits(lines: &[SheetLineInput]) -> Option<Flaw> {
    let total: Money = lines.iter().map(|line| line.amount).sum();
    (total > Money::MAX).then(|| Flaw::new(Code::AmountTooLarge).with("max", Money::MAX.amount()))
}

impl From<AidSheetInput> for AidSheet {
    fn from(AidSheetInput { household_size, resources, charges }: AidSheetInput) -> Self {
        let lines = |inputs: Vec<SheetLineInput>| inputs.into_iter().map(|SheetLineInput { label, amount }| SheetLine { label, amount }).collect();
        Self { household_size, resources: lines(resources), charges: lines(charges) }
    }
}

impl From<AidSheet> for AidSheetView {
    fn from(AidSheet { household_size, resources, charges }: AidSheet) -> Self {
        let total = |lines: &[SheetLine]| lines.iter().map(|line| line.amount).sum::<Money>();
        let (resources_total, charges_total) = (total(&resources), total(&charges));
        let (remainder, shortfall) = (resources_total.less(charges_total), charges_total.less(resources_total));
        Self { household_size, resources, charges, resources_total, charges_total, remainder, shortfall }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_and_what_is_missing_are_never_below_zero() {
        let line = |cents| SheetLine { label: "Loyer".parse().unwrap(), amount: Money::from_cents(cents) };
        let sheet = |resources, charges| {
            let sheet = AidSheet {
                household_size: crate::values::Number::checked(3).unwrap(),
                resources: vec![line(resources), line(1)],
                charges: vec![line(charges)],
            };
            let AidSheetView { resources_total, charges_total, remainder, shortfall, .. } = sheet.into();
            [resources_total, charges_total, remainder, shortfall].map(Money::cents)
        };
        assert_eq!(sheet(120_000, 70_000), [120_001, 70_000, 50_001, 0]);
        assert_eq!(sheet(70_000, 120_000), [70_001, 120_000, 0, 49_999]);
    }
}
