//! Whether a role's trust policy lets somebody in: statements, principals and conditions, as IAM evaluates them.

mod condition;
mod request;

use seatrial_model::account::{Role, Statement};

pub(super) use request::{Request, provider};

use super::iam_roles::matches;

/// Why a role lets somebody not in of whom no statement speaks.
pub(super) const NOT_MEANT: &str = "no statement is about it";

/// An answer that may not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// It holds.
    Yes,
    /// It does not, and why.
    No(String),
    /// It cannot be told from here, and why.
    Open(String),
}

impl Truth {
    /// Both must hold: a no decides, whatever is open.
    fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No(why) => Self::No(why),
            Self::Yes => other(),
            Self::Open(why) => match other() {
                Self::No(why) => Self::No(why),
                _ => Self::Open(why),
            },
        }
    }
}

/// Whether the role lets `request` do `action`: some statement allows it, and none denies it.
///
/// Source: IAM user guide, policy evaluation logic.
pub(super) fn allows(role: &Role, action: &str, request: &Request) -> Truth {
    let of = |effect: &'static str| role.trust.iter().filter(move |it| it.effect == effect).map(|it| applies(it, action, request));
    let denied = of("Deny").fold(None, |found: Option<Truth>, it| match (found, it) {
        (Some(Truth::Yes), _) | (_, Truth::Yes) => Some(Truth::Yes),
        (found, Truth::No(_)) => found,
        (_, open) => Some(open),
    });
    if denied == Some(Truth::Yes) {
        return Truth::No("a statement denies it".to_owned());
    }
    let allowed = any(of("Allow"));
    match denied {
        Some(Truth::Open(why)) if allowed == Truth::Yes => Truth::Open(why),
        _ => allowed,
    }
}

/// The best of several answers. Of several noes the last is told: earlier ones are mostly about other callers.
fn any(all: impl Iterator<Item = Truth>) -> Truth {
    let mut best = Truth::No(NOT_MEANT.to_owned());
    for it in all {
        best = match (best, it) {
            (Truth::Yes, _) | (_, Truth::Yes) => return Truth::Yes,
            (Truth::Open(why), _) | (_, Truth::Open(why)) => Truth::Open(why),
            (Truth::No(before), Truth::No(now)) => Truth::No(if now.is_empty() { before } else { now }),
        };
    }
    best
}

/// Whether the statement is about this caller and action, and its conditions hold. A no about another caller or action has no words.
fn applies(it: &Statement, action: &str, request: &Request) -> Truth {
    let names_action = if it.not_actions.is_empty() {
        it.actions.iter().any(|pattern| matches(pattern, action))
    } else {
        !it.not_actions.iter().any(|pattern| matches(pattern, action))
    };
    if !names_action || !it.principals.iter().any(|it| request.is_principal(it)) {
        return Truth::No(String::new());
    }
    if it.is_conditioned() && it.conditions.is_empty() {
        return Truth::Open("its conditions were not read".to_owned());
    }
    it.conditions.iter().fold(Truth::Yes, |found, it| found.and(|| condition::holds(it, request)))
}
