//! JSON as a tree: YAML's grammar refuses some of it (surrogate pairs), and its reader is slow on the rest.

use std::borrow::Cow;

use super::yaml::{Builder, Open};
use super::{NodeId, ParseError, Span, Style, Tree, Value, narrow};

/// Reads a text that is one JSON object or array and nothing else; `None` where it is not, which may still be YAML.
pub(super) fn parse(text: &str) -> Option<Result<Tree<'_>, ParseError>> {
    let mut reader = Reader { text, at: 0, line: 1, column: 1, builder: Builder::default() };
    reader.space();
    if !matches!(reader.peek(), Some(b'{' | b'[')) {
        return None;
    }
    match reader.document() {
        Ok(root) => Some(Ok(reader.builder.finish(root))),
        Err(Stop::NotJson) => None,
        Err(Stop::Limit(error)) => Some(Err(error)),
    }
}

/// Why reading ended early.
enum Stop {
    NotJson,
    Limit(ParseError),
}

impl From<ParseError> for Stop {
    fn from(it: ParseError) -> Self {
        Self::Limit(it)
    }
}

struct Reader<'t> {
    text: &'t str,
    /// Next byte.
    at: usize,
    line: u32,
    /// In characters.
    column: u32,
    builder: Builder<'t>,
}

impl<'t> Reader<'t> {
    /// The whole text. A stack of its own instead of recursion: depth is limited by [`super::limits`], not by the thread's stack.
    fn document(&mut self) -> Result<NodeId, Stop> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let Some(mut done) = self.value(&mut open)? else { continue };
            // A value has ended: it belongs to the innermost open list or map, which may end with it.
            loop {
                let Some(parent) = open.last_mut() else {
                    self.space();
                    return if self.at == self.text.len() { Ok(done) } else { Err(Stop::NotJson) };
                };
                parent.children.push(done);
                let is_map = parent.is_map;
                self.space();
                match self.peek() {
                    Some(b',') => {
                        self.step();
                        if is_map {
                            let key = self.key()?;
                            parent.children.push(key);
                        }
                        break;
                    }
                    Some(b'}') if is_map => {}
                    Some(b']') if !is_map => {}
                    _ => return Err(Stop::NotJson),
                }
                self.step();
                match open.pop() {
                    Some(it) => done = self.close(it),
                    None => return Err(Stop::NotJson),
                }
            }
        }
    }

    /// A scalar or an empty list or map; `None` after a bracket has been opened.
    fn value(&mut self, open: &mut Vec<Open>) -> Result<Option<NodeId>, Stop> {
        self.space();
        let from = (self.line, self.column);
        match self.peek() {
            Some(bracket @ (b'{' | b'[')) => {
                self.step();
                let is_map = bracket == b'{';
                let value = if is_map { Value::Mapping(Vec::new()) } else { Value::Sequence(Vec::new()) };
                let span = self.since(from);
                let mut it = Open { id: self.builder.push(span, value, 0)?, children: Vec::new(), is_map };
                self.space();
                if self.peek() == Some(if is_map { b'}' } else { b']' }) {
                    self.step();
                    return Ok(Some(self.close(it)));
                }
                if is_map {
                    it.children.push(self.key()?);
                }
                open.push(it);
                self.builder.check_depth(open, span)?;
                Ok(None)
            }
            Some(b'"') => self.string().map(Some),
            _ => self.word().map(Some),
        }
    }

    fn close(&mut self, it: Open) -> NodeId {
        let value = if it.is_map { Value::Mapping(self.builder.entries(&it.children)) } else { Value::Sequence(it.children) };
        let node = &mut self.builder.nodes[it.id.0 as usize];
        node.span = Span { end_line: self.line, end_column: self.column, ..node.span };
        node.value = value;
        it.id
    }

    /// A member's name and the colon after it.
    fn key(&mut self) -> Result<NodeId, Stop> {
        self.space();
        let key = self.string()?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(Stop::NotJson);
        }
        self.step();
        Ok(key)
    }

    fn string(&mut self) -> Result<NodeId, Stop> {
        if self.peek() != Some(b'"') {
            return Err(Stop::NotJson);
        }
        let from = (self.line, self.column);
        let start = self.at + 1;
        let mut end = start;
        loop {
            match memchr::memchr2(b'"', b'\\', self.text.as_bytes().get(end..).unwrap_or_default()) {
                None => return Err(Stop::NotJson),
                Some(step) if self.text.as_bytes()[end + step] == b'"' => {
                    end += step;
                    break;
                }
                Some(step) => end += step + 2,
            }
        }
        let raw = &self.text[start..end];
        if raw.bytes().any(|it| it < b' ') {
            return Err(Stop::NotJson);
        }
        let text = if raw.contains('\\') { Cow::Owned(unescaped(raw).ok_or(Stop::NotJson)?) } else { Cow::Borrowed(raw) };
        self.at = end + 1;
        self.column = self.column.saturating_add(narrow(raw.chars().count() + 2));
        Ok(self.builder.push(self.since(from), Value::Scalar { text, style: Style::String }, 0)?)
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<NodeId, Stop> {
        let from = (self.line, self.column);
        let rest = &self.text[self.at..];
        let len = rest.bytes().take_while(|it| it.is_ascii_alphanumeric() || b"+-.".contains(it)).count();
        let text = &rest[..len];
        if !matches!(text, "true" | "false" | "null") && !is_number(text) {
            return Err(Stop::NotJson);
        }
        self.at += len;
        self.column = self.column.saturating_add(narrow(len));
        Ok(self.builder.push(self.since(from), Value::Scalar { text: Cow::Borrowed(text), style: Style::Plain }, 0)?)
    }

    fn since(&self, from: (u32, u32)) -> Span {
        Span { line: from.0, column: from.1, end_line: self.line, end_column: self.column }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Past one character that is not a line break.
    fn step(&mut self) {
        self.at += 1;
        self.column = self.column.saturating_add(1);
    }

    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line = self.line.saturating_add(1);
                    self.column = 1;
                }
                b' ' | b'\t' | b'\r' => self.step(),
                _ => return,
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit());
    let rest = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = rest.split_once(['e', 'E']).map_or((rest, None), |(a, b)| (a, Some(b)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(a, b)| (a, Some(b)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|it| digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}

/// A string's text. Half a surrogate pair becomes the replacement character, as in Go's decoder.
fn unescaped(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let kind = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        out.push(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = hex(rest)?;
                rest = &rest[4..];
                let second = rest.strip_prefix("\\u").and_then(hex).filter(|it| (0xdc00..0xe000).contains(it) && (0xd800..0xdc00).contains(&first));
                match second {
                    Some(second) => {
                        rest = &rest[6..];
                        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    None => char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
                }
            }
            _ => return None,
        });
    }
    out.push_str(rest);
    Some(out)
}

/// The number that four hexadecimal digits begin a text with.
fn hex(text: &str) -> Option<u32> {
    let digits = text.get(..4).filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use seatrial_model::Path;

    use super::super::{parse, yaml};
    use super::unescaped;

    #[test]
    fn surrogate_pairs_are_one_character_and_halves_are_replaced() {
        let (trees, error) = parse(r#"{"a": "\ud83d\ude00!", "b": "\ud83dx", "c": "é\u0041\/\n"}"#);
        assert_eq!(error, None);
        let text = |key: &str| trees[0].find(&Path::of(key)).and_then(|it| trees[0].text(it)).map(str::to_owned);
        assert_eq!((text("a").as_deref(), text("b").as_deref(), text("c").as_deref()), (Some("😀!"), Some("\u{fffd}x"), Some("éA/\n")));
        assert_eq!(unescaped(r"\u12"), None);
        assert_eq!(unescaped(r"\x"), None);
        assert_eq!(unescaped("\\"), None);
    }

    #[test]
    fn json_gives_the_tree_that_yaml_gives() {
        for text in [
            r#"{"a": 1, "b": [true, null, -1.5e3, "x"], "é": {"c": {}, "d": []}}"#,
            "\n {\n\t\"a\": [\n  1,\n  {\"b\": \"c\"}\n ]\r\n}\n",
            r#"[{"a":"1"},{"a":"é ü","b":2,"a":3}]"#,
            "{}",
        ] {
            let (as_yaml, error) = yaml::parse(text);
            assert_eq!(error, None, "{text}");
            assert_eq!(parse(text).0, as_yaml, "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_left_to_yaml() {
        for text in ["{a: 1}", "[1, 2,]", "{\"a\": 01}", "[1] # why", "{\"a\": 'b'}", "{\"a\":1}\n---\nb: 1\n"] {
            assert!(super::parse(text).is_none(), "{text}");
        }
        assert_eq!(parse("{\"a\":1}\n---\nb: 1\n").0.len(), 2);
    }

    #[test]
    fn depth_is_limited_without_using_the_stack() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let (trees, error) = parse(&deep);
        assert_eq!((trees.len(), error.map(|it| (it.line, it.column))), (0, Some((1, 257))));
    }
}
