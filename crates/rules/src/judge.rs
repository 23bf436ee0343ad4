//! Rules on the objects of a snapshot.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cel::{Context, Env, Value};
use rayon::prelude::*;
use seatrial_manifest::tree::{Tree, parse};
use seatrial_model::{Handle, ObjectRef, Origin, Path, Snapshot};

use crate::compile::{Compiled, Rule};
use crate::cost::{ITEM, NAMESPACE, OBJECT};
use crate::document::{self, Element, Seen};
use crate::environment::environment;
use crate::spec::Face;
use crate::words;

/// Gives the texts that objects were read from; the edge has them.
pub trait Documents: Sync {
    /// The text of the document that the object stands in; for one of an API server its own.
    fn text(&self, object: &Handle<'_>) -> Option<Cow<'_, str>>;
    /// Where it stands, for people: the file and the line.
    fn place(&self, origin: &Origin) -> String;
}

/// What one rule came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// How many objects, or elements of them, it could judge.
    pub assessed: u64,
    /// Those that it does not hold for.
    pub violations: Vec<Violation>,
    /// Why it could not judge others, in words with a place; the first of them, and how many more.
    pub unknown: Option<String>,
}

/// An object, or an element of one, that a rule does not hold for.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The object.
    pub object: ObjectRef,
    /// Where it was read.
    pub origin: Option<Origin>,
    /// The field.
    pub path: Path,
    /// The container, where containers are judged.
    pub container: Option<String>,
    /// In one line.
    pub message: String,
}

/// Runs every rule on every object that it matches. `is_platform` tells the namespaces that a rule has to name to reach.
pub fn judge(rules: &[&Rule], snapshot: &Snapshot, documents: &dyn Documents, is_platform: &(dyn Fn(&str) -> bool + Sync)) -> Vec<Judged> {
    let env = environment();
    let judge = Judge { rules, documents, namespaces: namespaces(rules, snapshot, documents), env };
    let wanted = by_document(rules, snapshot, is_platform);
    let none = || rules.iter().map(|_| Tally::default()).collect::<Vec<_>>();
    let all = wanted.par_iter().fold(none, |mut all, objects| {
        judge.document(objects, &mut all);
        all
    });
    let all = all.reduce(none, |a, b| a.into_iter().zip(b).map(|(a, b)| a.and(b)).collect());
    all.into_iter().map(Tally::judged).collect()
}

/// An object and the rules that match it.
struct Wanted<'a> {
    handle: Handle<'a>,
    rules: Vec<usize>,
}

/// Objects by the document they stand in, so that a List is read once; a bare pod, which stands in two lists, comes once.
fn by_document<'a>(rules: &[&Rule], snapshot: &'a Snapshot, is_platform: &dyn Fn(&str) -> bool) -> Vec<Vec<Wanted<'a>>> {
    type Objects<'a> = BTreeMap<(Option<u32>, ObjectRef), Wanted<'a>>;
    // What an API server gave has one origin for all objects of a resource, and a text for each.
    let mut documents: BTreeMap<(Option<Origin>, Option<ObjectRef>), Objects<'_>> = BTreeMap::new();
    for handle in snapshot.cluster.handles() {
        let rules: Vec<usize> = (0..rules.len()).filter(|at| fits(rules[*at], &handle, is_platform)).collect();
        if !rules.is_empty() {
            let document = handle.origin.map(|it| Origin { item: None, ..it });
            let item = handle.origin.and_then(|it| it.item);
            let own = document.is_none_or(Origin::is_api).then(|| handle.object_ref());
            documents.entry((document, own)).or_default().entry((item, handle.object_ref())).or_insert(Wanted { handle, rules });
        }
    }
    documents.into_values().map(|objects| objects.into_values().collect()).collect()
}

fn fits(rule: &Rule, handle: &Handle<'_>, is_platform: &dyn Fn(&str) -> bool) -> bool {
    let it = &rule.spec.r#match;
    let namespace = handle.meta.ns();
    let label = |key: &str| handle.meta.label(key);
    let face = Face { api_version: handle.api_version, kind: handle.kind, namespace, name: &handle.meta.name, label: &label };
    it.fits(&face) && (!it.namespaces.is_empty() || !is_platform(namespace)) && !is_left_to_its_controller(rule, handle)
}

/// One cause, one finding: where the rule judges the controller as well, what it controls is left alone.
fn is_left_to_its_controller(rule: &Rule, handle: &Handle<'_>) -> bool {
    let takes = |kind: &str| rule.spec.r#match.takes_kind(kind);
    handle.meta.controller().is_some_and(|it| match &*it.kind {
        "ReplicaSet" => takes("ReplicaSet") || takes("Deployment"),
        "Job" => takes("Job") || takes("CronJob"),
        kind => takes(kind),
    })
}

struct Judge<'a> {
    rules: &'a [&'a Rule],
    documents: &'a dyn Documents,
    namespaces: BTreeMap<String, Value>,
    env: Arc<Env>,
}

impl Judge<'_> {
    fn document(&self, objects: &[Wanted<'_>], all: &mut [Tally]) {
        let text = objects.first().and_then(|it| self.documents.text(&it.handle));
        let tree = text.as_deref().and_then(|it| parse(it).0.into_iter().next());
        for it in objects {
            let seen = tree.as_ref().map(|tree| seen(tree, &it.handle));
            match seen {
                Some(seen) => self.object(it, &seen, all),
                None => it.rules.iter().for_each(|at| {
                    all[*at].unknown(
                        &it.handle,
                        self.documents,
                        "its text is not at hand, which conditions are run on: write the objects to a file, and check that",
                    );
                }),
            }
        }
    }

    fn object(&self, it: &Wanted<'_>, seen: &Seen, all: &mut [Tally]) {
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable_from_value(OBJECT, seen.value.clone());
        let namespace = self.namespaces.get(it.handle.meta.ns());
        if let Some(namespace) = namespace {
            context.add_variable_from_value(NAMESPACE, namespace.clone());
        }
        let run = |at: usize| Run { rule: self.rules[at], handle: &it.handle, seen, has_namespace: namespace.is_some() };
        // Rules on the same elements share them: to make a value of an element costs more than to judge it.
        let mut by_lists: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        it.rules.iter().for_each(|at| by_lists.entry(self.rules[*at].spec.for_each.as_deref()).or_default().push(*at));
        for rules in by_lists.into_values() {
            let lists = &self.rules[rules[0]].lists;
            if lists.is_empty() {
                rules.iter().for_each(|at| all[*at].add(run(*at).judge(&context, None), &it.handle, self.documents));
            }
            for element in lists.iter().flat_map(|it| seen.elements(it)) {
                let mut inner = context.new_inner_scope();
                inner.add_variable_from_value(ITEM, element.value.clone());
                rules.iter().for_each(|at| all[*at].add(run(*at).judge(&inner, Some(&element)), &it.handle, self.documents));
            }
        }
    }
}

/// The object in its document, which may be a List.
fn seen(tree: &Tree<'_>, handle: &Handle<'_>) -> Seen {
    let item = handle.origin.and_then(|it| it.item).and_then(|it| tree.items(tree.child(tree.root(), "items")?).get(it as usize).copied());
    document::object(tree, item.unwrap_or_else(|| tree.root()), handle.api_version, handle.kind)
}

/// Namespaces among the inputs, as values; read only where a rule asks for them.
fn namespaces(rules: &[&Rule], snapshot: &Snapshot, documents: &dyn Documents) -> BTreeMap<String, Value> {
    let asked = rules.iter().any(|it| it.asks_namespace());
    let mut by_name = BTreeMap::new();
    for handle in snapshot.cluster.handles().filter(|it| asked && it.kind == "Namespace") {
        let text = documents.text(&handle);
        if let Some(tree) = text.as_deref().and_then(|it| parse(it).0.into_iter().next()) {
            by_name.insert(handle.meta.name.to_string(), seen(&tree, &handle).value);
        }
    }
    by_name
}

/// One rule on one object.
struct Run<'a> {
    rule: &'a Rule,
    handle: &'a Handle<'a>,
    seen: &'a Seen,
    has_namespace: bool,
}

impl Run<'_> {
    /// `None` where the rule holds, else the violation; `Err` where it cannot be told.
    fn judge(&self, context: &Context<'_, '_>, element: Option<&Element<'_>>) -> Result<Option<Violation>, String> {
        match self.run(&self.rule.condition, context)? {
            Value::Bool(true) => Ok(None),
            Value::Bool(false) => Ok(Some(self.violation(context, element))),
            other => Err(format!("the condition gives a {}, not true or false", other.type_of())),
        }
    }

    fn run(&self, it: &Compiled, context: &Context<'_, '_>) -> Result<Value, String> {
        if !it.cost.affordable(self.seen.size) {
            return Err("the object is too large for what the expression loops over".to_owned());
        }
        if it.asks_namespace && !self.has_namespace {
            return Err(format!("its Namespace {} is not among the inputs", self.handle.meta.ns()));
        }
        match catch_unwind(AssertUnwindSafe(|| it.program.execute(context))) {
            Ok(result) => result.map_err(|error| words::of(&error)),
            Err(_) => Err("evaluating the expression failed inside the CEL library".to_owned()),
        }
    }

    fn violation(&self, context: &Context<'_, '_>, element: Option<&Element<'_>>) -> Violation {
        let said = self.rule.message.as_ref().and_then(|it| match self.run(it, context) {
            Ok(Value::String(text)) if !text.trim().is_empty() => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            // As in a ValidatingAdmissionPolicy: a message that fails does not hide the finding.
            _ => None,
        });
        let mut path = element.map_or_else(Path::root, |it| it.path.clone());
        path.0.extend(self.rule.path.0.iter().cloned());
        let container = element.filter(|_| self.rule.of_containers).and_then(|it| it.own_name());
        Violation {
            object: self.handle.object_ref(),
            origin: self.handle.origin,
            path,
            container: container.map(str::to_owned),
            message: said.unwrap_or_else(|| self.words(element)),
        }
    }

    fn words(&self, element: Option<&Element<'_>>) -> String {
        let object = self.handle.object_ref();
        let item = element.map(Element::name).unwrap_or_default();
        let Some(template) = &self.rule.spec.message else {
            let about = if item.is_empty() { String::new() } else { format!(" ({item})") };
            return format!("{object}{about}: {}", self.rule.spec.title);
        };
        let values = [
            ("object", object.to_string()),
            ("kind", object.kind.to_string()),
            ("namespace", self.handle.meta.ns().to_owned()),
            ("name", object.name.to_string()),
            ("item", item),
        ];
        filled_in(template.trim(), &values)
    }
}

/// One pass, so that a name which holds `{kind}` stays as it is.
fn filled_in(template: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, left) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.extend(values.iter().find(|it| it.0 == name).map(|it| it.1.as_str()));
        rest = left;
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Tally {
    judged: Judged,
    first: Option<String>,
    unknown: u64,
}

impl Tally {
    fn add(&mut self, verdict: Result<Option<Violation>, String>, handle: &Handle<'_>, documents: &dyn Documents) {
        match verdict {
            Ok(violation) => {
                self.judged.assessed += 1;
                self.judged.violations.extend(violation);
            }
            Err(reason) => self.unknown(handle, documents, &reason),
        }
    }

    fn unknown(&mut self, handle: &Handle<'_>, documents: &dyn Documents, reason: &str) {
        self.unknown += 1;
        let place = || handle.origin.filter(|it| !it.is_api()).map(|it| format!(" ({})", documents.place(&it))).unwrap_or_default();
        self.first.get_or_insert_with(|| format!("{}{}: {reason}", handle.object_ref(), place()));
    }

    /// Both, `self` first.
    fn and(mut self, other: Self) -> Self {
        self.judged.assessed += other.judged.assessed;
        self.judged.violations.extend(other.judged.violations);
        self.first = self.first.or(other.first);
        self.unknown += other.unknown;
        self
    }

    fn judged(mut self) -> Judged {
        let more = self.unknown.saturating_sub(1);
        let rest = if more > 0 { format!("; and {more} more object{}", if more == 1 { "" } else { "s" }) } else { String::new() };
        self.judged.unknown = self.first.map(|it| it + &rest);
        self.judged
    }
}

#[cfg(test)]
mod tests {
    use super::filled_in;

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let values = [("name", "{kind}".to_owned()), ("kind", "Pod".to_owned())];
        assert_eq!(filled_in("{kind} {name} of\n  x", &values), "Pod {kind} of x");
    }
}
