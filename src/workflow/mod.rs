//! Lifecycles: the one mechanism by which resources move from state to state, whatever the room.
//!
//! A room declares its table of transitions ([`Lifecycle`]) and its typed commands (`commands!`), makes its row [`Stateful`], and
//! gives [`Actor::transition`](crate::http::Actor::transition) two functions: how the row is found, and how it moves on. The
//! second writes with the states of the [`Step`] in the WHERE of its UPDATE, so that the rule and its safety are one line.

pub mod api;
mod model;
mod perform;
mod store;

pub use api::{Content, TransitionView, Transitions, in_time, routes, served};
pub use model::{AllowedCommandView, Lifecycle, Line, Machine, Reason, Stateful, Step, Transition, Verdict, Word, server_step, step};
pub use perform::{take_step, take_steps};
pub use store::{count_in_time, scrub};
