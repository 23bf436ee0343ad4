//! The start as it is judged: which nodes are dead, where planned pods find a place, who serves, and who must be rehearsed together.

use std::collections::HashMap;

use seatrial_model::cluster::Cluster;
use seatrial_sim::controllers::disruption::{Protected, count};
use seatrial_sim::controllers::rehearsal::Life;
use seatrial_sim::{Budget, Outcome, PodId, Scheduler};

use super::World;

impl World {
    /// Nodes that are not Ready, and those without a word of it.
    pub(super) fn find_dead(&mut self, cluster: &Cluster) {
        let dead = cluster.nodes.iter().filter(|it| it.ready().is_some_and(|ready| ready != "True"));
        self.facts.dead = dead.filter_map(|it| self.state.find_node(&it.meta.name)).collect();
        if !self.dead.is_empty() {
            let names: Vec<String> = self.dead.iter().map(|it| self.state.node_name(*it).to_string()).collect();
            self.facts.assumptions.push(format!("not Ready to begin with, and left so: {}", names.join(", ")));
        }
        let empty: Vec<&str> = cluster.nodes.iter().filter(|it| !it.status.allocatable.contains("cpu")).map(|it| &*it.meta.name).collect();
        if !empty.is_empty() {
            let reason =
                format!("{} of {} nodes do not tell what they can hold (no status.allocatable), such as {}", empty.len(), cluster.nodes.len(), empty[0]);
            let remedy = "take the dump with `kubectl get nodes -o json`, status included".to_owned();
            self.facts.blinds.push(super::Blind { reason, remedy, evictions: false, placement: true });
        }
    }

    /// Gives planned pods a node, most important first; those that find none stay pending.
    pub(super) fn place(&mut self) {
        let open = |it: &(&PodId, &Life)| it.1.ready && self.state.node_of(*it.0).is_none();
        let mut open: Vec<PodId> = self.lives.iter().filter(open).map(|it| *it.0).collect();
        open.sort_by_key(|it| (std::cmp::Reverse(self.state.priority(*it)), *it));
        let mut scheduler = Scheduler::new(0);
        let mut stuck = 0;
        for pod in open {
            if !matches!(scheduler.schedule(&mut self.state, pod), Outcome::Found(_)) {
                stuck += 1;
                if let Some(life) = self.facts.lives.get_mut(&pod) {
                    (life.ready, life.running) = (false, false);
                }
            }
        }
        if stuck > 0 {
            self.facts.assumptions.push(format!("{stuck} pods find no place to begin with and stay pending"));
        }
    }

    /// Who serves at the beginning, and how few pods its budget lets be.
    pub(super) fn judge_start(&mut self) {
        for at in 0..self.units.len() {
            let serving = |it: &&PodId| self.lives.get(it).is_some_and(|it| it.ready) && self.state.node_of(**it).is_some_and(|it| !self.dead.contains(&it));
            self.facts.units[at].before = self.units[at].pods.iter().filter(serving).count() as u64;
            self.facts.units[at].floor = self.floor(at);
        }
    }

    pub(super) fn note_places(&mut self) {
        self.facts.waiting = self.facts.lives.keys().copied().filter(|it| self.state.node_of(*it).is_none()).collect();
        let nodes: Vec<_> = self.state.node_ids().collect();
        for node in nodes {
            let mut pods = self.state.pods_on(node).to_vec();
            pods.sort_unstable();
            self.facts.places.push(pods);
        }
    }

    fn floor(&self, at: usize) -> Option<(u64, String)> {
        let unit = &self.units[at];
        let first = unit.pods.first()?;
        let budget = self.state.budgets_of(*first).first().map(|it| self.state.budget(*it).clone())?;
        let pods: Vec<Protected> =
            unit.pods.iter().map(|it| Protected { name: self.state.pod_name(*it).1.clone(), ready: self.lives[it].ready, terminating: false }).collect();
        let scale = unit.sets.iter().map(|it| self.sets[*it].desired).sum();
        let counts = count(&Budget { status: Default::default(), ..budget.clone() }, &pods, Some(scale), 0)?;
        Some((u64::try_from(counts.desired).unwrap_or(0), budget.name.to_string()))
    }

    /// Units that share a budget or a quota are simulated together.
    pub(super) fn components(&mut self) {
        let mut parent: Vec<usize> = (0..self.units.len()).collect();
        let mut by_mark: HashMap<(u8, String), usize> = HashMap::new();
        for at in 0..self.units.len() {
            let mut marks: Vec<(u8, String)> = Vec::new();
            if let Some(first) = self.units[at].pods.first() {
                marks.extend(self.state.budgets_of(*first).iter().map(|it| (0, it.0.to_string())));
            }
            if self.quotas.iter().any(|it| it.0 == self.units[at].namespace) {
                marks.push((1, self.units[at].namespace.to_string()));
            }
            for mark in marks {
                let other = *by_mark.entry(mark).or_insert(at);
                let (a, b) = (root(&parent, at), root(&parent, other));
                parent[a.max(b)] = a.min(b);
            }
        }
        for at in 0..self.units.len() {
            self.facts.units[at].component = root(&parent, at);
        }
    }
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}
