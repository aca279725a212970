//! What people write for the words of closed sets, besides their codes and labels.

use crate::members::employments::model::{Employer, EmploymentStatus, Occupation};
use crate::members::memberships::model::SubscriptionChannel;
use crate::members::model::Civility;

pub const CIVILITIES: &[(&str, Civility)] = &[
    ("mme", Civility::Ms),
    ("mlle", Civility::Ms),
    ("mademoiselle", Civility::Ms),
    ("f", Civility::Ms),
    ("m", Civility::Mr),
    ("mr", Civility::Mr),
    ("h", Civility::Mr),
];
pub const CHANNELS: &[(&str, SubscriptionChannel)] =
    &[("internet", SubscriptionChannel::Online), ("web", SubscriptionChannel::Online), ("papier", SubscriptionChannel::Post)];
pub const OCCUPATIONS: &[(&str, Occupation)] = &[
    ("pe", Occupation::PrimaryTeacher),
    ("instituteur", Occupation::PrimaryTeacher),
    ("institutrice", Occupation::PrimaryTeacher),
    ("professeur", Occupation::SecondaryTeacher),
    ("certifie", Occupation::SecondaryTeacher),
    ("agrege", Occupation::SecondaryTeacher),
    ("plp", Occupation::SecondaryTeacher),
    ("directeur", Occupation::PrimaryHead),
    ("directrice", Occupation::PrimaryHead),
    ("principal", Occupation::SecondaryHead),
    ("proviseur", Occupation::SecondaryHead),
    ("surveillant", Occupation::Aed),
    ("avs", Occupation::Aesh),
    ("psychologue", Occupation::PsyEn),
    ("infirmiere", Occupation::Nurse),
    ("retraitee", Occupation::Retired),
];
pub const STATUSES: &[(&str, EmploymentStatus)] = &[("contractuel", EmploymentStatus::PublicContract), ("fonctionnaire", EmploymentStatus::Tenured)];
pub const EMPLOYERS: &[(&str, Employer)] =
    &[("education nationale", Employer::State), ("commune", Employer::LocalAuthority), ("mairie", Employer::LocalAuthority)];
