//! The answer of rehearsals: verdicts over seeds, who serves how many pods when, what blocks, and what would mend it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Milliseconds in words: `9 m 40 s`.
pub fn duration(milliseconds: i64) -> String {
    let seconds = (milliseconds + 500) / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} m"),
        (0, m, s) => format!("{m} m {s} s"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} m"),
    }
}

/// The name and version of the JSON form.
pub const SCHEMA: &str = "seatrial.drill/1";

/// Everything that one run of `drill` found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// What the answer rests on, beside the objects themselves.
    pub assumptions: Vec<String>,
    /// What was rehearsed, worst first.
    pub drills: Vec<Drill>,
    /// What differs from the state that it was compared with; absent where nothing was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Comparison>,
}

/// One rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drill {
    /// Id of the drill, such as `az`.
    pub drill: String,
    /// What it was done to, such as `us-east-1a`; empty where it is the whole cluster.
    pub target: String,
    /// What is rehearsed, in words: `us-east-1a is lost, its instances terminated`.
    pub title: String,
    /// The guide's row that it answers.
    pub row: String,
    /// The worst verdict of all seeds.
    pub verdict: Verdict,
    /// How many seeds were run.
    pub seeds: u64,
    /// How many seeds came to which verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// The first seed with the worst verdict: what follows is its run.
    pub witness_seed: u64,
    /// The answer in one sentence.
    pub summary: String,
    /// Workloads that the rehearsal touches, worst first.
    pub workloads: Vec<Workload>,
    /// Workloads that it does not touch and that go on serving.
    pub untouched: u64,
    /// What becomes of the pods; those of DaemonSets are not counted.
    pub pods: Pods,
    /// What stands in the way, one line a cause.
    pub blocked: Vec<Blocked>,
    /// What happens when, seconds from the beginning.
    pub timeline: Vec<Event>,
    /// Nodes that would take the pods that find no place.
    pub needs: Vec<Need>,
    /// Seconds until everything that comes back is back; absent where something does not come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_after_seconds: Option<f64>,
    /// The cluster by zones, after the rehearsal.
    pub zones: Vec<Zone>,
    /// Pods without a node at the end.
    pub waiting: Vec<String>,
    /// What this drill leaves out.
    pub not_modelled: Vec<String>,
}

/// How a rehearsal ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Something that served has no Ready pod for a while, or for ever.
    Down,
    /// The operation does not come to an end by itself.
    Stuck,
    /// Everything keeps serving; something does not return to its full strength by itself.
    Degraded,
    /// Not enough evidence.
    #[default]
    Unknown,
    /// Everything keeps serving and returns to its full strength.
    Survives,
}

/// One workload's part in a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    /// Kind, namespace and name.
    pub object: String,
    /// Pods that served before.
    pub before: u64,
    /// Pods that serve at the end.
    pub after: u64,
    /// The fewest pods that served at any time.
    pub min_ready: u64,
    /// Seconds without any serving pod, together; up to the end of the rehearsal where it does not return.
    pub down_seconds: f64,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in one line.
    pub reason: String,
    /// The fewest pods that its disruption budget wants, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<u64>,
    /// Serving pods over time: pairs of seconds and pods, each lasting until the next.
    pub ready: Vec<(f64, u64)>,
}

/// What becomes of the pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pods {
    /// Stayed where they were.
    pub kept: u64,
    /// Replaced elsewhere, and Ready.
    pub moved: u64,
    /// Made, and without a node or not Ready.
    pub pending: u64,
    /// Gone or unreachable, and not replaced.
    pub lost: u64,
}

/// Something that stands in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blocked {
    /// A pod that it blocks, `namespace/name`.
    pub pod: String,
    /// How many pods it blocks.
    pub pods: u64,
    /// What blocks: `budget`, `capacity`, `volume`, `affinity`, `spread`, `taint`, `quota`, `node`, ...
    pub by: String,
    /// The object whose field it is.
    pub object: String,
    /// The field.
    pub field: String,
    /// Its value.
    pub value: String,
    /// The smallest change that lets the pod through, in words.
    pub fix: String,
    /// The same as a command or a patch; empty where none can be written down.
    pub patch: String,
    /// What Kubernetes itself says.
    pub kubernetes_message: String,
}

/// Something that happens in a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Seconds from the beginning.
    pub t: f64,
    /// What happens.
    pub event: String,
    /// To what.
    pub object: String,
    /// Why then.
    pub cause: String,
}

/// Nodes that are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Need {
    /// The node group or node pool whose nodes would do.
    pub node_group: String,
    /// How many of them.
    pub count: u64,
    /// Their zone.
    pub zone: String,
    /// Their instance type, where it is known.
    pub instance_type: String,
}

/// A zone with its nodes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Zone {
    /// Its name; empty for nodes without one.
    pub name: String,
    /// Its nodes.
    pub nodes: Vec<Node>,
}

/// A node after the rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its node group or node pool.
    pub group: String,
    /// Lost in the rehearsal.
    pub lost: bool,
    /// Takes no new pods.
    pub cordoned: bool,
    /// Share of the allocatable cpu that is requested, 0 to 1.
    pub cpu: f64,
    /// Share of the allocatable memory that is requested, 0 to 1.
    pub memory: f64,
    /// Pods that were here and are no longer.
    pub left: u64,
    /// Pods by what becomes of them.
    pub pods: Vec<Pod>,
}

/// A pod after the rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pod {
    /// `namespace/name`.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Stays where it was.
    Kept,
    /// Came here.
    Moved,
    /// Is here and not Ready, or has no node.
    Pending,
    /// Was here and is gone or unreachable.
    Lost,
}

/// Two states, the same drills.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// What the state before is.
    pub before: String,
    /// What the state after is.
    pub after: String,
    /// The answer in one sentence.
    pub summary: String,
    /// Drills whose verdict or workloads changed, worse ones first.
    pub changes: Vec<Change>,
}

/// A drill that ends otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Id of the drill.
    pub drill: String,
    /// Its target.
    pub target: String,
    /// Verdict before; absent where it could not be rehearsed.
    pub before: Option<Verdict>,
    /// Verdict after; absent where it can no longer be rehearsed.
    pub after: Option<Verdict>,
    /// Whether it is worse.
    pub worse: bool,
    /// What changed, in one sentence.
    pub summary: String,
}

impl Verdict {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "DOWN",
            Self::Stuck => "STUCK",
            Self::Degraded => "DEGRADED",
            Self::Unknown => "UNKNOWN",
            Self::Survives => "SURVIVES",
        }
    }
}

impl Fate {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Moved => "moved",
            Self::Pending => "pending",
            Self::Lost => "lost",
        }
    }
}

impl Drill {
    /// `az us-east-1a`.
    pub fn name(&self) -> String {
        if self.target.is_empty() { self.drill.clone() } else { format!("{} {}", self.drill, self.target) }
    }

    /// How sure the verdict is: `always`, or in how many of the seeds.
    pub fn certainty(&self) -> String {
        let mine = self.verdicts.get(&self.verdict).copied().unwrap_or(0);
        if mine == self.seeds { "always".to_owned() } else { format!("in {mine} of {} seeds, for one seed {}", self.seeds, self.witness_seed) }
    }
}

impl Pods {
    /// How many pods have this fate.
    pub fn count(&self, fate: Fate) -> u64 {
        match fate {
            Fate::Kept => self.kept,
            Fate::Moved => self.moved,
            Fate::Pending => self.pending,
            Fate::Lost => self.lost,
        }
    }
}
