//! What is seen of a run: who serves how many pods when, and why that changes.

mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use seatrial_report::drill::Event;
use seatrial_sim::controllers::latencies::{DEFAULT_TOLERATION, NODE_UNKNOWN, POD_GC_QUARANTINE};
use seatrial_sim::controllers::rehearsal::{Life, Rehearsal};
use seatrial_sim::{NodeId, PodId};

use crate::judge::duration;
use crate::request::Loss;
use crate::world::{Facts, Kind};

/// The serving pods of one unit over time.
#[derive(Clone, Debug)]
pub struct Track {
    /// The unit.
    pub unit: usize,
    /// Serving now.
    pub serving: u64,
    /// The fewest there were, without what an autoscaler took away.
    pub least: u64,
    /// The fewest that there are to be: an autoscaler may want fewer than there were.
    pub wanted: u64,
    /// Fewer serve than are to.
    pub short: bool,
    /// When as many served again as were to, at that moment: the end of the last time with fewer.
    pub came_back: i64,
    /// Milliseconds without any.
    pub down: i64,
    /// Since when there is none.
    pub down_since: Option<i64>,
    /// Virtual milliseconds and serving pods, each lasting until the next.
    pub series: Vec<(i64, u64)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    serving: bool,
    node: Option<NodeId>,
    waiting: bool,
}

/// Everything seen.
#[derive(Clone, Debug)]
pub struct Watch {
    /// By unit that is simulated.
    pub tracks: Vec<Track>,
    /// Nodes that were lost.
    pub lost: BTreeSet<NodeId>,
    /// Lost nodes whose objects were deleted.
    pub collected: BTreeSet<NodeId>,
    /// Nodes that were taken away after they were drained.
    pub removed: BTreeSet<NodeId>,
    /// Why pods of a unit go without their node being lost or drained.
    pub causes: BTreeMap<usize, String>,
    /// When something last changed.
    pub changed_at: i64,
    marks: Vec<(i64, Event)>,
    seen: BTreeMap<PodId, Seen>,
    at_of_unit: BTreeMap<usize, usize>,
    /// The unit of each of the rehearsal's sets.
    unit_of_set: Vec<usize>,
    tainted: BTreeSet<NodeId>,
}

/// More lines than this tell nobody anything.
const MOST_EVENTS: usize = 400;

impl Watch {
    /// Looks for the first time.
    pub fn new(world: &Facts, rehearsal: &Rehearsal, units: &[usize]) -> Self {
        let mut unit_of_set = Vec::new();
        let mut sets: Vec<usize> = units.iter().flat_map(|it| world.units[*it].sets.iter().copied()).collect();
        sets.sort_unstable();
        unit_of_set.extend(sets.iter().map(|it| world.unit_of_set[*it]));
        let track = |unit: &usize| {
            let before = world.units[*unit].before;
            Track {
                unit: *unit,
                serving: before,
                least: before,
                wanted: before,
                short: false,
                came_back: 0,
                down: 0,
                down_since: None,
                series: vec![(0, before)],
            }
        };
        let mut watch = Self {
            tracks: units.iter().map(track).collect(),
            lost: world.dead.iter().copied().collect(),
            collected: BTreeSet::new(),
            removed: BTreeSet::new(),
            causes: BTreeMap::new(),
            changed_at: 0,
            marks: Vec::new(),
            seen: BTreeMap::new(),
            at_of_unit: units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect(),
            unit_of_set,
            tainted: world.dead.iter().copied().collect(),
        };
        for (pod, life) in &rehearsal.lives {
            let seen = watch.see(rehearsal, *pod, life);
            watch.seen.insert(*pod, seen);
        }
        watch
    }

    /// A set was added to the rehearsal.
    pub fn add_set(&mut self, unit: usize) {
        self.unit_of_set.push(unit);
    }

    /// The unit of one of the rehearsal's sets.
    pub fn unit_of_set(&self, set: usize) -> Option<usize> {
        self.unit_of_set.get(set).copied()
    }

    fn see(&self, rehearsal: &Rehearsal, pod: PodId, life: &Life) -> Seen {
        let node = if life.gone { None } else { rehearsal.state.node_of(pod) };
        // A pod whose node's object is gone runs nowhere, and waits for nothing.
        let terminating = life.gone || life.orphan || rehearsal.state.is_terminating(pod);
        Seen {
            serving: life.ready && !terminating && node.is_some_and(|it| !self.lost.contains(&it)),
            node,
            waiting: !terminating && !life.orphan && node.is_none(),
        }
    }

    fn unit(&self, world: &Facts, pod: PodId, life: &Life) -> Option<usize> {
        life.set.and_then(|it| self.unit_of_set.get(it)).or_else(|| world.unit_of_pod.get(&pod)).copied()
    }

    /// Machines went.
    pub fn lose(&mut self, rehearsal: &Rehearsal, nodes: &[NodeId], loss: Loss) {
        self.lost.extend(nodes);
        let now = rehearsal.now();
        let names = self.name_nodes(rehearsal, nodes);
        let how = match loss {
            Loss::Terminated => "the instances are terminated",
            Loss::Partition => "the kubelets cannot be reached",
        };
        self.mark(now, "lost", &names, how);
        self.mark(now + rehearsal.latencies.of(&NODE_UNKNOWN), "Ready=Unknown, pods leave the endpoints", &names, "their leases are not renewed any more");
    }

    /// Names of nodes: all of a few, the number of many.
    pub fn name_nodes(&self, rehearsal: &Rehearsal, nodes: &[NodeId]) -> String {
        match nodes {
            [] => "no node".to_owned(),
            [one] => format!("Node {}", rehearsal.state.node_name(*one)),
            many => format!("{} nodes", many.len()),
        }
    }

    /// Writes an event down.
    pub fn mark(&mut self, at: i64, event: &str, object: &str, cause: &str) {
        if self.marks.len() < MOST_EVENTS {
            let event = Event { t: at as f64 / 1000.0, event: event.to_owned(), object: object.to_owned(), cause: cause.to_owned() };
            self.marks.push((at, event));
        }
    }

    /// Looks at these pods, which may have changed since the last look; `drained`: nodes whose pods are evicted.
    pub fn look(&mut self, world: &Facts, rehearsal: &Rehearsal, drained: &BTreeSet<NodeId>, pods: &BTreeSet<PodId>) {
        let now = rehearsal.now();
        let mut why: BTreeMap<usize, (i64, Vec<String>)> = BTreeMap::new();
        let mut waiting: BTreeMap<usize, u64> = BTreeMap::new();
        for pod in pods {
            let Some(life) = rehearsal.lives.get(pod) else { continue };
            let seen = self.see(rehearsal, *pod, life);
            let before = self.seen.get(pod).copied();
            if before == Some(seen) {
                continue;
            }
            self.changed_at = now;
            if let Some(unit) = self.unit(world, *pod, life) {
                let was = before.is_some_and(|it| it.serving);
                let entry = why.entry(unit).or_default();
                match (was, seen.serving) {
                    (true, false) => {
                        entry.0 -= 1;
                        entry.1.push(self.cause(rehearsal, drained, unit, before.and_then(|it| it.node)));
                    }
                    (false, true) => {
                        entry.0 += 1;
                        let node = seen.node.map(|it| rehearsal.state.node_name(it).to_string()).unwrap_or_default();
                        entry.1.push(if before.is_none() || life.created >= 0 {
                            format!("a new pod is Ready on {node}")
                        } else {
                            format!("Ready again on {node}")
                        });
                    }
                    _ => {}
                }
                if seen.waiting && before.is_none_or(|it| !it.waiting) {
                    *waiting.entry(unit).or_default() += 1;
                }
            }
            self.seen.insert(*pod, seen);
        }
        for (unit, (change, causes)) in why {
            self.count(world, unit, change, &causes, now);
        }
        for (unit, pods) in waiting {
            let many = if pods == 1 { "1 new pod waits".to_owned() } else { format!("{pods} new pods wait") };
            self.mark(now, &many, &world.units[unit].object, "no node takes it yet");
        }
        self.look_at_taints(rehearsal, now);
    }

    fn cause(&self, rehearsal: &Rehearsal, drained: &BTreeSet<NodeId>, unit: usize, node: Option<NodeId>) -> String {
        let name = node.map(|it| rehearsal.state.node_name(it).to_string()).unwrap_or_default();
        match node {
            Some(it) if self.lost.contains(&it) => format!("{name} is lost"),
            Some(it) if drained.contains(&it) => format!("evicted by the drain of {name}"),
            _ => self.causes.get(&unit).cloned().unwrap_or_else(|| "makes room for a more important pod".to_owned()),
        }
    }

    fn count(&mut self, world: &Facts, unit: usize, change: i64, causes: &[String], now: i64) {
        let Some(at) = self.at_of_unit.get(&unit).copied() else { return };
        if causes.is_empty() {
            return;
        }
        let track = &mut self.tracks[at];
        track.serving = track.serving.saturating_add_signed(change);
        if track.serving < track.wanted {
            track.least = track.least.min(track.serving);
        }
        track.note_shortness(now);
        match (track.serving, track.down_since) {
            (0, None) => track.down_since = Some(now),
            (1.., Some(since)) => {
                track.down += now - since;
                track.down_since = None;
            }
            _ => {}
        }
        track.series.push((now, track.serving));
        let serving = track.serving;
        let it = &world.units[unit];
        if !matches!(it.kind, Kind::Daemon | Kind::Batch) {
            let before = it.before;
            let many = if serving > before { format!("{serving} serve, {before} did before") } else { format!("{serving} of {before} serve") };
            self.mark(now, &many, &it.object, &together(causes));
        }
    }

    fn look_at_taints(&mut self, rehearsal: &Rehearsal, now: i64) {
        let open: Vec<NodeId> = self.lost.difference(&self.collected).copied().collect();
        if now < rehearsal.latencies.of(&NODE_UNKNOWN) {
            return;
        }
        for node in open {
            if !rehearsal.state.is_present(node) {
                self.collected.insert(node);
                let name = format!("Node {}", rehearsal.state.node_name(node));
                let quarantine = duration(rehearsal.latencies.of(&POD_GC_QUARANTINE));
                let cause = format!("the cloud controller finds the instance gone; its pods are collected {quarantine} later");
                self.mark(now, "its object is deleted", &name, &cause);
                continue;
            }
            if self.tainted.contains(&node) {
                continue;
            }
            let facts = rehearsal.state.node_facts(node);
            if facts.taints.iter().any(|it| &*it.key == "node.kubernetes.io/unreachable" && &*it.effect == "NoExecute") && self.tainted.insert(node) {
                let name = format!("Node {}", facts.name);
                let stay = rehearsal.latencies.of(&DEFAULT_TOLERATION) / 1000;
                let cause = format!("its pods are deleted when their toleration ends ({stay} s unless they say otherwise)");
                self.mark(now, "tainted unreachable:NoExecute", &name, &cause);
            }
        }
    }

    /// Ends the counting at `now`.
    pub fn finish(&mut self, now: i64) {
        for it in &mut self.tracks {
            if let Some(since) = it.down_since {
                it.down += now - since;
            }
        }
    }

    /// The events in order of time.
    pub fn events(&self) -> Vec<Event> {
        let mut all = self.marks.clone();
        all.sort_by_key(|it| it.0);
        all.into_iter().map(|it| it.1).collect()
    }
}

/// Causes in one phrase, the same ones once.
fn together(causes: &[String]) -> String {
    let mut counted: Vec<(&String, usize)> = Vec::new();
    for it in causes {
        match counted.iter_mut().find(|other| other.0 == it) {
            Some(other) => other.1 += 1,
            None => counted.push((it, 1)),
        }
    }
    counted.iter().take(3).map(|(cause, n)| if *n == 1 { (*cause).clone() } else { format!("{cause} (x{n})") }).collect::<Vec<_>>().join("; ")
}
