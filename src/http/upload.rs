//! A form with a file in it, `multipart/form-data`: the file goes to the storage as it comes, in pieces, and is measured on its way.
//!
//! A form rather than a bare body with a query: names of files are personal, and addresses are kept by logs; browsers and generated
//! clients know how to send one; and the type that the sender declares of the file is the part's own.

use super::download::BYTES;
use super::input::{IdempotencyKey, check_media_type, command_parts, complete, required};
use super::problem::Problem;
use crate::auth::keys::sha256;
use crate::error::{Code, Error, Place, Result};
use crate::storage::{CHUNK, Draft, Measure, Measured, Storage};
use crate::values::input::{Body, Field, Raw, Reading};
use crate::values::schema::{self, Form};
use actix_multipart::{Field as Part, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::{Ready, ready};
use std::io::Write;
use std::sync::Arc;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

const FORM: &str = "multipart/form-data";
/// Bytes of a file.
pub const FILE_MAX: u64 = 20 * 1024 * 1024;
/// Bytes of the form around it.
const AROUND_MAX: u64 = 64 * 1024;
/// Bytes of a field that is no file.
const FIELD_MAX: usize = 4 * 1024;
/// Parts of a form.
const PARTS_MAX: usize = 20;
/// The part that is the file.
const FILE: &str = "file";

/// The file itself: where it is read among the fields of a form, it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePart;

impl utoipa::PartialSchema for FilePart {
    fn schema() -> RefOr<Schema> {
        let form = Form { min: 1, max: usize::try_from(FILE_MAX).unwrap_or(usize::MAX), format: Some("binary"), ..Form::default() };
        schema::text("The bytes of a file, at most 20 MiB, with the type that its part declares.", form, "Attestation de Mme Lac.\n")
    }
}

impl utoipa::ToSchema for FilePart {
    fn name() -> std::borrow::Cow<'static, str> {
        "FilePart".into()
    }
}

impl Field for FilePart {
    fn read(_: Raw, _: &mut Reading<'_>) -> Option<Self> {
        Some(Self)
    }

    fn reference() -> RefOr<Schema> {
        utoipa::openapi::Ref::from_schema_name("FilePart").into()
    }

    fn inline() -> RefOr<Schema> {
        <Self as utoipa::PartialSchema>::schema()
    }

    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("FilePart".to_owned(), Self::inline()));
    }
}

/// A form that has not been read yet: whoever takes it looks first whether it is wanted.
pub struct FileForm {
    parts: Multipart,
    key: IdempotencyKey,
    validate: bool,
}

/// What a form brought. The file is not kept yet.
pub struct Received<B> {
    pub body: B,
    pub draft: Box<dyn Draft>,
    pub measured: Measured,
    /// The type that its part declares, unless that says nothing.
    pub declared: Option<String>,
    pub key: IdempotencyKey,
    pub validate: bool,
}

impl FromRequest for FileForm {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::of(request, payload.take()).map_err(Problem))
    }
}

fn too_large() -> Error {
    Error::of(Code::FileTooLarge).with("max", FILE_MAX)
}

fn refusal(error: MultipartError) -> Error {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => too_large(),
        MultipartError::Payload(_) | MultipartError::Incomplete => Error::of(Code::UploadCut).because(error),
        _ => Error::of(Code::FormMalformed).because(error),
    }
}

/// Work on a disk, on a thread that may wait for it.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    web::block(work).await.map_err(Error::internal)?
}

/// Two requests say the same where these texts are the same.
pub fn digest_of(said: &[&str]) -> Vec<u8> {
    let parts: Vec<u8> = said.iter().flat_map(|part| sha256(part.as_bytes()).as_ref().to_vec()).collect();
    sha256(&parts).as_ref().to_vec()
}

impl FileForm {
    fn of(request: &HttpRequest, payload: Payload) -> Result<Self> {
        check_media_type(request, FORM)?;
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > FILE_MAX + AROUND_MAX) {
            return Err(too_large());
        }
        let mut issues = Vec::new();
        let (key, options) = command_parts(request, &mut issues);
        let options = complete(options, issues)?;
        let key = key.ok_or_else(|| required("Idempotency-Key"))?;
        let mut left = FILE_MAX + AROUND_MAX;
        let limited = payload.map(move |chunk| {
            let chunk = chunk?;
            left = u64::try_from(chunk.len()).ok().and_then(|length| left.checked_sub(length)).ok_or(PayloadError::Overflow)?;
            Ok(chunk)
        });
        Ok(Self { parts: Multipart::new(request.headers(), limited), key, validate: options.mode.is_some() })
    }

    /// Reads the form to its end.
    pub async fn receive<B: Body>(mut self, storage: &Arc<dyn Storage>) -> Result<Received<B>> {
        let (mut fields, mut file, mut parts) = (Vec::new(), None, 0);
        while let Some(part) = self.parts.next().await {
            let mut part = part.map_err(refusal)?;
            let name = part.name().unwrap_or_default().to_owned();
            parts += 1;
            if parts > PARTS_MAX {
                return Err(Error::of(Code::FormMalformed));
            }
            if name == FILE {
                if file.is_some() {
                    return Err(Error::field("/file", Code::FieldRepeated));
                }
                // What browsers and libraries write where they know nothing.
                let declared = part.content_type().map(|declared| declared.essence_str().to_owned()).filter(|declared| declared != BYTES);
                file = Some((Writing::of(storage, &mut part).await?, declared));
                fields.push((name, String::new()));
            } else {
                let text = text_of(&mut part).await?;
                // What browsers send of an input that was left empty.
                if !text.is_empty() {
                    fields.push((name, text));
                }
            }
        }
        let mut issues = Vec::new();
        let body = B::read(Raw::Form(fields), &mut Reading::new(&mut issues, Place::Pointer(String::new())));
        let (body, (Writing { draft, measure }, declared)) = complete(body.zip(file), issues)?;
        Ok(Received { body, draft, measured: measure.finish(), declared, key: self.key, validate: self.validate })
    }
}

async fn text_of(part: &mut Part) -> Result<String> {
    let bytes = part.bytes(FIELD_MAX).await.map_err(|_| Error::of(Code::BodyTooLarge).with("max", FIELD_MAX))?.map_err(refusal)?;
    String::from_utf8(bytes.into()).map_err(|_| Error::of(Code::FormMalformed))
}

/// A file on its way to the storage.
struct Writing {
    draft: Box<dyn Draft>,
    measure: Measure,
}

impl Writing {
    async fn of(storage: &Arc<dyn Storage>, part: &mut Part) -> Result<Self> {
        let storage = Arc::clone(storage);
        let mut writing = aside(move || Ok(Self { draft: storage.begin()?, measure: Measure::default() })).await?;
        let mut waiting = BytesMut::with_capacity(CHUNK);
        while let Some(chunk) = part.next().await {
            waiting.extend_from_slice(&chunk.map_err(refusal)?);
            let come = writing.measure.size() + u64::try_from(waiting.len()).unwrap_or(u64::MAX);
            if come > FILE_MAX {
                return Err(too_large());
            }
            if waiting.len() >= CHUNK {
                writing = writing.with(waiting.split().freeze()).await?;
            }
        }
        writing.with(waiting.freeze()).await
    }

    async fn with(mut self, bytes: Bytes) -> Result<Self> {
        aside(move || {
            self.draft.write_all(&bytes)?;
            self.measure.pass(&bytes);
            Ok(self)
        })
        .await
    }
}
