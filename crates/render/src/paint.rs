//! Colours and bold type, or none.

use anstyle::Style;

/// Paints, or leaves text as it is.
pub(crate) struct Paint {
    /// Whether it paints.
    pub(crate) styled: bool,
}

impl Paint {
    pub(crate) fn with(&self, style: Style, text: &str) -> String {
        if self.styled { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }
}
