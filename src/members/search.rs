//! Finding people: by what stands in a body, for names, addresses and phones never stand in a URL.

use super::external_ids::owners_of;
use super::model::{ExternalId, MemberNumber};
use super::store::{MemberRow, OWNER, paged, visible};
use crate::auth::Scope;
use crate::db::paging::Slice;
use crate::db::schema::members;
use crate::db::search::{self, Condition, Written};
use crate::db::{DbConn, Engine};
use crate::error::Result;
use crate::values::{Day, Email, Phone, text};
use diesel::prelude::*;
use std::cmp::Reverse;

text! {
    /// Words of a name, each as the beginning of one; accents, ligatures, hyphens and case do not matter.
    pub struct NameWords { max: 100, example: "duboeuf cla" }
}

/// What is known of somebody; all that is given must fit.
#[derive(Debug, Clone, Default)]
pub struct Criteria {
    pub name: Option<NameWords>,
    pub number: Option<MemberNumber>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub birth_date: Option<Day>,
    pub external_id: Option<ExternalId>,
}

/// The members in scope that fit, by name.
pub fn search(conn: &mut DbConn, scope: &Scope, criteria: &Criteria, slice: &Slice) -> Result<Vec<MemberRow>> {
    let Criteria { name, number, email, phone, birth_date, external_id } = criteria;
    let mut query = visible(scope);
    if let Some(external_id) = external_id {
        let Some(owner) = owners_of(conn, OWNER, std::slice::from_ref(external_id))?.remove(external_id) else { return Ok(Vec::new()) };
        query = query.filter(members::id.eq(owner));
    }
    if let Some(number) = number {
        query = query.filter(members::member_number.eq(number.to_string()));
    }
    if let Some(email) = email {
        query = query.filter(members::email_key.eq(email.as_str().to_lowercase()));
    }
    if let Some(phone) = phone {
        query = query.filter(members::phone.eq(phone.to_string()));
    }
    if let Some(birth_date) = birth_date {
        query = query.filter(members::birth_date.eq(*birth_date));
    }
    if let Some(words) = name {
        query = query.filter(named(conn.engine(), scope, words));
    }
    paged(conn, query, slice)
}

/// Members with, for each word, a word in their names that begins with it. The longest brings the candidates, for it brings the
/// fewest; the others are held against the names beside it.
fn named(engine: Engine, scope: &Scope, words: &NameWords) -> Condition<members::table> {
    let mut words = search::split(words.as_str());
    words.sort_by_key(|word| Reverse(word.len()));
    let Some((longest, others)) = words.split_first() else { return search::no_row() };
    let mut condition = Written::default().sql("members.id IN (SELECT found.member_id FROM member_words AS found WHERE ");
    if !scope.is_all() {
        condition = condition.sql("found.department_code IN (");
        for (at, code) in scope.departments().iter().enumerate() {
            condition = condition.sql(if at == 0 { "" } else { ", " }).value(code.as_str());
        }
        condition = condition.sql(") AND ");
    }
    condition = condition.sql("found.word >= ").value(longest).sql(" AND found.word < ").value(format!("{longest}{}", char::MAX));
    for word in others {
        condition = condition.sql(" AND ").containing(engine, "found.names", format!(" {word}"));
    }
    Box::new(condition.sql(")"))
}
