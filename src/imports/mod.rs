//! Imports: files read line by line, each line stored or reported, in the background of the server or at the console.

pub mod api;
pub mod model;
pub mod reading;
pub mod run;
pub mod runner;
pub mod store;

pub use api::routes;
pub use model::{FieldChange, Importer, Job, LineIssue, LineOutcome, LineReport, Mode, Severity, Sink, Totals};
