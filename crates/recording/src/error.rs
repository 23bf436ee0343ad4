//! Why bytes are not a recording.

/// What is wrong with a file, and with which line of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are something else.
    #[error("not a recording of Seatrial")]
    Foreign,
    /// Written by a version that says more than this one understands.
    #[error("recorded by a newer Seatrial ({found}; this one reads up to {FORMAT}{VERSION})", FORMAT = crate::FORMAT, VERSION = crate::VERSION)]
    Newer {
        /// What it says that it is.
        found: String,
    },
    /// The file ends early.
    #[error("cut off after line {line}: {missing}")]
    Truncated {
        /// The last whole line.
        line: u64,
        /// What is missing.
        missing: String,
    },
    /// The bytes were changed, or a line does not say what it must.
    #[error("damaged at line {line}: {reason}")]
    Damaged {
        /// The line.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Larger than anything that is read.
    #[error("line {line}: larger than what is read ({limit})")]
    TooLarge {
        /// The line.
        line: u64,
        /// Which limit.
        limit: String,
    },
    /// The source itself failed.
    #[error("cannot be read")]
    Source(#[source] std::io::Error),
}

impl Error {
    /// The line that is meant, 0 for the whole file.
    pub fn line(&self) -> u64 {
        match self {
            Self::Truncated { line, .. } | Self::Damaged { line, .. } | Self::TooLarge { line, .. } => *line,
            Self::Foreign | Self::Newer { .. } | Self::Source(_) => 0,
        }
    }

    /// The next action.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Foreign => "`seatrial record -o x.trial` writes recordings",
            Self::Newer { .. } => "read it with the version of Seatrial that recorded it, or a newer one",
            Self::Truncated { .. } | Self::Damaged { .. } => "copy the file again, or record again",
            Self::TooLarge { .. } => "record fewer namespaces at a time",
            Self::Source(_) => "check the path and its permissions",
        }
    }
}
