//! Why a drill cannot be rehearsed.

/// Each names the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request names something that is not there, or contradicts itself.
    Usage {
        /// What is wrong.
        message: String,
        /// The way out.
        help: String,
    },
    /// The inputs do not tell enough.
    Unanswerable {
        /// What is missing.
        message: String,
        /// The way out.
        help: String,
    },
}

impl Refusal {
    /// A name that is not there, with those that are.
    pub fn unknown(what: &str, name: &str, known: impl IntoIterator<Item = String>) -> Self {
        let known: Vec<String> = known.into_iter().take(12).collect();
        let help = if known.is_empty() { format!("the inputs hold no {what}") } else { format!("there are: {}", known.join(", ")) };
        Self::Usage { message: format!("no {what} is called `{name}`"), help }
    }

    /// Something that the inputs lack.
    pub fn missing(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Unanswerable { message: message.into(), help: help.into() }
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        match self {
            Self::Usage { message, .. } | Self::Unanswerable { message, .. } => message,
        }
    }

    /// The way out.
    pub fn help(&self) -> &str {
        match self {
            Self::Usage { help, .. } | Self::Unanswerable { help, .. } => help,
        }
    }
}
