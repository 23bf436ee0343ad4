//! How deep an expression is nested, told before it is parsed: parsers and evaluators recurse, and a stack that ends takes the program with it.

/// Brackets within brackets.
const MOST_BRACKETS: usize = 24;
/// Operators and dots: each may put what is left of it one level deeper.
const MOST_OPERATORS: usize = 256;
/// `!` or `-` one behind the other.
const MOST_PREFIXES: usize = 8;

/// Why an expression is nested too deep.
pub fn fault(text: &str) -> Option<&'static str> {
    let (mut depth, mut operators, mut prefixes) = (0usize, 0usize, 0usize);
    let mut rest = text;
    let mut is_raw = false;
    while let Some(it) = rest.chars().next() {
        rest = match it {
            '"' | '\'' => behind_text(rest, it, is_raw),
            _ => &rest[it.len_utf8()..],
        };
        is_raw = matches!(it, 'r' | 'R' | 'b' | 'B') && (is_raw || matches!(it, 'r' | 'R'));
        match it {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '.' | '?' | '+' | '*' | '/' | '%' | '<' | '>' | '=' | '&' | '|' | '!' | '-' => operators += 1,
            _ => {}
        }
        prefixes = if matches!(it, '!' | '-') { prefixes + 1 } else { 0 };
        if depth > MOST_BRACKETS {
            return Some("brackets stand more than 24 deep in each other");
        }
        if operators > MOST_OPERATORS {
            return Some("there are more than 256 operators and dots: make several rules of it");
        }
        if prefixes > MOST_PREFIXES {
            return Some("more than 8 signs stand one behind the other");
        }
    }
    None
}

/// What stands behind the text that `rest` begins with: it ends with its quote, tripled where it begins so, or with its line.
fn behind_text(rest: &str, quote: char, is_raw: bool) -> &str {
    let one = &rest[..quote.len_utf8()];
    let three = one.repeat(3);
    let end = if rest.starts_with(&three) { three.as_str() } else { one };
    let mut left = &rest[end.len()..];
    while let Some(it) = left.chars().next() {
        if let Some(behind) = left.strip_prefix(end) {
            return behind;
        }
        if it == '\n' && end.len() == one.len() {
            return left;
        }
        left = &left[it.len_utf8()..];
        if it == '\\' && !is_raw {
            left = left.chars().next().map_or("", |it| &left[it.len_utf8()..]);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_is_in_quotes_does_not_count() {
        assert_eq!(fault(&format!("'{}' == \"{}\"", "(".repeat(99), ".".repeat(999))), None);
        assert!(fault(&"(".repeat(25)).is_some() && fault(&"a.".repeat(257)).is_some() && fault("!!!!!!!!!true").is_some());
        let deep = "(".repeat(25);
        for hidden in [format!("r'\\' == {deep}"), format!("\"\"\" \" \"\"\" == {deep}"), format!("'\n{deep}"), format!("'\\\\' == {deep}")] {
            assert!(fault(&hidden).is_some(), "{hidden}");
        }
        assert_eq!(fault("object.spec.containers.all(it, !has(it.image) || it.image.startsWith('x'))"), None);
    }
}
