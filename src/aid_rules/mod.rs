//! Rules of aid: what members must meet to be granted it, by association and year.

pub mod store;
