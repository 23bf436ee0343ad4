//! The compact text form of a [`Set`], one field a line.
//!
//! ```text
//! = core.v1.PodSpec            a type; `?` after the name: open; `{shape`: other keys; `:shape`: no object
//! containers [@core.v1.Container !      a field, its shape, `!` when required
//! hostnameOverride s 34-                since 1.34
//! policy s =Always|Never                allowed values; `~pattern`, `#range`, `$length`
//! ```
//! Shapes: `*` any, `s` string, `b` boolean, `i` and `l` whole numbers of 32 and 64 bits, `n` number, `x` int-or-string, `q` quantity,
//! `y` base64, `t` time, `m` metadata, `[` list of, `{` map of, `@` a type. Spaces and backslashes inside a word are escaped.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::OnceLock;

use super::{Field, Rules, Set, Shape, Slot, Type, TypeId};

/// Finds the types of a text, without reading them. Their order is kept: references are resolved by name, so it must be sorted.
pub fn read_set(text: &'static str) -> Set {
    let slot = |it: &'static str| {
        let end = it.find([' ', '\n']).unwrap_or(it.len());
        Slot { name: Cow::Borrowed(&it[..end]), body: &it[end..], read: OnceLock::new() }
    };
    let first = if text.starts_with("= ") { Some(0) } else { text.find("\n= ").map(|at| at + 1) };
    let Some(first) = first else { return Set::default() };
    let mut slots: Vec<Slot> = text[first + 2..].split("\n= ").map(slot).collect();
    slots.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Set { slots }
}

/// Reads the type whose text follows its name. A word that cannot be read accepts anything.
pub(super) fn read_type(set: &Set, body: &'static str) -> Type {
    let mut lines = body.lines();
    let mut it = Type::default();
    let mut rules = Rules::default();
    for word in words(lines.next().unwrap_or("")) {
        match word.split_at_checked(1) {
            Some(("?", _)) => it.open = true,
            Some(("{", rest)) => it.others = Some(shape(set, rest)),
            Some((":", rest)) => it.value = Some(shape(set, rest)),
            _ => read_rule(word, &mut rules),
        }
    }
    it.rules = boxed(rules);
    it.fields = lines.filter_map(|line| read_field(set, line)).collect();
    it.fields.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    it
}

fn boxed(rules: Rules) -> Option<Box<Rules>> {
    (!rules.is_empty()).then(|| Box::new(rules))
}

fn read_field(set: &Set, line: &'static str) -> Option<Field> {
    let mut words = words(line);
    let name = unescape(words.next()?);
    let mut field = Field { name, shape: shape(set, words.next()?), required: false, since: 0, until: u16::MAX, rules: None };
    let mut rules = Rules::default();
    for word in words {
        match word.split_once('-') {
            _ if word == "!" => field.required = true,
            Some((since, until)) if word.bytes().all(|b| b.is_ascii_digit() || b == b'-') => {
                field.since = since.parse().unwrap_or(0);
                field.until = until.parse().unwrap_or(u16::MAX);
            }
            _ => read_rule(word, &mut rules),
        }
    }
    field.rules = boxed(rules);
    Some(field)
}

fn read_rule(word: &'static str, rules: &mut Rules) {
    let Some((mark, rest)) = word.split_at_checked(1) else { return };
    match mark {
        "=" => rules.allowed = rest.split('|').map(unescape).collect(),
        "~" => rules.pattern = Some(unescape(rest)),
        "#" => rules.range = bounds(rest),
        "$" => rules.length = bounds(rest),
        _ => {}
    }
}

fn bounds<T: std::str::FromStr>(text: &str) -> (Option<T>, Option<T>) {
    let (least, most) = text.split_once("..").unwrap_or((text, ""));
    (least.parse().ok(), most.parse().ok())
}

fn shape(set: &Set, text: &str) -> Shape {
    match text.split_at_checked(1) {
        Some(("s", _)) => Shape::Text,
        Some(("b", _)) => Shape::Bool,
        Some(("i", _)) => Shape::Int32,
        Some(("l", _)) => Shape::Int64,
        Some(("n", _)) => Shape::Float,
        Some(("x", _)) => Shape::IntOrText,
        Some(("q", _)) => Shape::Quantity,
        Some(("y", _)) => Shape::Bytes,
        Some(("t", _)) => Shape::Time,
        Some(("m", _)) => Shape::Metadata,
        Some(("[", rest)) => Shape::List(Box::new(shape(set, rest))),
        Some(("{", rest)) => Shape::Map(Box::new(shape(set, rest))),
        Some(("@", name)) => set.id(name).map_or(Shape::Any, Shape::Type),
        _ => Shape::Any,
    }
}

fn words(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split(' ').filter(|it| !it.is_empty())
}

fn unescape(word: &'static str) -> Cow<'static, str> {
    if !word.contains('\\') {
        return Cow::Borrowed(word);
    }
    let mut text = String::with_capacity(word.len());
    let mut letters = word.chars();
    while let Some(it) = letters.next() {
        match it {
            '\\' => text.push(match letters.next() {
                Some('_') => ' ',
                Some('n') => '\n',
                Some('t') => '\t',
                Some('!') => '|',
                other => other.unwrap_or('\\'),
            }),
            it => text.push(it),
        }
    }
    Cow::Owned(text)
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(' ', "\\_").replace('\n', "\\n").replace('\t', "\\t")
}

/// Writes a set, sorted by name, so that [`read_set`] gives it back.
pub fn write_set(set: &Set) -> String {
    let mut order: Vec<usize> = (0..set.len()).collect();
    order.sort_by(|a, b| set.slots[*a].name.cmp(&set.slots[*b].name));
    let mut out = String::new();
    for at in order {
        let id = TypeId(u32::try_from(at).unwrap_or(u32::MAX));
        write_type(set, id, &mut out);
    }
    out
}

fn write_type(set: &Set, id: TypeId, out: &mut String) {
    let it = set.get(id);
    let _ = write!(out, "= {}", set.name(id));
    if it.open {
        out.push_str(" ?");
    }
    if let Some(others) = &it.others {
        let _ = write!(out, " {{{}", Written(set, others));
    }
    if let Some(value) = &it.value {
        let _ = write!(out, " :{}", Written(set, value));
    }
    write_rules(it.rules.as_deref(), out);
    out.push('\n');
    for field in &it.fields {
        let _ = write!(out, "{} {}", escape(&field.name), Written(set, &field.shape));
        if field.required {
            out.push_str(" !");
        }
        if field.since > 0 || field.until < u16::MAX {
            let end = |it: u16, none: u16| if it == none { String::new() } else { it.to_string() };
            let _ = write!(out, " {}-{}", end(field.since, 0), end(field.until, u16::MAX));
        }
        write_rules(field.rules.as_deref(), out);
        out.push('\n');
    }
}

fn write_rules(rules: Option<&Rules>, out: &mut String) {
    let Some(rules) = rules else { return };
    if !rules.allowed.is_empty() {
        let all: Vec<String> = rules.allowed.iter().map(|it| escape(it).replace('|', "\\!")).collect();
        let _ = write!(out, " ={}", all.join("|"));
    }
    if let Some(pattern) = &rules.pattern {
        let _ = write!(out, " ~{}", escape(pattern));
    }
    let bound = |it: Option<String>| it.unwrap_or_default();
    if rules.range != (None, None) {
        let _ = write!(out, " #{}..{}", bound(rules.range.0.map(|it| it.to_string())), bound(rules.range.1.map(|it| it.to_string())));
    }
    if rules.length != (None, None) {
        let _ = write!(out, " ${}..{}", bound(rules.length.0.map(|it| it.to_string())), bound(rules.length.1.map(|it| it.to_string())));
    }
}

struct Written<'a>(&'a Set, &'a Shape);

impl std::fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.1 {
            Shape::Any => f.write_str("*"),
            Shape::Text => f.write_str("s"),
            Shape::Bool => f.write_str("b"),
            Shape::Int32 => f.write_str("i"),
            Shape::Int64 => f.write_str("l"),
            Shape::Float => f.write_str("n"),
            Shape::IntOrText => f.write_str("x"),
            Shape::Quantity => f.write_str("q"),
            Shape::Bytes => f.write_str("y"),
            Shape::Time => f.write_str("t"),
            Shape::Metadata => f.write_str("m"),
            Shape::List(it) => write!(f, "[{}", Written(self.0, it)),
            Shape::Map(it) => write!(f, "{{{}", Written(self.0, it)),
            Shape::Type(it) => write!(f, "@{}", self.0.name(*it)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        static TEXT: &str = "= a.A ? {[s\nb [@a.B ! 34-36 =x|y\\!z\nc s ~^a\\_b$ #1..2 $..3\n= a.B :s =on|off\n";
        let set = read_set(TEXT);
        let a = set.get(TypeId(0));
        assert!(a.open && a.field("b").is_some_and(|it| it.required && it.exists_in(36) && !it.exists_in(37)));
        assert_eq!(write_set(&set), TEXT);
    }

    #[test]
    fn nonsense_accepts_anything() {
        let set = read_set("= a\nb @nowhere ;\n");
        assert_eq!(set.get(TypeId(0)).field("b").map(|it| &it.shape), Some(&Shape::Any));
        assert!(set.get(TypeId(9)).open);
    }
}
