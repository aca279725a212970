//! Slots: the stretches of time in which a session is held.

pub mod store;
