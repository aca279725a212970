//! The present, settable in tests. Instants are UTC with microseconds; days are those of Europe/Paris.

use chrono::{DateTime, Duration, NaiveDate, SubsecRound, Timelike, Utc};
use chrono_tz::Europe::Paris;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time; a clone tells the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Microseconds added to the machine's time; zero outside tests.
    shift: Arc<AtomicI64>,
}

impl Clock {
    pub fn now(&self) -> DateTime<Utc> {
        (Utc::now() + Duration::microseconds(self.shift.load(Ordering::Relaxed))).trunc_subsecs(6)
    }

    /// The current day in Europe/Paris, the zone of every legal delay.
    pub fn today(&self) -> NaiveDate {
        paris_day(self.now())
    }

    /// Moves the present forward (tests).
    pub fn advance(&self, by: Duration) {
        self.shift.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    /// Sets the present (tests); no fraction of the machine's time is left that would put it before.
    pub fn set(&self, instant: DateTime<Utc>) {
        self.shift.store((instant - Utc::now().trunc_subsecs(6)).num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}

/// The hour of a moment in Europe/Paris, from 0 to 23.
pub fn paris_hour(instant: DateTime<Utc>) -> u32 {
    instant.with_timezone(&Paris).hour()
}

pub fn paris_day(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&Paris).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_never_before_the_moment_that_it_was_set_to() {
        let (clock, moment) = (Clock::default(), "2028-11-21T23:00:00Z".parse().unwrap());
        for _ in 0..10_000 {
            clock.set(moment);
            assert!(clock.now() >= moment);
        }
    }
}
