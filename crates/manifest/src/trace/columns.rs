//! Where on a source line the text of a rendered place stands.

use crate::tree::Span;

/// The columns on `source` for what stands at `from..to` on `rendered`: the same text, else its key, else the whole line.
pub fn on_line(rendered: &str, from: u32, to: u32, source: &str, number: u32) -> Span {
    let chars = |it: &str| u32::try_from(it.chars().count()).unwrap_or(u32::MAX - 1);
    let text: String = rendered.chars().skip(from.saturating_sub(1) as usize).take(to.saturating_sub(from) as usize).collect();
    let text = text.trim_end();
    let end = chars(source.trim_end()) + 1;
    let starts_at = |part: &str| source.find(part).filter(|_| !part.is_empty()).map(|at| chars(&source[..at]) + 1);
    let span = |column: u32, end_column: u32| Span { line: number, column, end_line: number, end_column: end_column.max(column) };
    if let Some(column) = starts_at(text) {
        return span(column, column + chars(text));
    }
    let key = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1)).map_or("", |at| &text[..=at]);
    let indent = chars(&source[..source.len() - source.trim_start().len()]) + 1;
    let first = source.trim_start().strip_prefix("- ").map_or(indent, |_| indent + 2);
    span(starts_at(key).unwrap_or(first), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_then_the_key_then_the_line() {
        let columns = |it: Span| (it.column, it.end_column);
        assert_eq!(columns(on_line("  image: a", 3, 11, "    image: a # x", 9)), (5, 13));
        assert_eq!(columns(on_line("  image: a", 3, 11, "    image: {{ .Values.i }}", 9)), (5, 27));
        assert_eq!(columns(on_line("- a", 3, 4, "- {{ . }}", 9)), (3, 10));
    }
}
