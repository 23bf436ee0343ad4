//! Random small clusters that use every part of the specification that placement reads.

use std::sync::Arc;

use proptest::prelude::*;
use seatrial_model::{PodSpec, Version};
use seatrial_sim::{NodeFacts, PodFacts, State};
use serde_json::{Value, json};

/// A cluster and the pods that arrive.
#[derive(Clone, Debug)]
pub struct Case {
    pub minor: u16,
    pub nodes: Vec<NodeFacts>,
    pub services: Vec<(String, String)>,
    pub pods: Vec<PodFacts>,
}

fn labels(pairs: &[(&str, &str)]) -> seatrial_model::Labels {
    pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

pub fn node(name: &str, zone: Option<&str>, cpu: i64, memory: i64, pods: i64) -> NodeFacts {
    let mut all = labels(&[("kubernetes.io/hostname", name)]);
    if let Some(zone) = zone {
        all.insert("topology.kubernetes.io/zone".into(), zone.into());
    }
    let allocatable = serde_json::from_value(json!({"cpu": format!("{cpu}m"), "memory": format!("{memory}Mi"), "pods": pods})).expect("amounts");
    NodeFacts { name: name.into(), labels: all, allocatable, ..NodeFacts::default() }
}

fn nodes() -> impl Strategy<Value = Vec<NodeFacts>> {
    let one = (prop_oneof![4 => Just(Some("a")), 4 => Just(Some("b")), 3 => Just(Some("c")), 1 => Just(None)], 1..5i64, 1..5i64, 0..12u8, any::<bool>());
    prop::collection::vec(one, 1..9).prop_map(|all| {
        let of = |(at, (zone, cpu, memory, extra, ssd)): (usize, (Option<&str>, i64, i64, u8, bool))| {
            let mut it = node(&format!("n{at}"), zone, cpu * 1000, memory * 1024, if extra == 3 { 2 } else { 12 });
            if ssd {
                it.labels.insert("disk".into(), "ssd".into());
            }
            let taint = |effect: &str| serde_json::from_value(json!([{"key": "dedicated", "value": "x", "effect": effect}])).expect("taints");
            match extra {
                0 => it.taints = taint("NoSchedule"),
                1 => it.taints = taint("PreferNoSchedule"),
                2 => it.unschedulable = true,
                4 => it.images = vec![("app:1".into(), 500 << 20)],
                _ => {}
            }
            it
        };
        all.into_iter().enumerate().map(of).collect()
    })
}

const APPS: [&str; 3] = ["x", "y", "z"];
const KEYS: [&str; 3] = ["kubernetes.io/hostname", "topology.kubernetes.io/zone", "disk"];

fn selector() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0..3usize).prop_map(|app| json!({"matchLabels": {"app": APPS[app]}})),
        1 => Just(json!({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["x"]}]})),
        1 => Just(json!({})),
    ]
}

fn term() -> impl Strategy<Value = Value> {
    (selector(), 0..3usize, 0..6u8).prop_map(|(selector, key, scope)| {
        let mut term = json!({"labelSelector": selector, "topologyKey": KEYS[key]});
        match scope {
            0 => term["namespaces"] = json!(["shop", "data"]),
            1 => term["namespaceSelector"] = json!({"matchLabels": {"team": "red"}}),
            _ => {}
        }
        term
    })
}

fn affinity() -> impl Strategy<Value = Value> {
    let terms = || prop::collection::vec(term(), 0..2);
    let weighted = || prop::collection::vec((term(), 1..100i64), 0..2);
    let node = prop_oneof![
        3 => Just(Value::Null),
        1 => Just(json!({"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "disk", "operator": "Exists"}]}]}})),
        1 => Just(json!({"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 30, "preference": {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}}]})),
    ];
    let wrap = |all: Vec<(Value, i64)>| all.into_iter().map(|(term, weight)| json!({"weight": weight, "podAffinityTerm": term})).collect::<Vec<_>>();
    (node, terms(), terms(), weighted(), weighted()).prop_map(move |(node, near, far, like, dislike)| {
        let mut all = json!({
            "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": near, "preferredDuringSchedulingIgnoredDuringExecution": wrap(like)},
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": far, "preferredDuringSchedulingIgnoredDuringExecution": wrap(dislike)},
        });
        if !node.is_null() {
            all["nodeAffinity"] = node;
        }
        all
    })
}

fn spread() -> impl Strategy<Value = Vec<Value>> {
    let one = (selector(), 0..3usize, 1..3i64, any::<bool>(), 0..4u8).prop_map(|(selector, key, skew, hard, policy)| {
        let action = if hard { "DoNotSchedule" } else { "ScheduleAnyway" };
        let mut it = json!({"maxSkew": skew, "topologyKey": KEYS[key], "whenUnsatisfiable": action, "labelSelector": selector});
        match policy {
            0 => it["nodeTaintsPolicy"] = json!("Honor"),
            1 => it["nodeAffinityPolicy"] = json!("Ignore"),
            2 if hard => it["minDomains"] = json!(2),
            _ => {}
        }
        it
    });
    prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(one, 1..3)]
}

fn pod() -> impl Strategy<Value = PodFacts> {
    let shape = (0..6i64, 0..6i64, 0..3usize, any::<bool>());
    let rules = (prop_oneof![1 => Just(json!({})), 1 => affinity()], spread(), 0..8u8);
    (shape, rules).prop_map(|((cpu, memory, app, red), (affinity, spread, extra))| {
        let mut requests = json!({});
        if cpu > 0 {
            requests["cpu"] = json!(format!("{}m", cpu * 150));
        }
        if memory > 0 {
            requests["memory"] = json!(format!("{}Mi", memory * 100));
        }
        let mut spec = json!({
            "containers": [{"name": "main", "image": "app:1", "resources": {"requests": requests}}],
            "affinity": affinity, "topologySpreadConstraints": spread,
        });
        match extra {
            0 => spec["tolerations"] = json!([{"operator": "Exists"}]),
            1 => spec["nodeSelector"] = json!({"disk": "ssd"}),
            2 => spec["containers"][0]["ports"] = json!([{"containerPort": 80, "hostPort": 8080}]),
            3 => spec["initContainers"] = json!([{"name": "init", "image": "app:1", "resources": {"requests": {"cpu": "700m"}}}]),
            _ => {}
        }
        let spec: PodSpec = serde_json::from_value(spec).expect("a pod specification");
        PodFacts { namespace: if red { "shop" } else { "data" }.into(), labels: labels(&[("app", APPS[app])]), spec: Arc::new(spec), ..PodFacts::default() }
    })
}

pub fn case() -> impl Strategy<Value = Case> {
    let services = prop::collection::vec((any::<bool>(), 0..3usize), 0..3);
    (33..37u16, nodes(), services, prop::collection::vec(pod(), 1..24)).prop_map(|(minor, nodes, services, mut pods)| {
        pods.iter_mut().enumerate().for_each(|(at, it)| it.name = format!("p{at}").into());
        let services = services.into_iter().map(|(red, app)| (if red { "shop" } else { "data" }.to_owned(), APPS[app].to_owned())).collect();
        Case { minor, nodes, services, pods }
    })
}

impl Case {
    /// The cluster before any pod comes.
    pub fn state(&self) -> State {
        let mut state = State::new(Version::minor(self.minor));
        state.add_namespace("shop", labels(&[("team", "red")]));
        state.add_namespace("data", labels(&[("team", "blue")]));
        self.services.iter().for_each(|(ns, app)| state.add_service(ns, labels(&[("app", app)])));
        self.nodes.iter().for_each(|it| {
            state.add_node(it.clone());
        });
        state
    }
}
