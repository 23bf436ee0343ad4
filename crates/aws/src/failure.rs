//! Why a call gave no answer, and how that reads as a gap.

use seatrial_model::{Gap, Need};

use crate::call::Call;
use crate::permissions::one_or_all;

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// IAM refuses it.
    #[error("{action} is denied to these credentials")]
    Denied {
        /// The action.
        action: String,
        /// The resources that a statement must name.
        resources: Vec<String>,
    },
    /// There are no credentials, or AWS does not take them.
    #[error("no valid AWS credentials: {0}")]
    Credentials(String),
    /// What was asked for does not exist.
    #[error("{operation} found nothing ({code})")]
    Missing {
        /// The operation.
        operation: &'static str,
        /// AWS' word for it.
        code: String,
    },
    /// Another refusal.
    #[error("{operation} was refused: {code}: {message}")]
    Refused {
        /// The operation.
        operation: &'static str,
        /// AWS' word for it.
        code: String,
        /// In its words.
        message: String,
    },
    /// AWS asked to slow down to the last.
    #[error("{operation} was throttled {attempts} times")]
    Throttled {
        /// The operation.
        operation: &'static str,
        /// How often it was tried.
        attempts: u32,
    },
    /// No answer, or only errors of the service.
    #[error("{operation} got no answer from {host}: {why}")]
    Unreachable {
        /// The operation.
        operation: &'static str,
        /// Where it was sent.
        host: String,
        /// What happened.
        why: String,
    },
    /// An answer that says nothing.
    #[error("the answer to {operation} cannot be read: {why}")]
    Undecodable {
        /// The operation.
        operation: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Something that the call needs is not known.
    #[error("{what}")]
    Unknown {
        /// What, in words.
        what: String,
        /// What the user can do about it.
        remedy: String,
    },
}

impl Failure {
    /// An answer to `call` that cannot be read.
    pub fn undecodable(call: &Call, why: impl Into<String>) -> Self {
        Self::Undecodable { operation: call.operation, why: why.into() }
    }

    /// Whether what was asked for does not exist: mostly a fact, not a gap.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// The gap that it leaves in the place of `need`.
    pub fn gap(&self, need: Need) -> Gap {
        Gap { what: need.name().to_owned(), why: self.to_string(), remedy: self.remedy() }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Denied { action, resources } => format!(
                "add to the policy of these credentials {{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":{}}}; `seatrial permissions check` \
                 prints all that is needed",
                one_or_all(resources)
            ),
            Self::Credentials(_) => "sign in (`aws sso login`, `aws configure`), or name another profile with --aws-profile".to_owned(),
            Self::Missing { .. } => "check --region, --aws-profile and the cluster's name".to_owned(),
            Self::Refused { .. } => "see the message of AWS; a service that is not enabled in the region refuses every call".to_owned(),
            Self::Throttled { .. } => "run again when others call AWS less, or ask for a higher limit".to_owned(),
            Self::Unreachable { .. } => "check the network, HTTPS_PROXY and --region, then run again".to_owned(),
            Self::Undecodable { .. } => "run again; if it stays, something between here and AWS changes its answers".to_owned(),
            Self::Unknown { remedy, .. } => remedy.clone(),
        }
    }
}
