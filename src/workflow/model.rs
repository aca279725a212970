//! What a lifecycle is: which command leads from which states to which, and who may give it.

use crate::audit::access::Part;
use crate::auth::{Role, Scope};
use crate::db::Id;
use crate::error::{Code, Error, Flaw, Language, Result};
use crate::values::{Choice, Enumeration, text};
use serde::Serialize;
use utoipa::ToSchema;

/// One line of a lifecycle.
#[derive(Debug)]
pub struct Transition<S: 'static> {
    pub command: &'static str,
    pub from: &'static [S],
    /// None where the state stays.
    pub to: Option<S>,
    /// The roles that may give the command; none named means all to whom the operation is granted.
    pub by: &'static [Role],
    /// Whether the server gives it by itself, and nobody else.
    pub by_server: bool,
    /// French and English label.
    pub labels: (&'static str, &'static str),
}

/// A line of a table of transitions.
pub const fn step<S>(command: &'static str, from: &'static [S], to: Option<S>, by: &'static [Role], fr: &'static str, en: &'static str) -> Transition<S>
where
    S: Copy,
{
    Transition { command, from, to, by, by_server: false, labels: (fr, en) }
}

/// A line for what the server does by itself.
pub const fn server_step<S: Copy>(command: &'static str, from: &'static [S], to: Option<S>, fr: &'static str, en: &'static str) -> Transition<S> {
    Transition { command, from, to, by: &[], by_server: true, labels: (fr, en) }
}

/// The life of one kind of resource.
#[derive(Debug)]
pub struct Lifecycle<S: 'static> {
    /// Its singular name.
    pub resource: &'static str,
    pub initial: S,
    pub transitions: &'static [Transition<S>],
}

/// What a state machine is without the type of its states: what is served of it.
#[derive(Debug, Clone)]
pub struct Machine {
    pub resource: &'static str,
    pub initial: &'static str,
    pub states: Enumeration,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub command: &'static str,
    pub from: Vec<&'static str>,
    pub to: Option<&'static str>,
    pub by: &'static [Role],
    pub by_server: bool,
    pub labels: (&'static str, &'static str),
}

/// A row with a lifecycle.
pub trait Stateful: Part {
    type Status: Choice + PartialEq + Send;
    const LIFECYCLE: &'static Lifecycle<Self::Status>;
    /// Fields of commands that name what not everybody may know of who reads the resource: its steps do not tell them.
    const UNTOLD: &'static [&'static str] = &[];

    fn id(&self) -> Id;
    fn version(&self) -> i32;
    fn status(&self) -> Self::Status;
    /// Where the roles of the caller must hold.
    fn department(&self) -> Option<&str>;
    /// What it lies under and is read with: its steps are told there too. None where it stands by itself, or is not for all who read that.
    fn whole(&self) -> Option<Id> {
        None
    }
}

/// A transition under way: what the UPDATE that makes it sets and asks for.
#[derive(Debug, Clone, Copy)]
pub struct Step<S: 'static> {
    pub from: &'static [S],
    pub to: S,
    /// The version it is made from.
    pub seen: i32,
}

impl<S: Choice> Step<S> {
    /// The states it may start from, as the database knows them.
    pub fn states(&self) -> Vec<&'static str> {
        self.from.iter().map(|state| state.code()).collect()
    }
}

/// What the row itself says of a command that its state allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Free,
    /// It works, if the command brings what this asks for.
    Needs(Flaw),
    Blocked(Flaw),
}

text! {
    /// A word in lower case: a command, a state, a resource.
    pub struct Word { max: 60, pattern: "^[a-z][a-z0-9_]*$", example: "take_charge" }
}

text! {
    /// Why something is done.
    pub struct Reason { min: 3, max: 500, example: "À la demande de l'adhérente." }
}

text! {
    /// A sentence for whoever reads it, in the language asked for.
    pub struct Sentence { max: 1000, example: "Aucun référent n'est désigné." }
}

/// Why a command is blocked, or what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommandReasonView {
    /// Stable code, the one that the command would be refused with.
    #[schema(max_length = 80, pattern = "^[a-z_.]+$", example = "referent.missing")]
    pub code: &'static str,
    /// The same in the language asked for.
    #[schema(value_type = Sentence)]
    pub detail: String,
}

/// A command that the state of the resource allows and the roles of this caller may give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AllowedCommandView {
    /// The command.
    #[schema(value_type = Word)]
    pub command: &'static str,
    /// Whether it would be carried out now.
    pub allowed: bool,
    /// Why it is blocked; where it is allowed, what it needs to be given besides, if anything.
    pub reason: Option<CommandReasonView>,
}

impl<S: Choice + PartialEq> Lifecycle<S> {
    pub fn find(&self, command: &str) -> Result<&Transition<S>> {
        self.transitions.iter().find(|line| line.command == command).ok_or_else(|| Error::internal(format!("{command} has no line in its lifecycle")))
    }

    /// The commands that somebody may give in a state.
    fn leaving(&self, status: S) -> impl Iterator<Item = &Transition<S>> {
        self.transitions.iter().filter(move |line| line.from.contains(&status) && !line.by_server)
    }

    /// The refusal of a command in a state that does not allow it, with those that it allows this caller.
    pub fn not_allowed(&self, status: S, scope: &Scope, department: Option<&str>) -> Error {
        let allowed: Vec<&str> = self.leaving(status).filter(|line| scope.holds(line.by, department)).map(|line| line.command).collect();
        let allowed = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
        Error::of(Code::TransitionNotAllowed).with("allowed", allowed).at("/command")
    }

    /// The commands for this caller, from what is at hand: no query.
    pub fn allowed(
        &self,
        status: S,
        scope: &Scope,
        department: Option<&str>,
        language: Language,
        verdict: impl Fn(&'static str) -> Verdict,
    ) -> Vec<AllowedCommandView> {
        let view = |line: &Transition<S>| {
            let (allowed, flaw) = match verdict(line.command) {
                Verdict::Free => (true, None),
                Verdict::Needs(flaw) => (true, Some(flaw)),
                Verdict::Blocked(flaw) => (false, Some(flaw)),
            };
            let reason = flaw.map(|flaw| CommandReasonView { code: flaw.code.name(), detail: flaw.code.text(language, &flaw.params) });
            AllowedCommandView { command: line.command, allowed, reason }
        };
        self.leaving(status).filter(|line| scope.holds(line.by, department)).map(view).collect()
    }

    pub fn machine(&self) -> Machine {
        let line = |line: &Transition<S>| Line {
            command: line.command,
            from: line.from.iter().map(|state| state.code()).collect(),
            to: line.to.map(Choice::code),
            by: line.by,
            by_server: line.by_server,
            labels: line.labels,
        };
        let Self { resource, initial, transitions } = self;
        Machine { resource, initial: initial.code(), states: S::ENUMERATION, lines: transitions.iter().map(line).collect() }
    }
}
