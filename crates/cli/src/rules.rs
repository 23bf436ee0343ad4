//! The team's own rules: read from the configuration, run beside the built-in checks.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seatrial_check::{Check, Draft, InTest, Outcome, Outcomes, Persona, Run, Settings};
use seatrial_config::{Config, RuleFile};
use seatrial_facts::guide::Row;
use seatrial_manifest::de::TreeDeserializer;
use seatrial_manifest::tree::{self, NodeId, Tree};
use seatrial_model::cluster::group_of;
use seatrial_model::{Handle, Need, Origin, Scope, Snapshot};
use seatrial_report::{Confidence, UnknownCheck};
use seatrial_rules::{Documents, Fault, Judged, Rule, RuleSpec, judge};
use serde::Deserialize;

use crate::error::Error;
use crate::texts::Texts;

/// A rule with the card that makes it one check among others.
pub struct OwnRule {
    /// The rule.
    pub rule: Rule,
    /// Its card.
    pub card: &'static Check,
}

impl std::fmt::Debug for OwnRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.card.id)
    }
}

/// A file that rules are written in.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    /// Its path.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Its only document.
    pub tree: &'a Tree<'a>,
}

impl Written<'_> {
    fn fail(&self, at: NodeId, message: impl Into<String>) -> Error {
        let span = self.tree.node(at).span;
        self.fail_at(span.line, span.column, message)
    }

    fn fail_at(&self, line: u32, column: u32, message: impl Into<String>) -> Error {
        Error::Config { place: format!("{}:{line}:{column}", self.file), message: message.into() }
    }

    fn items(&self, key: &str) -> &[NodeId] {
        self.tree.child(self.tree.root(), key).map_or(&[], |it| self.tree.items(it))
    }

    /// A fault in the text of a field stands where its line and column fall in the file.
    fn fault(&self, rule: NodeId, fault: Fault) -> Error {
        let at = self.tree.child(rule, fault.field).unwrap_or(rule);
        let span = self.tree.node(at).span;
        let (line, column) = match fault.at {
            Some(inside) => in_scalar(self.text, (span.line, span.column), self.tree.text(at).unwrap_or(""), inside),
            None => (span.line, span.column),
        };
        self.fail_at(line, column, fault.message)
    }
}

/// Line and column in the file of a place in a scalar that begins at `start` and reads `scalar`. Exact where its lines stand in the file as
/// they read: plain, on one line in quotes, or as a block that keeps its lines; else the beginning.
fn in_scalar(text: &str, start: (u32, u32), scalar: &str, inside: (u32, u32)) -> (u32, u32) {
    let nth = |text: &str, line: u32| text.lines().nth(line.saturating_sub(1) as usize).map(str::to_owned).unwrap_or_default();
    let shown: String = nth(text, start.0 + inside.0 - 1).chars().skip(start.1.saturating_sub(1) as usize).collect();
    let read = nth(scalar, inside.0);
    if shown.starts_with(['"', '\'']) && inside.0 == 1 && shown[1..].starts_with(&read) {
        return (start.0, start.1 + inside.1);
    }
    if shown.starts_with(&read) { (start.0 + inside.0 - 1, start.1 + inside.1 - 1) } else { start }
}

/// Takes the rules of a configuration, those of the files that it names among them.
pub fn take(written: &Written<'_>, config: &Config) -> Result<Vec<OwnRule>, Error> {
    let mut taken = Vec::new();
    take_into(written, config.rules.clone(), &mut taken)?;
    for (pattern, node) in config.rule_files.iter().zip(written.items("ruleFiles")) {
        let folder = Path::new(written.file).parent().unwrap_or(Path::new(""));
        let full = folder.join(pattern).display().to_string();
        let found = glob::glob(&full).map_err(|error| written.fail(*node, format!("`{pattern}` is not a pattern: {error}")))?;
        let mut files: Vec<PathBuf> = found.filter_map(Result::ok).collect();
        files.sort();
        if files.is_empty() {
            return Err(written.fail(*node, format!("no file matches `{pattern}`; it is looked for beside {}", written.file)));
        }
        files.iter().try_for_each(|it| read_file(it, &mut taken))?;
    }
    Ok(taken)
}

fn take_into(written: &Written<'_>, specs: Vec<RuleSpec>, taken: &mut Vec<OwnRule>) -> Result<(), Error> {
    for (spec, &node) in specs.into_iter().zip(written.items("rules")) {
        let field = |name: &str| written.tree.child(node, name).unwrap_or(node);
        if seatrial_check::find(&spec.id).is_some() {
            return Err(written.fail(field("id"), format!("`{}` is the id of a built-in check: choose another", spec.id)));
        }
        if taken.iter().any(|it| it.card.id == spec.id) {
            return Err(written.fail(field("id"), format!("two rules are called `{}`", spec.id)));
        }
        let row = row(&spec).map_err(|message| written.fail(field("row"), message))?;
        let rule = Rule::compile(spec).map_err(|it| written.fault(node, it))?;
        taken.push(OwnRule { card: card(&rule.spec, row), rule });
    }
    Ok(())
}

fn read_file(path: &Path, taken: &mut Vec<OwnRule>) -> Result<(), Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let file = path.display().to_string();
    let fail = |line: u32, column: u32, message: String| Error::Config { place: format!("{file}:{line}:{column}"), message };
    let (trees, error) = tree::parse(&text);
    if let Some(it) = error {
        return Err(fail(it.line, it.column, it.message));
    }
    let [tree] = &trees[..] else { return Err(fail(1, 1, "a file of rules is one document with a list `rules`".to_owned())) };
    let read = RuleFile::deserialize(TreeDeserializer::new(tree, tree.root(), &[])).map_err(|error| {
        let at = error.at.map_or_else(|| tree.root(), |it| crate::config::culprit(tree, it, &error.message));
        let span = tree.node(at).span;
        fail(span.line, span.column, error.message)
    })?;
    take_into(&Written { file: &file, text: &text, tree }, read.rules, taken)
}

fn row(spec: &RuleSpec) -> Result<Option<Row>, String> {
    let Some(id) = &spec.row else { return Ok(None) };
    let found = Row::ALL.iter().find(|it| it.id() == id).copied();
    found.map(Some).ok_or_else(|| format!("the guide has no row `{id}`: `seatrial check --demo --format json` lists their ids"))
}

/// Cards are static because the built-in ones are. A configuration is read once in a run, so what is leaked here is as large as it is.
fn card(spec: &RuleSpec, row: Option<Row>) -> &'static Check {
    fn kept(text: &str) -> &'static str {
        text.to_owned().leak()
    }
    let or = |it: &Option<String>, otherwise: &str| kept(it.as_deref().unwrap_or(otherwise).trim_end());
    Box::leak(Box::new(Check {
        id: kept(&spec.id),
        rows: row.into_iter().collect::<Vec<_>>().leak(),
        severity: spec.severity,
        confidence: spec.confidence.unwrap_or(Confidence::High),
        persona: Persona::Regular,
        in_test: InTest::Kept,
        needs: &[],
        title: kept(spec.title.trim()),
        why: or(&spec.why, "A rule of your own."),
        verify: or(&spec.verify, "Read the field that the finding points at."),
        fix: or(&spec.fix, &format!("Make this true: {}", spec.condition.split_whitespace().collect::<Vec<_>>().join(" "))),
        sources: spec.sources.iter().map(|it| kept(it)).collect::<Vec<_>>().leak(),
        bad: or(&spec.bad, ""),
        good: or(&spec.good, ""),
        run: Run::Given,
        repair: None,
    }))
}

impl Documents for Texts {
    fn text(&self, object: &Handle<'_>) -> Option<Cow<'_, str>> {
        self.around(object)
    }

    fn place(&self, origin: &Origin) -> String {
        format!("{}:{}", self.file(origin.file).map_or("", |it| it.path.as_str()), origin.line)
    }
}

/// What the rules ask of a running cluster: lists, and kinds whose objects' texts they are run on.
pub fn asked(own: &[&OwnRule]) -> (BTreeSet<Need>, BTreeSet<&'static str>) {
    let by_namespace = own.iter().any(|it| it.rule.asks_namespace());
    let namespaces = by_namespace.then_some((Need::Namespaces, "Namespace"));
    own.iter().flat_map(|it| resources_of(it)).chain(namespaces).unzip()
}

/// What is read of running clusters and the rule is about: what it is listed for, and its kind.
///
/// Measurements and events come and go with the cluster: who wants them names them.
fn resources_of(own: &OwnRule) -> impl Iterator<Item = (Need, &'static str)> {
    let wanted = &own.rule.spec.r#match;
    let is_named = |kind: &str| wanted.kinds.iter().any(|it| it == kind);
    let takes = move |group: &str, kind: &str| wanted.takes_kind(kind) && wanted.takes_group(group);
    read_of_clusters()
        .filter(move |(need, group, kind)| takes(group, kind) && (!matches!(need, Need::Usage | Need::Events) || is_named(kind)))
        .map(|it| (it.0, it.2))
}

/// What is read of a running cluster: what it is listed for, its API group and its kind.
fn read_of_clusters() -> impl Iterator<Item = (Need, &'static str, &'static str)> {
    #[cfg(feature = "live")]
    return seatrial_collect::RESOURCES.iter().map(|it| (it.need, it.group, it.kind));
    #[cfg(not(feature = "live"))]
    return std::iter::empty();
}

/// What the rules come to on a snapshot.
pub fn outcomes(own: &[&OwnRule], snapshot: &Snapshot, texts: &Texts, settings: &Settings) -> Vec<Outcome> {
    if own.is_empty() {
        return Vec::new();
    }
    let rules: Vec<&Rule> = own.iter().map(|it| &it.rule).collect();
    let is_platform = |ns: &str| snapshot.meta.scope == Scope::Cluster && settings.platform_namespaces.iter().any(|it| it == ns);
    let judged = judge(&rules, snapshot, texts, &is_platform);
    own.iter().zip(judged).map(|(own, judged)| Outcome { check: own.card, result: outcome(own, judged, not_read(own, snapshot, texts)) }).collect()
}

/// Why there may be more objects for a rule than were looked at, or why those that there are could not be.
///
/// Manifests hold what they hold. Of a cluster a list may not have been read, or is none of those that are; and a recording keeps no texts.
fn not_read(own: &OwnRule, snapshot: &Snapshot, texts: &Texts) -> Option<UnknownCheck> {
    let unknown = |reason: String, remedy: String| Some(UnknownCheck { check: own.card.id.to_owned(), reason, remedy });
    let dump = |kinds: &str| format!("kubectl get {} -A -o json > dump.json, and check dump.json", kinds.to_lowercase());
    let wanted = &own.rule.spec.r#match;
    let mine = || snapshot.cluster.handles().filter(|it| wanted.takes_kind(it.kind) && wanted.takes_group(group_of(it.api_version)));
    if let Some(it) = mine().find(|it| !texts.keeps(it)) {
        return unknown(
            "rules of your own are run on objects as they are written, which a recording or a large dump out of a pipe does not keep".to_owned(),
            dump(it.kind),
        );
    }
    if snapshot.meta.scope == Scope::Manifests {
        return None;
    }
    if let Some(gap) = resources_of(own).find_map(|it| snapshot.gaps.get(&it.0)) {
        return unknown(format!("{} not read: {}", gap.what, gap.why), gap.remedy.clone());
    }
    // What an API server has stored has a uid: such an object shows that its kind was listed.
    let is_listed = |kind: &str| resources_of(own).any(|it| it.1 == kind) || mine().any(|it| it.kind == kind && it.meta.uid.is_some());
    let other = wanted.kinds.iter().find(|it| !it.contains('*') && !is_listed(it))?;
    unknown(format!("objects of kind {other} are not among what was read of the cluster"), dump(other))
}

fn outcome(own: &OwnRule, judged: Judged, not_read: Option<UnknownCheck>) -> Outcomes {
    let drafts = judged.violations.into_iter().map(|it| Draft {
        object: it.object,
        origin: it.origin,
        path: it.path,
        container: it.container.map(Into::into),
        message: it.message,
        related: Vec::new(),
        evidence: Vec::new(),
        severity: None,
        confidence: None,
    });
    let drafts: Vec<Draft> = drafts.collect();
    let failed = |reason| {
        let remedy = "guard what may be absent (docs/rules.md), and try the rule with `seatrial rules test`".to_owned();
        UnknownCheck { check: own.card.id.to_owned(), reason, remedy }
    };
    let Some(unknown) = not_read.or_else(|| judged.unknown.map(failed)) else { return Outcomes::Ran(judged.assessed, drafts) };
    if judged.assessed == 0 { Outcomes::Unknown(unknown) } else { Outcomes::Partly(judged.assessed, drafts, unknown) }
}

#[cfg(test)]
mod tests {
    use super::in_scalar;

    #[test]
    fn places_in_scalars_are_places_in_the_file() {
        assert_eq!(in_scalar("c: a +\n", (1, 4), "a +", (1, 3)), (1, 6));
        assert_eq!(in_scalar("c: 'a +'\n", (1, 4), "a +", (1, 3)), (1, 7));
        assert_eq!(in_scalar("c: |\n    a\n    b +\n", (2, 5), "a\nb +\n", (2, 3)), (3, 7));
        assert_eq!(in_scalar("c: >\n  a\n  b\n", (2, 3), "a b\n", (1, 3)), (2, 3));
        assert_eq!(in_scalar("c: \"a\\tb\"\n", (1, 4), "a\tb", (1, 3)), (1, 4));
    }
}
