//! In which language mails are, and how long a mail is tried.

use crate::values::choice;

choice! {
    /// The language of mails to a user.
    pub enum MailLanguage as "mail_language" {
        Fr = "fr" ("Français", "French"),
        En = "en" ("Anglais", "English"),
    }
}

/// How often a mail is tried before it is given up.
pub const ATTEMPTS: i32 = 8;
/// Days for which it is remembered that a mail was sent.
pub const KEPT_DAYS: i64 = 30;

/// Minutes after which a mail that was tried so often is tried again, unless it has left: five, then twice as many each time. A server
/// that takes a mail in hand has them to send it.
pub fn pause(attempts: i32) -> i64 {
    5 << (attempts - 1).clamp(0, ATTEMPTS)
}

/// What became of a mail when it was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// There was nothing to tell, or nobody to tell it to any more.
    Dropped,
    /// It is tried again later.
    Failed,
    /// It was tried often enough.
    Dead,
}

impl Outcome {
    /// What it is counted as.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_half_a_day() {
        let pauses: Vec<i64> = (1..ATTEMPTS).map(pause).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320]);
    }
}
