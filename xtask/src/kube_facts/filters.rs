//! Tables of the filter plugins.

use std::collections::BTreeMap;

use seatrial_sim::Plugin;
use serde_json::{Value, json};

use super::Verdict;
use super::world::{World, code, compare, flag, list};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    Some(match (file, test) {
        ("nodename", "TestNodeName") => single(case, Plugin::NodeName),
        ("nodeunschedulable", "TestNodeUnschedulable") => single(case, Plugin::NodeUnschedulable),
        ("tainttoleration", "TestTaintTolerationFilter" | "TestTaintTolerationFilterWithFeatureGate") => taints(case),
        ("nodeports", "TestNodePorts") => on_node_info(case, Plugin::NodePorts, "wantFilterStatus"),
        ("volumerestrictions", "TestGCEDiskConflicts" | "TestAWSDiskConflicts" | "TestRBDDiskConflicts" | "TestISCSIDiskConflicts") => {
            on_node_info(case, Plugin::VolumeRestrictions, "wantStatus")
        }
        ("nodeaffinity", "TestNodeAffinity") => node_affinity(case),
        ("staging_src_k8s.io_component-helpers_scheduling_corev1_nodeaffinity", "TestPodMatchesNodeSelectorAndAffinityTerms") => matches(case),
        ("interpodaffinity", "TestRequiredAffinitySingleNode") => affinity_single(case),
        ("interpodaffinity", "TestRequiredAffinityMultipleNodes") => affinity_multiple(case),
        ("podtopologyspread", "TestPreFilterState" | "TestPreFilterStateAddPod" | "TestPreFilterStateRemovePod") => spread_state(case),
        ("podtopologyspread", "TestSingleConstraint" | "TestMultipleConstraints") => spread_filter(case),
        _ => return None,
    })
}

fn single(case: &Value, plugin: Plugin) -> Verdict {
    let mut world = World::new(case.get("node"), &[]);
    let pod = world.pending(case.get("pod"));
    let Some(node) = world.nodes.first().copied() else { return Verdict::Fail("the case has no node".to_owned()) };
    compare(world.state.plugin_refusal(pod, node, plugin).as_ref(), case.get("wantStatus"))
}

fn taints(case: &Value) -> Verdict {
    if flag(case, "enableTaintTolerationComparisonOps") {
        return Verdict::listed("gate TaintTolerationComparisonOperators is off by default");
    }
    single(case, Plugin::TaintToleration)
}

/// A node that has the pods of `nodeInfo`.
fn on_node_info(case: &Value, plugin: Plugin, wanted: &str) -> Verdict {
    let node = json!({"metadata": {"name": "node"}});
    let mut world = World::new([&node], &[]);
    let id = world.nodes[0];
    for pod in list(&case["nodeInfo"], "pods") {
        world.place(pod, Some(id));
    }
    let pod = world.pending(case.get("pod"));
    compare(world.state.plugin_refusal(pod, id, plugin).as_ref(), case.get(wanted))
}

fn node_affinity(case: &Value) -> Verdict {
    if case.pointer("/args/AddedAffinity").is_some() {
        return Verdict::listed("addedAffinity is a setting that the default profile does not have");
    }
    let name = case.get("nodeName").and_then(Value::as_str).unwrap_or("");
    let node = json!({"metadata": {"name": name, "labels": case.get("labels").cloned().unwrap_or_else(|| json!({}))}});
    let mut world = World::new([&node], &[]);
    let pod = world.pending(case.get("pod"));
    if let Some(wanted) = case.get("wantPreFilterStatus").filter(|it| it["code"] != "Skip") {
        return compare(world.state.refusal_everywhere(pod).as_ref(), Some(wanted));
    }
    if let Some(names) = case.pointer("/wantPreFilterResult/NodeNames") {
        let mut wanted: Vec<String> = match names {
            Value::Object(all) => all.keys().cloned().collect(),
            other => other.as_array().into_iter().flatten().filter_map(|it| Some(it.as_str()?.to_owned())).collect(),
        };
        wanted.sort();
        let ours = world.state.pinned_nodes(pod).unwrap_or_default();
        if ours != wanted {
            return Verdict::Fail(format!("wanted the nodes {wanted:?}, ours {ours:?}"));
        }
    }
    let id = world.nodes[0];
    compare(world.state.plugin_refusal(pod, id, Plugin::NodeAffinity).as_ref(), case.get("wantStatus"))
}

fn matches(case: &Value) -> Verdict {
    let name = case.get("nodeName").and_then(Value::as_str).unwrap_or("");
    let node = json!({"metadata": {"name": name, "labels": case.get("labels").cloned().unwrap_or_else(|| json!({}))}});
    let mut world = World::new([&node], &[]);
    let pod = world.pending(case.get("pod"));
    let id = world.nodes[0];
    Verdict::equal(&world.state.plugin_refusal(pod, id, Plugin::NodeAffinity).is_none(), &flag(case, "want"))
}

fn affinity_single(case: &Value) -> Verdict {
    let mut world = World::new(case.get("node"), list(case, "pods"));
    let pod = world.pending(case.get("pod"));
    let Some(node) = world.nodes.first().copied() else { return Verdict::Fail("the case has no node".to_owned()) };
    if let Some(wanted) = case.get("wantPreFilterStatus").filter(|it| it["code"] != "Skip") {
        return invalid_selector(wanted);
    }
    compare(world.state.plugin_refusal(pod, node, Plugin::InterPodAffinity).as_ref(), case.get("wantFilterStatus"))
}

fn affinity_multiple(case: &Value) -> Verdict {
    let mut world = World::new(list(case, "nodes"), list(case, "pods"));
    let pod = world.pending(case.get("pod"));
    let wanted = list(case, "wantFilterStatuses");
    for (at, node) in world.nodes.clone().into_iter().enumerate() {
        let ours = world.state.plugin_refusal(pod, node, Plugin::InterPodAffinity);
        match compare(ours.as_ref(), wanted.get(at).filter(|it| !it.is_null())) {
            Verdict::Pass => {}
            other => return other,
        }
    }
    Verdict::Pass
}

/// Only selectors that the API server refuses lead here.
fn invalid_selector(wanted: &Value) -> Verdict {
    if wanted["code"] == "UnschedulableAndUnresolvable" && wanted["reasons"].to_string().contains("parsing pod") {
        return Verdict::listed("a label selector that the API server does not accept");
    }
    Verdict::Fail(format!("wanted {wanted}, which the simulation never says"))
}

/// Why a spread case cannot be asked: it switches a gate off, or configures the plugin.
fn spread_exception(case: &Value) -> Option<Verdict> {
    let pod = case.get("pod").or_else(|| case.get("preemptor"));
    let constraints = pod.and_then(|it| it.pointer("/spec/topologySpreadConstraints")?.as_array()).map_or(&[][..], Vec::as_slice);
    let any = |key: &str| constraints.iter().any(|it| it.get(key).is_some());
    if case.get("defaultConstraints").is_some() {
        return Some(Verdict::listed("defaultConstraints is a setting that the default profile does not have"));
    }
    if (any("nodeAffinityPolicy") || any("nodeTaintsPolicy")) && !flag(case, "enableNodeInclusionPolicy") {
        return Some(Verdict::listed("with gate NodeInclusionPolicyInPodTopologySpread off; it is on for good since 1.33"));
    }
    if any("matchLabelKeys") && !flag(case, "enableMatchLabelKeys") {
        return Some(Verdict::listed("with gate MatchLabelKeysInPodTopologySpread off; it is on by default"));
    }
    None
}

fn spread_state(case: &Value) -> Verdict {
    if let Some(why) = spread_exception(case) {
        return why;
    }
    if case.get("wantPrefilterStatus").is_some_and(|it| it["code"] != "Skip") {
        return Verdict::listed("a label selector that the API server does not accept");
    }
    let mut world = World::new(list(case, "nodes"), list(case, "existingPods"));
    world.selectors(list(case, "objs"));
    let pod = world.pending(case.get("pod").or_else(|| case.get("preemptor")));
    let at = case.get("nodeIdx").and_then(Value::as_u64).unwrap_or(0) as usize;
    if let Some(added) = case.get("addedPod") {
        world.place(added, world.nodes.get(at).copied());
    }
    if case.get("nodeIdx").is_some() && case.get("addedPod").is_none() {
        match (case.get("deletedPod"), case.get("deletedPodIdx").and_then(Value::as_i64)) {
            // The test removes a pod that was never counted: the count goes below zero, which cannot happen in a cluster.
            (Some(_), _) => return Verdict::listed("removes a pod that is not there"),
            (None, index) => {
                let index = usize::try_from(index.unwrap_or(0)).unwrap_or(0);
                if let Some(id) = world.pods.get(index).copied() {
                    world.state.delete_pod(id);
                }
            }
        }
    }
    let wanted: Vec<BTreeMap<String, i64>> = case.pointer("/want/TpValueToMatchNum").and_then(Value::as_array).map_or(Vec::new(), |all| {
        all.iter().map(|it| it.as_object().into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), value.as_i64()?))).collect()).collect()
    });
    Verdict::equal(&world.state.spread_counts(pod), &wanted)
}

fn spread_filter(case: &Value) -> Verdict {
    if let Some(why) = spread_exception(case) {
        return why;
    }
    let mut world = World::new(list(case, "nodes"), list(case, "existingPods"));
    let pod = world.pending(case.get("pod"));
    let wanted: BTreeMap<String, String> =
        case["wantStatusCode"].as_object().into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    let mut ours = BTreeMap::new();
    for node in world.nodes.clone() {
        let status = world.state.plugin_refusal(pod, node, Plugin::PodTopologySpread);
        ours.insert(world.state.node_name(node).to_string(), code(status.as_ref()).to_owned());
    }
    ours.retain(|node, _| wanted.contains_key(node));
    Verdict::equal(&ours, &wanted)
}
