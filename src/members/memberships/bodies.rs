//! What callers send to record a membership, and which days and dues are sound.

use super::model::{Dues, MembershipState, Product, SubscriptionChannel, Year};
use super::store::{self, MembershipRow};
use super::tariffs;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{Id, Json};
use crate::error::{Code, Error, Flaw, Result};
use crate::members::bodies::{ExternalIdInput, external_ids};
use crate::members::store::MemberRow;
use crate::values::{Day, Money, Number, body};

body! {
    /// Records a subscription.
    pub struct CreateMembership {
        /// Product, `ome` by default.
        product: Option<Product>,
        /// Day on which the member subscribed; not in the future.
        subscribed_on: Day,
        /// First day, that of the subscription by default.
        starts_on: Option<Day>,
        /// Last day, 31 December by default; within the year of the first.
        ends_on: Option<Day>,
        /// Day on which the insurer registered it; without it the period is pending and covers nothing.
        insurer_registered_on: Option<Day>,
        /// The period that this one continues.
        predecessor_id: Option<Id>,
        /// How the member subscribed.
        channel: SubscriptionChannel,
        /// Whether the member also holds a contract of the insurer; `false` by default.
        insurer_holder: Option<bool>,
        /// The association's part of the dues; with the insurer's, or both by the tariff of the year, pro rata.
        association_dues: Option<Money>,
        /// The insurer's part of the dues.
        insurance_dues: Option<Money>,
        /// By which names other systems know the period.
        external_ids: Option<Vec<ExternalIdInput>>,
    } check { insurance_dues: both_parts[association_dues, insurance_dues] }
}

fn both_parts(association: &Option<Money>, insurance: &Option<Money>) -> Option<Flaw> {
    (association.is_some() != insurance.is_some()).then(|| Code::FieldRequired.into())
}

/// Days that are sound for a period: in order, within a year, after what it continues.
pub fn check_days(starts_on: Day, ends_on: Day) -> Result<()> {
    if ends_on < starts_on {
        return Err(Error::field("/ends_on", Code::PeriodReversed));
    }
    if ends_on.year() != starts_on.year() {
        return Err(Error::field("/ends_on", Code::YearMismatch));
    }
    Ok(())
}

pub fn not_in_future(day: Option<Day>, today: Day, pointer: &str) -> Result<()> {
    if day.is_some_and(|day| day > today) { Err(Error::field(pointer, Code::DayInFuture)) } else { Ok(()) }
}

/// The dues given, or those of the tariff for these days.
fn dues(tx: &mut Tx<'_>, scope: &Scope, given: Option<Dues>, product: Product, starts_on: Day, ends_on: Day) -> Result<Dues> {
    if let Some(dues) = given {
        return Ok(dues);
    }
    let year = starts_on.year();
    let tariff = tariffs::store::dues_of(tx.conn, scope, product, year)?;
    let missing = || Error::field("/association_dues", Flaw::new(Code::TariffMissing).with("year", year));
    Ok(tariff.ok_or_else(missing)?.pro_rata(starts_on, ends_on))
}

impl CreateMembership {
    pub fn into_row(self, tx: &mut Tx<'_>, scope: &Scope, member: &MemberRow) -> Result<MembershipRow> {
        let Self { product, subscribed_on, starts_on, ends_on, insurer_registered_on, predecessor_id, channel, insurer_holder, .. } = self;
        let Self { association_dues, insurance_dues, external_ids: ids, .. } = self;
        let (product, today, starts_on) = (product.unwrap_or(Product::Ome), Day::of(tx.now.0), starts_on.unwrap_or(subscribed_on));
        let ends_on = ends_on.unwrap_or_else(|| Day::last_of(starts_on.year()));
        check_days(starts_on, ends_on)?;
        not_in_future(Some(subscribed_on), today, "/subscribed_on")?;
        not_in_future(insurer_registered_on, today, "/insurer_registered_on")?;
        if let Some(id) = predecessor_id {
            let before = store::find(tx.conn, scope, id).map_err(|error| error.of_reference("/predecessor_id"))?;
            if before.member_id != member.id {
                return Err(Error::field("/predecessor_id", Code::ReferenceNotFound));
            }
            if starts_on <= before.ends_on {
                return Err(Error::field("/starts_on", Code::PredecessorLater));
            }
        }
        let given = association_dues.zip(insurance_dues).map(|(association, insurance)| Dues { association, insurance });
        let Dues { association, insurance } = dues(tx, scope, given, product, starts_on, ends_on)?;
        Ok(MembershipRow {
            id: Id::new(),
            member_id: member.id,
            product,
            year: year_of(starts_on)?,
            subscribed_on,
            insurer_registered_on,
            starts_on,
            ends_on,
            predecessor_id,
            replaces_id: None,
            channel,
            insurer_holder: insurer_holder.unwrap_or(false),
            association_cents: association,
            insurance_cents: insurance,
            external_ids: Json(external_ids(ids.unwrap_or_default())),
            status: if insurer_registered_on.is_some() { MembershipState::Confirmed } else { MembershipState::Pending },
            end_reason: None,
            status_reason: None,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        })
    }
}

pub fn year_of(day: Day) -> Result<Year> {
    Year::checked(day.year()).map_err(|flaw| Error::field("/starts_on", flaw))
}
