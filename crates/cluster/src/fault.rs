//! What can go wrong with one request, in words, and whether asking again can help.

use std::time::Duration;

use seatrial_model::{Gap, Need};

use crate::resources::Resource;

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// HTTP 403.
    #[error("HTTP 403: {0}")]
    Forbidden(String),
    /// HTTP 401, also after signing in again.
    #[error("HTTP 401: the API server does not accept the credentials: {0}")]
    Unauthorized(String),
    /// HTTP 410: the state that a continued list shows is gone.
    #[error("HTTP 410: the list changed faster than it could be read")]
    Gone,
    /// HTTP 404.
    #[error("HTTP 404: the API server does not serve it")]
    NotFound,
    /// Any other status.
    #[error("HTTP {status}: {message}")]
    Refused {
        /// The status.
        status: u16,
        /// What the server said.
        message: String,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// No byte came for so long.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// There is no connection.
    #[error("{0}")]
    Unreachable(String),
    /// The answer broke off.
    #[error("the connection broke off: {0}")]
    Broken(String),
    /// The answer is not what it should be.
    #[error("the answer cannot be read: {0}")]
    Malformed(String),
    /// No credentials could be had.
    #[error("{0}")]
    Credentials(String),
    /// Discovery knows the API, but whatever serves it does not answer.
    #[error("the extension that serves {0} is not available")]
    Unavailable(String),
    /// The user stopped it.
    #[error("interrupted")]
    Interrupted,
}

impl Fault {
    /// Whether asking again can help.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
            Self::TimedOut(_) | Self::Unreachable(_) | Self::Broken(_) | Self::Malformed(_) => true,
            _ => false,
        }
    }

    /// When the server wants to be asked again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The gap that it leaves; `subject` is the resource or path, `permission` what would let it be read.
    pub fn gap(&self, need: Need, subject: &str, permission: &str) -> Gap {
        let remedy = match self {
            Self::Forbidden(_) => format!("grant it: {permission}"),
            Self::Unauthorized(_) | Self::Credentials(_) => {
                "sign in again (`aws sso login`, `aws sts get-caller-identity`), and look at `kubectl auth whoami`".to_owned()
            }
            Self::Unavailable(group) => format!("look at `kubectl get apiservices | grep {group}`"),
            Self::Interrupted => "run it again and let it end".to_owned(),
            Self::Malformed(_) => format!("look at what `kubectl get --raw` says of it: {subject}"),
            _ => "run it again; if it stays, look at the API server's health: kubectl get --raw /readyz?verbose".to_owned(),
        };
        // The main reason of a row is counted by its words: an interruption is one, whatever it stopped.
        let why = if *self == Self::Interrupted { "interrupted".to_owned() } else { format!("{subject}: {self}") };
        Gap { what: need.name().to_owned(), why, remedy }
    }
}

/// The rule that lets a resource be listed, as it stands in a Role.
pub fn permission(it: &Resource) -> String {
    format!("apiGroups: [\"{}\"], resources: [{}], verbs: [list]", it.group, it.plural)
}

/// An error and its causes in one line. Kubernetes clients repeat the cause in their own text: each is said once.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        let more = it.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = it.source();
    }
    text
}
