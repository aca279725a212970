//! Everything that can go wrong, in the domain's words; no HTTP.

mod codes;

pub use codes::{Code, Language};
use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Values that complete an error text, by name: limits, expected forms, known names; never what the caller sent.
pub type Params = Vec<(&'static str, String)>;

/// What is wrong with one value, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub code: Code,
    pub params: Params,
}

impl Flaw {
    pub fn new(code: Code) -> Self {
        Self { code, params: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    pub fn at(self, place: Place) -> Issue {
        Issue { place, flaw: self }
    }
}

/// For whoever is at the console.
impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code.text(Language::En, &self.params))
    }
}

impl std::error::Error for Flaw {}

impl From<Code> for Flaw {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// Where in a request a flaw stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// RFC 6901 pointer into the body.
    Pointer(String),
    /// A query or path parameter.
    Parameter(String),
    Header(&'static str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub place: Place,
    pub flaw: Flaw,
}

/// A refusal or a failure. The code says which and fixes the status; the rest completes it.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    params: Params,
    issues: Vec<Issue>,
    /// Seconds after which trying again makes sense.
    retry_after: Option<u32>,
    /// The resource asked for and the one it was merged into: whoever only reads is shown the way.
    moved: Option<(String, String)>,
    /// For the log only.
    cause: Option<String>,
}

impl Error {
    pub fn of(code: Code) -> Self {
        Self(Box::new(Inner { code, params: Vec::new(), issues: Vec::new(), retry_after: None, moved: None, cause: None }))
    }

    pub fn invalid(issues: Vec<Issue>) -> Self {
        let mut error = Self::of(Code::InputInvalid);
        error.0.issues = issues;
        error
    }

    pub fn field(pointer: &str, flaw: impl Into<Flaw>) -> Self {
        Self::invalid(vec![flaw.into().at(Place::Pointer(pointer.to_owned()))])
    }

    pub fn parameter(name: &str, flaw: impl Into<Flaw>) -> Self {
        Self::invalid(vec![flaw.into().at(Place::Parameter(name.to_owned()))])
    }

    pub fn header(name: &'static str, flaw: impl Into<Flaw>) -> Self {
        Self::invalid(vec![flaw.into().at(Place::Header(name))])
    }

    /// What was not found, told of the field that names it; any other failure as it is.
    pub fn of_reference(self, pointer: &str) -> Self {
        if self.code() == Code::NotFound { Self::field(pointer, Code::ReferenceNotFound) } else { self }
    }

    pub fn not_found() -> Self {
        Self::of(Code::NotFound)
    }

    /// Of a resource that is not found because it was merged into another.
    pub fn moved(mut self, from: impl fmt::Display, to: impl fmt::Display) -> Self {
        self.0.moved = Some((from.to_string(), to.to_string()));
        self
    }

    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut error = Self::of(Code::Internal);
        error.0.cause = Some(cause.to_string());
        error
    }

    pub fn busy(code: Code, retry_after: u32) -> Self {
        let mut error = Self::of(code);
        error.0.retry_after = Some(retry_after);
        error
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.params.push((name, value.to_string()));
        self
    }

    /// The same refusal, told besides at a place of the body, with what completes its text.
    pub fn at(self, pointer: &str) -> Self {
        self.placed(Place::Pointer(pointer.to_owned()))
    }

    /// The same refusal, told besides at these places.
    pub fn placed(mut self, place: Place) -> Self {
        let flaw = Flaw { code: self.0.code, params: self.0.params.clone() };
        self.0.issues.push(flaw.at(place));
        self
    }

    /// The same refusal with one thing more that stands in the way.
    pub fn noting(mut self, issue: Issue) -> Self {
        self.0.issues.push(issue);
        self
    }

    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn params(&self) -> &Params {
        &self.0.params
    }

    pub fn issues(&self) -> &[Issue] {
        &self.0.issues
    }

    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after
    }

    pub fn moved_to(&self) -> Option<(&str, &str)> {
        self.0.moved.as_ref().map(|(from, to)| (from.as_str(), to.as_str()))
    }

    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code().name(), self.code().text(Language::En, self.params()))?;
        for issue in self.issues() {
            let place = match &issue.place {
                Place::Pointer(name) | Place::Parameter(name) => name,
                Place::Header(name) => *name,
            };
            write!(f, "; {place}: {}", issue.flaw)?;
        }
        self.cause().map_or(Ok(()), |cause| write!(f, " ({cause})"))
    }
}

impl std::error::Error for Error {}

/// A refusal for one reason, which is no flaw of a value.
impl From<Flaw> for Error {
    fn from(Flaw { code, params }: Flaw) -> Self {
        let mut error = Self::of(code);
        error.0.params = params;
        error
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}
