//! Routes, bodies and views of calendar feeds.

use super::content;
use super::store::{self, CalendarFeedRow};
use crate::audit::Action;
use crate::auth::Scope;
use crate::auth::keys::{random, sha256};
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::http::{Actor, Answer, Document, Endpoint, ListOf, Listed, NoFilters, Page, PathId, PathWord, Plain, Reply, context, route};
use crate::values::{DepartmentCode, body};
use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

/// What a feed is called in the record of changes.
const FEED: &str = "calendar_feed";

/// The end of the name of every calendar: some programs know by it what they read.
const SUFFIX: &str = ".ics";

/// An address at which calendar programs read training sessions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarFeedView {
    /// Identifier.
    pub id: Id,
    /// The department whose sessions it shows; `null` for those of its user: given by them, or which they are registered for.
    pub department_code: Option<DepartmentCode>,
    /// When it was made.
    pub created_at: Instant,
    /// When a program last read it, to the quarter of an hour.
    pub last_used_at: Option<Instant>,
}

impl From<CalendarFeedRow> for CalendarFeedView {
    fn from(row: CalendarFeedRow) -> Self {
        let CalendarFeedRow { id, user_id: _, department_code, created_at, last_used_at } = row;
        Self { id, department_code, created_at, last_used_at }
    }
}

/// A new feed with its address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewCalendarFeedView {
    /// Identifier.
    pub id: Id,
    /// The department whose sessions it shows; `null` for those of its user.
    pub department_code: Option<DepartmentCode>,
    /// The address for calendar programs. Whoever has it reads the calendar; it is shown this once.
    #[schema(
        max_length = 300,
        format = "uri",
        pattern = r"^https?://.+\.ics$",
        example = "https://api.example.org/calendars/q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA.ics"
    )]
    pub address: String,
    /// When it was made.
    pub created_at: Instant,
}

body! {
    /// Makes an address for calendar programs.
    pub struct CreateCalendarFeed {
        /// The department whose sessions it shows; the sessions of the caller by default.
        department_code: Option<DepartmentCode>,
    }
}

/// The feeds of the caller as a list.
#[derive(Clone)]
struct CalendarFeeds;

const SORTS: &[&str] = &["created"];

impl Listed for CalendarFeeds {
    type Filters = NoFilters;
    type View = CalendarFeedView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, CalendarFeedView)>> {
        let rows = store::list(conn, scope, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_calendar_feeds).lists::<CalendarFeedView>(SORTS),
        route!(create_calendar_feed),
        route!(delete_calendar_feed),
        route!(retrieve_calendar).at_root().tagged().answers("text/calendar"),
    ]
}

/// List one's calendar feeds
///
/// What each shows and when it was last read, the oldest first. The addresses are not shown again.
#[utoipa::path(get, path = "/me/calendar-feeds", operation_id = "me_calendar_feeds_list", tag = "calendar_feeds",
    responses((status = 200, description = "A page of calendar feeds.", body = Page<CalendarFeedView>)))]
async fn list_calendar_feeds(actor: Actor, list: ListOf<NoFilters>) -> Answer {
    actor.list(CalendarFeeds, list).await
}

/// Make a calendar feed
///
/// Makes a secret address for calendar programs, shown this once and stored as a digest. What it shows follows the rights of its user,
/// looked at anew each time it is read.
#[utoipa::path(post, path = "/me/calendar-feeds", operation_id = "me_calendar_feeds_create", tag = "calendar_feeds",
    request_body = CreateCalendarFeed, responses((status = 201, description = "The feed, its address shown this once.", body = NewCalendarFeedView)))]
async fn create_calendar_feed(actor: Actor, body: Plain<CreateCalendarFeed>) -> Answer {
    let Plain(CreateCalendarFeed { department_code }) = body;
    let (secret, user_id) = (URL_SAFE_NO_PAD.encode(random::<32>()?), actor.principal.user_id);
    let address = format!("{}/calendars/{secret}{SUFFIX}", actor.context.server.config.public_url);
    let made = actor.write(false, move |tx, scope| {
        let row = CalendarFeedRow { id: Id::new(), user_id, department_code, created_at: tx.now, last_used_at: None };
        store::insert(tx, scope, &row, sha256(secret.as_bytes()).as_ref())?;
        tx.note(Action::Create, FEED, row.id)?;
        Ok(row)
    });
    let CalendarFeedRow { id, department_code, created_at, .. } = made.await?;
    actor.send(Reply { status: 201, ..Reply::ok(&NewCalendarFeedView { id, department_code, address, created_at })? })
}

/// Take a calendar feed back
///
/// Its address leads nowhere from then on.
#[utoipa::path(delete, path = "/calendar-feeds/{id}", operation_id = "calendar_feeds_delete", tag = "calendar_feeds",
    params(("id" = Id, Path)), responses((status = 204, description = "The feed is gone.")))]
async fn delete_calendar_feed(actor: Actor, id: PathId) -> Answer {
    actor
        .write(false, move |tx, scope| {
            let row = store::find(tx.conn, scope, id.0)?;
            store::delete(tx, scope, row.id)?;
            tx.note(Action::Delete, FEED, row.id)
        })
        .await?;
    actor.send(Reply::no_content())
}

crate::values::text! {
    /// The secret of a calendar feed and `.ics`.
    pub struct CalendarFile { max: 100, pattern: r"^[A-Za-z0-9_-]+\.ics$", example: "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA.ics" }
}

/// Read a calendar
///
/// The sessions of a feed, in iCalendar (RFC 5545), for whoever has its address. It names no participant. It is not found once the feed
/// was taken back, its user disabled, or their right to read sessions withdrawn.
#[utoipa::path(get, path = "/calendars/{file}", operation_id = "calendars_retrieve", tag = "calendar_feeds", params(("file" = inline(CalendarFile), Path)),
    responses((status = 200, description = "The calendar.", body = String, content_type = "text/calendar")))]
async fn retrieve_calendar(request: HttpRequest, file: PathWord) -> Answer {
    let context = context(&request)?;
    let secret = file.0.strip_suffix(SUFFIX).ok_or_else(Error::not_found)?;
    let (digest, now) = (sha256(secret.as_bytes()), context.server.now());
    let read = context.server.db.read(move |conn| {
        let feed = store::find_by_digest(conn, &Scope::everybody(), digest.as_ref())?.ok_or_else(Error::not_found)?;
        Ok((content::calendar(conn, &feed, now)?, feed))
    });
    let (calendar, feed) = read.await?;
    if feed.is_to_be_noted(now) {
        context.server.db.write(move |conn| store::note_use(conn, &Scope::everybody(), feed.id, now)).await?;
    }
    Ok(Document { media_type: "text/calendar; charset=utf-8", text: calendar, policy: None }.send(&request, &context))
}
