//! Preemption: which node a pod could have if less important pods left it.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go.

use smallvec::smallvec;

use crate::cycle::Cycle;
use crate::filter::{self, Status, Words};
use crate::ids::{NONE, NodeId, PodId};
use crate::random::Draws;
use crate::schedule::FitError;
use crate::state::State;

/// At least this share of the nodes, and at least this many, are tried.
const MIN_CANDIDATES_PERCENTAGE: usize = 10;
const MIN_CANDIDATES: usize = 100;

/// A node that the pod could have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The node.
    pub node: NodeId,
    /// Pods that would have to go, the most important first.
    pub victims: Vec<PodId>,
    /// Victims whose budget allows no disruption.
    pub violations: usize,
}

/// What came of the attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Nodes that would do, in the order they were tried, those without violations first.
    pub candidates: Vec<Candidate>,
    /// Why the attempt was not made.
    pub ineligible: Option<&'static str>,
    /// What the nodes that would not do answered.
    pub refused: Vec<(NodeId, Words)>,
    /// Nodes in the cluster.
    pub nodes: usize,
}

impl State {
    /// Nodes that the pod, refused by `error`, could have by preemption, those without violations first: [`State::preempt`] without the reasons.
    pub fn preemption_candidates(&mut self, pod: PodId, error: &FitError, seed: u64) -> Vec<Candidate> {
        let priority = self.priority(pod);
        // Where everybody is as important, nobody has to be asked.
        if self.placed_at.first_key_value().is_none_or(|it| *it.0 >= priority) {
            return Vec::new();
        }
        self.preempt(pod, error, seed).candidates
    }

    /// Looks for nodes that the pod, refused by `error`, could have by preemption. `seed` decides where the search starts.
    pub fn preempt(&mut self, pod: PodId, error: &FitError, seed: u64) -> Attempt {
        let mut attempt = Attempt { nodes: error.nodes, ..Attempt::default() };
        attempt.ineligible = self.ineligible(pod, error);
        let hopeful: Vec<NodeId> = error.statuses.iter().filter(|it| it.1.resolvable).map(|it| it.0).collect();
        if attempt.ineligible.is_some() || hopeful.is_empty() {
            return attempt;
        }
        let wanted = (hopeful.len() * MIN_CANDIDATES_PERCENTAGE / 100).max(MIN_CANDIDATES).min(hopeful.len());
        let offset = Draws::new(seed, u64::from(pod.0) | 1 << 32).below(hopeful.len() as u64) as usize;
        let (frees, (mut cycle, _)) = (self.frees, self.begin(pod));
        let (mut clean, mut violating) = (Vec::new(), Vec::new());
        for at in 0..hopeful.len() {
            let node = hopeful[(offset + at) % hopeful.len()];
            match self.victims_on(&mut cycle, node) {
                Ok(it) if it.violations == 0 => clean.push(it),
                Ok(it) => violating.push(it),
                Err(reasons) => attempt.refused.push((node, reasons)),
            }
            if !clean.is_empty() && clean.len() + violating.len() >= wanted {
                break;
            }
        }
        // All pods are back in their places.
        self.frees = frees;
        clean.append(&mut violating);
        attempt.candidates = clean;
        attempt
    }

    pub(crate) fn ineligible(&self, pod: PodId, error: &FitError) -> Option<&'static str> {
        let class = self.pods.class_of(pod);
        if class.spec.preemption_policy.as_deref() == Some("Never") {
            return Some("not eligible due to preemptionPolicy=Never.");
        }
        let node = self.nominated_node(pod).filter(|it| self.nodes.present[it.index()])?;
        let resolvable = error.statuses.iter().find(|it| it.0 == node).is_none_or(|it| it.1.resolvable);
        let waiting =
            self.pods_on(node).iter().any(|it| self.priority(*it) < class.priority && self.pods.record(*it).terminating && self.pods.record(*it).preempted);
        (resolvable && waiting).then_some("not eligible due to a terminating pod on the nominated node.")
    }

    /// The fewest, least important pods whose leaving makes room.
    pub(crate) fn victims_on(&mut self, cycle: &mut Cycle, node: NodeId) -> Result<Candidate, Words> {
        let priority = self.pods.class_of(cycle.pod).priority;
        let mut lower: Vec<PodId> = self.pods_on(node).iter().copied().filter(|it| self.priority(*it) < priority).collect();
        if lower.is_empty() {
            return Err(smallvec!["No preemption victims found for incoming pod".into()]);
        }
        // Most nodes are too small even without them; that is told by their accounts, and nobody needs to move.
        if self.nodes.nominated[node.index()].is_empty()
            && filter::before_resources(self, cycle, node).is_none()
            && let Some(status) = filter::node_resources_fit::check_without(self, cycle, node, &lower)
        {
            return Err(status.reasons);
        }
        // Kept aside so that the node looks as before afterwards, down to the order of its pods.
        let before = self.nodes.pods[node.index()].clone();
        let seats: Vec<(PodId, u32)> = before.iter().map(|it| (*it, self.pods.record(*it).slot_in_class)).collect();
        lower.sort_by_key(|it| (std::cmp::Reverse(self.priority(*it)), self.pods.record(*it).start, *it));
        lower.iter().for_each(|it| self.detach(*it));
        let result = self.reprieve(cycle, node, &lower);
        self.restore(node, &lower, &seats);
        cycle.refresh(self);
        result
    }

    fn reprieve(&mut self, cycle: &mut Cycle, node: NodeId, lower: &[PodId]) -> Result<Candidate, Words> {
        cycle.refresh(self);
        if let Some(status) = self.passes(cycle, node) {
            return Err(status.reasons);
        }
        let (violating, other) = self.split_by_budget(lower);
        let mut victims = Vec::new();
        let mut violations = 0;
        for (at, pod) in violating.iter().chain(&other).enumerate() {
            self.attach(*pod, node);
            cycle.refresh(self);
            if self.passes(cycle, node).is_some() {
                self.detach(*pod);
                cycle.refresh(self);
                victims.push(*pod);
                violations += usize::from(at < violating.len());
            }
        }
        victims.sort_by_key(|it| lower.iter().position(|other| other == it));
        Ok(Candidate { node, victims, violations })
    }

    /// Puts back those that are still missing, and all at their places.
    fn restore(&mut self, node: NodeId, lower: &[PodId], seats: &[(PodId, u32)]) {
        for pod in lower {
            if self.pods.record(*pod).node == NONE {
                self.attach(*pod, node);
            }
        }
        for (at, (pod, in_class)) in seats.iter().enumerate() {
            self.reseat(*pod, at as u32, *in_class);
        }
    }

    /// Pods whose disruption a budget forbids, and the others; earlier pods use the budget up first.
    fn split_by_budget(&self, pods: &[PodId]) -> (Vec<PodId>, Vec<PodId>) {
        let mut allowed: Vec<i64> = self.budgets.iter().map(|it| it.status.disruptions_allowed).collect();
        pods.iter().copied().partition(|pod| {
            let class = self.pods.class_of(*pod);
            let mut violated = false;
            for (budget, left) in self.budgets.iter().zip(&mut allowed) {
                let selects = budget.selector.as_ref().is_some_and(|it| !it.is_empty()) && budget.protects(&class.namespace, &class.labels);
                if !selects || class.labels.is_empty() || budget.status.disrupted.contains_key(&self.pods.record(*pod).name) {
                    continue;
                }
                *left -= 1;
                violated |= *left < 0;
            }
            violated
        })
    }

    /// The candidates among which the real scheduler's choice falls: all that are equally good.
    ///
    /// Source: kubernetes pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption.
    pub fn best_candidates<'a>(&self, candidates: &'a [Candidate]) -> Vec<&'a Candidate> {
        let rank = |it: &Candidate| {
            let priorities = || it.victims.iter().map(|pod| i64::from(self.priority(*pod)));
            let top = priorities().next().unwrap_or(i64::MIN);
            let sum: i64 = priorities().map(|it| it + (1 << 31)).sum();
            let highest = priorities().max().unwrap_or(i64::MIN);
            let earliest = it.victims.iter().filter(|pod| i64::from(self.priority(**pod)) == highest).map(|pod| self.pods.record(*pod).start).min();
            (it.violations, top, sum, it.victims.len(), std::cmp::Reverse(earliest))
        };
        let Some(best) = candidates.iter().map(rank).min() else { return Vec::new() };
        candidates.iter().filter(|it| rank(it) == best).collect()
    }

    /// The candidate that `seed` picks among the best.
    pub fn pick_candidate<'a>(&self, pod: PodId, candidates: &'a [Candidate], seed: u64) -> Option<&'a Candidate> {
        let best = self.best_candidates(candidates);
        let at = Draws::new(seed, u64::from(pod.0) | 1 << 33).below(best.len().max(1) as u64) as usize;
        best.get(at).copied()
    }

    /// Nominates the pod to the candidate's node and takes weaker nominations there back. The victims are returned for deletion.
    pub fn nominate_by_preemption(&mut self, pod: PodId, candidate: &Candidate) -> Vec<PodId> {
        let priority = self.priority(pod);
        for other in self.nodes.nominated[candidate.node.index()].clone() {
            if self.priority(other) < priority {
                self.nominate(other, None);
            }
        }
        self.nominate(pod, Some(candidate.node));
        candidate.victims.clone()
    }

    /// The first refusal of one node.
    pub fn refusal(&mut self, pod: PodId, node: NodeId) -> Option<Status> {
        let (mut cycle, everywhere) = self.begin(pod);
        everywhere.or_else(|| self.passes(&mut cycle, node))
    }

    /// Whether the pod passes the filters of a node, nominated pods left out.
    pub fn fits_alone(&mut self, pod: PodId, node: NodeId) -> bool {
        let (cycle, everywhere) = self.begin(pod);
        everywhere.is_none() && filter::first(self, &cycle, node).is_none()
    }
}
