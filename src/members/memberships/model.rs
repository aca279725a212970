//! What a period of membership is, and what the periods of a member say of a day.

use crate::values::{Day, Money, choice, number};

choice! {
    /// What a member subscribes to.
    pub enum Product as "product" {
        Ome = "ome" ("Offre Métiers de l'Éducation", "Education professions offer"),
    }
}

choice! {
    /// How somebody subscribed.
    pub enum SubscriptionChannel as "subscription_channel" {
        Correspondent = "correspondent" ("Correspondant", "Correspondent"),
        Online = "online" ("En ligne", "Online"),
        Post = "post" ("Courrier", "Post"),
        Partner = "partner" ("Partenaire", "Partner"),
    }
}

choice! {
    /// How far a period of membership has come.
    pub enum MembershipState as "membership_state" {
        Pending = "pending" ("En attente d'enregistrement", "Awaiting registration"),
        Confirmed = "confirmed" ("Confirmée", "Confirmed"),
        Ended = "ended" ("Terminée avant terme", "Ended early"),
        Cancelled = "cancelled" ("Annulée", "Cancelled"),
        Void = "void" ("Nulle", "Void"),
        Superseded = "superseded" ("Remplacée lors d'une fusion", "Superseded by a merge"),
    }
}

choice! {
    /// Why a period ended early.
    pub enum EndReason as "end_reason" {
        Resigned = "resigned" ("Démission", "Resigned"),
        Unpaid = "unpaid" ("Cotisation impayée", "Dues unpaid"),
        Deceased = "deceased" ("Décès", "Deceased"),
        Retired = "retired" ("Retraite", "Retired"),
        Merged = "merged" ("Fusion de fiches", "Records merged"),
        Error = "error" ("Erreur", "Error"),
    }
}

choice! {
    /// What the periods of a member say of a day.
    pub enum MembershipStatus as "membership_status" {
        Never = "never" ("Jamais adhérent", "Never a member"),
        Future = "future" ("Adhésion à venir", "Membership to come"),
        Current = "current" ("Adhérent", "Member"),
        Grace = "grace" ("Délai de renouvellement", "Renewal grace"),
        Expired = "expired" ("Adhésion échue", "Membership expired"),
        Terminated = "terminated" ("Adhésion résiliée", "Membership terminated"),
        Deceased = "deceased" ("Décédé", "Deceased"),
    }
}

choice! {
    /// Whether a member was covered on a day, or on the days of an interval.
    pub enum CoverStatus as "cover_status" {
        Covered = "covered" ("Couvert", "Covered"),
        PartlyCovered = "partly_covered" ("Couvert en partie", "Partly covered"),
        NotCovered = "not_covered" ("Non couvert", "Not covered"),
    }
}

number! {
    /// A civil year.
    pub struct Year(i32: Integer "int32" as Integer) { 1903..=2199, example: 2026 }
}

impl MembershipState {
    /// Those in which a period counts at all.
    pub const IN_FORCE: [Self; 3] = [Self::Pending, Self::Confirmed, Self::Ended];

    pub fn in_force(self) -> bool {
        Self::IN_FORCE.contains(&self)
    }
}

/// What counts of a period when a day is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    pub starts_on: Day,
    pub ends_on: Day,
    pub insurer_registered_on: Option<Day>,
    pub state: MembershipState,
    pub end_reason: Option<EndReason>,
}

impl Period {
    /// The days covered: none before the insurer has registered the subscription.
    pub fn cover(&self) -> Option<(Day, Day)> {
        let registered = self.insurer_registered_on.filter(|_| self.state.in_force())?;
        let from = self.starts_on.max(registered);
        (from <= self.ends_on).then_some((from, self.ends_on))
    }

    /// Whether it makes somebody a member between its two days.
    fn counts(&self) -> bool {
        matches!(self.state, MembershipState::Confirmed | MembershipState::Ended)
    }
}

/// Days after the end of a period during which a renewal is still expected; they are not covered.
pub const GRACE_DAYS: i64 = 60;

/// What the periods say of a day: nothing stores "current member".
pub fn status_on(periods: &[Period], day: Day) -> MembershipStatus {
    let counting = || periods.iter().filter(|period| period.counts());
    let last = counting().filter(|period| period.ends_on < day).max_by_key(|period| period.ends_on);
    if last.is_some_and(|period| period.end_reason == Some(EndReason::Deceased)) {
        return MembershipStatus::Deceased;
    }
    if counting().any(|period| period.starts_on <= day && day <= period.ends_on) {
        return MembershipStatus::Current;
    }
    let terminated = last.is_some_and(|period| matches!(period.end_reason, Some(EndReason::Resigned | EndReason::Unpaid | EndReason::Retired)));
    if last.is_some_and(|period| !terminated && day <= period.ends_on.plus(GRACE_DAYS)) {
        return MembershipStatus::Grace;
    }
    let to_come = periods.iter().any(|period| period.state == MembershipState::Pending || (period.counts() && period.starts_on > day));
    match last {
        _ if to_come => MembershipStatus::Future,
        Some(_) if terminated => MembershipStatus::Terminated,
        Some(_) => MembershipStatus::Expired,
        None => MembershipStatus::Never,
    }
}

/// The first day of the membership that lasts on a day without a gap before it.
pub fn member_since(periods: &[Period], day: Day) -> Option<Day> {
    let mut begun: Vec<&Period> = periods.iter().filter(|period| period.counts() && period.starts_on <= day).collect();
    begun.sort_unstable_by_key(|period| std::cmp::Reverse(period.ends_on));
    begun.into_iter().fold(None, |since, period| match since {
        None => (day <= period.ends_on).then_some(period.starts_on),
        Some(since) if since <= period.ends_on.next() => Some(since.min(period.starts_on)),
        since => since,
    })
}

/// A stretch of days within the interval asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: Day,
    pub to: Day,
}

/// The days of an interval that no period covers, in order.
pub fn gaps(periods: &[Period], from: Day, to: Day) -> Vec<Stretch> {
    let mut covered: Vec<(Day, Day)> = periods.iter().filter_map(Period::cover).filter(|(first, last)| *first <= to && from <= *last).collect();
    covered.sort_unstable();
    let (mut gaps, mut next) = (Vec::new(), from);
    for (first, last) in covered {
        if next < first {
            gaps.push(Stretch { from: next, to: first.previous() });
        }
        next = next.max(last.next());
    }
    if next <= to {
        gaps.push(Stretch { from: next, to });
    }
    gaps
}

/// What an interval with these gaps is called.
pub fn cover_status(gaps: &[Stretch], from: Day, to: Day) -> CoverStatus {
    match gaps {
        [] => CoverStatus::Covered,
        [Stretch { from: first, to: last }] if (*first, *last) == (from, to) => CoverStatus::NotCovered,
        _ => CoverStatus::PartlyCovered,
    }
}

/// The two parts of the dues; their sum is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dues {
    pub association: Money,
    pub insurance: Money,
}

impl Dues {
    /// Pro rata of the year's dues, both ends counted: the total is rounded once and the insurer's part is taken out of it.
    pub fn pro_rata(self, starts_on: Day, ends_on: Day) -> Self {
        let year = Day::first_of(starts_on.year()).through(Day::last_of(starts_on.year()));
        let days = starts_on.through(ends_on);
        let (total, insurance) = ((self.association + self.insurance).pro_rata(days, year), self.insurance.pro_rata(days, year));
        Self { association: total - insurance.min(total), insurance: insurance.min(total) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn period(from: &str, to: &str, registered: Option<&str>, state: MembershipState, end_reason: Option<EndReason>) -> Period {
        let day = |text: &str| text.parse().unwrap();
        Period { starts_on: day(from), ends_on: day(to), insurer_registered_on: registered.map(day), state, end_reason }
    }

    #[test]
    fn cover_starts_when_the_insurer_registers_and_never_before() {
        let periods = [period("2026-01-01", "2026-12-31", Some("2026-02-10"), MembershipState::Confirmed, None)];
        let on = |text: &str| {
            let day = text.parse().unwrap();
            cover_status(&gaps(&periods, day, day), day, day)
        };
        assert_eq!((on("2026-02-09"), on("2026-02-10"), on("2026-12-31")), (CoverStatus::NotCovered, CoverStatus::Covered, CoverStatus::Covered));
        let (from, to) = ("2026-02-01".parse().unwrap(), "2026-02-20".parse().unwrap());
        let missing = gaps(&periods, from, to);
        assert_eq!(missing, [Stretch { from, to: "2026-02-09".parse().unwrap() }]);
        assert_eq!(cover_status(&missing, from, to), CoverStatus::PartlyCovered);
    }

    #[test]
    fn a_death_counts_from_the_day_after_and_a_resignation_leaves_no_grace() {
        let status = |periods: &[Period], day: &str| status_on(periods, day.parse().unwrap());
        let dead = [period("2026-01-01", "2026-05-02", Some("2026-01-01"), MembershipState::Ended, Some(EndReason::Deceased))];
        assert_eq!((status(&dead, "2026-05-02"), status(&dead, "2026-05-03")), (MembershipStatus::Current, MembershipStatus::Deceased));
        let gone = [period("2026-01-01", "2026-05-02", Some("2026-01-01"), MembershipState::Ended, Some(EndReason::Resigned))];
        assert_eq!(status(&gone, "2026-05-03"), MembershipStatus::Terminated);
        let lapsed = [period("2025-01-01", "2025-12-31", Some("2025-01-01"), MembershipState::Confirmed, None)];
        assert_eq!((status(&lapsed, "2026-03-01"), status(&lapsed, "2026-03-02")), (MembershipStatus::Grace, MembershipStatus::Expired));
        assert_eq!(status(&lapsed, "2024-12-31"), MembershipStatus::Future);
        assert_eq!(status(&[], "2024-12-31"), MembershipStatus::Never);
    }

    #[test]
    fn a_membership_is_as_old_as_its_periods_follow_each_other() {
        let year = |from: &str, to: &str| period(from, to, None, MembershipState::Confirmed, None);
        let since = |periods: &[Period], day: &str| member_since(periods, day.parse().unwrap()).map(|day| day.to_string());
        let lasting = [year("2024-09-01", "2024-12-31"), year("2026-01-01", "2026-12-31"), year("2025-01-01", "2025-12-31")];
        assert_eq!(since(&lasting, "2026-11-22").as_deref(), Some("2024-09-01"));
        assert_eq!(since(&[lasting[0].clone(), lasting[1].clone()], "2026-11-22").as_deref(), Some("2026-01-01"), "a year was left out");
        assert_eq!((since(&lasting, "2027-01-01"), since(&lasting, "2024-08-31"), since(&[], "2026-11-22")), (None, None, None));
    }

    #[test]
    fn dues_of_part_of_a_year_keep_their_sum() {
        let year = Dues { association: Money::from_cents(2000), insurance: Money::from_cents(2550) };
        let part = year.pro_rata("2024-09-01".parse().unwrap(), "2024-12-31".parse().unwrap());
        assert_eq!((part.association + part.insurance).cents(), 1517, "45.50 € from 2024-09-01 is 122/366");
    }

    /// A naive model: day by day, without any order of periods.
    fn naive(periods: &[Period], day: Day) -> bool {
        periods.iter().any(|period| {
            let counts = matches!(period.state, MembershipState::Pending | MembershipState::Confirmed | MembershipState::Ended);
            counts && period.insurer_registered_on.is_some_and(|registered| registered <= day) && period.starts_on <= day && day <= period.ends_on
        })
    }

    proptest! {
        #[test]
        fn the_gaps_of_an_interval_are_the_days_that_a_naive_model_finds_uncovered(
            raw in prop::collection::vec((0_i64..400, 0_i64..200, prop::option::of(0_i64..400), 0_usize..6), 0..6),
            from in 0_i64..300, length in 0_i64..200,
        ) {
            let origin: Day = "2026-01-01".parse().unwrap();
            let states = [MembershipState::Pending, MembershipState::Confirmed, MembershipState::Ended, MembershipState::Cancelled, MembershipState::Void, MembershipState::Superseded];
            let periods: Vec<Period> = raw.into_iter().map(|(start, days, registered, state)| Period {
                starts_on: origin.plus(start), ends_on: origin.plus(start + days), insurer_registered_on: registered.map(|at| origin.plus(at)),
                state: states[state], end_reason: None,
            }).collect();
            let (from, to) = (origin.plus(from), origin.plus(from + length));
            let missing = gaps(&periods, from, to);
            let mut day = from;
            while day <= to {
                let in_gap = missing.iter().any(|gap| gap.from <= day && day <= gap.to);
                prop_assert_eq!(in_gap, !naive(&periods, day), "{}", day);
                day = day.next();
            }
            let all = cover_status(&missing, from, to);
            let expected = if missing.is_empty() { CoverStatus::Covered }
                else if missing.iter().map(|gap| gap.from.through(gap.to)).sum::<i64>() == from.through(to) { CoverStatus::NotCovered }
                else { CoverStatus::PartlyCovered };
            prop_assert_eq!(all, expected);
        }

        #[test]
        fn the_status_of_every_day_is_what_walking_through_the_days_before_tells(
            raw in prop::collection::vec((0_i64..12, 0_i64..9, 0_usize..6, 0_usize..7), 0..4), at in 0_i64..24,
        ) {
            // Periods of whole months make months enough of a day: a grace of sixty days is two of them.
            let origin: Day = "2026-01-01".parse().unwrap();
            let states = [MembershipState::Pending, MembershipState::Confirmed, MembershipState::Ended, MembershipState::Cancelled, MembershipState::Void, MembershipState::Superseded];
            let reasons = [EndReason::Resigned, EndReason::Unpaid, EndReason::Deceased, EndReason::Retired, EndReason::Merged, EndReason::Error];
            let periods: Vec<Period> = raw.into_iter().map(|(start, length, state, reason)| Period {
                starts_on: origin.plus(start * 30), ends_on: origin.plus((start + length + 1) * 30 - 1), insurer_registered_on: None,
                state: states[state], end_reason: if states[state] == MembershipState::Ended { reasons.get(reason).copied() } else { None },
            }).collect();
            let day = origin.plus(at * 30);
            // A walk: what the last day before this one that held a membership was, and what is still to come.
            let holding = |on: Day| periods.iter().filter(move |period| matches!(period.state, MembershipState::Confirmed | MembershipState::Ended) && period.starts_on <= on && on <= period.ends_on);
            let mut last_held = None;
            for back in 1..=at * 30 {
                let on = origin.plus(at * 30 - back);
                if holding(on).any(|period| period.ends_on == on) { last_held = Some(on); break; }
            }
            let reason = |on: Day| holding(on).filter(|period| period.ends_on == on).max_by_key(|period| period.ends_on).and_then(|period| period.end_reason);
            let ahead = (0..=720).any(|more| holding(day.plus(more)).any(|period| period.starts_on > day)) || periods.iter().any(|period| period.state == MembershipState::Pending);
            // Where several end on one day, which of their reasons counts is not promised.
            let ends: Vec<Day> = periods.iter().filter(|period| matches!(period.state, MembershipState::Confirmed | MembershipState::Ended)).map(|period| period.ends_on).collect();
            prop_assume!(ends.iter().enumerate().all(|(at, end)| !ends[at + 1..].contains(end)));
            let left = last_held.and_then(reason);
            let gone = matches!(left, Some(EndReason::Resigned | EndReason::Unpaid | EndReason::Retired));
            let expected = if left == Some(EndReason::Deceased) { MembershipStatus::Deceased }
                else if holding(day).next().is_some() { MembershipStatus::Current }
                else if last_held.is_some_and(|end| !gone && end.through(day) - 1 <= GRACE_DAYS) { MembershipStatus::Grace }
                else if ahead { MembershipStatus::Future }
                else if gone { MembershipStatus::Terminated }
                else if last_held.is_some() { MembershipStatus::Expired }
                else { MembershipStatus::Never };
            prop_assert_eq!(status_on(&periods, day), expected, "{:?} on {}", periods, day);
        }
    }
}
