//! From a snapshot to a report.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use seatrial_model::{Edit, Graph, Need, ObjectRef, Origin, Path, Snapshot};
use seatrial_report::{
    CheckCard, CheckCounts, Confidence, Coverage, Finding, Fix, Location, ObjectId, Report, Role, SCHEMA, Safety, Severity, UnknownCheck, UnreadPlace,
};

use crate::card::{Check, ContainerAt, InTest, Persona, Run};
use crate::cx::Cx;
use crate::findings::{Draft, Findings, Open};
use crate::outcome::{BUG, Outcome, Outcomes};
use crate::policy::{self, Policy};
use crate::rows;
use crate::settings::{Profile, Settings};

/// Looks up places in texts; the edge has the texts.
pub trait Places: Sync {
    /// Where each path of its document stands, with the lines around it; in the order asked. Asked once for all findings, so that a document
    /// is parsed once for all its places.
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location>;
}

/// Runs every check of the profile.
pub fn run(cx: &Cx<'_>, checks: &[&'static Check]) -> Vec<Outcome> {
    let mut all: Vec<Outcome> =
        checks.par_iter().filter(|it| is_wanted(it, cx.settings.profile)).map(|check| Outcome { check, result: outcome(cx, check) }).collect();
    drop_echoes(&mut all);
    all
}

/// A value that cannot be read counts as absent, and checks judge its default: what they find at its place is an echo of the unreadable value.
fn drop_echoes(all: &mut [Outcome]) {
    const CAUSE: &str = "value-wrong-type";
    let unreadable: Vec<Draft> = all.iter().filter(|it| it.check.id == CAUSE).flat_map(|it| it.result.drafts().to_vec()).collect();
    if unreadable.is_empty() {
        return;
    }
    // Further places of one object were merged into its first finding.
    let places: Vec<(&ObjectRef, &Path)> = unreadable.iter().flat_map(ends).map(|it| (it.object, it.path)).collect();
    for outcome in all.iter_mut().filter(|it| it.check.id != CAUSE) {
        if let Outcomes::Ran(_, drafts) | Outcomes::Partly(_, drafts, _) = &mut outcome.result {
            drafts.retain(|it| !places.iter().any(|(object, path)| **object == it.object && **path == it.path));
        }
    }
}

/// What the checks that run under a profile need to have been collected.
pub fn needs(checks: &[&'static Check], profile: Profile) -> BTreeSet<Need> {
    checks.iter().filter(|it| is_wanted(it, profile)).flat_map(|it| it.looks_at()).collect()
}

fn is_wanted(check: &Check, profile: Profile) -> bool {
    match profile {
        Profile::Prod => check.persona == Persona::Regular,
        Profile::Test => check.persona == Persona::Regular && check.in_test == InTest::Kept,
        Profile::Pedantic => true,
    }
}

fn outcome(cx: &Cx<'_>, check: &'static Check) -> Outcomes {
    let unknown = |reason: String, remedy: String| UnknownCheck { check: check.id.to_owned(), reason, remedy };
    let open = |it: &Open| unknown(it.reason.clone(), it.remedy.clone());
    for need in check.needs_in(cx.snapshot.meta.scope) {
        if let Err(gap) = cx.snapshot.has(need) {
            return Outcomes::Unknown(open(&Open::of(gap)));
        }
    }
    if let Some(reason) = looks_further(cx, check) {
        let remedy = "have it bound to you for the whole cluster: the role that the checks need, with a ClusterRoleBinding";
        return Outcomes::Unknown(unknown(reason, remedy.to_owned()));
    }
    match catch_unwind(AssertUnwindSafe(|| walk(cx, check))) {
        Ok(found) => {
            let (assessed, left) = (found.assessed(), found.open().map(open));
            let mut drafts = found.into_drafts();
            drafts.retain(|it| cx.settings.wants(it.object.namespace.as_deref()));
            match left {
                None => Outcomes::Ran(assessed, drafts),
                Some(it) => Outcomes::Partly(assessed, drafts, it),
            }
            .merged(check)
        }
        Err(_) => Outcomes::Unknown(unknown(BUG.to_owned(), "report it with the input that shows it".to_owned())),
    }
}

/// Why a check that looks at the whole cluster cannot be assessed where a few namespaces were read. Those that look at one workload at a time can.
fn looks_further(cx: &Cx<'_>, check: &Check) -> Option<String> {
    let only = &cx.snapshot.meta.namespaces;
    let whole = matches!(check.run.walk(), Run::Snapshot(_))
        && check.looks_at().iter().any(|it| it.is_namespaced() || it.told_by().iter().any(|it| it.is_namespaced()));
    (whole && !only.is_empty())
        .then(|| format!("only namespace {} may be read, and this takes the whole cluster", only.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ")))
}

fn walk(cx: &Cx<'_>, check: &Check) -> Findings {
    let mut out = Findings::default();
    match check.run.walk() {
        Run::Snapshot(run) => run(cx, &mut out),
        // Seen through.
        Run::InCluster(..) | Run::Asking(..) => {}
        // Judged elsewhere; the outcome is handed over.
        Run::Given => {}
        // Judged with the findings of all others at hand.
        Run::Policy => cx.snapshot.ignores.iter().for_each(|_| out.assess()),
        Run::Workload(run) => cx.workloads().for_each(|it| run(cx, it, &mut out)),
        Run::Container(run) => {
            for workload in cx.workloads() {
                let app = workload.pod().containers.len();
                for (at, (container, path)) in workload.containers().enumerate() {
                    run(cx, &ContainerAt { workload, container, path, is_init: at >= app }, &mut out);
                }
            }
        }
    }
    out
}

/// Runs the checks, applies the user's decisions and writes the report.
pub fn evaluate(snapshot: &Snapshot, settings: &Settings, policy: &Policy, checks: &[&'static Check], places: &dyn Places) -> Report {
    evaluate_with(snapshot, settings, policy, checks, places, Vec::new())
}

/// As [`evaluate`], with the outcomes of the user's own rules, which were judged elsewhere.
pub fn evaluate_with(snapshot: &Snapshot, settings: &Settings, policy: &Policy, checks: &[&'static Check], places: &dyn Places, given: Vec<Outcome>) -> Report {
    let graph = Graph::of(snapshot);
    let cx = Cx::new(snapshot, &graph, settings);
    let mut outcomes = run(&cx, checks);
    outcomes.extend(given.into_iter().map(|it| Outcome { result: it.result.merged(it.check), ..it }));
    judge(&cx, policy, &outcomes, &drafts(&outcomes), places)
}

/// The edits that mend one finding.
pub struct Proposal {
    /// Fingerprint of the finding.
    pub fingerprint: String,
    /// Id of the check.
    pub check: &'static str,
    /// How far the edits can be trusted.
    pub safety: Safety,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// As [`evaluate`], and what would mend the findings that count.
pub fn evaluate_and_repair(
    snapshot: &Snapshot,
    settings: &Settings,
    policy: &Policy,
    checks: &[&'static Check],
    places: &dyn Places,
) -> (Report, Vec<Proposal>) {
    let graph = Graph::of(snapshot);
    let cx = Cx::new(snapshot, &graph, settings);
    let outcomes = run(&cx, checks);
    let drafts = drafts(&outcomes);
    let report = judge(&cx, policy, &outcomes, &drafts, places);
    let counting: BTreeSet<&str> = report.counting().map(|it| it.fingerprint.as_str()).collect();
    let proposals = drafts
        .iter()
        .filter(|it| counting.contains(it.fingerprint.as_str()))
        .filter_map(|it| {
            let (safety, repair) = it.check.repair?;
            // A repair that fails must not take the report with it.
            let edits = catch_unwind(AssertUnwindSafe(|| repair(&cx, it.draft))).unwrap_or_default();
            (!edits.is_empty()).then(|| Proposal { fingerprint: it.fingerprint.clone(), check: it.check.id, safety, edits })
        })
        .collect();
    (report, proposals)
}

/// A draft with its check and its fingerprint.
struct Numbered<'a> {
    check: &'static Check,
    draft: &'a Draft,
    fingerprint: String,
}

/// Every draft; equal fingerprints are numbered in the order of the objects.
fn drafts(outcomes: &[Outcome]) -> Vec<Numbered<'_>> {
    let drafts = outcomes.iter().flat_map(|outcome| outcome.result.drafts().iter().map(move |draft| (outcome.check, draft)));
    let all: Vec<(&'static Check, &Draft)> = drafts.collect();
    let prints: Vec<u64> = all.par_iter().map(|(check, draft)| fingerprint(check.id, draft)).collect();
    let mut seen: HashMap<u64, u32> = HashMap::with_capacity(all.len());
    let numbered = all.into_iter().zip(prints).map(|((check, draft), print)| {
        let count = seen.entry(print).or_default();
        *count += 1;
        let fingerprint = if *count > 1 { format!("{print:016x}-{count}") } else { format!("{print:016x}") };
        Numbered { check, draft, fingerprint }
    });
    numbered.collect()
}

/// Looks the places up, applies the user's decisions and judges the rows.
fn judge(cx: &Cx<'_>, policy: &Policy, outcomes: &[Outcome], drafts: &[Numbered<'_>], places: &dyn Places) -> Report {
    let wanted: Vec<(Origin, &Path)> = drafts.iter().flat_map(|it| ends(it.draft)).filter_map(|end| Some((end.text()?, end.path))).collect();
    let mut located = places.locate(&wanted).into_iter();
    let located: Vec<Vec<Location>> = drafts.iter().map(|it| locations(cx.snapshot, it.draft, &mut located)).collect();
    let findings = drafts.par_iter().zip(located).map(|(it, locations)| finding(it, locations)).collect();
    let mut report = Report { schema: SCHEMA.to_owned(), rows: Vec::new(), findings, coverage: coverage(cx, outcomes), cards: Vec::new() };
    let ran: BTreeSet<&str> = outcomes.iter().filter(|it| matches!(it.result, Outcomes::Ran(..))).map(|it| it.check.id).collect();
    policy::apply(&mut report, cx.snapshot, policy, &ran);
    report.findings.par_sort_by(|a, b| order(a).cmp(&order(b)));
    report.rows = rows::judge(cx.snapshot.meta.scope, outcomes, &report.findings);
    report.cards = cards(outcomes, &report.findings);
    report
}

/// The cards of the checks that found something.
fn cards(outcomes: &[Outcome], findings: &[Finding]) -> Vec<CheckCard> {
    let found: BTreeSet<&str> = findings.iter().map(|it| it.check.as_str()).collect();
    let mine = outcomes.iter().map(|it| it.check).filter(|it| found.contains(it.id));
    let mut cards: Vec<CheckCard> = mine
        .map(|it| CheckCard {
            check: it.id.to_owned(),
            title: it.title.to_owned(),
            why: it.why.to_owned(),
            verify: it.verify.to_owned(),
            sources: it.sources.iter().map(|it| (*it).to_owned()).collect(),
        })
        .collect();
    cards.sort_by(|a, b| a.check.cmp(&b.check));
    cards
}

/// One end of a finding: where it sits, or what it relates to.
struct End<'a> {
    object: &'a ObjectRef,
    origin: Option<Origin>,
    path: &'a Path,
    note: Option<&'a str>,
}

impl End<'_> {
    /// Where its text stands, if it has one.
    fn text(&self) -> Option<Origin> {
        self.origin.filter(|it| !it.is_api())
    }
}

fn ends(draft: &Draft) -> impl Iterator<Item = End<'_>> {
    let primary = End { object: &draft.object, origin: draft.origin, path: &draft.path, note: None };
    let related = draft.related.iter().map(|it| End { object: &it.object, origin: it.origin, path: &it.path, note: Some(&it.note) });
    std::iter::once(primary).chain(related)
}

fn order(it: &Finding) -> (Severity, Confidence, &str, &ObjectId, &[Location]) {
    (it.severity, it.confidence, &it.check, &it.object, &it.locations)
}

fn locations(snapshot: &Snapshot, draft: &Draft, located: &mut impl Iterator<Item = Location>) -> Vec<Location> {
    let location = |(at, end): (usize, End<'_>)| {
        let found = end.text().and_then(|_| located.next()).unwrap_or_else(|| without_text(snapshot, &end));
        let role = if at == 0 { Role::Primary } else { Role::Related };
        Location { role, note: end.note.map(str::to_owned), ..found }
    };
    ends(draft).enumerate().map(location).collect()
}

fn finding(it: &Numbered<'_>, locations: Vec<Location>) -> Finding {
    let Numbered { check, draft, fingerprint } = it;
    let safety = check.repair.map_or(Safety::Manual, |it| it.0);
    Finding {
        check: check.id.to_owned(),
        row: rows::first_of(check),
        severity: draft.severity.unwrap_or(check.severity),
        confidence: draft.confidence.unwrap_or(check.confidence),
        object: ObjectId {
            api_version: draft.object.api_version.to_string(),
            kind: draft.object.kind.to_string(),
            namespace: draft.object.namespace.as_ref().map(ToString::to_string),
            name: draft.object.name.to_string(),
            container: draft.container.as_ref().map(ToString::to_string),
        },
        message: draft.message.clone(),
        locations,
        evidence: draft.evidence.clone(),
        fix: Fix { safety, description: check.fix.to_owned() },
        fingerprint: fingerprint.clone(),
        ignored: None,
    }
}

/// A place for what has no text: the API path of an object, or the name of an AWS resource.
fn without_text(snapshot: &Snapshot, end: &End<'_>) -> Location {
    Location {
        file: end.origin.and_then(|it| snapshot.api_path(it, end.object)).unwrap_or_else(|| end.object.to_string()),
        line: 0,
        column: 0,
        end_line: 0,
        end_column: 0,
        path: end.path.to_string(),
        role: Role::Primary,
        note: None,
        approximate: false,
        snippet: None,
    }
}

/// Made of check, object, container and the path's keys: survives moves, line changes and list order.
fn fingerprint(check: &str, draft: &Draft) -> u64 {
    let group = seatrial_model::cluster::group_of(&draft.object.api_version);
    let keys: String = draft
        .path
        .0
        .iter()
        .map(|it| match it {
            seatrial_model::Step::Key(key) => format!("/{key}"),
            seatrial_model::Step::Index(_) => "/*".to_owned(),
        })
        .collect();
    let ns = draft.object.namespace.as_deref().unwrap_or("");
    let container = draft.container.as_deref().unwrap_or("");
    fnv1a(&[check, group, &draft.object.kind, ns, &draft.object.name, container, &keys])
}

fn fnv1a(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

fn coverage(cx: &Cx<'_>, outcomes: &[Outcome]) -> Coverage {
    let snapshot = cx.snapshot;
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for it in snapshot.cluster.handles() {
        // A bare pod is in two lists.
        if it.kind != "Pod" {
            *kinds.entry(it.kind.to_string()).or_default() += 1;
        }
    }
    if !snapshot.cluster.pods.is_empty() {
        kinds.insert("Pod".to_owned(), snapshot.cluster.pods.len() as u64);
    }
    let unknown: Vec<UnknownCheck> = outcomes.iter().filter_map(|it| it.result.unknown().cloned()).collect::<BTreeSet<_>>().into_iter().collect();
    let unread = snapshot.unread.iter().map(|it| UnreadPlace { file: it.file.clone(), line: it.line, column: it.column, reason: it.reason.clone() }).collect();
    Coverage {
        files: snapshot.tally.files,
        documents: snapshot.tally.documents,
        objects: snapshot.tally.objects,
        kinds,
        unread,
        checks: CheckCounts { run: (outcomes.len() - unknown.len()) as u64, unknown },
        notes: Vec::new(),
    }
}
