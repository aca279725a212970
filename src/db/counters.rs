//! Numbers given out one after another, under a name.

use super::schema::counters;
use super::{DbConn, insert_unless_taken};
use crate::error::Result;
use diesel::prelude::*;

/// The next of the numbers counted under a name; concurrent transactions wait for each other here.
pub fn next(conn: &mut DbConn, name: &str) -> Result<i64> {
    let counter = counters::table.find(name.to_owned());
    if diesel::update(counter.clone()).set(counters::value.eq(counters::value + 1)).execute(conn)? == 0 {
        insert_unless_taken!(conn, counters::table, (counters::name.eq(name), counters::value.eq(0_i64)))?;
        diesel::update(counter.clone()).set(counters::value.eq(counters::value + 1)).execute(conn)?;
    }
    Ok(counter.select(counters::value).first(conn)?)
}
