//! Cluster Autoscaler: every ten seconds it asks which group's new nodes would take the pods that wait, and by how much to grow it.
//!
//! Source: kubernetes/autoscaler cluster-autoscaler/FAQ.md, core/static_autoscaler.go, core/scaleup, estimator/binpacking_estimator.go, expander.

use std::cmp::Reverse;

use super::node_groups::{Orderer, Source};
use super::{Event, Rehearsal};
use crate::controllers::latencies::AUTOSCALER_SCAN;
use crate::ids::PodId;
use crate::nodes::NodeFacts;
use crate::random::Draws;

/// How one of several groups that would help is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expander {
    /// Any of them.
    #[default]
    Random,
    /// The one whose new nodes would be fullest.
    LeastWaste,
}

/// Cluster Autoscaler's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterAutoscaler {
    /// `--expander`.
    pub expander: Expander,
    /// `--max-total-unready-percentage`.
    pub max_unready_percent: usize,
    /// `--ok-total-unready-count`.
    pub ok_unready: usize,
    /// The set whose pods it is: it does nothing while none of them runs. `None` where it runs elsewhere.
    pub runs_as: Option<usize>,
}

impl Default for ClusterAutoscaler {
    fn default() -> Self {
        Self { expander: Expander::Random, max_unready_percent: 45, ok_unready: 3, runs_as: None }
    }
}

/// A group that would help, with how many nodes and how well they would be used.
struct Choice {
    group: usize,
    nodes: i64,
    pods: usize,
    /// Share of the new nodes that would stay unused, in millionths.
    waste: i64,
}

impl Rehearsal {
    /// Pods wait: whoever adds nodes will look.
    pub(super) fn expect_capacity(&mut self) {
        if self.cluster_autoscaler.is_some() && !self.scan_due {
            self.scan_due = true;
            let period = self.delay(&AUTOSCALER_SCAN).max(1);
            self.after(period - self.now.rem_euclid(period), Event::Scan);
        }
        self.expect_batch();
    }

    pub(super) fn scan(&mut self) {
        self.scan_due = false;
        let Some(settings) = self.cluster_autoscaler else { return };
        let pending = self.hopeless();
        if pending.is_empty() {
            return;
        }
        if !self.is_up(settings.runs_as) {
            self.hold_back("AutoscalerStopped", "Cluster Autoscaler".to_owned(), "none of its own pods runs".to_owned());
            return self.expect_capacity();
        }
        if self.is_suspicious(settings) {
            let cause = format!("more than {} % and {} of the nodes are not ready", settings.max_unready_percent, settings.ok_unready);
            self.hold_back("AutoscalerStopped", "Cluster Autoscaler".to_owned(), cause);
            return self.expect_capacity();
        }
        self.prepare_probes();
        let mark = self.state.mark();
        self.imagine_upcoming();
        let rest: Vec<PodId> = pending.into_iter().filter(|it| self.scheduler.place(&mut self.state, *it).is_none()).collect();
        let open: Vec<usize> = (0..self.groups.len()).filter(|it| !self.is_updating(*it)).collect();
        let choices: Vec<Choice> = open.into_iter().filter_map(|group| self.estimate(group, &rest)).collect();
        self.state.rollback(mark);
        if let Some(choice) = self.choose(settings.expander, &choices) {
            let cause = format!("Cluster Autoscaler: room for {} pods", choice.pods);
            self.groups[choice.group].desired = self.group_size(choice.group) + choice.nodes;
            for _ in 0..choice.nodes {
                let Some(launch) = self.launch(choice.group, &cause) else { break };
                self.launches[launch].by = Orderer::ClusterAutoscaler;
            }
        } else if !rest.is_empty() {
            let cause = "no node group would help, or all that would are at their maximum".to_owned();
            self.hold_back("NotTriggerScaleUp", "Cluster Autoscaler".to_owned(), cause);
        }
        self.expect_capacity();
    }

    /// Pods that found no node and wait still, largest first.
    pub(super) fn hopeless(&self) -> Vec<PodId> {
        let waits = |it: &PodId| self.state.node_of(*it).is_none() && !self.state.is_terminating(*it) && self.lives.get(it).is_some_and(|it| !it.gone);
        let mut all: Vec<PodId> = self.queue.failed().filter(waits).collect();
        all.sort_by_key(|it| {
            let request = self.state.request(*it);
            (Reverse(request.millicpu), Reverse(request.memory), *it)
        });
        all
    }

    /// Whether one of the pods runs that an autoscaler is, whatever their revision.
    pub(super) fn is_up(&self, runs_as: Option<usize>) -> bool {
        let Some(owner) = runs_as.map(|it| self.owner_of(it)) else { return true };
        let runs = |set: usize| self.members(set).iter().any(|(pod, life)| life.ready && self.has_kubelet(*pod));
        (0..self.sets.len()).any(|it| self.owner_of(it) == owner && runs(it))
    }

    /// Writes down why whoever adds nodes adds none.
    pub(super) fn hold_back(&mut self, event: &'static str, object: String, cause: String) {
        self.held_back = Some(format!("{object}: {cause}"));
        self.note_once(event, object, cause);
    }

    /// So much of the cluster is not ready that the autoscaler does nothing: a lost zone of two is such a case.
    fn is_suspicious(&self, settings: ClusterAutoscaler) -> bool {
        let all = self.state.node_count();
        let unready = self.state.node_ids().filter(|it| self.dead.contains(it)).count();
        unready > settings.ok_unready && unready * 100 > settings.max_unready_percent * all
    }

    /// Adds what has been launched and is no node yet, to the thought only.
    pub(super) fn imagine_upcoming(&mut self) {
        let coming: Vec<NodeFacts> = self.launches.iter().filter(|it| it.joined.is_none() && !it.lost).map(|it| it.facts.clone()).collect();
        for (at, facts) in coming.into_iter().enumerate() {
            self.imagine(&format!("upcoming {at}"), facts);
        }
    }

    /// Adds a node with its DaemonSets' pods, to the thought only.
    pub(super) fn imagine(&mut self, name: &str, facts: NodeFacts) -> crate::ids::NodeId {
        let mut facts = NodeFacts { name: name.into(), ..facts };
        facts.labels.insert("kubernetes.io/hostname".into(), name.into());
        let node = self.state.add_node(facts);
        self.furnish(node);
        node
    }

    /// How many nodes of a group the pods would fill. Like the autoscaler, it thinks of all nodes of a group as of the first one, zone included.
    fn estimate(&mut self, group: usize, pods: &[PodId]) -> Option<Choice> {
        let room = self.groups[group].max - self.group_size(group);
        let template = self.groups[group].templates.first()?.clone();
        let mark = self.state.mark();
        let (mut nodes, mut helped) = (Vec::new(), 0);
        for pod in pods {
            if self.scheduler.place(&mut self.state, *pod).is_some() {
                helped += 1;
                continue;
            }
            if nodes.len() as i64 >= room {
                continue;
            }
            let inner = self.state.mark();
            let node = self.imagine(&format!("estimate {}", nodes.len()), template.clone());
            if self.scheduler.place(&mut self.state, *pod).is_some() {
                self.state.commit(inner);
                nodes.push(node);
                helped += 1;
            } else {
                self.state.rollback(inner);
            }
        }
        let share = |used: i64, all: i64| if all > 0 { used.saturating_mul(1_000_000) / all } else { 0 };
        let used = |it: &crate::ids::NodeId| {
            let usage = self.state.usage(*it);
            1_000_000 - (share(usage.requested_millicpu, usage.millicpu) + share(usage.requested_memory, usage.memory)) / 2
        };
        let waste = nodes.iter().map(used).sum::<i64>() / (nodes.len() as i64).max(1);
        self.state.rollback(mark);
        (!nodes.is_empty()).then_some(Choice { group, nodes: nodes.len() as i64, pods: helped, waste })
    }

    fn choose<'a>(&self, expander: Expander, choices: &'a [Choice]) -> Option<&'a Choice> {
        let least = choices.iter().map(|it| it.waste).min()?;
        let good: Vec<&Choice> = choices.iter().filter(|it| expander == Expander::Random || it.waste == least).collect();
        let at = Draws::new(self.scheduler.seed(), self.now as u64 | 1 << 40).below(good.len() as u64) as usize;
        good.get(at).copied()
    }

    /// Nodes of a group that are on their way.
    pub fn coming_to(&self, group: usize) -> usize {
        self.coming(Source::Group(group)).count()
    }
}
