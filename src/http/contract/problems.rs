//! The one shape of every error (RFC 9457), and one shared response for each status.

use serde_json::{Value, json};

use super::facts::ProblemFacts;
use super::json::{Object, schema_ref};
use super::shared::{ALWAYS, header_refs};

struct Refusal {
    status: u16,
    name: &'static str,
    description: &'static str,
    headers: &'static [&'static str],
}

const REFUSALS: [Refusal; 16] = [
    refusal(400, "BadRequest", "The request is malformed or invalid; `errors` names every fault at once.", &[]),
    refusal(
        401,
        "Unauthorized",
        "No credential, or one that does not stand; also from public operations when a bad credential is sent.",
        &["WWW-Authenticate"],
    ),
    refusal(403, "Forbidden", "This caller has not been granted this function or field.", &[]),
    refusal(404, "NotFound", "No such resource, or none that this caller may see.", &[]),
    refusal(406, "NotAcceptable", "None of the accepted media types can be served.", &[]),
    refusal(408, "RequestTimeout", "The body did not arrive in time.", &[]),
    refusal(409, "Conflict", "The state of the resource, or an earlier use of the key, forbids it.", &["Retry-After"]),
    refusal(410, "Gone", "It existed and is no longer kept.", &[]),
    refusal(412, "PreconditionFailed", "The resource has changed since it was read.", &[]),
    refusal(413, "ContentTooLarge", "The body is larger than this operation takes.", &[]),
    refusal(415, "UnsupportedMediaType", "The media type of the body is not one that this operation takes.", &["Accept-Patch"]),
    refusal(416, "RangeNotSatisfiable", "The file has no byte in the range asked for.", &["Content-Range"]),
    refusal(428, "PreconditionRequired", "A header that this operation needs, `If-Match` or `Idempotency-Key`, is missing.", &[]),
    refusal(429, "TooManyRequests", "The quota of this caller is used up.", &["Retry-After"]),
    refusal(500, "InternalServerError", "A fault of the server; quote the request id.", &[]),
    refusal(503, "ServiceUnavailable", "The server cannot answer now; try again later.", &["Retry-After"]),
];

const fn refusal(status: u16, name: &'static str, description: &'static str, headers: &'static [&'static str]) -> Refusal {
    Refusal { status, name, description, headers }
}

/// Reference to the shared response of a status.
pub fn response_ref(status: u16) -> Option<Value> {
    let refusal = REFUSALS.iter().find(|refusal| refusal.status == status)?;
    Some(json!({ "$ref": format!("#/components/responses/{}", refusal.name) }))
}

/// The same for an operation that tells refusals as RFC 6749 does: what it has in common with the others is the headers.
pub fn oauth_response(status: u16) -> Option<Value> {
    let refusal = REFUSALS.iter().find(|refusal| refusal.status == status)?;
    let headers = ALWAYS.iter().chain(["Content-Language"].iter()).chain(refusal.headers.iter().filter(|name| **name != "Accept-Patch"));
    Some(json!({
        "description": format!("{} `error` is the word of RFC 6749 for it.", oauth_description(refusal)),
        "headers": header_refs(headers.copied()),
        "content": { "application/json": { "schema": schema_ref("OauthError") } },
    }))
}

fn oauth_description(refusal: &Refusal) -> &'static str {
    match refusal.status {
        400 => "The request is malformed, or asks for a scope that is not the client's.",
        401 => "The client is unknown, does not prove who it is, or is not let in.",
        429 => "The quota of this address is used up, or too many attempts have failed.",
        _ => refusal.description,
    }
}

/// `304` has no body, hence no problem.
pub fn not_modified_ref() -> Value {
    json!({ "$ref": "#/components/responses/NotModified" })
}

/// Every shared response; those that no operation names are dropped later.
pub fn responses(problems: &[ProblemFacts]) -> Value {
    let not_modified = json!({
        "description": "The copy at hand is still current.",
        "headers": header_refs(ALWAYS.into_iter().chain(["ETag"])),
    });
    REFUSALS.iter().map(|refusal| (refusal.name.to_owned(), shared_response(refusal, problems))).chain([("NotModified".to_owned(), not_modified)]).collect()
}

fn shared_response(refusal: &Refusal, problems: &[ProblemFacts]) -> Value {
    let headers = ALWAYS.iter().chain(["Content-Language"].iter()).chain(refusal.headers);
    let mut content = Object::from_iter([("schema".to_owned(), schema_ref("Problem"))]);
    let example = problems.iter().find(|problem| problem.status == refusal.status).map(example);
    content.extend(example.map(|example| ("example".to_owned(), example)));
    json!({
        "description": refusal.description,
        "headers": header_refs(headers.copied()),
        "content": { "application/problem+json": content },
    })
}

fn example(problem: &ProblemFacts) -> Value {
    json!({
        "type": format!("/problem-types/{}", problem.slug),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": "urn:uuid:0190a6f2-5b5c-7c6e-9d3a-2f1b7c4e8a10",
        "code": problem.code,
        "retryable": problem.retryable,
        "errors": [],
    })
}

/// `Problem` and its parts; the known codes are listed as an open enumeration, for new ones may come.
pub fn schemas(problems: &[ProblemFacts]) -> Object {
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    let code = json!({
        "type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[a-z0-9_]+(\\.[a-z0-9_]+)*$",
        "description": "Stable code: never translated, never removed, more may come.",
        "examples": ["cursor.filter_mismatch"], "x-extensible-enum": codes,
    });
    let address = |description: &str, example: &str| {
        json!({
            "type": "string", "format": "uri-reference", "minLength": 1, "maxLength": 2048, "description": description, "examples": [example],
        })
    };
    let words = |longest: usize, description: &str, example: &str| {
        json!({
            "type": "string", "minLength": 1, "maxLength": longest, "pattern": "\\S", "description": description, "examples": [example],
        })
    };
    let problem = json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance", "code", "retryable", "errors"],
        "properties": {
            "type": address("Stable address of the explanation of this kind of problem.", "/problem-types/cursor-filter-mismatch"),
            "title": words(200, "Kind of problem, in the language asked for.", "Cursor of another list"),
            "status": { "type": "integer", "format": "int32", "minimum": 400, "maximum": 599, "description": "HTTP status.", "examples": [400] },
            "detail": words(2000, "This problem, in the language asked for.", "The cursor belongs to a list with other filters."),
            "instance": address("Id of the request.", "urn:uuid:0190a6f2-5b5c-7c6e-9d3a-2f1b7c4e8a10"),
            "code": schema_ref("ProblemCode"),
            "retryable": { "type": "boolean", "description": "Whether the same request may succeed later." },
            "errors": {
                "type": "array", "maxItems": 1000, "items": schema_ref("ProblemError"),
                "description": "Every fault found in the request; empty when the refusal concerns no part of it.",
            },
        },
    });
    let error = json!({
        "type": "object",
        "description": "One fault; exactly one of `pointer`, `parameter` and `header` says where.",
        "required": ["code", "detail", "params"],
        "properties": {
            "pointer": {
                "type": "string", "minLength": 0, "maxLength": 1000, "pattern": "^(/[\\s\\S]*)?$",
                "description": "Place in the body (RFC 6901).", "examples": ["/parties/0/email"],
            },
            "parameter": {
                "type": "string", "minLength": 0, "maxLength": 100, "pattern": "^[\\s\\S]*$",
                "description": "Name of the query or path parameter, as it was sent.", "examples": ["cursor"],
            },
            "header": words(100, "Name of the header.", "If-Match"),
            "code": schema_ref("ProblemCode"),
            "detail": words(2000, "This fault, in the language asked for.", "At most 8 characters."),
            "params": {
                "type": "object", "maxProperties": 20,
                "description": "Values that the text names, for clients that write their own.", "examples": [{ "max_length": 8 }],
            },
        },
    });
    let oauth = json!({
        "type": "object",
        "description": "Why a token was refused (RFC 6749, section 5.2).",
        "required": ["error", "error_description", "error_uri"],
        "properties": {
            "error": {
                "type": "string", "minLength": 1, "maxLength": 60, "pattern": "^[a-z_]+$", "description": "Stable word of OAuth.",
                "examples": ["invalid_client"],
            },
            "error_description": {
                "type": "string", "minLength": 1, "maxLength": 500, "pattern": "^[ !#-\\[\\]-~]+$", "description": "The same in English.",
                "examples": ["The client is unknown or what it proves itself with is wrong."],
            },
            "error_uri": address("Stable address of the explanation, in French and English: the `type` of the problem.", "/problem-types/client-refused"),
        },
    });
    Object::from_iter([("OauthError".to_owned(), oauth), ("Problem".to_owned(), problem), ("ProblemCode".to_owned(), code), ("ProblemError".to_owned(), error)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_response_shows_the_first_code_of_its_status() {
        let problem = |code, status| ProblemFacts { code, status, slug: "slug", title: "Title", detail: "Detail.", retryable: false };
        let responses = responses(&[problem("row.unknown", 404), problem("state.closed", 409), problem("state.other", 409)]);
        let code = responses.pointer("/Conflict/content/application~1problem+json/example/code");
        assert_eq!(code, Some(&json!("state.closed")));
    }
}
