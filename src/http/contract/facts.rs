//! What the contract must be told, because no handler annotation says it.

/// Everything the finaliser needs beside utoipa's output.
#[derive(Debug, Default)]
pub struct ContractFacts<'a> {
    /// Version of the contract, as served in `API-Version`.
    pub version: &'a str,
    pub contact: Contact<'a>,
    pub tags: &'a [TagFacts<'a>],
    pub operations: &'a [OperationFacts<'a>],
    pub problems: &'a [ProblemFacts<'a>],
    pub expansions: &'a [ExpansionFacts<'a>],
}

/// Whom to ask about the contract.
#[derive(Debug, Default)]
pub struct Contact<'a> {
    pub name: &'a str,
    pub url: &'a str,
    pub email: &'a str,
}

/// One section of the documentation.
#[derive(Debug)]
pub struct TagFacts<'a> {
    pub name: &'a str,
    pub description: &'a str,
}

/// What the route table knows about one operation.
#[derive(Debug, Default, Clone)]
pub struct OperationFacts<'a> {
    /// The `operationId`.
    pub id: &'a str,
    /// Open to callers without credentials.
    pub public: bool,
    /// Its line of the permission table.
    pub granted_to: Vec<String>,
    /// Served at the root of the host, outside `/api/v1`.
    pub at_root: bool,
    /// Answers a page: `limit` and `cursor` (for a GET), `Prefer: count=exact`, `Link`.
    pub lists: bool,
    /// Answers one resource with its `ETag`; a GET then takes `If-None-Match` and may answer 304.
    pub versioned: bool,
    /// Needs `If-Match`: 428 without it, 412 when it is stale.
    pub conditional_write: bool,
    /// Needs an `Idempotency-Key`: 428 without it, 409 when it served another request.
    pub idempotent: bool,
    /// Also serves `text/csv` and `application/x-ndjson`.
    pub streams: bool,
    /// Answers with the bytes of a file, or with a range of them.
    pub downloads: bool,
    /// Takes `fields=` and then serves only these fields.
    pub sparse: bool,
    /// Answers 308 where the resource asked for was merged into another.
    pub follows: bool,
    /// Tells refusals as RFC 6749 does.
    pub speaks_oauth: bool,
    /// Words of `sort=`, without the leading `-`.
    pub sorts: &'a [&'a str],
    /// Words of `expand=`.
    pub expands: &'a [&'a str],
}

/// One entry of the registry of problem codes; the first of each status becomes the example of that status.
#[derive(Debug)]
pub struct ProblemFacts<'a> {
    /// Stable code, such as `cursor.filter_mismatch`.
    pub code: &'a str,
    pub status: u16,
    /// Last part of `/problem-types/{slug}`.
    pub slug: &'a str,
    /// English title.
    pub title: &'a str,
    /// English detail.
    pub detail: &'a str,
    pub retryable: bool,
}

/// One object that `expand` can put beside its reference.
#[derive(Debug)]
pub struct ExpansionFacts<'a> {
    /// The property it is put under.
    pub name: &'a str,
    /// The property that holds the reference.
    pub reference: &'a str,
    /// The operation that shows such an object by itself.
    pub operation: &'a str,
}
