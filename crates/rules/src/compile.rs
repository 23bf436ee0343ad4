//! From a rule as it is written to one that can judge.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cel::{Env, Program};
use seatrial_model::{Path, Step};

use crate::cost::{self, Cost};
use crate::environment::environment;
use crate::nesting;
use crate::spec::RuleSpec;

/// Longer expressions are refused: they are programs, not conditions.
const LONGEST_EXPRESSION: usize = 4096;
/// What `message` may name.
const PLACEHOLDERS: &[&str] = &["object", "kind", "name", "namespace", "item"];
/// What `forEach` calls every container of a pod, wherever the kind keeps its pod.
const CONTAINERS: &str = "containers";
const PODS: &[&str] = &["spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"];

/// A rule that can judge.
#[derive(Debug)]
pub struct Rule {
    /// As it is written.
    pub spec: RuleSpec,
    /// The field that findings sit at; in the element, where elements are judged.
    pub path: Path,
    /// The lists whose elements are judged, `*` standing for every element; none where the object itself is judged.
    pub(crate) lists: Vec<Path>,
    /// Whether the elements are containers.
    pub(crate) of_containers: bool,
    pub(crate) condition: Compiled,
    pub(crate) message: Option<Compiled>,
}

impl Rule {
    /// Whether it reads the object's Namespace.
    pub fn asks_namespace(&self) -> bool {
        self.condition.asks_namespace || self.message.as_ref().is_some_and(|it| it.asks_namespace)
    }
}

/// An expression that can be run.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub program: Program,
    pub cost: Cost,
    pub asks_namespace: bool,
}

/// Why a rule cannot be taken, and which of its fields is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The field, as it is written.
    pub field: &'static str,
    /// Line and column in the field's text, both from 1.
    pub at: Option<(u32, u32)>,
    /// In words.
    pub message: String,
}

fn fault(field: &'static str, message: impl Into<String>) -> Fault {
    Fault { field, at: None, message: message.into() }
}

impl Rule {
    /// Takes a rule.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn compile(spec: RuleSpec) -> Result<Self, Fault> {
        if !is_kebab(&spec.id) {
            return Err(fault("id", format!("`{}` is not an id: small letters, digits and dashes, such as `team-label-missing`", spec.id)));
        }
        if spec.title.trim().is_empty() {
            return Err(fault("title", "a rule needs a title"));
        }
        let env = environment();
        let each = spec.for_each.as_deref();
        let condition = expression(&env, "condition", &spec.condition, each.is_some())?;
        let message = spec.message_expression.as_deref().map(|it| expression(&env, "messageExpression", it, each.is_some())).transpose()?;
        if let Some(it) = &spec.message {
            placeholders(it)?;
        }
        let path = path(spec.path.as_deref().unwrap_or("")).map_err(|it| fault("path", it))?;
        let lists = each.map(lists).transpose().map_err(|it| fault("forEach", it))?.unwrap_or_default();
        let of_containers = each == Some(CONTAINERS);
        Ok(Self { spec, path, lists, of_containers, condition, message })
    }
}

fn is_kebab(id: &str) -> bool {
    let fits = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    id.bytes().all(fits) && id.starts_with(|it: char| it.is_ascii_lowercase()) && !id.ends_with('-')
}

fn expression(env: &Env, field: &'static str, text: &str, has_item: bool) -> Result<Compiled, Fault> {
    if text.len() > LONGEST_EXPRESSION {
        return Err(fault(field, format!("{field} is longer than {LONGEST_EXPRESSION} bytes: make several rules of it")));
    }
    if let Some(it) = nesting::fault(text) {
        return Err(fault(field, format!("{field} is nested too deep: {it}")));
    }
    let at = |line: isize, column: isize| Some((u32::try_from(line.max(1)).unwrap_or(1), u32::try_from(column.max(1)).unwrap_or(1)));
    let compiled = catch_unwind(AssertUnwindSafe(|| env.compile(text))).map_err(|_| fault(field, format!("{field} cannot be read by the CEL library")))?;
    let program = compiled.map_err(|errors| match errors.errors.first() {
        Some(it) => Fault { field, at: at(it.pos.0, it.pos.1), message: format!("{field} is not valid CEL: {}", one_line(&it.msg)) },
        None => fault(field, format!("{field} is not valid CEL")),
    })?;
    let walked = cost::walk(program.expression(), has_item);
    if let Some((why, id)) = walked.refused {
        let at = program.source_info().offset_for(id).map(|it| place(text, it.0));
        return Err(Fault { field, at, message: format!("{field} {why}") });
    }
    if let Some(it) = walked.cost.fault() {
        return Err(fault(field, format!("{field} costs too much: {it}")));
    }
    Ok(Compiled { program, cost: walked.cost, asks_namespace: walked.asks_namespace })
}

/// Line and column, both from 1, of the character at `offset`.
fn place(text: &str, offset: u32) -> (u32, u32) {
    let mut place = (1, 1);
    for it in text.chars().take(offset as usize) {
        place = if it == '\n' { (place.0 + 1, 1) } else { (place.0, place.1 + 1) };
    }
    place
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn placeholders(message: &str) -> Result<(), Fault> {
    for piece in message.split('{').skip(1) {
        let name = piece.split('}').next().unwrap_or("");
        if !PLACEHOLDERS.contains(&name) {
            return Err(fault("message", format!("message names `{{{name}}}`: {{{}}} can be filled in", PLACEHOLDERS.join("}, {"))));
        }
    }
    Ok(())
}

/// The lists whose elements `forEach` names.
fn lists(each: &str) -> Result<Vec<Path>, String> {
    if each == CONTAINERS {
        let both = |pod: &&str| ["initContainers", "containers"].map(|list| Path::root().join(pod).key(list).key("*"));
        return Ok(PODS.iter().flat_map(both).collect());
    }
    let path = path(each)?;
    if path.0.contains(&Step::Key("*".into())) {
        Ok(vec![path])
    } else {
        Err(format!("`{each}` names no list: `containers`, or a path such as `spec.ports[*]`"))
    }
}

/// Reads a path as findings print it: `spec.containers[0].image`, `metadata.annotations[example.com/team]`.
fn path(text: &str) -> Result<Path, String> {
    let mut path = Path::root();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (key, after) = inside.split_once(']').ok_or_else(|| format!("`{text}` opens a bracket and does not close it"))?;
            path = match key.parse::<u32>() {
                Ok(index) => Path(path.0.into_iter().chain([Step::Index(index)]).collect()),
                Err(_) => path.key(key.trim_matches(['"', '\''])),
            };
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let key = &rest[..end];
            if key.is_empty() {
                return Err(format!("`{text}` is not a path such as `spec.template.metadata`"));
            }
            path = path.key(key);
            rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_as_findings_print_them() {
        for text in ["", "spec.template", "metadata.annotations[example.com/team]", "spec.containers[0].image", "metadata.annotations[a.b/c].d"] {
            assert_eq!(path(text).expect("a path").to_string(), text);
        }
        assert!(path("spec..x").is_err());
        assert!(path("spec[x").is_err());
    }

    #[test]
    fn places_count_lines_and_characters() {
        assert_eq!(place("ab\ncd", 0), (1, 1));
        assert_eq!(place("ä\ncd", 3), (2, 2));
    }
}
