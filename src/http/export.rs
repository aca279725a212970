//! Whole lists as CSV or NDJSON: keyset pages of one snapshot, sent in chunks as fast as the caller takes them.

use super::accept::Media;
use super::actor::{Actor, Answer};
use super::disclosure::Disclosed;
use super::flat::{Columns, Dialect};
use super::input::ListOptions;
use super::list::Listed;
use crate::audit::access;
use crate::auth::{RecordKey, Scope, store};
use crate::db::paging::Slice;
use crate::db::{Db, DbConn, Id};
use crate::error::{Code, Error, Result};
use actix_web::HttpResponse;
use actix_web::http::header;
use bytes::Bytes;
use futures_util::stream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, Sender, error::TrySendError};

/// Rows read at once.
const PAGE: i64 = 500;
const CHUNK: usize = 64 * 1024;
/// Chunks that may wait for the caller: enough to outlast the naps of a producer that found no room.
const WAITING: usize = 8;
const WHOLE: Duration = Duration::from_secs(600);

/// The lines of one export on their way out.
struct Export<L: Listed> {
    listed: L,
    filters: L::Filters,
    slice: Slice,
    form: Form,
    sender: Sender<Result<Part>>,
    buffer: Vec<u8>,
    /// How long a caller may take nothing: it pins the snapshot, and with it the write-ahead log.
    stall: Duration,
    deadline: Instant,
    rows: i64,
    /// The entry of a look at what is confidential, which is told how many rows it had.
    counted: Option<(Db, RecordKey, Id)>,
}

/// What the reader hands to the response. A stream that stops without `End` was cut.
enum Part {
    Chunk(Bytes),
    End,
}

enum Form {
    Csv(Columns, Dialect),
    Ndjson(Option<Vec<String>>),
}

impl Actor {
    pub(super) async fn export<L: Listed>(&self, listed: L, filters: L::Filters, options: ListOptions, slice: Slice) -> Answer {
        let quota = self.context.server.limits.take(super::limits::Client::User(self.principal.user_id), super::limits::Class::Export, Instant::now());
        if quota.exceeded {
            return Err(Error::busy(Code::RateLimited, quota.reset.max(1)).into());
        }
        let fields = options.projection.fields;
        let all = self.context.route.columns.clone().ok_or_else(|| Error::internal("a list without columns"))?;
        let columns = fields.as_ref().map_or_else(|| all.clone(), |fields| all.only(fields));
        let (form, media_type, extension) = match self.context.media {
            Media::Csv => (Form::Csv(columns, Dialect::Standard), "text/csv; charset=utf-8; header=present", "csv"),
            Media::CsvExcelFr => (Form::Csv(columns, Dialect::ExcelFr), "text/csv; charset=utf-8; header=present; dialect=excel-fr", "csv"),
            Media::Ndjson | Media::Json | Media::Markdown | Media::Html => (Form::Ndjson(fields), "application/x-ndjson", "ndjson"),
        };
        let (sender, mut chunks) = mpsc::channel(WAITING);
        let (slice, stall, buffer) = (Slice { limit: PAGE, ..slice }, self.context.server.config.export_stall, Vec::with_capacity(CHUNK * 2));
        let criteria = Some(self.request.query_string()).filter(|query| !query.is_empty()).map(str::to_owned);
        let entry = self.disclose(Disclosed { criteria, file: true, ..Disclosed::default() }).await?;
        let counted = entry.map(|entry| (self.context.server.db.clone(), self.context.server.keys.records.clone(), entry));
        let export = Export { listed, filters, slice, form, sender, buffer, stall, deadline: Instant::now() + WHOLE, rows: 0, counted };
        let (principal, scope, now) = (Arc::clone(&self.principal), self.scope().clone(), self.now());
        self.context.server.db.snapshot(move |conn| {
            let confirmed = store::confirm(conn, &principal, now);
            export.run(conn, &scope, confirmed);
        })?;
        // Until the first chunk an error is still a problem; after it the stream is cut.
        let Some(Part::Chunk(first)) = chunks.recv().await.transpose()? else { return Err(Error::internal("the export ended before it began").into()) };
        let rest = stream::unfold(Some(chunks), |chunks| async move {
            let mut chunks = chunks?;
            match chunks.recv().await {
                Some(Ok(Part::Chunk(chunk))) => Some((Ok(chunk), Some(chunks))),
                Some(Ok(Part::End)) => None,
                Some(Err(error)) => Some((Err(cut(&error)), None)),
                None => Some((Err(cut(&Error::of(Code::Timeout))), None)),
            }
        });
        let name = self.context.route.path.rsplit('/').next().unwrap_or("export");
        let mut response = HttpResponse::Ok();
        response.insert_header(self.context.content_language());
        response.insert_header((header::CONTENT_TYPE, media_type));
        response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{extension}\"")));
        let body = futures_util::StreamExt::chain(stream::once(async { Ok::<_, std::io::Error>(first) }), rest);
        Ok(response.streaming(body))
    }
}

fn cut(error: &Error) -> std::io::Error {
    log::warn!("an export was cut: {error}");
    std::io::Error::other("the export was cut")
}

impl<L: Listed> Export<L> {
    fn run(mut self, conn: &mut DbConn, scope: &Scope, confirmed: Result<()>) {
        let done = confirmed.and_then(|()| self.lines(conn, scope)).and_then(|()| self.flush());
        let done = self.tell_count().and(done).and_then(|()| self.send(Ok(Part::End)));
        if let Err(error) = done {
            // A caller that takes nothing, or has gone, is not waited for again: its stream ends without `End`.
            self.sender.try_send(Err(error)).ok();
        }
    }

    /// Also of an export that was cut: what was sent was seen.
    fn tell_count(&self) -> Result<()> {
        let Some((db, key, entry)) = &self.counted else { return Ok(()) };
        let (key, entry, rows) = (key.clone(), *entry, self.rows);
        db.write_now(move |conn| access::finish(conn, &key, entry, rows))
    }

    fn lines(&mut self, conn: &mut DbConn, scope: &Scope) -> Result<()> {
        if let Form::Csv(columns, dialect) = &self.form {
            if *dialect == Dialect::ExcelFr {
                self.buffer.extend_from_slice("\u{feff}".as_bytes());
            }
            columns.write_header(*dialect, &mut self.buffer);
        }
        loop {
            let rows = self.listed.page(conn, scope, &self.filters, &self.slice)?;
            for (_, view) in &rows {
                self.form.write(view, &mut self.buffer)?;
                self.rows += 1;
                if self.buffer.len() >= CHUNK {
                    self.flush()?;
                }
            }
            let full = i64::try_from(rows.len()).is_ok_and(|found| found == self.slice.limit);
            match rows.into_iter().next_back() {
                Some((position, _)) if full => self.slice.after = Some(position),
                _ => return Ok(()),
            }
        }
    }

    fn flush(&mut self) -> Result<()> {
        let chunk = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK * 2));
        self.send(Ok(Part::Chunk(chunk.into())))
    }

    /// Waits for room, but not for ever.
    fn send(&self, chunk: Result<Part>) -> Result<()> {
        let started = Instant::now();
        let mut waiting = chunk;
        loop {
            match self.sender.try_send(waiting) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(Error::of(Code::Timeout).because("the caller has gone")),
                Err(TrySendError::Full(chunk)) => waiting = chunk,
            }
            if started.elapsed() > self.stall || Instant::now() > self.deadline {
                return Err(Error::of(Code::Timeout).because("the caller takes nothing"));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Form {
    fn write<V: serde::Serialize>(&self, view: &V, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Csv(columns, dialect) => columns.write_line(view, *dialect, out).map_err(Error::internal)?,
            Self::Ndjson(None) => {
                serde_json::to_writer(&mut *out, view).map_err(Error::internal)?;
                out.push(b'\n');
            }
            Self::Ndjson(Some(fields)) => {
                let mut value = serde_json::to_value(view).map_err(Error::internal)?;
                if let Some(map) = value.as_object_mut() {
                    map.retain(|name, _| fields.contains(name));
                }
                serde_json::to_writer(&mut *out, &value).map_err(Error::internal)?;
                out.push(b'\n');
            }
        }
        Ok(())
    }
}
