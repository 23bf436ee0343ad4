//! Tables of the score plugins.

use std::collections::BTreeMap;

use seatrial_sim::Plugin;
use serde_json::Value;

use super::Verdict;
use super::world::{World, flag, list};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    Some(match (file, test) {
        ("imagelocality", "TestImageLocalityPriority") => scores(case, Plugin::ImageLocality, "pod", "pods", "expectedList"),
        ("imagelocality", "TestNormalizedImageName") => {
            let name = |key: &str| case.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
            Verdict::equal(&seatrial_sim::normalized_image(&name("Input")).to_string(), &name("Output"))
        }
        ("tainttoleration", "TestTaintTolerationScore") if flag(case, "enableTaintTolerationComparisonOps") => {
            Verdict::listed("gate TaintTolerationComparisonOperators is off by default")
        }
        ("tainttoleration", "TestTaintTolerationScore") => scores(case, Plugin::TaintToleration, "pod", "pods", "expectedList"),
        ("nodeaffinity", "TestNodeAffinityPriority") if case.pointer("/args/AddedAffinity").is_some() => {
            Verdict::listed("addedAffinity is a setting that the default profile does not have")
        }
        ("nodeaffinity", "TestNodeAffinityPriority") => scores(case, Plugin::NodeAffinity, "pod", "pods", "expectedList"),
        ("noderesources", "testNodeResourcesBalancedAllocation") => balanced(case),
        ("noderesources", "TestLeastAllocatedScoringStrategy") => least(case),
        ("noderesources", "testFitScore") => fit(case),
        ("podtopologyspread", "TestPodTopologySpreadScore") => spread(case),
        ("interpodaffinity", "TestPreferredAffinity") if flag(case, "ignorePreferredTermsOfExistingPods") => {
            Verdict::listed("ignorePreferredTermsOfExistingPods is a setting that the default profile does not have")
        }
        ("interpodaffinity", "TestPreferredAffinity") => scores(case, Plugin::InterPodAffinity, "pod", "pods", "expectedList"),
        ("interpodaffinity", "TestPreferredAffinityWithHardPodAffinitySymmetricWeight") => {
            if case.get("hardPodAffinityWeight").and_then(Value::as_i64) == Some(1) {
                scores(case, Plugin::InterPodAffinity, "pod", "pods", "expectedList")
            } else {
                Verdict::listed("a hardPodAffinityWeight other than the default profile's")
            }
        }
        _ => return None,
    })
}

/// Compares the normalised scores of all nodes; a plugin that skips the pod is worth nothing everywhere.
fn scores(case: &Value, plugin: Plugin, pod: &str, pods: &str, wanted: &str) -> Verdict {
    let mut world = World::new(list(case, "nodes").iter().chain(list(case, "failedNodes")), list(case, pods));
    world.selectors(list(case, "objs"));
    let pod = world.pending(case.get(pod));
    let count = list(case, "nodes").len();
    let nodes = world.nodes[..count].to_vec();
    let ours = world.state.plugin_scores(pod, &nodes, plugin).unwrap_or_else(|| vec![0; count]);
    let ours: BTreeMap<String, i64> = nodes.iter().zip(ours).map(|(node, score)| (world.state.node_name(*node).to_string(), score)).collect();
    let list = list(case, wanted);
    if list.is_empty() {
        let skips = ["wantStatus", "wantPreScoreStatus", "expectedPreScoreStatusCode"]
            .iter()
            .any(|key| case.get(key).is_some_and(|it| it == "Skip" || it["code"] == "Skip"));
        return if skips { Verdict::equal(&ours.values().all(|it| *it == 0), &true) } else { Verdict::Fail("the case wants nothing".to_owned()) };
    }
    let wanted: BTreeMap<String, i64> = list.iter().filter_map(|it| Some((it["Name"].as_str()?.to_owned(), it["Score"].as_i64()?))).collect();
    Verdict::equal(&ours, &wanted)
}

/// Whether the table weighs cpu and memory alike and nothing else.
fn default_resources(resources: &[Value]) -> bool {
    let mut all: Vec<(&str, i64)> = resources.iter().filter_map(|it| Some((it["Name"].as_str()?, it["Weight"].as_i64()?))).collect();
    all.sort_unstable();
    all == [("cpu", 1), ("memory", 1)]
}

const OTHER_RESOURCES: &str = "resources or weights other than the default profile's";

fn balanced(case: &Value) -> Verdict {
    if !default_resources(list(&case["args"], "Resources")) {
        return Verdict::listed(OTHER_RESOURCES);
    }
    scores(case, Plugin::NodeResourcesBalancedAllocation, "requestedPod", "existingPods", "expectedScores")
}

fn least(case: &Value) -> Verdict {
    if !default_resources(list(case, "resources")) {
        return Verdict::listed(OTHER_RESOURCES);
    }
    scores(case, Plugin::NodeResourcesFit, "requestedPod", "existingPods", "expectedScores")
}

fn fit(case: &Value) -> Verdict {
    let strategy = &case["nodeResourcesFitArgs"]["ScoringStrategy"];
    if strategy["Type"] != "LeastAllocated" {
        return Verdict::listed("a scoring strategy other than the default profile's LeastAllocated");
    }
    if !default_resources(list(strategy, "Resources")) {
        return Verdict::listed(OTHER_RESOURCES);
    }
    scores(case, Plugin::NodeResourcesFit, "requestedPod", "existingPods", "expectedPriorities")
}

fn spread(case: &Value) -> Verdict {
    let constraints = case.pointer("/pod/spec/topologySpreadConstraints").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let any = |key: &str| constraints.iter().any(|it| it.get(key).is_some());
    if (any("nodeAffinityPolicy") || any("nodeTaintsPolicy")) && !flag(case, "enableNodeInclusionPolicy") {
        return Verdict::listed("with gate NodeInclusionPolicyInPodTopologySpread off; it is on for good since 1.33");
    }
    if any("matchLabelKeys") && !flag(case, "enableMatchLabelKeys") {
        return Verdict::listed("with gate MatchLabelKeysInPodTopologySpread off; it is on by default");
    }
    scores(case, Plugin::PodTopologySpread, "pod", "existingPods", "want")
}
