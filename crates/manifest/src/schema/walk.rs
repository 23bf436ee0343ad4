//! Walks a value along its type.

use seatrial_facts::schema::{self as facts, Field, Rules, Set, Shape, Type, TypeId};
use seatrial_model::{ProblemKind, Quantity};

use super::Violation;
use super::words::{nearest, wanted, written};
use crate::admission::syntax;
use crate::at::At;
use crate::scalar::Scalar;
use crate::tree::{NodeId, Value};

/// Collects what a type refuses.
pub(super) struct Walk {
    pub out: Vec<Violation>,
    minor: u16,
    /// Where a custom resource's types were taken from: another version of its definition may have more fields.
    source: &'static str,
}

/// Types and whose they are.
#[derive(Clone, Copy)]
struct In<'s> {
    set: &'s Set,
    builtin: bool,
}

impl Walk {
    /// For Kubernetes 1.`minor`; versions outside the tables are judged as the closest one.
    pub fn new(minor: u16) -> Self {
        Self { out: Vec::new(), minor: minor.clamp(facts::FIRST_MINOR, facts::LAST_MINOR), source: "" }
    }

    /// Judges an object.
    pub fn object(&mut self, set: &Set, root: TypeId, builtin: bool, at: &At<'_, '_>) {
        self.structure(In { set, builtin }, set.get(root), at);
    }

    /// Judges an object of a kind that the tables hold.
    pub fn known(&mut self, kind: facts::Kind, at: &At<'_, '_>) {
        self.source = if kind.builtin { "" } else { kind.source };
        self.object(kind.set, kind.root, kind.builtin, at);
    }

    /// Judges an object's metadata.
    pub fn metadata(&mut self, at: &At<'_, '_>) {
        let set = facts::builtin();
        if let (Some(id), true) = (set.id("meta.v1.ObjectMeta"), at.is_set()) {
            self.value(In { set, builtin: true }, &Shape::Type(id), None, at);
        }
    }

    fn value(&mut self, types: In<'_>, shape: &Shape, rules: Option<&Rules>, at: &At<'_, '_>) {
        // Null is as good as absent.
        let Some(id) = at.id() else { return };
        match shape {
            Shape::Any => {}
            Shape::Metadata if !at.is_map() => self.wrong(shape, at, id),
            Shape::Metadata => self.metadata(at),
            Shape::List(inner) if at.is_list() => {
                for it in at.items() {
                    if !it.tree.get(it.place()).is_null() {
                        self.value(types, inner, None, &it);
                    }
                }
            }
            Shape::Map(inner) if at.is_map() => {
                for entry in at.entries().iter() {
                    let name = at.tree.text(entry.key).unwrap_or("");
                    self.value(types, inner, None, &at.entry(name, entry.value));
                }
            }
            Shape::Type(it) => match types.set.get(*it) {
                Type { value: Some(shape), rules, .. } => self.value(types, shape, rules.as_deref(), at),
                _ if !at.is_map() => self.wrong(shape, at, id),
                it => self.structure(types, it, at),
            },
            // Go reads bytes from a list of numbers too.
            Shape::Bytes if at.is_list() => {}
            shape if !accepts(shape, at) => self.wrong(shape, at, id),
            _ => {}
        }
        if let Some(rules) = rules {
            self.rules(rules, shape, at);
        }
    }

    fn structure(&mut self, types: In<'_>, it: &Type, at: &At<'_, '_>) {
        for entry in at.entries().iter() {
            let name = at.tree.text(entry.key).unwrap_or("");
            let field = it.field(name).filter(|it| it.exists_in(self.minor));
            match (field, &it.others) {
                (Some(field), _) => self.value(types, &field.shape, field.rules.as_deref(), &at.entry(name, entry.value)),
                (None, Some(shape)) => self.value(types, shape, None, &at.entry(name, entry.value)),
                (None, None) if it.open => {}
                (None, None) => self.unknown(types, it, name, entry.key, at),
            }
        }
        for field in &it.fields {
            if field.required && field.exists_in(self.minor) {
                self.required(types, field, at);
            }
        }
        if let Some(rules) = it.rules.as_deref() {
            self.count(rules, at);
        }
    }

    fn required(&mut self, types: In<'_>, field: &Field, at: &At<'_, '_>) {
        let value = at.key(&field.name);
        // Kubernetes' own types cannot tell an empty string or list from none; a custom resource's schema can.
        let absent = if types.builtin { value.is_empty() && !value.is_map() } else { !value.is_set() };
        if absent {
            let message = format!("`{}` is required: {}", field.name, wanted(&field.shape));
            self.push(&value, ProblemKind::Missing, message);
        }
    }

    fn unknown(&mut self, types: In<'_>, it: &Type, name: &str, key: NodeId, at: &At<'_, '_>) {
        let advice = match it.field(name) {
            Some(field) if self.minor < field.since => format!(": it comes with Kubernetes 1.{}", field.since),
            Some(field) => format!(": its last version was Kubernetes 1.{}", field.until),
            None => match (nearest(it, name, self.minor), self.below(types, it, name)) {
                (Some(near), _) => format!("; did you mean `{near}`?"),
                (None, Some(block)) => format!("; it belongs into `{block}`"),
                _ => String::new(),
            },
        };
        let as_of = if types.builtin || self.source.is_empty() { String::new() } else { format!(" (as of {})", self.source) };
        let path = at.path().key(name);
        self.out.push(Violation { path, at: key, kind: ProblemKind::UnknownField, message: format!("unknown field `{name}`{advice}{as_of}") });
    }

    /// A field of `it` whose own type has a field of that name.
    fn below<'s>(&self, types: In<'s>, it: &'s Type, name: &str) -> Option<&'s str> {
        let has = |shape: &Shape| match shape {
            Shape::Type(id) => types.set.get(*id).field(name).is_some_and(|it| it.exists_in(self.minor)),
            _ => false,
        };
        it.fields.iter().find(|it| it.name != "status" && has(&it.shape)).map(|it| &*it.name)
    }

    fn rules(&mut self, rules: &Rules, shape: &Shape, at: &At<'_, '_>) {
        let is_text = matches!(at.scalar(), Some(Scalar::Str(_)));
        if is_text && !rules.allows(at.str()) {
            let all: Vec<String> = rules.allowed.iter().map(|it| format!("`{it}`")).collect();
            self.push(at, ProblemKind::Refused, format!("`{}` must be one of {}", at.name(), all.join(", ")));
        }
        if is_text && !rules.matches(at.str()) {
            let pattern = rules.pattern.as_deref().unwrap_or("");
            self.push(at, ProblemKind::Refused, format!("`{}` must match the expression {pattern}", at.name()));
        }
        let number = match at.scalar() {
            Some(Scalar::Int(it)) => Some(it as f64),
            Some(Scalar::Float(it)) => Some(it),
            _ => None,
        };
        if number.is_some_and(|it| !rules.holds(it)) {
            self.push(at, ProblemKind::Refused, format!("`{}` must be {}", at.name(), bounds(rules.range)));
        }
        match shape {
            Shape::Text if is_text && !rules.fits(at.str().chars().count() as u64) => {
                self.push(at, ProblemKind::Refused, format!("`{}` must have {} characters", at.name(), bounds(rules.length)));
            }
            Shape::List(_) if at.is_list() => self.count(rules, at),
            _ => {}
        }
    }

    fn count(&mut self, rules: &Rules, at: &At<'_, '_>) {
        if !rules.fits(at.count() as u64) {
            self.push(at, ProblemKind::Refused, format!("`{}` must have {} entries", at.name(), bounds(rules.length)));
        }
    }

    fn wrong(&mut self, shape: &Shape, at: &At<'_, '_>, id: NodeId) {
        let quote = match (shape, at.tree.scalar(id)) {
            (Shape::Text, Some(Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_))) => "; put it in quotes",
            _ => "",
        };
        let message = format!("`{}` must be {}, not {}{quote}", at.name(), wanted(shape), written(at.tree, id));
        self.out.push(Violation { path: at.path(), at: id, kind: ProblemKind::WrongType, message });
    }

    fn push(&mut self, at: &At<'_, '_>, kind: ProblemKind, message: String) {
        self.out.push(Violation { path: at.path(), at: at.place(), kind, message });
    }
}

fn bounds<T: std::fmt::Display>(range: (Option<T>, Option<T>)) -> String {
    match range {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "any number of".to_owned(),
    }
}

/// Whether Go's JSON decoder would take the scalar for the shape.
fn accepts(shape: &Shape, at: &At<'_, '_>) -> bool {
    let Some(id) = at.id() else { return true };
    let Value::Scalar { text, .. } = &at.tree.get(id).value else { return false };
    let Some(scalar) = at.scalar() else { return false };
    match (shape, scalar) {
        (Shape::Text, Scalar::Str(_)) | (Shape::Bool, Scalar::Bool(_)) => true,
        (Shape::Int32 | Shape::IntOrText, Scalar::Int(it)) => i32::try_from(it).is_ok(),
        (Shape::Int32, Scalar::Float(it)) => is_whole(it) && it.abs() <= f64::from(i32::MAX),
        (Shape::Int64, Scalar::Float(it)) => is_whole(it) && it.abs() < 9.0e18,
        (Shape::IntOrText, Scalar::Float(it)) => is_whole(it) && it.abs() <= f64::from(i32::MAX),
        (Shape::IntOrText, Scalar::Str(_)) | (Shape::Int64, Scalar::Int(_)) => true,
        (Shape::Float, Scalar::Int(_) | Scalar::Float(_)) => true,
        (Shape::Quantity, Scalar::Int(_) | Scalar::Float(_)) => true,
        (Shape::Quantity, Scalar::Str(text)) => Quantity::parse(text.trim()).is_ok(),
        (Shape::Bytes, Scalar::Str(text)) => syntax::is_base64(text),
        (Shape::Time, Scalar::Str(_)) => syntax::is_time(text),
        _ => false,
    }
}

/// Numbers without a fraction reach the server as whole ones, since YAML is turned into JSON on the way.
fn is_whole(it: f64) -> bool {
    it.is_finite() && it.fract() == 0.0
}
