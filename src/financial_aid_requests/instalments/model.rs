//! How a repayment is divided, and what its instalments say of a day.

use crate::auth::Role;
use crate::values::{Day, Money, choice, commands};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// How far an instalment has come, on a day.
    pub enum InstalmentStatus as "instalment_status" {
        Due = "due" ("À rembourser", "Due"),
        Late = "late" ("En retard", "Late"),
        Paid = "paid" ("Remboursée", "Paid back"),
        Remitted = "remitted" ("Remise", "Remitted"),
    }
}

choice! {
    /// How far a repayment has come, on a day.
    pub enum RepaymentState as "repayment_state" {
        NotScheduled = "not_scheduled" ("Sans échéancier", "Not scheduled"),
        Running = "running" ("En cours", "Running"),
        Late = "late" ("En retard", "Late"),
        Settled = "settled" ("Terminé", "Settled"),
    }
}

use InstalmentStatus::{Due, Late, Paid, Remitted};

const COLLECTING: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff, Role::Treasurer];

/// `due` becomes `late` by the calendar.
pub const LIFECYCLE: Lifecycle<InstalmentStatus> = Lifecycle {
    resource: "instalment",
    initial: Due,
    transitions: &[
        step("pay", &[Due, Late], Some(Paid), COLLECTING, "Encaisser", "Receive"),
        step("remit", &[Due, Late], Some(Remitted), &[Role::DepartmentHead], "Remettre", "Remit"),
    ],
};

commands! {
    /// Moves an instalment on.
    pub enum InstalmentCommand {
        /// It was paid back.
        Pay as "pay" {
            /// The day, today by default.
            paid_on: Option<Day>,
        },
        /// It need not be paid back.
        Remit as "remit" {
            /// Why.
            reason: Reason,
        },
    }
}

/// What an instalment says of a day.
pub fn status_on(due_on: Day, paid_on: Option<Day>, remitted_on: Option<Day>, today: Day) -> InstalmentStatus {
    match (paid_on, remitted_on) {
        (Some(_), _) => Paid,
        (None, Some(_)) => Remitted,
        (None, None) if due_on < today => Late,
        (None, None) => Due,
    }
}

/// What all instalments of a repayment say together.
pub fn state_of(statuses: &[InstalmentStatus]) -> RepaymentState {
    match statuses {
        [] => RepaymentState::NotScheduled,
        _ if statuses.contains(&Late) => RepaymentState::Late,
        _ if statuses.contains(&Due) => RepaymentState::Running,
        _ => RepaymentState::Settled,
    }
}

/// An amount in equal parts by the month, whose sum is exact: cents that do not divide go one each to the first. Each falls on the day of
/// the first, or on the last of a month that has no such day; an amount of fewer cents than parts has as many parts as cents.
pub fn divide(amount: Money, first_due_on: Day, parts: i32) -> Vec<(Day, Money)> {
    let parts = i64::from(parts).min(amount.cents());
    let (share, over) = (amount.cents() / parts.max(1), amount.cents() % parts.max(1));
    let part = |at: i64| {
        let months = u32::try_from(at).unwrap_or(0);
        (first_due_on.plus_months(months), Money::from_cents(share + i64::from(at < over)))
    };
    (0..parts).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn instalments_fall_on_the_same_day_or_on_the_last_of_a_shorter_month() {
        let days: Vec<String> = divide(Money::from_cents(10_000), "2027-12-31".parse().unwrap(), 4).iter().map(|(day, _)| day.to_string()).collect();
        assert_eq!(days, ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]);
        let cents: Vec<i64> = divide(Money::from_cents(100), "2026-12-05".parse().unwrap(), 3).iter().map(|(_, amount)| amount.cents()).collect();
        assert_eq!(cents, [34, 33, 33]);
        assert_eq!(divide(Money::from_cents(2), "2026-12-05".parse().unwrap(), 12).len(), 2);
    }

    #[test]
    fn a_repayment_is_late_as_soon_as_one_instalment_is() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let on = |today: &str| status_on(day("2026-12-05"), None, None, day(today));
        assert_eq!((on("2026-12-05"), on("2026-12-06")), (Due, Late));
        assert_eq!(status_on(day("2026-12-05"), Some(day("2027-01-05")), None, day("2027-02-01")), Paid);
        assert_eq!(
            (state_of(&[]), state_of(&[Paid, Due]), state_of(&[Due, Late, Paid])),
            (RepaymentState::NotScheduled, RepaymentState::Running, RepaymentState::Late)
        );
        assert_eq!(state_of(&[Paid, Remitted]), RepaymentState::Settled);
    }

    proptest! {
        #[test]
        fn the_parts_of_any_amount_sum_to_it_and_differ_by_a_cent_at_most(cents in 1_i64..100_000_000, parts in 1_i32..=120, days in 0_i64..1000) {
            let first = "2026-01-31".parse::<Day>().unwrap().plus(days);
            let plan = divide(Money::from_cents(cents), first, parts);
            prop_assert_eq!(plan.iter().map(|(_, amount)| amount.cents()).sum::<i64>(), cents);
            let (least, most) = (plan.iter().map(|(_, amount)| amount.cents()).min().unwrap(), plan.iter().map(|(_, amount)| amount.cents()).max().unwrap());
            prop_assert!(least >= 1 && most - least <= 1);
            prop_assert!(plan.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
