//! Adding documents to a file.

use super::style::line_break;
use crate::split::documents;

/// `text` with `yaml` as a further document.
pub(super) fn appended(text: &str, yaml: &str) -> String {
    let line_break = line_break(text);
    let mut out = text.to_owned();
    if !out.is_empty() && !out.ends_with(['\n', '\r']) {
        out.push_str(line_break);
    }
    if !is_open(&out) {
        out.push_str("---");
        out.push_str(line_break);
    }
    let body = yaml.strip_prefix("---").filter(|it| it.starts_with(['\n', '\r'])).unwrap_or(yaml);
    for line in body.trim_start_matches(['\n', '\r']).trim_end().lines() {
        out.push_str(line);
        out.push_str(line_break);
    }
    out
}

/// Whether a document may begin at the end of `text` without a marker: nothing is there yet, or a marker with nothing behind it.
fn is_open(text: &str) -> bool {
    documents(text).last().is_none_or(|it| it.text.trim_matches([' ', '\t', '\n', '\r', '\u{feff}']).trim_start_matches("---").is_empty())
}
