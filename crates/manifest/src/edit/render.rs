//! Values as text, in block style, in brackets, or as JSON. Lines end in LF here; the splice gives them the file's break.

use super::data::Data;
use super::style::Habits;
use crate::scalar::{Scalar, resolve};
use crate::tree::Style;

/// What stands behind `key:` whose key begins at `column`: the rest of its line, and the lines below.
pub(super) fn after_key(data: &Data, column: usize, habits: &Habits) -> String {
    match data {
        Data::Map(entries) if !entries.is_empty() => {
            let column = column + habits.step;
            format!("\n{}{}", pad(column), map(entries, column, habits))
        }
        Data::List(items) if !items.is_empty() => {
            let column = column + habits.dash;
            format!("\n{}{}", pad(column), list(items, column, habits))
        }
        _ => format!(" {}", block(data, column + habits.step, habits)),
    }
}

/// A value whose first line begins at `column`, where the text already stands.
pub(super) fn block(data: &Data, column: usize, habits: &Habits) -> String {
    match data {
        Data::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Data::List(items) if items.is_empty() => "[]".to_owned(),
        Data::Map(entries) => map(entries, column, habits),
        Data::List(items) => list(items, column, habits),
        Data::Leaf { text, style: Style::String } if is_literal(text) => literal(text, column),
        Data::Leaf { text, style } => scalar(text, *style, false),
    }
}

fn map(entries: &[(String, Data)], column: usize, habits: &Habits) -> String {
    let lines = entries.iter().map(|(key, value)| entry(key, value, column, habits));
    lines.collect::<Vec<_>>().join(&format!("\n{}", pad(column)))
}

/// An entry whose key begins at `column`.
pub(super) fn entry(key: &str, value: &Data, column: usize, habits: &Habits) -> String {
    format!("{}:{}", scalar(key, Style::String, false), after_key(value, column, habits))
}

fn list(items: &[Data], column: usize, habits: &Habits) -> String {
    let lines = items.iter().map(|it| format!("- {}", block(it, column + 2, habits)));
    lines.collect::<Vec<_>>().join(&format!("\n{}", pad(column)))
}

pub(super) fn pad(column: usize) -> String {
    " ".repeat(column)
}

/// Whether a string can be written as `|` without an indentation indicator and without losing anything.
fn is_literal(text: &str) -> bool {
    let printable = |c: char| c == '\n' || c == '\t' || !c.is_control() && !"\u{feff}\u{2028}\u{2029}".contains(c);
    text.trim_end_matches('\n').contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with("\n\n")
        && text.chars().all(printable)
        && !text.lines().any(|it| it.ends_with([' ', '\t']))
}

fn literal(text: &str, column: usize) -> String {
    let head = if text.ends_with('\n') { "|" } else { "|-" };
    let lines = text.lines().map(|it| if it.is_empty() { String::new() } else { format!("{}{it}", pad(column)) });
    std::iter::once(head.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// A scalar on one line.
pub(super) fn scalar(text: &str, style: Style, flow: bool) -> String {
    if style == Style::Plain && text.is_empty() {
        return "null".to_owned();
    }
    let fits = is_plain(text, flow) && (style == Style::Plain || is_clearly_string(text));
    if fits { text.to_owned() } else { quoted(text) }
}

/// The string in the quotes that stood there before, where they can hold it.
pub(super) fn requoted(text: &str, quote: char) -> String {
    if quote == '\'' && !text.contains(|c: char| c.is_control()) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    quoted(text)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether the text can stand without quotes.
fn is_plain(text: &str, flow: bool) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let second = chars.next();
    let begins = match first {
        '-' | '?' | ':' => second.is_some_and(|c| !c.is_whitespace() && !",[]{}".contains(c)),
        _ => !",[]{}#&*!|>'\"%@`=".contains(first),
    };
    begins
        && text.trim() == text
        && !text.starts_with("---")
        && !text.starts_with("...")
        && text != "<<"
        && !text.ends_with(':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(|c: char| c.is_control() || "\u{feff}\u{2028}\u{2029}\u{85}".contains(c))
        && !(flow && (text.ends_with('-') || text.contains(|c| ",[]{}:".contains(c))))
}

/// Whether no reader takes the text for anything but a string: neither number, truth value, null, date nor time.
fn is_clearly_string(text: &str) -> bool {
    let numeric = text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || ":-".contains(c));
    matches!(resolve(text, Style::Plain), Scalar::Str(_)) && !numeric
}

/// How a value in brackets is written.
#[derive(Clone, Debug)]
pub(super) struct Brackets {
    /// Keys and strings quoted.
    pub(super) json: bool,
    /// No blank behind colons and commas.
    pub(super) dense: bool,
    /// Spread over lines: the indentation of the line the value begins on, and one step more.
    pub(super) lines: Option<(String, String)>,
}

impl Brackets {
    pub(super) fn value(&self, data: &Data) -> String {
        match data {
            Data::Leaf { text, style } if self.json => json_scalar(text, *style),
            Data::Leaf { text, style } => scalar(text, *style, true),
            Data::List(items) => self.enclose('[', ']', items.iter().map(|it| self.deeper().value(it)).collect()),
            Data::Map(entries) => self.enclose('{', '}', entries.iter().map(|(key, value)| self.deeper().entry(key, value)).collect()),
        }
    }

    pub(super) fn entry(&self, key: &str, value: &Data) -> String {
        let key = if self.json { quoted(key) } else { scalar(key, Style::String, true) };
        format!("{key}:{}{}", if self.dense { "" } else { " " }, self.value(value))
    }

    fn deeper(&self) -> Self {
        let lines = self.lines.as_ref().map(|(pad, step)| (format!("{pad}{step}"), step.clone()));
        Self { lines, ..self.clone() }
    }

    fn enclose(&self, open: char, close: char, parts: Vec<String>) -> String {
        match &self.lines {
            Some((pad, step)) if !parts.is_empty() => {
                let inner = format!("\n{pad}{step}");
                format!("{open}{inner}{}\n{pad}{close}", parts.join(&format!(",{inner}")))
            }
            _ => format!("{open}{}{close}", parts.join(if self.dense { "," } else { ", " })),
        }
    }
}

fn json_scalar(text: &str, style: Style) -> String {
    match resolve(text, style) {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(it) => it.to_string(),
        Scalar::Int(it) => it.to_string(),
        Scalar::Float(it) => serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| serde_json::Value::from(it).to_string(), |_| text.to_owned()),
        Scalar::Str(it) => quoted(it),
    }
}
