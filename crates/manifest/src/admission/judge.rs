//! The vocabulary in which rules are written.

use seatrial_model::{ProblemKind, Version};

use super::syntax;
use crate::at::At;
use crate::scalar::Scalar;
use crate::schema::Violation;

/// Collects refusals.
pub(super) struct Judge<'o> {
    pub out: &'o mut Vec<Violation>,
    pub version: Version,
}

impl Judge<'_> {
    /// The value is refused.
    pub fn refuse(&mut self, at: &At<'_, '_>, message: impl Into<String>) {
        self.out.push(Violation { path: at.path(), at: at.place(), kind: ProblemKind::Refused, message: message.into() });
    }

    /// The field must be written and not be empty.
    pub fn require(&mut self, at: &At<'_, '_>, what: &str) {
        if at.is_empty() {
            let message = format!("`{}` is required: {what}", at.name());
            self.out.push(Violation { path: at.path(), at: at.place(), kind: ProblemKind::Missing, message });
        }
    }

    /// A written field must not be.
    pub fn forbid(&mut self, at: &At<'_, '_>, why: &str) {
        if at.is_set() {
            self.refuse(at, format!("`{}` must not be set {why}", at.name()));
        }
    }

    /// A written, non-empty string must be one of `all`.
    pub fn one_of(&mut self, at: &At<'_, '_>, all: &[&str]) {
        if at.text().is_some_and(|it| !it.is_empty() && !all.contains(&it)) {
            let all: Vec<String> = all.iter().map(|it| format!("`{it}`")).collect();
            self.refuse(at, format!("`{}` must be one of {}", at.name(), all.join(", ")));
        }
    }

    /// A written number must lie in a range, ends included.
    pub fn range(&mut self, at: &At<'_, '_>, least: i64, most: i64) {
        if at.int().is_some_and(|it| it < least || it > most) {
            let most = if most == i64::MAX { format!("at least {least}") } else { format!("{least} to {most}") };
            self.refuse(at, format!("`{}` must be {most}", at.name()));
        }
    }

    /// A written number must be at least `least`.
    pub fn at_least(&mut self, at: &At<'_, '_>, least: i64) {
        self.range(at, least, i64::MAX);
    }

    /// A written, non-empty string must be in a notation.
    pub fn notation(&mut self, at: &At<'_, '_>, accepts: fn(&str) -> bool, what: &str) {
        if at.text().is_some_and(|it| !it.is_empty() && !accepts(it)) {
            self.refuse(at, format!("`{}` must be {what}", at.name()));
        }
    }

    /// An RFC 1123 label.
    pub fn label(&mut self, at: &At<'_, '_>) {
        self.notation(at, syntax::is_label, syntax::LABEL);
    }

    /// An RFC 1123 subdomain.
    pub fn subdomain(&mut self, at: &At<'_, '_>) {
        self.notation(at, syntax::is_subdomain, syntax::SUBDOMAIN);
    }

    /// A label's key.
    pub fn qualified_name(&mut self, at: &At<'_, '_>) {
        self.notation(at, syntax::is_qualified_name, syntax::QUALIFIED_NAME);
    }

    /// A port's number or name.
    pub fn port(&mut self, at: &At<'_, '_>) {
        match at.scalar() {
            Some(Scalar::Int(_)) => self.range(at, 1, 65_535),
            Some(Scalar::Str(it)) if !syntax::is_port_name(it) => {
                self.refuse(at, format!("`{}` must be 1 to 65535, or a name of at most 15 lower-case letters, digits and `-` with a letter in it", at.name()));
            }
            _ => {}
        }
    }

    /// A whole number or a percentage, neither below zero.
    pub fn amount_or_percentage(&mut self, at: &At<'_, '_>) {
        match at.scalar() {
            Some(Scalar::Int(it)) if it < 0 => self.refuse(at, format!("`{}` must not be negative", at.name())),
            Some(Scalar::Str(it)) if percentage(it).is_none() => self.refuse(at, format!("`{}` must be a whole number or a percentage such as 25%", at.name())),
            _ => {}
        }
    }

    /// Exactly one of the fields of `at` must be written.
    pub fn exactly_one(&mut self, at: &At<'_, '_>, fields: &[&str]) {
        let set = fields.iter().filter(|it| at.key(it).is_set()).count();
        if set != 1 {
            let all: Vec<String> = fields.iter().map(|it| format!("`{it}`")).collect();
            self.refuse(at, format!("`{}` must have exactly one of {}, not {set} of them", at.name(), all.join(", ")));
        }
    }

    /// The value of `field` must not stand twice among the elements of a list.
    pub fn unique(&mut self, list: &At<'_, '_>, field: &str) {
        let count = list.count();
        if count < 2 {
            return;
        }
        let mut seen: Vec<&str> = Vec::with_capacity(count);
        for item in list.items() {
            let value = item.key(field);
            match value.text() {
                Some(text) if !text.is_empty() && seen.contains(&text) => self.refuse(&value, format!("`{field}` `{text}` stands twice in `{}`", list.name())),
                Some(text) => seen.push(text),
                None => {}
            }
        }
    }
}

/// The number in `25%`.
pub(super) fn percentage(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) { None } else { digits.parse().ok() }
}
