//! The way from an object's root to one of its fields.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// Into the value of a key.
    Key(Text),
    /// Into an element of a list, 0-based.
    Index(u32),
}

/// A field's path, such as `spec.template.spec.containers[0].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The object's root.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads the dotted notation; keys that contain dots cannot be written so, use [`Path::key`] for them.
    pub fn of(dotted: &str) -> Self {
        let mut steps = Vec::new();
        for part in dotted.split('.').filter(|it| !it.is_empty()) {
            let mut pieces = part.split('[');
            let key = pieces.next().unwrap_or("");
            if !key.is_empty() {
                steps.push(Step::Key(Text::new(key)));
            }
            steps.extend(pieces.filter_map(|it| it.trim_end_matches(']').parse().ok()).map(Step::Index));
        }
        Self(steps)
    }

    /// This path and then `key`.
    pub fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(Text::new(key)));
        Self(steps)
    }

    /// This path and then element `index`.
    pub fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Index(u32::try_from(index).unwrap_or(u32::MAX)));
        Self(steps)
    }

    /// This path and then the dotted rest.
    pub fn join(&self, dotted: &str) -> Self {
        let mut steps = self.0.clone();
        steps.extend(Self::of(dotted).0);
        Self(steps)
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path of the block around this field.
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }
}

impl From<&str> for Path {
    fn from(dotted: &str) -> Self {
        Self::of(dotted)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if key.contains(['.', '/', '[']) => write!(f, "[{key}]")?,
                Step::Key(key) if at == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(it) => write!(f, "[{it}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_reads_back() {
        let text = "spec.template.spec.containers[2].ports[0].name";
        assert_eq!(Path::of(text).to_string(), text);
        assert_eq!(Path::of("metadata.annotations").key("a.b/c").to_string(), "metadata.annotations[a.b/c]");
    }
}
