//! What a certificate is, when one is given, and the code that it is checked by.

use crate::db::Id;
use crate::db::Instant;
use crate::error::{Code, Error, Flaw, Result};
use crate::values::{body, choice, commands, query, text};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// Whether a certificate stands.
    pub enum CertificateStatus as "training_certificate_status" {
        Issued = "issued" ("Délivrée", "Issued"),
        Revoked = "revoked" ("Révoquée", "Revoked"),
    }
}

text! {
    /// The number of a certificate.
    pub struct CertificateNumber { max: 20, pattern: "^ATT-[0-9]{4}-[0-9]{6}$", example: "ATT-2026-000123" }
}

impl CertificateNumber {
    pub fn of(year: i32, number: i64) -> Result<Self, Flaw> {
        format!("ATT-{year:04}-{number:06}").parse()
    }
}

pub const LIFECYCLE: Lifecycle<CertificateStatus> = Lifecycle {
    resource: "training_certificate",
    initial: CertificateStatus::Issued,
    transitions: &[step("revoke", &[CertificateStatus::Issued], Some(CertificateStatus::Revoked), &[], "Révoquer", "Revoke")],
};

commands! {
    /// Moves a certificate on.
    pub enum CertificateCommand {
        /// Takes it back: its code is no longer valid, and another one can be given.
        Revoke as "revoke" {
            /// Why.
            reason: Reason,
        },
    }
}

body! {
    /// Gives a certificate.
    pub struct IssueCertificate {
        /// A confirmed registration of the session.
        registration_id: Id,
    }
}

query! {
    /// Filters of certificates.
    pub struct CertificateFilters {
        /// States.
        status: Option<Vec<CertificateStatus>>,
        /// Registration.
        registration: Option<Id>,
    }
}

/// How somebody took part in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participation {
    pub slots_held: i32,
    pub slots_attended: i32,
    /// Of the slots attended, to the minute.
    pub minutes: i32,
}

impl Participation {
    /// Of somebody who was in some of the slots held, each with its beginning and its end.
    pub fn of(held: &[(Id, Instant, Instant)], attended: &[Id]) -> Self {
        let there = || held.iter().filter(|(id, ..)| attended.contains(id));
        let minutes = there().map(|(_, starts_at, ends_at)| (ends_at.0 - starts_at.0).num_minutes()).sum::<i64>();
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        Self { slots_held: count(held.len()), slots_attended: count(there().count()), minutes: i32::try_from(minutes).unwrap_or(i32::MAX) }
    }

    /// Fails below a minimum share of the slots, in hundredths.
    pub fn check(self, minimum: i32) -> Result<()> {
        let Self { slots_held, slots_attended, .. } = self;
        if slots_attended > 0 && i64::from(slots_attended) * 100 >= i64::from(slots_held) * i64::from(minimum) {
            return Ok(());
        }
        Err(Error::of(Code::CertificateBelowMinimum).with("attended", slots_attended).with("held", slots_held).with("min", minimum))
    }
}

/// Signs that nobody takes for one another on paper (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 100 bits: nobody finds one by trying.
const CODE_SIGNS: usize = 20;

text! {
    /// The code of a certificate; read whatever its case, its blanks and its hyphens, and with O, I and L for the digits they resemble.
    pub struct CertificateCode {
        min: 24, max: 24, input: 60, pattern: "^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}$", example: "7K3M-9QRT-0VWX-2BCD-E4FG",
        parse: canonical
    }
}

fn canonical(text: String) -> Result<String, Flaw> {
    let sign = |sign: char| match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let signs: String = text.chars().filter(|sign| !matches!(sign, ' ' | '-')).map(sign).collect();
    let sound = signs.len() == CODE_SIGNS && signs.bytes().all(|sign| SIGNS.contains(&sign));
    if sound { Ok(grouped(&signs)) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "XXXX-XXXX-XXXX-XXXX-XXXX")) }
}

fn grouped(signs: &str) -> String {
    signs.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

impl CertificateCode {
    /// The code that a keyed digest spells: its first 100 bits.
    pub fn spelt(digest: &[u8]) -> Result<Self> {
        let bits = digest.iter().flat_map(|byte| (0..8).rev().map(move |bit| usize::from(byte >> bit & 1))).take(CODE_SIGNS * 5).collect::<Vec<_>>();
        let sign = |five: &[usize]| SIGNS.get(five.iter().fold(0, |value, bit| value * 2 + bit)).copied().map(char::from);
        let signs: String = bits.chunks_exact(5).filter_map(sign).collect();
        signs.parse().map_err(|flaw: Flaw| Error::internal(flaw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_however_it_was_copied() {
        let code: CertificateCode = "7K3M-9QRT-0VWX-2BCD-E4F1".parse().unwrap();
        for copied in ["7k3m9qrt0vwx2bcde4f1", " 7K3M 9QRT OVWX 2BCD E4FL ", "7K3M-9QRT-oVWX-2BCD-E4Fi"] {
            assert_eq!(copied.parse(), Ok(code.clone()), "{copied}");
        }
        for other in ["7K3M-9QRT-0VWX-2BCD", "7K3M-9QRT-0VWX-2BCD-E4FU", "7K3M-9QRT-0VWX-2BCD-E4F12", "é"] {
            assert!(other.parse::<CertificateCode>().is_err(), "{other}");
        }
    }

    #[test]
    fn a_minimum_is_met_by_the_share_of_slots_and_by_nothing_of_none() {
        let of = |attended, held| Participation { slots_held: held, slots_attended: attended, minutes: 60 };
        for (attended, held, minimum, met) in [(4, 5, 80, true), (3, 4, 80, false), (3, 4, 75, true), (1, 1, 100, true), (0, 3, 1, false), (0, 0, 80, false)] {
            assert_eq!(of(attended, held).check(minimum).is_ok(), met, "{attended} of {held} at {minimum}");
        }
    }

    proptest! {
        #[test]
        fn codes_differ_where_the_first_hundred_bits_do(one in any::<[u8; 32]>(), at in 0_usize..100) {
            let mut other = one;
            other[at / 8] ^= 128 >> (at % 8);
            let (one, other) = (CertificateCode::spelt(&one).unwrap(), CertificateCode::spelt(&other).unwrap());
            prop_assert_ne!(&one, &other);
            prop_assert_eq!(one.as_str().parse::<CertificateCode>(), Ok(one.clone()));
        }
    }
}
