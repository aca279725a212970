//! Values with a meaning: each newtype owns its rules, its column limit and its place in the contract at once.

mod choice;
pub mod commands;
pub mod contact;
pub mod day;
pub mod fold;
mod iban;
pub mod input;
mod money;
mod number;
pub mod schema;
pub mod territory;
mod text;

pub use choice::{Choice, Enumeration, Labelled};
pub use commands::Commands;
pub use contact::{DisplayName, Email, Phone, WebAddress};
pub use day::{Day, Interval, SchoolYear};
pub use iban::{Iban, MaskedIban};
pub use money::{Amount, Currency, Money};
pub use number::{Inner, Number};
pub use territory::{AcademyCode, DepartmentCode, TerritoryCode};
pub use text::{Text, cleaned};

pub(crate) use choice::choice;
pub(crate) use commands::commands;
pub(crate) use input::{body, query};
pub(crate) use number::number;
pub(crate) use text::text;
