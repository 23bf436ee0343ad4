//! `cargo xtask traces DIR`: replays real scheduler decisions, binding what the real scheduler chose and comparing every answer on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use seatrial_model::cluster::{Cluster, Head};
use seatrial_model::kinds::storage::{CsiAllocatable, CsiNode, CsiNodeDriver, CsiNodeSpec};
use seatrial_model::{PodSpec, Text, Version};
use seatrial_sim::{BudgetStatus, Comparison, EBS_ZONE, FitError, NodeFacts, NodeId, Owner, PodFacts, PodId, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Entry point.
pub fn run(args: &[String]) -> ExitCode {
    let json = args.iter().any(|it| it == "--json");
    let verbose = args.iter().any(|it| it == "--verbose");
    let Some(dir) = args.iter().find(|it| !it.starts_with("--")) else {
        eprintln!("usage: cargo xtask traces DIR [--json] [--verbose]");
        return ExitCode::from(2);
    };
    let files = files_below(Path::new(dir));
    if files.is_empty() {
        eprintln!("error: no .jsonl file below {dir}");
        return ExitCode::from(3);
    }
    let mut report = Report::default();
    for file in files {
        match replay(&file, verbose) {
            Ok(Some(trace)) => report.add(&file, trace),
            Ok(None) => {}
            Err(why) => {
                eprintln!("error: {}: {why}", file.display());
                return ExitCode::from(2);
            }
        }
    }
    if report.traces.is_empty() {
        eprintln!("error: no trace and no scenario below {dir}");
        return ExitCode::from(3);
    }
    report.print(json);
    if report.totals.all_agree() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let Ok(entries) = std::fs::read_dir(&path) else { continue };
            open.extend(entries.flatten().map(|it| it.path()));
        } else if path.extension().is_some_and(|it| it == "jsonl") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Agreement counts.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    decisions: usize,
    agree: usize,
    scores: usize,
    scores_agree: usize,
    reasons: usize,
    reasons_agree: usize,
    scenarios: usize,
    scenarios_agree: usize,
}

impl Totals {
    fn all_agree(&self) -> bool {
        self.decisions == self.agree && self.scores == self.scores_agree && self.reasons == self.reasons_agree && self.scenarios == self.scenarios_agree
    }

    fn add(&mut self, other: &Self) {
        self.decisions += other.decisions;
        self.agree += other.agree;
        self.scores += other.scores;
        self.scores_agree += other.scores_agree;
        self.reasons += other.reasons;
        self.reasons_agree += other.reasons_agree;
        self.scenarios += other.scenarios;
        self.scenarios_agree += other.scenarios_agree;
    }
}

/// What one file showed.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Trace {
    totals: Totals,
    /// Reason: how often the real scheduler gave it, and how often we gave the same count of nodes.
    by_reason: BTreeMap<String, [usize; 2]>,
    /// The first disagreements.
    differences: Vec<String>,
}

impl Trace {
    fn differ(&mut self, what: String) {
        if self.differences.len() < 20 {
            self.differences.push(what);
        }
    }
}

#[derive(Default, Serialize)]
struct Report {
    totals: Totals,
    traces: BTreeMap<String, Trace>,
}

impl Report {
    fn add(&mut self, file: &Path, trace: Trace) {
        self.totals.add(&trace.totals);
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.traces.insert(name, trace);
    }

    fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string_pretty(self).unwrap_or_default());
            return;
        }
        let mut reasons: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        for (name, trace) in &self.traces {
            println!("{name}: {}", line(&trace.totals));
            for (reason, [real, ours]) in &trace.by_reason {
                let sum = reasons.entry(reason).or_default();
                *sum = [sum[0] + real, sum[1] + ours];
            }
            trace.differences.iter().for_each(|it| println!("  differs: {it}"));
        }
        println!("by reason (times given, times our count of nodes was the same):");
        for (reason, [real, ours]) in reasons {
            println!("  {real:>6} {ours:>6}  {reason}");
        }
        println!("totals: {}", line(&self.totals));
    }
}

fn line(it: &Totals) -> String {
    format!(
        "decisions {}/{} scores {}/{} reasons {}/{} scenarios {}/{}",
        it.agree, it.decisions, it.scores_agree, it.scores, it.reasons_agree, it.reasons, it.scenarios_agree, it.scenarios
    )
}

#[derive(Deserialize)]
struct First {
    #[serde(default)]
    format: String,
    #[serde(default)]
    kubernetes: String,
    #[serde(default)]
    nodes: Vec<Value>,
    #[serde(default)]
    objects: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Line {
    Create { object: Value },
    Delete { pod: String },
    Node { name: String, labels: seatrial_model::Labels, taints: Vec<seatrial_model::pod::Taint>, unschedulable: bool },
    Schedule(Box<Decision>),
    End {},
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decision {
    pod: Written,
    #[serde(default)]
    pdbs: BTreeMap<String, i64>,
    #[serde(default, rename = "pdbs_moved")]
    pdbs_moved: bool,
    result: Real,
    start_time: Option<jiff::Timestamp>,
    #[serde(default)]
    provisioned: Vec<Provisioned>,
}

#[derive(Deserialize)]
struct Written {
    metadata: seatrial_model::Meta,
    spec: PodSpec,
}

#[derive(Deserialize)]
struct Provisioned {
    name: String,
    claim: String,
    zone: String,
}

#[derive(Deserialize)]
struct Real {
    outcome: String,
    node: Option<String>,
    feasible: Option<usize>,
    scores: Option<Scores>,
    message: Option<String>,
    nominated: Option<String>,
    #[serde(default)]
    victims: Vec<String>,
    after: Option<After>,
}

impl Real {
    /// The node the pod ended up on.
    fn chosen(&self) -> Option<&str> {
        self.node.as_deref().or_else(|| self.after.as_ref()?.node.as_deref())
    }
}

#[derive(Deserialize)]
struct After {
    node: Option<String>,
}

#[derive(Deserialize)]
struct Scores {
    nodes: Vec<String>,
    plugins: BTreeMap<String, Value>,
    total: Vec<i64>,
}

fn replay(file: &Path, verbose: bool) -> Result<Option<Trace>, String> {
    let text = std::fs::read_to_string(file).map_err(|it| it.to_string())?;
    let mut lines = text.lines();
    let first: First = serde_json::from_str(lines.next().unwrap_or("{}")).map_err(|it| format!("line 1: {it}"))?;
    if first.format.starts_with("scenario/1") {
        return scenario(&text).map(Some);
    }
    if !first.format.starts_with("scheduler-trace/1") {
        eprintln!("left out: {} is neither a scheduler trace nor a scenario", file.display());
        return Ok(None);
    }
    let read = |(at, line): (usize, &str)| serde_json::from_str::<Line>(line).map_err(|it| format!("line {}: {it}", at + 2));
    let lines: Vec<Line> = lines.enumerate().map(read).collect::<Result<_, _>>()?;
    let mut replay = Replay::new(&first, most_volumes_held(&lines))?;
    replay.verbose = verbose;
    for (at, line) in lines.into_iter().enumerate() {
        replay.line(at + 2, line)?;
    }
    Ok(Some(replay.trace))
}

/// Rehearses a scenario: its outcome, exit codes and numbers of pods must be the recorded ones.
fn scenario(text: &str) -> Result<Trace, String> {
    let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>().map_err(|it| it.to_string())?;
    let mut trace = Trace::default();
    trace.totals.scenarios = 1;
    match crate::scenarios::replay(&lines) {
        Ok(()) => trace.totals.scenarios_agree = 1,
        Err(why) => trace.differ(why),
    }
    Ok(trace)
}

/// The objects as the model reads them.
pub(crate) fn cluster_of(objects: &[Value]) -> Result<Cluster, String> {
    let mut cluster = Cluster::default();
    for object in objects {
        let head = Head::deserialize(object).map_err(|it| it.to_string())?;
        cluster.add(head, None, object).map_err(|it| it.to_string())?;
    }
    cluster.finish();
    Ok(cluster)
}

/// The recordings leave CSINodes out: each of their nodes attached at most this many volumes.
const ATTACH_LIMIT: i64 = 4;
const EBS: &str = "ebs.csi.aws.com";

/// The most claims that the pods of one node ever hold in the recording; the limit cannot be lower.
fn most_volumes_held(lines: &[Line]) -> usize {
    let mut placed: BTreeMap<String, (String, usize)> = BTreeMap::new();
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    let mut most = 0;
    for line in lines {
        let gone: &[String] = match line {
            Line::Delete { pod } => std::slice::from_ref(pod),
            Line::Schedule(it) => &it.result.victims,
            _ => &[],
        };
        for (node, count) in gone.iter().filter_map(|it| placed.remove(it)) {
            *held.entry(node).or_default() -= count;
        }
        let Line::Schedule(decision) = line else { continue };
        let Some(node) = decision.result.chosen() else { continue };
        let count = decision.pod.spec.volumes.iter().filter(|it| it.persistent_volume_claim.is_some()).count();
        placed.insert(format!("{}/{}", decision.pod.metadata.ns(), decision.pod.metadata.name), (node.to_owned(), count));
        let now = held.entry(node.to_owned()).or_default();
        *now += count;
        most = most.max(*now);
    }
    most
}

struct Replay {
    state: State,
    trace: Trace,
    verbose: bool,
}

impl Replay {
    fn new(first: &First, most_held: usize) -> Result<Self, String> {
        let version: Version = first.kubernetes.parse().map_err(|_| format!("not a version: {}", first.kubernetes))?;
        let mut all = first.nodes.clone();
        all.extend(first.objects.iter().cloned());
        let cluster = cluster_of(&all)?;
        let mut state = State::of(&cluster, version);
        if cluster.csi_nodes.is_empty() {
            let limit = i64::try_from(most_held).unwrap_or(i64::MAX).max(ATTACH_LIMIT);
            let driver = CsiNodeDriver { name: EBS.into(), allocatable: Some(CsiAllocatable { count: Some(limit) }), ..CsiNodeDriver::default() };
            let csi = CsiNode { spec: CsiNodeSpec { drivers: vec![driver] } };
            state.node_ids().collect::<Vec<_>>().into_iter().for_each(|it| state.put_csi_node(it, &csi));
        }
        Ok(Self { state, trace: Trace::default(), verbose: false })
    }

    fn line(&mut self, number: usize, line: Line) -> Result<(), String> {
        match line {
            Line::Create { object } => {
                let cluster = cluster_of(&[object])?;
                cluster.persistent_volumes.iter().for_each(|it| self.state.put_volume(it));
                cluster.persistent_volume_claims.iter().for_each(|it| self.state.put_claim(it));
            }
            Line::Delete { pod } => self.delete(&pod),
            Line::Node { name, labels, taints, unschedulable } => {
                let id = self.state.find_node(&name).ok_or_else(|| format!("line {number}: no node {name}"))?;
                let facts = self.state.node_facts(id);
                self.state.update_node(id, NodeFacts { labels, taints, unschedulable, ..facts });
            }
            Line::Schedule(decision) => self.schedule(number, &decision)?,
            Line::End {} => {}
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Option<PodId> {
        let (namespace, name) = name.split_once('/')?;
        self.state.find_pod(namespace, name)
    }

    fn delete(&mut self, name: &str) {
        if let Some(pod) = self.find(name) {
            self.state.delete_pod(pod);
        }
    }

    fn schedule(&mut self, number: usize, decision: &Decision) -> Result<(), String> {
        self.budgets(decision);
        let start = decision.start_time.map(|it| it.as_nanosecond() as i64);
        let pod = self.state.add_pod(&facts(&decision.pod));
        self.trace.totals.decisions += 1;
        let agrees = match decision.result.outcome.as_str() {
            "bound" => self.bound(number, pod, &decision.result),
            "unschedulable" => self.unschedulable(number, pod, decision),
            "preempting" => self.preempting(number, pod, decision),
            other => return Err(format!("line {number}: unknown outcome {other}")),
        };
        self.trace.totals.agree += usize::from(agrees);
        let node = decision.result.chosen();
        for it in &decision.provisioned {
            let (namespace, claim) = it.claim.split_once('/').unwrap_or(("default", &it.claim));
            self.state.provision(namespace, claim, &it.name, EBS_ZONE, &it.zone);
        }
        match node.map(|it| self.state.find_node(it).ok_or_else(|| format!("line {number}: no node {it}"))).transpose()? {
            Some(node) => {
                self.state.bind(pod, node);
                self.state.set_start(pod, start);
            }
            None => self.state.nominate(pod, None),
        }
        Ok(())
    }

    /// The budgets as the real scheduler saw them.
    fn budgets(&mut self, decision: &Decision) {
        for id in self.state.budget_ids() {
            let budget = self.state.budget(id);
            let key = format!("{}/{}", budget.namespace, budget.name);
            if let Some(allowed) = decision.pdbs.get(&key) {
                let status = BudgetStatus { disruptions_allowed: *allowed, ..budget.status.clone() };
                self.state.set_budget_status(id, status);
            }
        }
    }

    fn name(&self, node: NodeId) -> String {
        self.state.node_name(node).to_string()
    }

    fn bound(&mut self, number: usize, pod: PodId, real: &Real) -> bool {
        let chosen = real.node.as_deref().unwrap_or("");
        let ours = match self.state.compare(pod) {
            Ok(it) => it,
            Err(error) => {
                self.trace.differ(format!("line {number}: {chosen} was chosen, we find none: {}", error.message()));
                return false;
            }
        };
        let best: Vec<String> = ours.best().into_iter().map(|it| self.name(it)).collect();
        let mut agrees = best.iter().any(|it| it == chosen);
        if !agrees {
            self.trace.differ(format!("line {number}: {chosen} was chosen, best for us {best:?}"));
        }
        if real.feasible.is_some_and(|it| it != ours.feasible.len()) {
            self.trace.differ(format!("line {number}: {:?} nodes were feasible, for us {}", real.feasible, ours.feasible.len()));
            agrees = false;
        }
        if let Some(scores) = &real.scores {
            agrees &= self.scores(number, &ours, scores);
        }
        agrees
    }

    /// Compares feasible sets and every score; returns whether the sets are equal.
    fn scores(&mut self, number: usize, ours: &Comparison, real: &Scores) -> bool {
        let at: BTreeMap<String, usize> = ours.feasible.iter().enumerate().map(|(at, it)| (self.name(*it), at)).collect();
        let theirs: BTreeSet<&String> = real.nodes.iter().collect();
        if !at.keys().eq(theirs.iter().copied()) {
            let only_ours: Vec<_> = at.keys().filter(|it| !theirs.contains(it)).collect();
            let only_theirs: Vec<_> = theirs.iter().filter(|it| !at.contains_key(**it)).collect();
            self.trace.differ(format!("line {number}: feasible only for us {only_ours:?}, only for the real one {only_theirs:?}"));
            return false;
        }
        for (plugin, values) in &real.plugins {
            let mine = ours.plugins.iter().find(|it| it.0.name() == plugin).map(|it| &it.1);
            let mut wrong = None;
            for (index, node) in real.nodes.iter().enumerate() {
                let theirs = values.as_array().map_or(values, |it| &it[index]).as_i64().unwrap_or(i64::MIN);
                let mine = mine.map_or(0, |it| it.at(at[node]));
                self.trace.totals.scores += 1;
                self.trace.totals.scores_agree += usize::from(mine == theirs);
                if mine != theirs && wrong.is_none() {
                    wrong = Some(format!("line {number}: {plugin} on {node}: {theirs}, for us {mine}"));
                }
            }
            wrong.into_iter().for_each(|it| self.trace.differ(it));
        }
        for (index, node) in real.nodes.iter().enumerate() {
            self.trace.totals.scores += 1;
            self.trace.totals.scores_agree += usize::from(ours.total[at[node]] == real.total[index]);
        }
        true
    }

    fn unschedulable(&mut self, number: usize, pod: PodId, decision: &Decision) -> bool {
        let message = decision.result.message.as_deref().unwrap_or("");
        if let Some(node) = refused_by_volume(message) {
            // The node was chosen; its volume came up in another zone.
            let real = Real {
                outcome: String::new(),
                node: Some(node),
                feasible: None,
                scores: None,
                message: None,
                nominated: None,
                victims: Vec::new(),
                after: None,
            };
            return self.bound(number, pod, &real);
        }
        let Some(error) = self.failure(number, pod) else { return false };
        let attempt = self.state.preempt(pod, &error, 0);
        let ours = self.state.message(&error, Some(&attempt));
        self.reasons(number, message, &error);
        let same = ours == message;
        if !same {
            self.trace.differ(format!("line {number}:\n    real {message}\n    ours {ours}"));
        }
        same
    }

    fn failure(&mut self, number: usize, pod: PodId) -> Option<Box<FitError>> {
        match self.state.compare(pod) {
            Err(error) => Some(error),
            Ok(it) => {
                let nodes: Vec<String> = it.feasible.iter().map(|it| self.name(*it)).collect();
                self.trace.differ(format!("line {number}: the real one found no node, we find {nodes:?}"));
                None
            }
        }
    }

    /// Compares the histogram of the message, reason by reason.
    fn reasons(&mut self, number: usize, message: &str, error: &FitError) {
        let ours: BTreeMap<String, usize> = error.reasons().into_iter().map(|(reason, count)| (reason.into_owned(), count)).collect();
        let theirs = histogram(message);
        let all: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        for reason in all {
            let same = ours.get(reason) == theirs.get(reason);
            self.trace.totals.reasons += 1;
            self.trace.totals.reasons_agree += usize::from(same);
            let entry = self.trace.by_reason.entry(reason.clone()).or_default();
            *entry = [entry[0] + 1, entry[1] + usize::from(same)];
            if !same && self.verbose {
                self.trace.differ(format!("line {number}: {reason}: {:?}, for us {:?}", theirs.get(reason), ours.get(reason)));
            }
        }
    }

    fn preempting(&mut self, number: usize, pod: PodId, decision: &Decision) -> bool {
        let real = &decision.result;
        let Some(error) = self.failure(number, pod) else { return false };
        let message = real.message.as_deref().unwrap_or("");
        self.reasons(number, message, &error);
        let mut agrees = error.message() == message;
        if !agrees {
            self.trace.differ(format!("line {number}:\n    real {message}\n    ours {}", error.message()));
        }
        agrees &= self.victims(number, pod, decision, &error);
        for victim in &real.victims {
            self.delete(victim);
        }
        if let Some(node) = real.nominated.as_deref().and_then(|it| self.state.find_node(it)) {
            self.state.nominate(pod, Some(node));
            let after = real.after.as_ref().and_then(|it| it.node.as_deref());
            if after == real.nominated.as_deref() && self.state.refusal(pod, node).is_some() {
                self.trace.differ(format!("line {number}: after the victims had gone {after:?} was taken, we refuse it"));
                agrees = false;
            }
            self.state.nominate(pod, None);
        }
        agrees
    }

    fn victims(&mut self, number: usize, pod: PodId, decision: &Decision, error: &FitError) -> bool {
        let real = &decision.result;
        let attempt = self.state.preempt(pod, error, 0);
        let nominated = real.nominated.as_deref().unwrap_or("");
        let mut theirs = real.victims.clone();
        theirs.sort();
        let named = |state: &State, it: &seatrial_sim::Candidate| {
            let mut all: Vec<String> = it.victims.iter().map(|pod| state.pod_name(*pod)).map(|(ns, name)| format!("{ns}/{name}")).collect();
            all.sort();
            (state.node_name(it.node).to_string(), all)
        };
        let best = self.state.best_candidates(&attempt.candidates);
        let fits = |all: &[(String, Vec<String>)]| all.iter().any(|(node, victims)| node == nominated && *victims == theirs);
        let ours: Vec<_> = best.iter().map(|it| named(&self.state, it)).collect();
        if fits(&ours) {
            return true;
        }
        let any: Vec<_> = attempt.candidates.iter().map(|it| named(&self.state, it)).collect();
        // A budget moved while the decision was made: any candidate may have been the best then.
        if decision.pdbs_moved && fits(&any) {
            return true;
        }
        self.trace.differ(format!(
            "line {number}: {nominated} without {theirs:?}; best for us {ours:?}{}",
            if decision.pdbs_moved { " (budgets moved)" } else { "" }
        ));
        false
    }
}

fn facts(pod: &Written) -> PodFacts {
    PodFacts {
        namespace: Text::new(pod.metadata.ns()),
        name: pod.metadata.name.clone(),
        labels: pod.metadata.labels.clone(),
        owner: pod.metadata.controller().map(|it| Owner { api_version: it.api_version.clone(), kind: it.kind.clone(), name: it.name.clone() }),
        spec: Arc::new(pod.spec.clone()),
        status: None,
        start: None,
        terminating: false,
        preempted: false,
    }
}

/// The node whose volume came up elsewhere, from the message of the failed binding.
fn refused_by_volume(message: &str) -> Option<String> {
    let rest = message.strip_prefix("running PreBind plugin")?;
    let (_, rest) = rest.split_once("doesn't match node \"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The part of a message before preemption's, as counts by reason.
fn histogram(message: &str) -> BTreeMap<String, usize> {
    let body = message.split_once(": ").map_or("", |it| it.1);
    let body = body.find(". no new claims").or_else(|| body.find(". preemption:")).map_or(body, |end| &body[..end]);
    let body = body.strip_suffix('.').unwrap_or(body);
    let counted = body.split(", ").filter_map(|part| {
        let (count, reason) = part.split_once(' ')?;
        Some((reason.to_owned(), count.parse().ok()?))
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shared folder, from `SEATRIAL_CORPUS`; nothing where it is not set.
    fn shared(folder: &str) -> Option<PathBuf> {
        let found = std::env::var_os("SEATRIAL_CORPUS").map(|it| PathBuf::from(it).join(folder));
        if found.is_none() {
            eprintln!("skipped: SEATRIAL_CORPUS does not name the shared folder");
        }
        found
    }

    fn differences(folder: &str) -> Vec<String> {
        let files = shared(folder).map(|it| files_below(&it)).unwrap_or_default();
        let replay = |it: &PathBuf| replay(it, false).expect("a readable trace").expect("a known format").differences;
        files.iter().flat_map(replay).collect()
    }

    #[test]
    fn every_scenario_is_reproduced() {
        assert_eq!(differences("corpus/scenarios"), Vec::<String>::new());
    }

    #[test]
    fn every_recorded_decision_is_reproduced() {
        assert_eq!(differences("corpus/scheduler-traces"), Vec::<String>::new());
    }

    #[test]
    fn the_histogram_of_a_message_is_read() {
        let read = histogram("0/5 nodes are available: 2 Insufficient cpu, 3 node(s) were unschedulable. preemption: 0/5 nodes are available: 5 No.");
        assert_eq!(read.get("Insufficient cpu"), Some(&2));
        assert_eq!(read.len(), 2);
    }
}
