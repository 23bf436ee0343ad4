//! A small cluster with controllers, at rest, for rehearsals.

use std::sync::Arc;

use seatrial_model::{Labels, PodSpec, Version};
use seatrial_sim::controllers::rehearsal::{Happening, Played, PodSetController, Rehearsal, Rollout};
use seatrial_sim::{Budget, NodeFacts, NodeId, State};
use serde_json::{Value, json};

/// When the cluster is at rest, in milliseconds: timelines begin here.
pub const REST: i64 = 60_000;

pub fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

pub fn node(name: &str, zone: &str, cpu: &str) -> NodeFacts {
    let labels = labels(&[("kubernetes.io/hostname", name), ("topology.kubernetes.io/zone", zone)]);
    let allocatable = serde_json::from_value(json!({"cpu": cpu, "memory": "16Gi", "pods": 50})).expect("amounts");
    NodeFacts { name: name.into(), labels, allocatable, ..NodeFacts::default() }
}

/// A pod's specification: cpu, and further fields.
pub fn spec(cpu: &str, more: Value) -> PodSpec {
    let mut all = json!({"containers": [{"name": "main", "image": "app:1", "resources": {"requests": {"cpu": cpu, "memory": "100Mi"}}}]});
    for (key, value) in more.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    serde_json::from_value(all).expect("a pod specification")
}

/// Nodes in zones: `per` nodes of `cpu` in each; pods start in two seconds and stop in one.
pub fn town(zones: &[&str], per: usize, cpu: &str) -> Rehearsal {
    let mut state = State::new(Version::minor(34));
    state.add_namespace("shop", Labels::default());
    for zone in zones {
        for at in 0..per {
            state.add_node(node(&format!("{zone}{at}"), zone, cpu));
        }
    }
    Rehearsal::new(state, 1, Played { start: 2000, stop: 1000, ..Played::default() })
}

pub fn set(town: &mut Rehearsal, kind: &str, name: &str, replicas: i64, spec: PodSpec) -> usize {
    let labels = labels(&[("app", name)]);
    town.sets.push(PodSetController { namespace: "shop".into(), name: name.into(), kind: kind.into(), desired: replicas, labels, spec: Arc::new(spec) });
    town.touch();
    town.sets.len() - 1
}

pub fn deployment(town: &mut Rehearsal, name: &str, replicas: i64, spec: PodSpec) -> usize {
    let set = set(town, "ReplicaSet", name, replicas, spec);
    town.rollouts.push(Rollout { name: name.into(), replicas, sets: vec![set], current: set, ..Rollout::default() });
    town.rollouts.len() - 1
}

pub fn budget(town: &mut Rehearsal, app: &str, least: i64) {
    let selector = serde_json::from_value(json!({"matchLabels": {"app": app}})).expect("a selector");
    let min_available = Some(seatrial_model::IntOrString::Int(least));
    town.state.add_budget(Budget { namespace: "shop".into(), name: app.into(), selector: Some(selector), min_available, ..Budget::default() });
}

/// Lets the cluster come to rest, and forgets how it did.
pub fn settle(town: &mut Rehearsal) {
    town.touch();
    town.run_until(REST);
    assert_eq!(town.pending(), 0, "the cluster is at rest: {:#?}", town.journal);
    town.journal.clear();
}

pub fn find(town: &Rehearsal, name: &str) -> NodeId {
    town.state.find_node(name).expect("a node of this name")
}

/// When this happened to objects whose name contains `object`, in milliseconds after the rest.
pub fn times(town: &Rehearsal, event: &str, object: &str) -> Vec<i64> {
    town.journal.iter().filter(|it| it.event == event && it.object.contains(object)).map(|it| it.at - REST).collect()
}

pub fn first<'a>(town: &'a Rehearsal, event: &str, object: &str) -> Option<&'a Happening> {
    town.journal.iter().find(|it| it.event == event && it.object.contains(object))
}

/// Lets time pass until so many milliseconds after the rest.
pub fn until(town: &mut Rehearsal, milliseconds: i64) {
    town.run_until(REST + milliseconds);
}
