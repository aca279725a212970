//! What is shown and sent of the rules of aid.

use super::model::{Days, Months, RATIFICATION_DAYS};
use super::store::AidRulesRow;
use crate::audit::{Resource, Tx};
use crate::db::{Id, Instant};
use crate::error::{Error, Result};
use crate::members::memberships::model::Year;
use crate::values::input::Change;
use crate::values::{DepartmentCode, Money, Number, body};
use serde::Serialize;
use utoipa::ToSchema;

/// What members must meet to be granted aid in a year. What is `null` is not asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidRulesView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The association; `null` for the rules of all that have none of their own.
    pub association_id: Option<Id>,
    /// Its department.
    pub department_code: Option<DepartmentCode>,
    /// Year.
    pub year: Year,
    /// Whole months for which the membership has lasted.
    pub seniority_months: Option<Months>,
    /// Whether the dues are up to date.
    pub dues_up_to_date: bool,
    /// Whole months since aid was last granted.
    pub cooldown_months: Option<Months>,
    /// The most that a grant is.
    pub grant_ceiling: Option<Money>,
    /// The most that a loan is.
    pub loan_ceiling: Option<Money>,
    /// The most that an advance of fees is.
    pub fee_advance_ceiling: Option<Money>,
    /// The most that aid in kind is worth.
    pub in_kind_ceiling: Option<Money>,
    /// Days within which a committee is to ratify what was granted urgently.
    pub ratification_days: Days,
    /// When they were set.
    pub created_at: Instant,
    /// When they last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("association_id", "Association"), ("department_code", "Département"), ("year", "Année"),
    ("seniority_months", "Ancienneté (mois)"), ("dues_up_to_date", "Cotisation à jour"), ("cooldown_months", "Délai entre deux aides (mois)"),
    ("grant_ceiling.amount", "Plafond d'un don"), ("grant_ceiling.currency", "Devise : plafond d'un don"),
    ("loan_ceiling.amount", "Plafond d'un prêt"), ("loan_ceiling.currency", "Devise : plafond d'un prêt"),
    ("fee_advance_ceiling.amount", "Plafond d'une avance"), ("fee_advance_ceiling.currency", "Devise : plafond d'une avance"),
    ("in_kind_ceiling.amount", "Plafond d'une aide en nature"), ("in_kind_ceiling.currency", "Devise : plafond d'une aide en nature"),
    ("ratification_days", "Ratification (jours)"), ("created_at", "Créées le"), ("updated_at", "Modifiées le"),
];

impl Resource for AidRulesView {
    const KIND: &'static str = "aid_rules";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<AidRulesRow> for AidRulesView {
    fn from(row: AidRulesRow) -> Self {
        let AidRulesRow { id, association_id, department_code, year, seniority_months, dues_up_to_date, cooldown_months, ratification_days, .. } = row;
        let AidRulesRow { grant_ceiling_cents, loan_ceiling_cents, fee_advance_ceiling_cents, in_kind_ceiling_cents, version, created_at, updated_at, .. } =
            row;
        Self {
            id,
            version,
            association_id,
            department_code,
            year,
            seniority_months,
            dues_up_to_date,
            cooldown_months,
            grant_ceiling: grant_ceiling_cents,
            loan_ceiling: loan_ceiling_cents,
            fee_advance_ceiling: fee_advance_ceiling_cents,
            in_kind_ceiling: in_kind_ceiling_cents,
            ratification_days,
            created_at,
            updated_at,
        }
    }
}

body! {
    /// Sets the rules of aid of a year.
    pub struct CreateAidRules {
        /// The association; without one they are for all that have none of their own.
        association_id: Option<Id>,
        /// Year.
        year: Year,
        /// Whole months for which the membership must have lasted.
        seniority_months: Option<Months>,
        /// Whether the dues must be up to date.
        dues_up_to_date: bool,
        /// Whole months that must have passed since aid was last granted.
        cooldown_months: Option<Months>,
        /// The most that a grant may be.
        grant_ceiling: Option<Money>,
        /// The most that a loan may be.
        loan_ceiling: Option<Money>,
        /// The most that an advance of fees may be.
        fee_advance_ceiling: Option<Money>,
        /// The most that aid in kind may be worth.
        in_kind_ceiling: Option<Money>,
        /// Days within which a committee is to ratify what was granted urgently; 60 by default.
        ratification_days: Option<Days>,
    } check {
        grant_ceiling: Money::positive_if_given[grant_ceiling],
        loan_ceiling: Money::positive_if_given[loan_ceiling],
        fee_advance_ceiling: Money::positive_if_given[fee_advance_ceiling],
        in_kind_ceiling: Money::positive_if_given[in_kind_ceiling],
    }
}

body! {
    /// Changes the rules of a year: absent fields stay, `null` clears. Requests that were decided stay so.
    pub struct UpdateAidRules {
        /// Whole months for which the membership must have lasted.
        seniority_months: Change<Option<Months>>,
        /// Whether the dues must be up to date.
        dues_up_to_date: Change<bool>,
        /// Whole months that must have passed since aid was last granted.
        cooldown_months: Change<Option<Months>>,
        /// The most that a grant may be.
        grant_ceiling: Change<Option<Money>>,
        /// The most that a loan may be.
        loan_ceiling: Change<Option<Money>>,
        /// The most that an advance of fees may be.
        fee_advance_ceiling: Change<Option<Money>>,
        /// The most that aid in kind may be worth.
        in_kind_ceiling: Change<Option<Money>>,
        /// Days within which a committee is to ratify what was granted urgently.
        ratification_days: Change<Days>,
    } check {
        grant_ceiling: Money::positive_if_set[grant_ceiling],
        loan_ceiling: Money::positive_if_set[loan_ceiling],
        fee_advance_ceiling: Money::positive_if_set[fee_advance_ceiling],
        in_kind_ceiling: Money::positive_if_set[in_kind_ceiling],
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, association_id: FieldReadOnly, department_code: FieldReadOnly, year: FieldReadOnly,
        created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

impl CreateAidRules {
    pub fn into_row(self, department_code: Option<DepartmentCode>, tx: &Tx<'_>) -> Result<AidRulesRow> {
        let Self { association_id, year, seniority_months, dues_up_to_date, cooldown_months, grant_ceiling, loan_ceiling, fee_advance_ceiling, .. } = self;
        let Self { in_kind_ceiling, ratification_days, .. } = self;
        let usual = || Days::checked(i32::try_from(RATIFICATION_DAYS).unwrap_or(1)).map_err(Error::from);
        Ok(AidRulesRow {
            id: Id::new(),
            association_id,
            department_code,
            year,
            seniority_months,
            dues_up_to_date,
            cooldown_months,
            grant_ceiling_cents: grant_ceiling,
            loan_ceiling_cents: loan_ceiling,
            fee_advance_ceiling_cents: fee_advance_ceiling,
            in_kind_ceiling_cents: in_kind_ceiling,
            ratification_days: ratification_days.map_or_else(usual, Ok)?,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        })
    }
}

impl UpdateAidRules {
    pub fn apply(self, row: &mut AidRulesRow) {
        let Self { seniority_months, dues_up_to_date, cooldown_months, grant_ceiling, loan_ceiling, fee_advance_ceiling, in_kind_ceiling, .. } = self;
        seniority_months.apply(&mut row.seniority_months);
        dues_up_to_date.apply(&mut row.dues_up_to_date);
        cooldown_months.apply(&mut row.cooldown_months);
        grant_ceiling.apply(&mut row.grant_ceiling_cents);
        loan_ceiling.apply(&mut row.loan_ceiling_cents);
        fee_advance_ceiling.apply(&mut row.fee_advance_ceiling_cents);
        in_kind_ceiling.apply(&mut row.in_kind_ceiling_cents);
        self.ratification_days.apply(&mut row.ratification_days);
    }
}
