//! A simulated cluster from the objects of a case.

use std::sync::Arc;

use seatrial_model::kinds::nodes::{Node, PodStatus};
use seatrial_model::kinds::scaling::PodDisruptionBudget;
use seatrial_model::{LabelSelector, Meta, Object, PodSpec, Text, Version};
use seatrial_sim::{Budget, NodeFacts, NodeId, Owner, PodFacts, PodId, State, Status, is_preempted};
use serde::Deserialize;
use serde_json::Value;

use super::Verdict;

/// The version whose tests the facts are.
pub(crate) const FACTS: Version = Version::minor(36);

/// The cluster of a case.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) nodes: Vec<NodeId>,
    pub(crate) pods: Vec<PodId>,
}

pub(crate) fn list<'a>(case: &'a Value, key: &str) -> &'a [Value] {
    case.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn flag(case: &Value, key: &str) -> bool {
    case.get(key).and_then(Value::as_bool).unwrap_or(false)
}

pub(crate) fn read<T: Default + for<'a> Deserialize<'a>>(value: Option<&Value>) -> T {
    value.and_then(|it| T::deserialize(it).ok()).unwrap_or_default()
}

/// Metadata; tests leave the namespace out or empty where nothing depends on it.
pub(crate) fn meta(value: &Value) -> Meta {
    let mut meta: Meta = read(value.get("metadata"));
    meta.namespace = meta.namespace.filter(|it| !it.is_empty()).or_else(|| Some("default".into()));
    meta
}

pub(crate) fn object<T: Default + for<'a> Deserialize<'a>>(value: &Value) -> Object<T> {
    Object { api_version: Text::default(), kind: Text::default(), meta: meta(value), origin: None, it: read(Some(value)) }
}

pub(crate) fn node_facts(value: &Value) -> NodeFacts {
    NodeFacts::of(&object::<Node>(value))
}

pub(crate) fn pod_facts(value: Option<&Value>) -> PodFacts {
    let empty = Value::Object(serde_json::Map::new());
    let value = value.unwrap_or(&empty);
    let meta = meta(value);
    let status: PodStatus = read(value.get("status"));
    PodFacts {
        namespace: Text::new(meta.ns()),
        name: meta.name.clone(),
        labels: meta.labels.clone(),
        owner: meta.controller().map(|it| Owner { api_version: it.api_version.clone(), kind: it.kind.clone(), name: it.name.clone() }),
        spec: Arc::new(read::<PodSpec>(value.get("spec"))),
        start: status.start_time.map(|it| it.as_nanosecond() as i64),
        preempted: is_preempted(&status),
        status: Some(Box::new(status)),
        terminating: meta.deletion_timestamp.is_some(),
    }
}

impl World {
    pub(crate) fn new<'a>(nodes: impl IntoIterator<Item = &'a Value>, pods: &[Value]) -> Self {
        let mut state = State::new(FACTS);
        // The namespaces that the inter-pod tests share.
        let labelled =
            [("subteam1.team1", &[("team", "team1"), ("subteam", "subteam1")][..]), ("subteam2.team1", &[("team", "team1"), ("subteam", "subteam2")])];
        let more = [("subteam1.team2", &[("team", "team2"), ("subteam", "subteam1")][..]), ("subteam2.team2", &[("team", "team2"), ("subteam", "subteam2")])];
        for (name, labels) in labelled.into_iter().chain(more).chain([("NS1", &[][..]), ("default", &[])]) {
            state.add_namespace(name, labels.iter().map(|(key, value)| (Text::new(key), Text::new(value))).collect());
        }
        let nodes = nodes.into_iter().map(|it| state.add_node(node_facts(it))).collect();
        let mut world = Self { state, nodes, pods: Vec::new() };
        for pod in pods {
            let id = world.place(pod, None);
            world.pods.push(id);
        }
        world
    }

    /// Adds an existing pod on its node, or on `node`.
    pub(crate) fn place(&mut self, pod: &Value, node: Option<NodeId>) -> PodId {
        let mut facts = pod_facts(Some(pod));
        let named = facts.spec.node_name.clone().filter(|it| !it.is_empty()).and_then(|it| self.state.find_node(&it));
        let mut spec = (*facts.spec).clone();
        spec.node_name = None;
        facts.spec = Arc::new(spec);
        let id = self.state.add_pod(&facts);
        if let Some(node) = named.or(node) {
            self.state.bind(id, node);
        }
        id
    }

    /// Adds the pod that is to be scheduled.
    pub(crate) fn pending(&mut self, pod: Option<&Value>) -> PodId {
        let facts = pod_facts(pod);
        let id = self.state.add_pod(&facts);
        let nominated = pod.and_then(|it| it.pointer("/status/nominatedNodeName")?.as_str());
        if let Some(node) = nominated.and_then(|it| self.state.find_node(it)) {
            self.state.nominate(id, Some(node));
        }
        id
    }

    pub(crate) fn budgets(&mut self, budgets: &[Value]) {
        for it in budgets {
            self.state.add_budget(Budget::of(&object::<PodDisruptionBudget>(it)));
        }
    }

    /// Services and controllers.
    pub(crate) fn selectors(&mut self, objects: &[Value]) {
        for it in objects {
            let meta = meta(it);
            let selector = it.pointer("/spec/selector");
            let (service, controller): (seatrial_model::Labels, Option<LabelSelector>) = (read(selector), read(selector));
            match it.get("kind").and_then(Value::as_str).unwrap_or("Service") {
                "ReplicaSet" | "StatefulSet" => {
                    let kind = it.get("kind").and_then(Value::as_str).unwrap_or("");
                    self.state.add_controller(meta.ns(), "apps/v1", kind, &meta.name, controller);
                }
                "ReplicationController" => {
                    self.state.add_controller(meta.ns(), "v1", "ReplicationController", &meta.name, Some(LabelSelector::of(service)));
                }
                _ => self.state.add_service(meta.ns(), service),
            }
        }
    }
}

/// The code of a status as Kubernetes names it.
pub(crate) fn code(status: Option<&Status>) -> &'static str {
    match status {
        None => "Success",
        Some(it) if it.resolvable => "Unschedulable",
        Some(_) => "UnschedulableAndUnresolvable",
    }
}

/// Compares a refusal with a wanted status; a skipped plugin refuses nothing.
pub(crate) fn compare(ours: Option<&Status>, wanted: Option<&Value>) -> Verdict {
    let code_wanted = wanted.and_then(|it| it.get("code")?.as_str()).unwrap_or("Success");
    let code_wanted = if code_wanted == "Skip" { "Success" } else { code_wanted };
    if code(ours) != code_wanted {
        return Verdict::Fail(format!("wanted {wanted:?}, ours {ours:?}"));
    }
    let reasons: Vec<String> = wanted.map_or(&[][..], |it| list(it, "reasons")).iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect();
    let mine: Vec<String> = ours.map_or(Vec::new(), |it| it.reasons.iter().map(ToString::to_string).collect());
    if code_wanted == "Success" { Verdict::Pass } else { Verdict::equal(&mine, &reasons) }
}
