//! The map of the house.
//!
//! | room | what it is |
//! |---|---|
//! | [`app`] | puts the rooms together: routes, contract, server |
//! | [`sessions`] | logging in, staying in, logging out, who one is |
//! | [`users`] | accounts, the rights they hold, whoever manages them, and when their owners are away |
//! | [`clients`] | machines: what they may do, their secrets and keys, `/oauth/token` |
//! | [`reference`] | the territory and the labels of enumerations |
//! | [`associations`] | departmental associations and the national one, with their teams |
//! | [`establishments`] | the school directory, its import, its correspondents |
//! | [`members`] | members, their memberships and the cover these prove, their employments, duplicates and merges |
//! | [`deadlines`] | rules of deadlines, and the calendar on which they run |
//! | [`lawyers`] | lawyer partners: agreements, where and in what they plead, when they are away |
//! | [`dossiers`] | members' cases: opening, life, veils, walls, broken glass, legal holds, mandates of lawyers, motives, splits and duplicates, parties and the conflicts between them, activities, tasks and their timeline, documents, decisions on cover, protection requests, deadlines, proceedings and their steps, conciliations, links, contexts, what follows from all of these |
//! | [`documents`] | files that were sent in, their versions and formats, whatever they lie under: dossiers and requests for aid have the routes |
//! | [`incidents`] | events at establishments, above the dossiers that they opened |
//! | [`contact_requests`] | first calls, before there is any dossier |
//! | [`training_modules`] · [`training_sessions`] | what can be taught; when it is given, its slots, who trains, who takes part, who waits for a seat, who was there, and certificates of it |
//! | [`calendar_feeds`] | secret addresses at which calendar programs read training sessions |
//! | [`training_commissions`] | who coordinates training in each academy, with whom, and what is planned |
//! | [`digests`] | what is told each morning by mail, to those who want it: how much is to be done, and nothing of what |
//! | [`aid_rules`] | what members must meet to be granted aid, by association and year |
//! | [`aid_envelopes`] | what associations may grant in a year, and how much of it is committed and paid |
//! | [`financial_aid_requests`] | requests for financial aid: their life, the rules held against them, what a committee decides, documents, payments and repayment |
//! | [`aid_committees`] | committees on financial aid: who sits in them, their sessions, dockets of numbers in the place of names, votes, decisions, minutes |
//! | [`records`] | what was done and looked at, for those who watch over it |
//! | [`imports`] | files read line by line, in the background |
//! | [`workflow`] | the one mechanism of all lifecycles: transitions, their history, allowed commands |
//! | [`system`] | health, metrics, the contract and its documentation |
//! | [`audit`] | the record of every change, and the transaction that makes it |
//! | [`changes`] | what other systems are told of every change |
//! | [`auth`] | keys, tokens, passwords, the permission table, scopes |
//! | [`http`] | what every handler shares: gate, input, replies, lists, exports, problems |
//! | [`db`] | two engines behind one connection |
//! | [`storage`] | where the bytes of files are kept |
//! | [`values`] | newtypes: each owns its rules, its column limit and its place in the contract |
//! | [`config`] · [`clock`] · [`error`] | settings · the present · everything that can go wrong |
//!
//! Rooms know each other in one direction: `main → app → rooms → imports, workflow, changes, http, audit, auth, storage → db → values → error, clock,
//! config`; among rooms `sessions ← users, clients`, `users, lawyers ← dossiers`, `reference ← associations ← establishments ← members, deadlines ← dossiers ← incidents, contact_requests, digests, records`,
//! `documents ← dossiers, financial_aid_requests`, `members ← training_modules ← training_sessions ← calendar_feeds`, and `aid_rules, aid_envelopes, dossiers ← financial_aid_requests ← aid_committees`.
//! A room is a folder of the same files: `model.rs` (types and rules; no SQL, no HTTP), `store.rs` (every query on its tables, each with a `Scope`), `api.rs` (routes,
//! bodies, views; no diesel; `bodies.rs` and `view.rs` where these are long). A lifecycle is one table.
//! To add one, read `training_modules` (a list, a creation, a correction, a history), `contact_requests` for references to other rooms
//! and a lifecycle, or `users/absences` for a deletion, and copy it. What else wants a line, and where each says by a failing test that it is missing:
//!
//! - here; in `app.rs` the routes, the tag, and where there are any the enumerations and the lifecycle; in `auth/policy.rs` each operation,
//!   in `auth/rows.rs` the rows in scope (`incidents` is a room of departments and nothing more);
//! - in `db/schema.rs` the table, and below it the tables it is joined with; a pair of migrations (`make new-migration NAME=…`), with what
//!   the planner should expect of a new index where the table grows (migration 10); in `db/references.rs` each reference to a member,
//!   so that merges move it, or to an establishment, so that none in use is deleted;
//! - a file of tests in `tests/api/main.rs`; in `tests/api/proofs` what the design says of it (`oracle.rs`: its rule, its operations, its
//!   collection), one row of it (`estate.rs`), and a sound body where the examples of the contract do not make one (`requests.rs`);
//! - then `make golden contract`.

pub mod aid_committees;
pub mod aid_envelopes;
pub mod aid_rules;
pub mod app;
pub mod associations;
pub mod audit;
pub mod auth;
pub mod calendar_feeds;
pub mod changes;
pub mod clients;
pub mod clock;
pub mod config;
pub mod contact_requests;
pub mod db;
pub mod deadlines;
pub mod digests;
pub mod documents;
pub mod dossiers;
pub mod error;
pub mod establishments;
pub mod financial_aid_requests;
pub mod http;
pub mod imports;
pub mod incidents;
pub mod lawyers;
pub mod members;
pub mod records;
pub mod reference;
pub mod sessions;
pub mod storage;
pub mod system;
pub mod training_commissions;
pub mod training_modules;
pub mod training_sessions;
pub mod users;
pub mod values;
pub mod workflow;
