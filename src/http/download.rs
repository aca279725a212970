//! A file as it is sent: from the disk in pieces, whole or a range of it (RFC 9110), to be kept and never shown in its place.

use super::actor::{Actor, Answer};
use super::disclosure::Disclosed;
use super::input::header_text;
use super::reply::is_known;
use super::upload::aside;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::storage::{CHUNK, Content, Stored};
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::{Method, StatusCode, header};
use bytes::Bytes;
use futures_util::stream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::{self, SeekFrom};
use std::sync::Arc;

/// Every file is sent as bytes: what it is stands beside it, and no browser is told to show it.
pub const BYTES: &str = "application/octet-stream";

/// A file that the caller may read.
pub struct Download {
    /// What the storage knows it by.
    pub file_id: Id,
    pub sha256: String,
    pub size: u64,
    /// Under which it is to be kept.
    pub name: String,
    /// The confidential thing that it is a part of; nothing once that is nobody's.
    pub whole: Option<(Confided, Id)>,
}

/// The first byte wanted and how many.
type Span = (u64, u64);

/// The signs of RFC 8187 that stand for themselves.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The name in ASCII for those who know no better, and as it is.
fn disposition(name: &str) -> String {
    let plain: String = name.chars().map(|sign| if matches!(sign, ' '..='~') && !matches!(sign, '"' | '\\' | '%') { sign } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, PLAIN))
}

/// The part of a file that a `Range` asks for; the whole where it is of a kind that is not served, which a server may pass over.
fn span(range: &str, size: u64) -> Result<Option<Span>> {
    let Some(range) = range.get(..6).filter(|unit| unit.eq_ignore_ascii_case("bytes=")).and_then(|unit| range.get(unit.len()..)) else { return Ok(None) };
    let Some((first, last)) = range.split_once('-') else { return Ok(None) };
    let nothing = || Error::of(Code::RangeUnsatisfiable).with("size", size);
    let number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse::<u64>().unwrap_or(u64::MAX));
    let (first, last) = match (first.trim(), last.trim()) {
        ("", "") => return Ok(None),
        ("", last) => match number(last) {
            Some(0) => return Err(nothing()),
            Some(length) => (size.saturating_sub(length), size - 1),
            None => return Ok(None),
        },
        (first, "") => match number(first) {
            Some(first) => (first, size - 1),
            None => return Ok(None),
        },
        (first, last) => match number(first).zip(number(last)) {
            Some((first, last)) if first <= last => (first, last.min(size - 1)),
            _ => return Ok(None),
        },
    };
    if first < size { Ok(Some((first, last - first + 1))) } else { Err(nothing()) }
}

impl Actor {
    /// Sends a file, once the look at it is recorded.
    pub async fn download<F>(&self, find: F) -> Answer
    where
        F: FnOnce(&mut DbConn, &Scope) -> Result<Download> + Send + 'static,
    {
        let Download { file_id, sha256, size, name, whole } = self.read(find).await?;
        let etag = format!("\"{sha256}\"");
        let wanted = header_text(&self.request, "range").filter(|_| *self.request.method() == Method::GET);
        let wanted = wanted.filter(|_| header_text(&self.request, "if-range").is_none_or(|known| known.trim() == etag));
        let unchanged = is_known(&self.request, &etag);
        let span = wanted.filter(|_| !unchanged).map_or(Ok(None), |range| span(range, size))?;
        let storage = Arc::clone(&self.context.server.storage);
        let mut stored = aside(move || whole_file(storage.open(file_id)?, size)).await?;
        self.disclose(Disclosed::one(whole.into_iter().collect())).await?;
        let status = match span {
            _ if unchanged => StatusCode::NOT_MODIFIED,
            Some(_) => StatusCode::PARTIAL_CONTENT,
            None => StatusCode::OK,
        };
        let mut response = HttpResponse::build(status);
        response.insert_header(self.context.content_language()).insert_header((header::ETAG, etag));
        if unchanged {
            return Ok(response.finish());
        }
        response.insert_header((header::ACCEPT_RANGES, "bytes")).insert_header((header::CONTENT_DISPOSITION, disposition(&name))).content_type(BYTES);
        let (first, length) = span.unwrap_or((0, size));
        if span.is_some() {
            response.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{}/{size}", first + length - 1)));
        }
        if *self.request.method() == Method::HEAD {
            return Ok(response.body(SizedStream::new(length, stream::empty::<io::Result<Bytes>>())));
        }
        stored.content.seek(SeekFrom::Start(first)).map_err(Error::internal)?;
        Ok(response.body(SizedStream::new(length, pieces(stored.content, length))))
    }
}

fn whole_file(stored: Option<Stored>, size: u64) -> Result<Stored> {
    stored.filter(|stored| stored.size == size).ok_or_else(|| Error::of(Code::FileLost).because("see `entraide documents verify`"))
}

/// So many bytes, read as fast as they are taken.
fn pieces(content: Box<dyn Content>, length: u64) -> impl futures_util::Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some((content, length)), |left| async {
        let (mut content, length) = left.filter(|(_, length)| *length > 0)?;
        let at_once = usize::try_from(length).map_or(CHUNK, |length| length.min(CHUNK));
        let read = aside(move || {
            let mut piece = vec![0; at_once];
            content.read_exact(&mut piece)?;
            Ok((content, Bytes::from(piece)))
        });
        match read.await {
            Ok((content, piece)) => {
                let left = length - u64::try_from(piece.len()).unwrap_or(length);
                Some((Ok(piece), Some((content, left))))
            }
            Err(error) => {
                log::error!("a file was cut: {error}");
                Some((Err(io::Error::other("the file was cut")), None))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_the_part_that_it_names_the_whole_or_nothing() {
        let told = |range: &str| span(range, 100).map_err(|error| error.code());
        for (range, part) in [("bytes=0-9", (0, 10)), ("bytes=90-", (90, 10)), ("Bytes=-10", (90, 10)), ("bytes=50-900", (50, 50)), ("bytes=-900", (0, 100))] {
            assert_eq!(told(range), Ok(Some(part)), "{range}");
        }
        for whole in ["", "bytes", "bytes=", "bytes=-", "bytes=9-0", "bytes=a-b", "bytes=0-1,4-5", "lines=0-9", "é=0-9", "bytes=+1-2"] {
            assert_eq!(told(whole), Ok(None), "{whole}");
        }
        for nothing in ["bytes=100-", "bytes=-0", "bytes=200-300", "bytes=99999999999999999999-"] {
            assert_eq!(told(nothing), Err(Code::RangeUnsatisfiable), "{nothing}");
        }
    }

    #[test]
    fn a_name_is_told_in_ascii_and_as_it_is() {
        assert_eq!(disposition("lettre.pdf"), "attachment; filename=\"lettre.pdf\"; filename*=UTF-8''lettre.pdf");
        assert_eq!(disposition("dépôt \"1\";.pdf"), "attachment; filename=\"d_p_t _1_;.pdf\"; filename*=UTF-8''d%C3%A9p%C3%B4t%20%221%22%3B.pdf");
    }
}
