//! Rules that a team writes itself: a card, and a condition in CEL that sees the whole object.
//!
//! The condition is true where all is fine, as in the validations of a ValidatingAdmissionPolicy, and knows the same variables `object` and
//! `namespaceObject`. What it cannot decide is UNKNOWN, never fine.

mod compile;
mod cost;
mod document;
mod environment;
mod judge;
mod nesting;
mod spec;
mod words;

pub use compile::{Fault, Rule};
pub use judge::{Documents, Judged, Violation, judge};
pub use spec::{Match, RuleSpec, glob};
