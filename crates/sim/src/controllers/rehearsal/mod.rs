//! The controllers, the scheduler, the cloud and a played kubelet in virtual time: an event heap on (milliseconds, sequence). One file is one actor.

mod admission;
mod attach_detach;
mod autoscalers;
mod budgets;
mod cloud_node;
mod cluster_autoscaler;
mod crons;
mod daemon_set;
mod drain;
mod events;
mod group_update;
mod guard;
mod index;
mod jobs;
mod journal;
mod karpenter;
mod kubelet;
mod making;
mod node_groups;
mod node_lifecycle;
mod objects;
mod pod_gc;
mod scheduler;
mod spot;
mod stateful_set;
mod watch;
mod workloads;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use seatrial_model::kinds::scaling::LimitRangeItem;
use seatrial_model::{PodSpec, Text};

use crate::controllers::latencies::{Latencies, Latency};
use crate::controllers::quota::Quota;
use crate::ids::{NodeId, PodId};
use crate::schedule::Scheduler;
use crate::state::State;
use events::Event;

pub use autoscalers::{Autoscaler, AutoscalerSpec, Scaled, Scaling};
pub use cluster_autoscaler::{ClusterAutoscaler, Expander};
pub use crons::CronPlan;
pub use group_update::{UpdateFlags, UpdateState, pace};
pub use jobs::JobPlan;
pub use journal::Happening;
pub use karpenter::{Karpenter, Offer, Pool};
pub use making::tolerating;
pub use node_groups::{Arrival, NodeGroup, Orderer};
pub use objects::{DrainFlags, Life, Played, PodSetController, Rollout, SetPolicy, Start};
pub use scheduler::Told;
pub use spot::Handler;

/// How often kubectl looks whether an evicted pod has gone.
pub const DRAIN_POLL_MS: i64 = 1000;

/// The rehearsal.
pub struct Rehearsal {
    /// The cluster.
    pub state: State,
    /// ReplicaSets, StatefulSets, DaemonSets and Jobs.
    pub sets: Vec<PodSetController>,
    /// What the specification of a controller says beyond that, by its position.
    pub policies: BTreeMap<usize, SetPolicy>,
    /// Deployments.
    pub rollouts: Vec<Rollout>,
    /// Pods, by id.
    pub lives: BTreeMap<PodId, Life>,
    /// How the kubelet treats pods whose set does not tell.
    pub played: Played,
    /// Pods made by controllers, and pods that have gone.
    pub made: usize,
    /// Pods that have gone.
    pub gone: usize,
    /// Quotas by namespace.
    pub quotas: Vec<(Text, Quota)>,
    /// Limit ranges: namespace and items.
    pub limit_ranges: Vec<(Text, Vec<LimitRangeItem>)>,
    /// Jobs, by the position of their controller (of kind `Job`).
    pub jobs: BTreeMap<usize, JobPlan>,
    /// The wall clock at the beginning, in milliseconds since the epoch: CronJobs go by it.
    pub wall: i64,
    /// Cluster Autoscaler, where there is one.
    pub cluster_autoscaler: Option<ClusterAutoscaler>,
    /// Karpenter, where there is one.
    pub karpenter: Option<Karpenter>,
    /// Why whoever adds nodes added none when it last looked in vain.
    pub held_back: Option<String>,
    /// Every delay.
    pub latencies: Latencies,
    /// What happened, oldest first.
    pub journal: Vec<Happening>,
    /// Whether the journal is written.
    pub keep_journal: bool,
    scheduler: Scheduler,
    heap: BinaryHeap<Reverse<(i64, u64, Event)>>,
    sequence: u64,
    now: i64,
    serial: u64,
    drains: Vec<drain::Drain>,
    sync_due: bool,
    index: index::Index,
    queue: scheduler::Queue,
    ready: BTreeMap<usize, Vec<(i64, i64)>>,
    /// Refused requests of a controller in a row.
    refusals: BTreeMap<usize, u32>,
    /// Nodes whose kubelet is gone, and the losses in which they went.
    dead: BTreeSet<NodeId>,
    losses: Vec<Vec<NodeId>>,
    /// Pods that were Ready when their node was lost.
    silenced: BTreeSet<PodId>,
    /// Nodes whose instance has ended.
    terminated: BTreeSet<NodeId>,
    orphans: Vec<pod_gc::Orphans>,
    collection_due: bool,
    attachments: attach_detach::Attachments,
    /// Specifications as admission stores them, by controller: what it was made from, and what became of it.
    stored: BTreeMap<usize, (Arc<PodSpec>, Arc<PodSpec>)>,
    /// A pod of each DaemonSet that is asked about nodes, with the template it was made from.
    probes: BTreeMap<usize, (Arc<PodSpec>, PodId)>,
    crons: Vec<CronPlan>,
    /// When each CronJob is looked at next.
    cron_timers: BTreeMap<usize, i64>,
    autoscalers: autoscalers::Autoscalers,
    groups: Vec<NodeGroup>,
    closed: BTreeSet<Text>,
    launches: Vec<node_groups::Launch>,
    /// Spot instances that are taken back together.
    waves: Vec<Vec<NodeId>>,
    updates: Vec<group_update::GroupUpdate>,
    scan_due: bool,
    guard: guard::Guard,
    noted: BTreeSet<(&'static str, String)>,
}

impl Rehearsal {
    /// A rehearsal on a cluster at rest.
    pub fn new(state: State, seed: u64, played: Played) -> Self {
        Self {
            state,
            sets: Vec::new(),
            policies: BTreeMap::new(),
            rollouts: Vec::new(),
            lives: BTreeMap::new(),
            played,
            made: 0,
            gone: 0,
            quotas: Vec::new(),
            limit_ranges: Vec::new(),
            jobs: BTreeMap::new(),
            wall: 0,
            cluster_autoscaler: None,
            karpenter: None,
            held_back: None,
            latencies: Latencies::default(),
            journal: Vec::new(),
            keep_journal: true,
            scheduler: Scheduler::new(seed),
            heap: BinaryHeap::new(),
            sequence: 0,
            now: 0,
            serial: 0,
            drains: Vec::new(),
            sync_due: false,
            index: index::Index::default(),
            queue: scheduler::Queue::default(),
            ready: BTreeMap::new(),
            refusals: BTreeMap::new(),
            dead: BTreeSet::new(),
            losses: Vec::new(),
            silenced: BTreeSet::new(),
            terminated: BTreeSet::new(),
            orphans: Vec::new(),
            collection_due: false,
            attachments: attach_detach::Attachments::default(),
            stored: BTreeMap::new(),
            probes: BTreeMap::new(),
            crons: Vec::new(),
            cron_timers: BTreeMap::new(),
            autoscalers: autoscalers::Autoscalers::default(),
            groups: Vec::new(),
            closed: BTreeSet::new(),
            launches: Vec::new(),
            waves: Vec::new(),
            updates: Vec::new(),
            scan_due: false,
            guard: guard::Guard::default(),
            noted: BTreeSet::new(),
        }
    }

    /// Virtual milliseconds since the beginning.
    pub fn now(&self) -> i64 {
        self.now
    }

    fn after(&mut self, delay: i64, event: Event) {
        self.sequence += 1;
        self.heap.push(Reverse((self.now.saturating_add(delay), self.sequence, event)));
    }

    fn delay(&self, latency: &Latency) -> i64 {
        self.latencies.of(latency)
    }

    /// Lets time pass.
    pub fn run_until(&mut self, end: i64) {
        while self.advance(end) {}
        self.now = self.now.max(end);
    }

    /// The next event, if it is due by `end`; false where there is none.
    fn advance(&mut self, end: i64) -> bool {
        let Some(event) = self.take(end) else { return false };
        self.happen(event);
        true
    }
}
