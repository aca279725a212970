//! Headers and parameters that many operations share, written once under `components`.

use serde_json::{Value, json};

/// Headers of every response, whatever its status.
pub const ALWAYS: [&str; 5] = ["API-Version", "Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy", "Request-Id"];

const ETAG: &str = r#""3.9f86d081884c7d65""#;

/// References to shared headers, keyed by their name.
pub fn header_refs<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    names.into_iter().map(|name| (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))).collect()
}

pub fn parameter_ref(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// Every shared header; those that no response names are dropped later.
pub fn headers() -> Value {
    json!({
        "API-Version": always(
            "Version of this contract that the server implements.",
            text(5, 20, r"^1\.[0-9]+\.[0-9]+$", "1.4.0")),
        "Accept-Ranges": always(
            "In which units parts of the file may be asked for (RFC 9110).",
            text(5, 5, "^bytes$", "bytes")),
        "Accept-Patch": sometimes(
            "Media type that PATCH takes (RFC 5789).",
            text(1, 200, r"^[a-z]+/[a-z0-9.+-]+$", "application/merge-patch+json")),
        "Access-Control-Allow-Origin": sometimes(
            "Origin of the calling page, when it stands on the allow-list of this server.",
            text(1, 300, r"^(\*|https?://[^\s/]+)$", "https://entraide.example")),
        "Content-Disposition": always(
            "That it is a file to be kept, and under which name (RFC 6266).",
            text(10, 4000, "^attachment; filename=", r#"attachment; filename="certificat.pdf"; filename*=UTF-8''certificat.pdf"#)),
        "Content-Range": always(
            "Which bytes of the file these are, and how many it has (RFC 9110).",
            text(9, 100, r"^bytes ([0-9]+-[0-9]+|\*)/[0-9]+$", "bytes 0-1023/20480")),
        "Content-Language": sometimes(
            "Language of the texts of the body.",
            text(2, 5, "^[a-z]{2}(-[A-Z]{2})?$", "fr")),
        "ETag": always(
            "Version of the resource and digest of this representation; give it back as `If-Match` or `If-None-Match`.",
            text(3, 200, r#"^"[^"]+"$"#, ETAG)),
        "Idempotency-Replayed": sometimes(
            "`true` when this is the stored answer of an earlier request with the same `Idempotency-Key`.",
            json!({ "type": "boolean" })),
        "Link": sometimes(
            "Address of the next page as `rel=\"next\"` (RFC 8288).",
            text(1, 8192, "^<[^>]*>", r#"</api/v1/establishments?cursor=q8Jx2nLw>; rel="next""#)),
        "Location": sometimes(
            "Address of what was created, or of what the resource was merged into.",
            json!({ "type": "string", "format": "uri-reference", "minLength": 1, "maxLength": 2048,
                    "examples": ["/api/v1/establishments/0190a6f2-5b5c-7c6e-9d3a-2f1b7c4e8a10"] })),
        "Preference-Applied": sometimes(
            "Preferences of the request that were honoured (RFC 7240).",
            text(1, 200, "^[a-z-]+(=[a-z-]+)?", "count=exact")),
        "RateLimit": sometimes(
            "What is left of the quota of this caller for this class of operations, and the seconds until it is renewed.",
            text(1, 200, r#"^"[a-z0-9_-]+";r=[0-9]+"#, r#""read";r=598;t=42"#)),
        "RateLimit-Policy": sometimes(
            "Quotas that apply to this caller, with their windows in seconds.",
            text(1, 200, r#"^"[a-z0-9_-]+";q=[0-9]+"#, r#""read";q=600;w=60"#)),
        "Request-Id": always(
            "Id of this request; quote it in a report. It is also the `instance` of a problem.",
            text(1, 128, "^[A-Za-z0-9._-]+$", "0190a6f2-5b5c-7c6e-9d3a-2f1b7c4e8a10")),
        "Retry-After": sometimes(
            "Seconds to wait before the next try.",
            json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": 86400, "examples": [2] })),
        "WWW-Authenticate": always(
            "How to present a credential, and what is wrong with the one presented (RFC 6750).",
            text(1, 500, "^[A-Za-z]+", r#"Bearer realm="entraide""#)),
    })
}

/// Every shared parameter; those that no operation names are dropped later.
pub fn parameters() -> Value {
    json!({
        "Accept-Language": optional("header", "Accept-Language",
            "Language of the texts: `fr` (default) or `en`. Codes and keys never change with it.",
            negotiation("en")),
        "Cursor": optional("query", "cursor",
            "`next_cursor` of the page before, with the same filters and sort.",
            text(1, 2000, "^[A-Za-z0-9_-]+$", "AAECAwQFBgc")),
        "Idempotency-Key": required("header", "Idempotency-Key",
            "A new random key for each intended effect; sent again, it returns the first answer instead of a second effect. Kept 7 days.",
            text(1, 128, "^[!-~]+$", "0190a6f2-9c0e-7d53-8f21-6b1d2c3e4f50")),
        "If-Match": required("header", "If-Match",
            "`ETag` of the resource as last read, or `*` for any version: 428 when missing, 412 when the resource has changed since.",
            text(1, 1000, r#"^(\*|(W/)?"[!#-+\x2D-~]*"(, ?(W/)?"[!#-+\x2D-~]*")*)$"#, ETAG)),
        "If-None-Match": optional("header", "If-None-Match",
            "`ETag` of a copy at hand: 304 when it is still current.",
            negotiation(ETAG)),
        "If-Range": optional("header", "If-Range",
            "`ETag` of the part at hand: the whole file is sent when it is no longer current.",
            negotiation(ETAG)),
        "Range": optional("header", "Range",
            "Which bytes of the file are wanted, `bytes=0-1023`: one range, 416 when the file has none of it.",
            negotiation("bytes=0-")),
        "Limit": optional("query", "limit",
            "Most items on a page.",
            json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": 100, "examples": [50] })),
        "Prefer": optional("header", "Prefer",
            "`count=exact` asks for `total_count` (RFC 7240).",
            negotiation("count=exact")),
    })
}

fn always(description: &str, schema: Value) -> Value {
    json!({ "description": description, "required": true, "schema": schema })
}

fn sometimes(description: &str, schema: Value) -> Value {
    json!({ "description": description, "schema": schema })
}

fn optional(place: &str, name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": place, "required": false, "description": description, "schema": schema })
}

fn required(place: &str, name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": place, "required": true, "description": description, "schema": schema })
}

/// What HTTP tells servers to ignore when they do not understand it is limited in length only.
fn negotiation(example: &str) -> Value {
    text(1, 1000, r"^[!-~]([\t -~]*[!-~])?$", example)
}

fn text(shortest: usize, longest: usize, pattern: &str, example: &str) -> Value {
    json!({ "type": "string", "minLength": shortest, "maxLength": longest, "pattern": pattern, "examples": [example] })
}
