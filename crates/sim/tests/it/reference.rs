//! The rules as they are written down, without any table: every question is answered by looking at every pod on every node.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::pod::{PodAffinityTerm, TopologySpreadConstraint};
use seatrial_model::{LabelSelector, Labels, PodSpec};
use seatrial_sim::{NodeFacts, PodFacts};

use crate::clusters::Case;

/// A cluster with its pods.
pub struct Reference<'a> {
    pub case: &'a Case,
    /// Pods with the position of their node, and whether they are terminating.
    pub placed: Vec<(&'a PodFacts, usize, bool)>,
}

const HOSTNAME: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";

/// Millicores and bytes: the larger of the containers and each init container, with defaults where asked.
fn request(spec: &PodSpec, cpu_default: i64, memory_default: i64) -> (i64, i64) {
    let of = |it: &seatrial_model::Container| {
        let requests = &it.resources.requests;
        let cpu = requests.get("cpu").map_or(cpu_default, |it| it.milli_value());
        (cpu, requests.get("memory").map_or(memory_default, |it| it.value()))
    };
    let sum = spec.containers.iter().map(of).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    spec.init_containers.iter().map(of).fold(sum, |a, b| (a.0.max(b.0), a.1.max(b.1)))
}

fn namespace_labels(namespace: &str) -> Labels {
    let team = if namespace == "shop" { "red" } else { "blue" };
    [("team".into(), team.into())].into_iter().collect()
}

/// Whether a term of a pod in `from` selects a pod in `namespace` with these labels.
fn selects(term: &PodAffinityTerm, from: &str, namespace: &str, labels: &Labels) -> bool {
    let own = term.namespaces.is_empty() && term.namespace_selector.is_none() && namespace == from;
    let listed = term.namespaces.iter().any(|it| &**it == namespace);
    let labelled = term.namespace_selector.as_ref().is_some_and(|it| it.matches(&namespace_labels(namespace)));
    (own || listed || labelled) && term.label_selector.as_ref().is_some_and(|it| it.matches(labels))
}

fn required(pod: &PodFacts, anti: bool) -> Vec<&PodAffinityTerm> {
    let affinity = pod.spec.affinity.as_deref();
    let part = affinity.and_then(|it| if anti { it.pod_anti_affinity.as_ref() } else { it.pod_affinity.as_ref() });
    part.map_or(Vec::new(), |it| it.required_during_scheduling_ignored_during_execution.iter().collect())
}

fn preferred(pod: &PodFacts) -> Vec<(&PodAffinityTerm, i64)> {
    let Some(affinity) = pod.spec.affinity.as_deref() else { return Vec::new() };
    let near =
        affinity.pod_affinity.iter().flat_map(|it| &it.preferred_during_scheduling_ignored_during_execution).map(|it| (&it.pod_affinity_term, it.weight));
    let far =
        affinity.pod_anti_affinity.iter().flat_map(|it| &it.preferred_during_scheduling_ignored_during_execution).map(|it| (&it.pod_affinity_term, -it.weight));
    near.chain(far).collect()
}

impl Reference<'_> {
    fn node(&self, at: usize) -> &NodeFacts {
        &self.case.nodes[at]
    }

    fn value(&self, at: usize, key: &str) -> Option<&str> {
        self.node(at).labels.get(key).map(|it| it.as_str())
    }

    fn used(&self, at: usize, cpu_default: i64, memory_default: i64) -> (i64, i64) {
        let here = self.placed.iter().filter(|it| it.1 == at).map(|it| request(&it.0.spec, cpu_default, memory_default));
        here.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }

    fn capacity(&self, at: usize) -> (i64, i64) {
        let of = &self.node(at).allocatable;
        (of.get("cpu").map_or(0, |it| it.milli_value()), of.get("memory").map_or(0, |it| it.value()))
    }

    fn affinity_matches(&self, pod: &PodFacts, at: usize) -> bool {
        let labels = &self.node(at).labels;
        let selector = pod.spec.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value));
        let required = pod.spec.affinity.as_deref().and_then(|it| it.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref());
        selector && required.is_none_or(|it| it.node_selector_terms.iter().any(|term| term.matches(&self.node(at).name, labels)))
    }

    fn tolerates(&self, pod: &PodFacts, at: usize, effect: &str) -> usize {
        let untolerated = |it: &&seatrial_model::pod::Taint| &*it.effect == effect && !pod.spec.tolerations.iter().any(|toleration| toleration.tolerates(it));
        self.node(at).taints.iter().filter(untolerated).count()
    }

    fn fits(&self, pod: &PodFacts, at: usize) -> bool {
        let (used, asked, has) = (self.used(at, 0, 0), request(&pod.spec, 0, 0), self.capacity(at));
        let pods = self.placed.iter().filter(|it| it.1 == at).count() as i64;
        let most = self.node(at).allocatable.get("pods").map_or(0, |it| it.value());
        pods < most && (asked.0 == 0 || used.0 + asked.0 <= has.0) && (asked.1 == 0 || used.1 + asked.1 <= has.1)
    }

    fn port_free(&self, pod: &PodFacts, at: usize) -> bool {
        let wants = |it: &PodFacts| it.spec.containers.iter().any(|it| it.ports.iter().any(|it| it.host_port.is_some()));
        !wants(pod) || !self.placed.iter().any(|it| it.1 == at && wants(it.0))
    }

    fn counts_in(&self, pod: &PodFacts, spread: &TopologySpreadConstraint, at: usize) -> bool {
        let affinity = spread.node_affinity_policy.as_deref() == Some("Ignore") || self.affinity_matches(pod, at);
        let taints = spread.node_taints_policy.as_deref() != Some("Honor") || self.tolerates(pod, at, "NoSchedule") == 0;
        affinity && taints
    }

    fn matching(&self, pod: &PodFacts, selector: &LabelSelector, at: usize) -> i64 {
        if selector.is_empty() {
            return 0;
        }
        let same = |it: &&(&PodFacts, usize, bool)| it.1 == at && !it.2 && it.0.namespace == pod.namespace && selector.matches(&it.0.labels);
        self.placed.iter().filter(same).count() as i64
    }

    fn spread_allows(&self, pod: &PodFacts, at: usize) -> bool {
        let hard: Vec<_> = pod.spec.topology_spread_constraints.iter().filter(|it| &*it.when_unsatisfiable == "DoNotSchedule").collect();
        let has_all = |at: usize| hard.iter().all(|it| self.value(at, &it.topology_key).is_some());
        hard.iter().all(|spread| {
            let Some(value) = self.value(at, &spread.topology_key) else { return false };
            let selector = spread.label_selector.clone().expect("a selector");
            let mut domains: BTreeMap<&str, i64> = BTreeMap::new();
            for other in (0..self.case.nodes.len()).filter(|it| has_all(*it) && self.counts_in(pod, spread, *it)) {
                *domains.entry(self.value(other, &spread.topology_key).expect("it has all keys")).or_default() += self.matching(pod, &selector, other);
            }
            let few = (domains.len() as i64) < spread.min_domains.unwrap_or(1);
            let least = if few { 0 } else { domains.values().copied().min().unwrap_or(0) };
            let itself = i64::from(selector.matches(&pod.labels));
            domains.get(value).copied().unwrap_or(0) + itself - least <= spread.max_skew
        })
    }

    fn affinity_allows(&self, pod: &PodFacts, at: usize) -> bool {
        let (near, far) = (required(pod, false), required(pod, true));
        let same = |key: &str, other: usize| self.value(at, key).is_some() && self.value(at, key) == self.value(other, key);
        let all_select = |it: &PodFacts| near.iter().all(|term| selects(term, &pod.namespace, &it.namespace, &it.labels));
        if !near.is_empty() {
            if near.iter().any(|term| self.value(at, &term.topology_key).is_none()) {
                return false;
            }
            let present = |term: &&PodAffinityTerm| self.placed.iter().any(|it| all_select(it.0) && same(&term.topology_key, it.1));
            let anywhere = self.placed.iter().any(|it| all_select(it.0) && near.iter().any(|term| self.value(it.1, &term.topology_key).is_some()));
            if !near.iter().all(present) && (anywhere || !all_select(pod)) {
                return false;
            }
        }
        let repelled = |it: &(&PodFacts, usize, bool)| {
            let mine = far.iter().any(|term| selects(term, &pod.namespace, &it.0.namespace, &it.0.labels) && same(&term.topology_key, it.1));
            let theirs = required(it.0, true).iter().any(|term| selects(term, &it.0.namespace, &pod.namespace, &pod.labels) && same(&term.topology_key, it.1));
            mine || theirs
        };
        !self.placed.iter().any(repelled)
    }

    /// Nodes that pass every filter.
    pub fn feasible(&self, pod: &PodFacts) -> BTreeSet<usize> {
        let cordon =
            |at: usize| self.node(at).unschedulable && !pod.spec.tolerations.iter().any(|it| it.operator.as_deref() == Some("Exists") && it.key.is_none());
        let passes = |at: &usize| {
            !cordon(*at)
                && self.tolerates(pod, *at, "NoSchedule") == 0
                && self.affinity_matches(pod, *at)
                && self.port_free(pod, *at)
                && self.fits(pod, *at)
                && self.spread_allows(pod, *at)
                && self.affinity_allows(pod, *at)
        };
        (0..self.case.nodes.len()).filter(passes).collect()
    }

    // ---- scores ----

    fn least_allocated(&self, pod: &PodFacts, at: usize) -> i64 {
        let default = (100, 200 << 20);
        let (used, asked, has) = (self.used(at, default.0, default.1), request(&pod.spec, default.0, default.1), self.capacity(at));
        let part = |used: i64, has: i64| if used > has { 0 } else { (has - used) * 100 / has };
        (part(used.0 + asked.0, has.0) + part(used.1 + asked.1, has.1)) / 2
    }

    fn balanced(&self, pod: &PodFacts, at: usize) -> i64 {
        let (used, asked, has) = (self.used(at, 0, 0), request(&pod.spec, 0, 0), self.capacity(at));
        if asked == (0, 0) {
            return 0;
        }
        let balance = |cpu: i64, memory: i64| {
            let share = |part: i64, whole: i64| (part as f64 / whole as f64).min(1.0);
            ((1.0 - ((share(cpu, has.0) - share(memory, has.1)) / 2.0).abs()) * 100.0) as i64
        };
        let with = balance(used.0 + asked.0, used.1 + asked.1);
        if self.case.minor >= 36 { 50 + (50 + with - balance(used.0, used.1)) / 2 } else { with }
    }

    fn image(&self, pod: &PodFacts, at: usize) -> i64 {
        let having = self.case.nodes.iter().filter(|it| !it.images.is_empty()).count() as f64;
        let containers = (pod.spec.containers.len() + pod.spec.init_containers.len()) as i64;
        let Some((_, size)) = self.node(at).images.first() else { return 0 };
        let scaled = (*size as f64 * (having / self.case.nodes.len() as f64)) as i64 * containers;
        let (least, most) = (23 << 20, (1000 << 20) * containers);
        100 * (scaled.clamp(least, most) - least) / (most - least)
    }

    fn node_preference(&self, pod: &PodFacts, nodes: &[usize]) -> Vec<i64> {
        let terms = pod
            .spec
            .affinity
            .as_deref()
            .and_then(|it| it.node_affinity.as_ref())
            .map_or(&[][..], |it| &it.preferred_during_scheduling_ignored_during_execution);
        let raw = |at: &usize| terms.iter().filter(|it| it.preference.matches(&self.node(*at).name, &self.node(*at).labels)).map(|it| it.weight).sum::<i64>();
        let all: Vec<i64> = nodes.iter().map(raw).collect();
        let most = all.iter().copied().max().unwrap_or(0);
        all.iter().map(|it| if most == 0 { 0 } else { it * 100 / most }).collect()
    }

    fn taint_preference(&self, pod: &PodFacts, nodes: &[usize]) -> Vec<i64> {
        let all: Vec<i64> = nodes.iter().map(|at| self.tolerates(pod, *at, "PreferNoSchedule") as i64).collect();
        let most = all.iter().copied().max().unwrap_or(0);
        all.iter().map(|it| if most == 0 { 100 } else { 100 - it * 100 / most }).collect()
    }

    fn pod_preference(&self, pod: &PodFacts, nodes: &[usize]) -> Vec<i64> {
        let raw = |at: &usize| -> i64 {
            let same = |key: &str, other: usize| self.value(*at, key).is_some() && self.value(*at, key) == self.value(other, key);
            let of = |it: &(&PodFacts, usize, bool)| {
                let mine = preferred(pod).into_iter().filter(|(term, _)| selects(term, &pod.namespace, &it.0.namespace, &it.0.labels));
                let hard = required(it.0, false).into_iter().map(|term| (term, 1));
                let theirs = preferred(it.0).into_iter().chain(hard).filter(|(term, _)| selects(term, &it.0.namespace, &pod.namespace, &pod.labels));
                mine.chain(theirs).filter(|(term, _)| same(&term.topology_key, it.1)).map(|it| it.1).sum::<i64>()
            };
            self.placed.iter().map(of).sum()
        };
        let all: Vec<i64> = nodes.iter().map(raw).collect();
        let (least, most) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
        all.iter().map(|it| if most == least { 0 } else { (100.0 * ((it - least) as f64 / (most - least) as f64)) as i64 }).collect()
    }

    fn spread_preference(&self, pod: &PodFacts, nodes: &[usize]) -> Vec<i64> {
        let own = !pod.spec.topology_spread_constraints.is_empty();
        let soft: Vec<TopologySpreadConstraint> = if own {
            pod.spec.topology_spread_constraints.iter().filter(|it| &*it.when_unsatisfiable == "ScheduleAnyway").cloned().collect()
        } else {
            let services = self.case.services.iter().filter(|(ns, app)| *ns == *pod.namespace && pod.labels.get("app").is_some_and(|it| it == app.as_str()));
            let selector = services.map(|it| it.1.clone()).next().map(|app| LabelSelector::of([("app".into(), app.into())].into_iter().collect()));
            let default = |selector: &LabelSelector, key: &str, skew| TopologySpreadConstraint {
                max_skew: skew,
                topology_key: key.into(),
                label_selector: Some(selector.clone()),
                ..TopologySpreadConstraint::default()
            };
            selector.map_or(Vec::new(), |it| vec![default(&it, HOSTNAME, 3), default(&it, ZONE, 5)])
        };
        if soft.is_empty() {
            return vec![0; nodes.len()];
        }
        let has_all = |at: usize| !own || soft.iter().all(|it| self.value(at, &it.topology_key).is_some());
        let counted: Vec<usize> = nodes.iter().copied().filter(|at| has_all(*at)).collect();
        let raw = |at: usize| -> i64 {
            let mut sum = 0.0;
            for spread in &soft {
                let Some(value) = self.value(at, &spread.topology_key) else { continue };
                let selector = spread.label_selector.as_ref().expect("a selector");
                let (domains, count) = if &*spread.topology_key == HOSTNAME {
                    (counted.len(), self.matching(pod, selector, at))
                } else {
                    let domains: BTreeSet<Option<&str>> = counted.iter().map(|it| self.value(*it, &spread.topology_key)).collect();
                    let inside = |it: &usize| has_all(*it) && self.counts_in(pod, spread, *it) && self.value(*it, &spread.topology_key) == Some(value);
                    (domains.len(), (0..self.case.nodes.len()).filter(inside).map(|it| self.matching(pod, selector, it)).sum())
                };
                sum += count as f64 * ((domains + 2) as f64).ln() + (spread.max_skew - 1) as f64;
            }
            sum.round() as i64
        };
        let raws: Vec<i64> = counted.iter().map(|at| raw(*at)).collect();
        let (least, most) = (raws.iter().min().copied().unwrap_or(0), raws.iter().max().copied().unwrap_or(0));
        let normal = |at: &usize| match has_all(*at) {
            false => 0,
            true if most == 0 => 100,
            true => 100 * (most + least - raw(*at)) / most,
        };
        nodes.iter().map(normal).collect()
    }

    /// The weighted sum for each feasible node.
    pub fn totals(&self, pod: &PodFacts, nodes: &[usize]) -> Vec<i64> {
        let (taint, node) = (self.taint_preference(pod, nodes), self.node_preference(pod, nodes));
        let (spread, pods) = (self.spread_preference(pod, nodes), self.pod_preference(pod, nodes));
        let of = |(at, it): (usize, &usize)| {
            let resources = self.least_allocated(pod, *it) + self.balanced(pod, *it) + self.image(pod, *it);
            resources + 3 * taint[at] + 2 * node[at] + 2 * spread[at] + 2 * pods[at]
        };
        nodes.iter().enumerate().map(of).collect()
    }
}
