//! Compact JSON text seen as a shape with holes: what objects of one kind share, and the values in which they differ.

use std::ops::Range;

/// What stands in a shape where a value was taken out. A value that is written so itself is never left in a shape.
pub const HOLE: &[u8] = b"\"\\u0000\"";

/// Where the scalar values of a compact JSON text stand, in order. Keys are not values.
///
/// The text is taken to be JSON without blanks between tokens, as serde_json writes it; of other text something is returned, without panic.
pub fn leaves(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let end = match byte {
            b'"' => end_of_string(text, at),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {
                at += 1;
                continue;
            }
            _ => end_of_word(text, at),
        };
        let is_key = byte == b'"' && text.get(end) == Some(&b':');
        if !is_key {
            found.push(at..end);
        }
        at = end;
    }
    found
}

fn end_of_string(text: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn end_of_word(text: &[u8], from: usize) -> usize {
    text[from..].iter().position(|it| matches!(it, b',' | b']' | b'}')).map_or(text.len(), |it| from + it)
}

/// A shape cut at its holes: one piece more than it has holes.
pub fn pieces(shape: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    let mut from = 0;
    for it in leaves(shape).into_iter().filter(|it| &shape[it.clone()] == HOLE) {
        all.push(&shape[from..it.start]);
        from = it.end;
    }
    all.push(&shape[from..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(json: &str) -> Vec<&str> {
        leaves(json.as_bytes()).into_iter().map(|it| &json[it]).collect()
    }

    #[test]
    fn values_are_told_from_keys() {
        assert_eq!(texts(r#"{"a":"x","b":{"c":-1.5e3,"d":[true,null,"\",\":"]},"e":{},"f":[]}"#), [r#""x""#, "-1.5e3", "true", "null", r#""\",\":""#]);
        assert_eq!(texts("7"), ["7"]);
        assert_eq!(texts(r#"["a\\","b"]"#), [r#""a\\""#, r#""b""#]);
    }

    #[test]
    fn a_shape_is_cut_at_values_only() {
        let shape = br#"{"\u0000":"\u0000","k":"\"\u0000\"","l":["\u0000",1]}"#;
        assert_eq!(pieces(shape), [&br#"{"\u0000":"#[..], br#","k":"\"\u0000\"","l":["#, b",1]}"]);
    }

    #[test]
    fn text_that_is_no_json_is_no_danger() {
        for text in ["\"", "\"\\", "{\"a", "a", "\"a\\\"", ""] {
            leaves(text.as_bytes());
            pieces(text.as_bytes());
        }
    }
}
