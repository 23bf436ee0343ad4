//! Kubernetes minor versions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A Kubernetes version as far as compatibility goes: `1.36`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// Major, always 1 so far.
    pub major: u16,
    /// Minor.
    pub minor: u16,
}

impl Version {
    /// Version 1.`minor`.
    pub const fn minor(minor: u16) -> Self {
        Self { major: 1, minor }
    }
}

/// A text is not a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAVersion(pub String);

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a Kubernetes version such as 1.36", self.0)
    }
}

impl std::error::Error for NotAVersion {}

impl FromStr for Version {
    type Err = NotAVersion;

    /// Reads `1.36`, `v1.36.2-eks-3abbec1` and the like.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let fail = || NotAVersion(text.to_owned());
        let mut parts = text.trim().trim_start_matches('v').split('.');
        let major = parts.next().and_then(|it| it.parse().ok()).ok_or_else(fail)?;
        let minor = parts.next().ok_or_else(fail)?;
        let digits = minor.find(|c: char| !c.is_ascii_digit()).map_or(minor, |end| &minor[..end]);
        Ok(Self { major, minor: digits.parse().map_err(|_| fail())? })
    }
}

impl TryFrom<String> for Version {
    type Error = NotAVersion;
    fn try_from(text: String) -> Result<Self, NotAVersion> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(it: Version) -> Self {
        it.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eks_and_plain_spellings_are_read() {
        for text in ["1.34", "v1.34", "v1.34.2-eks-3abbec1", "1.34+"] {
            assert_eq!(text.parse(), Ok(Version::minor(34)), "{text}");
        }
        assert!("latest".parse::<Version>().is_err());
    }
}
