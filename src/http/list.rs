//! Lists: one query gives the page, the export, the count.

use super::accept::Media;
use super::actor::{Actor, Answer, Beside};
use super::cursor;
use super::disclosure::Disclosed;
use super::expand::Shown;
use super::headers;
use super::input::{Cursor, ListOptions, PageLimit, Projection, context, read_list};
use super::problem::Problem;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::values::input::Query;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::future::{Ready, ready};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Debug;
use utoipa::ToSchema;

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order asked for.
    #[schema(max_items = 100)]
    pub items: Vec<T>,
    /// Where the next page starts; `null` on the last.
    #[schema(max_length = 2000, pattern = "^[A-Za-z0-9_-]+$", example = "AAECAwQFBgc")]
    pub next_cursor: Option<String>,
    /// The address of the next page; `null` on the last.
    #[schema(max_length = 4000, format = "uri-reference", example = "/api/v1/establishments?cursor=AAECAwQFBgc")]
    pub next: Option<String>,
    /// How many items the whole list has, where `Prefer: count=exact` asked for it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 40_630)]
    pub total_count: Option<i64>,
}

/// What can be listed: rows in a scope, by filters, from a position.
pub trait Listed: Clone + Send + Sync + 'static {
    type Filters: Clone + Send + Sync + 'static;
    type View: Serialize + ToSchema;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &Self::Filters, slice: &Slice) -> Result<Vec<(Position, Self::View)>>;

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &Self::Filters) -> Result<i64>;

    /// The confidential thing of which all this is a part, where the address names another one.
    fn part_of(&self, _conn: &mut DbConn, _scope: &Scope) -> Result<Option<(Confided, Id)>> {
        Ok(None)
    }

    /// The confidential thing of which one row is a part, where the list goes over several.
    fn whole(_view: &Self::View) -> Option<(Confided, Id)> {
        None
    }
}

/// The query of a list: its own filters and what all lists share.
#[derive(Debug)]
pub struct ListOf<Q> {
    pub filters: Q,
    pub options: ListOptions,
}

impl<Q: Query> FromRequest for ListOf<Q> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = context(request).and_then(|context| {
            let (filters, options) = read_list(request, &context)?;
            if context.media != Media::Json {
                let excluded = [("limit", options.limit.is_some()), ("cursor", options.cursor.is_some()), ("expand", !options.projection.expand.is_empty())];
                if let Some((name, _)) = excluded.into_iter().find(|(_, given)| *given) {
                    return Err(Error::parameter(
                        name,
                        crate::error::Flaw::new(Code::ParameterExcluded).with("other", "Accept: text/csv, application/x-ndjson"),
                    ));
                }
            }
            Ok(Self { filters, options })
        });
        ready(read.map_err(Problem))
    }
}

/// A page as it was read: its body as far as the items go, and the position of the last if more follow.
struct Found {
    body: Vec<u8>,
    last: Option<Position>,
    total: Option<i64>,
    rows: Vec<Id>,
    beside: Beside,
}

/// How a search is paged: what `limit` and `cursor` are to a list, in a body.
#[derive(Debug, Clone)]
pub struct Paging {
    pub limit: Option<PageLimit>,
    pub cursor: Option<Cursor>,
    pub sort: &'static str,
}

impl Actor {
    /// Answers with a page, or, as `Accept` says, with the whole list as CSV or NDJSON.
    pub async fn list<L: Listed>(&self, listed: L, list: ListOf<L::Filters>) -> Answer {
        let ListOf { filters, options } = list;
        let mut slice = Slice { sort: options.sort, descending: options.descending, limit: options.limit(), ..Slice::default() };
        if self.context.media != Media::Json {
            return self.export(listed, filters, options, slice).await;
        }
        let of = cursor::fingerprint(self.request.path(), self.request.query_string(), &slice);
        slice.after = self.position(&of, options.cursor.as_ref()).map_err(|code| Error::parameter("cursor", code))?;
        let count = headers::prefers_exact_count(self.request.headers());
        let mut found = self.find_page(listed, filters, slice, count, options.projection).await?;
        self.disclose(found.disclosed(self.request.query_string())).await?;
        let next = self.next_cursor(&of, &found)?;
        Ok(self.page(found, next.as_deref(), count))
    }

    /// Answers a search with a page; what is searched for stands in the body, and so does the cursor.
    pub async fn search<L: Listed>(&self, listed: L, filters: L::Filters, paging: Paging) -> Answer
    where
        L::Filters: Debug,
    {
        let Paging { limit, cursor, sort } = paging;
        let mut slice = Slice { sort, limit: PageLimit::or_default(limit), ..Slice::default() };
        let criteria = format!("{filters:?}");
        let of = cursor::fingerprint(self.request.path(), &criteria, &slice);
        slice.after = self.position(&of, cursor.as_ref()).map_err(|code| Error::field("/cursor", code))?;
        let mut found = self.find_page(listed, filters, slice, false, Projection::default()).await?;
        self.disclose(found.disclosed(&criteria)).await?;
        let next = self.next_cursor(&of, &found)?;
        Ok(found.respond(HttpResponse::Ok().insert_header(self.context.content_language()), next.as_deref(), None))
    }

    fn position(&self, of: &str, cursor: Option<&Cursor>) -> Result<Option<Position>, Code> {
        let server = &self.context.server;
        cursor.map(|cursor| cursor::open(&server.keys, of, cursor.as_str(), server.clock.now().timestamp())).transpose()
    }

    fn next_cursor(&self, of: &str, found: &Found) -> Result<Option<String>> {
        let server = &self.context.server;
        found.last.as_ref().map(|position| cursor::seal(&server.keys, of, position, server.clock.now().timestamp())).transpose()
    }

    async fn find_page<L: Listed>(&self, listed: L, filters: L::Filters, slice: Slice, count: bool, projection: Projection) -> Result<Found> {
        let plain = projection.is_plain();
        let shape = self.shaper(projection);
        self.read(move |conn, scope| {
            let mut rows = {
                let more = Slice { limit: slice.limit + 1, ..slice.clone() };
                listed.page(conn, scope, &filters, &more)?
            };
            let full = i64::try_from(rows.len()).is_ok_and(|found| found > slice.limit);
            if full {
                rows.pop();
            }
            let total = if count { Some(listed.count(conn, scope, &filters)?) } else { None };
            let last = rows.last().filter(|_| full).map(|(position, _)| position.clone());
            let mut body = Vec::with_capacity(rows.len() * 1024 + 512);
            body.extend_from_slice(b"{\"items\":");
            let mut beside = if plain { write_plain(&rows, &mut body).map(|()| Vec::new())? } else { write_shaped(conn, &rows, &shape, &mut body)? };
            beside.extend(listed.part_of(conn, scope)?);
            beside.extend(rows.iter().filter_map(|(_, view)| L::whole(view)));
            let rows = rows.iter().map(|(position, _)| position.id).collect();
            Ok(Found { body, last, total, rows, beside })
        })
        .await
    }

    fn page(&self, found: Found, next_cursor: Option<&str>, counted: bool) -> HttpResponse {
        let next = next_cursor.map(|cursor| next_address(&self.request, cursor));
        let mut response = HttpResponse::Ok();
        response.insert_header(self.context.content_language());
        if let Some(next) = &next {
            response.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
        }
        if counted {
            response.insert_header(("Preference-Applied", "count=exact"));
        }
        found.respond(&mut response, next_cursor, next)
    }
}

impl Found {
    /// What the page shows, by what was asked for.
    fn disclosed(&mut self, criteria: &str) -> Disclosed {
        let rows = std::mem::take(&mut self.rows);
        let criteria = (!criteria.is_empty()).then(|| criteria.to_owned());
        Disclosed { count: i64::try_from(rows.len()).ok(), rows, beside: std::mem::take(&mut self.beside), criteria, ..Disclosed::default() }
    }

    fn respond(self, response: &mut HttpResponseBuilder, next_cursor: Option<&str>, next: Option<String>) -> HttpResponse {
        let Self { mut body, total, .. } = self;
        for (name, value) in [("next_cursor", Value::from(next_cursor)), ("next", Value::from(next)), ("total_count", Value::from(total))] {
            body.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
        }
        body.push(b'}');
        response.content_type("application/json").body(body)
    }
}

fn write_items<T>(items: &[T], body: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>) -> Result<()>) -> Result<()> {
    body.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        write(item, body)?;
    }
    body.push(b']');
    Ok(())
}

fn write_plain<V: Serialize>(rows: &[(Position, V)], body: &mut Vec<u8>) -> Result<()> {
    write_items(rows, body, |(_, view), body| serde_json::to_writer(body, view).map_err(Error::internal))
}

fn write_shaped<V: Serialize>(
    conn: &mut DbConn,
    rows: &[(Position, V)],
    shape: &impl Fn(&mut DbConn, &mut [&mut Shown]) -> Result<Beside>,
    body: &mut Vec<u8>,
) -> Result<Beside> {
    let items: Result<Vec<Shown>> = rows.iter().map(|(_, view)| Shown::of(view)).collect();
    let mut items = items?;
    let beside = shape(conn, &mut items.iter_mut().collect::<Vec<_>>())?;
    write_items(&items, body, |item, body| {
        item.write(body);
        Ok(())
    })?;
    Ok(beside)
}

/// The same address with another cursor.
fn next_address(request: &HttpRequest, cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor") {
        query.append_pair(&name, &value);
    }
    query.append_pair("cursor", cursor);
    format!("{}?{}", request.path(), query.finish())
}

/// A list without filters of its own.
pub use no_filters::NoFilters;

mod no_filters {
    crate::values::query! {
        /// No filter.
        pub struct NoFilters {}
    }
}
