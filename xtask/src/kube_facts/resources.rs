//! Tables about requests, and about what fits on a node.

use seatrial_model::kinds::nodes::PodStatus;
use seatrial_model::{PodSpec, ResourceList};
use seatrial_sim::{Plugin, RequestOptions, container_requests, is_pod_level, pod_limits, pod_requests};
use serde_json::{Value, json};

use super::Verdict;
use super::world::{World, compare, flag, list, read};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    Some(match (file, test) {
        ("noderesources", "testEnoughRequests" | "testStorageRequests") => enough(case, [10, 20, 32, 5, 20, 5]),
        ("noderesources", "testNotEnoughRequests") => enough(case, [10, 20, 1, 0, 0, 0]),
        ("noderesources", "TestIsFit") => is_fit(case),
        ("staging_src_k8s.io_component-helpers_resource", "TestPodResourceRequests") => total(case, container_case(case)),
        ("staging_src_k8s.io_component-helpers_resource", "TestPodLevelResourceRequests") => total(case, pod_level_case(case)),
        ("staging_src_k8s.io_component-helpers_resource", "TestPodRequestsAndLimitsWithoutOverhead") => {
            let spec: PodSpec = read(case.pointer("/pod/spec"));
            let options = RequestOptions { exclude_overhead: true, ..RequestOptions::default() };
            total(case, pod_requests(&spec, None, &options))
        }
        ("staging_src_k8s.io_component-helpers_resource", "TestAggregateContainerRequestsAndLimits") => aggregate(case),
        ("staging_src_k8s.io_component-helpers_resource", "TestPodResourceLimits") => limits(case),
        ("staging_src_k8s.io_component-helpers_resource", "TestIsPodLevelLimitsSet") => {
            let limits: ResourceList = read(case.pointer("/podResources/limits"));
            Verdict::equal(&limits.iter().any(|it| is_pod_level(it.0)), &flag(case, "expected"))
        }
        ("staging_src_k8s.io_component-helpers_resource", "TestIsPodLevelResourcesSet") => pod_level_set(case),
        ("staging_src_k8s.io_component-helpers_resource", "TestIsSupportedPodLevelResource") => {
            Verdict::equal(&is_pod_level(case["resource"].as_str().unwrap_or("")), &flag(case, "expected"))
        }
        ("pkg_scheduler", "TestNumFeasibleNodesToFind") => {
            if case.get("globalPercentage").is_some() || case.get("profilePercentage").is_some() {
                return Some(Verdict::listed("percentageOfNodesToScore is a setting that the default profile does not have"));
            }
            let number = |key: &str| case[key].as_u64().unwrap_or(0) as usize;
            Verdict::equal(&seatrial_sim::feasible_nodes_to_find(number("numAllNodes")), &number("wantNumNodes"))
        }
        ("pkg_scheduler_backend_cache", "TestNodeTree_List") => node_order(case),
        _ => return None,
    })
}

const EXTENDED: &str = "example.com/aaa";
const HUGE_PAGES: &str = "hugepages-2Mi";

/// Millicores, memory, pods, extended resource, ephemeral storage, huge pages: the node that the test function makes.
fn enough(case: &Value, node: [i64; 6]) -> Verdict {
    if case.pointer("/args/IgnoredResources").is_some() || case.pointer("/args/IgnoredResourceGroups").is_some() {
        return Verdict::listed("ignored resources are a setting that the default profile does not have");
    }
    if flag(case, "draExtendedResourceEnabled") {
        return Verdict::listed("extended resources backed by DRA: device claims are not simulated");
    }
    if case.pointer("/pod/spec/resources").is_some() && !flag(case, "podLevelResourcesEnabled") {
        return Verdict::listed("with gate PodLevelResources off; it is on by default since 1.34");
    }
    let [cpu, memory, pods, extended, storage, huge] = node;
    let allocatable = json!({"cpu": format!("{cpu}m"), "memory": memory, "pods": pods, EXTENDED: extended, "ephemeral-storage": storage, HUGE_PAGES: huge});
    let node = json!({"metadata": {"name": "node"}, "status": {"allocatable": allocatable}});
    let mut world = World::new([&node], &[]);
    let id = world.nodes[0];
    for pod in list(&case["nodeInfo"], "pods") {
        world.place(pod, Some(id));
    }
    let pod = world.pending(case.get("pod"));
    let mut short: Vec<Value> = world
        .state
        .shortages(pod, id)
        .iter()
        .map(|it| {
            let mut one = json!({"Capacity": it.capacity, "Reason": it.reason(), "Requested": it.requested, "ResourceName": it.resource, "Used": it.used});
            if it.never_fits() {
                one["Unresolvable"] = json!(true);
            }
            one
        })
        .collect();
    let wanted: Vec<Value> = list(case, "wantInsufficientResources").iter().map(without_defaults).collect();
    short = short.iter().map(without_defaults).collect();
    if case.get("wantInsufficientResources").is_some() && short != wanted {
        return Verdict::Fail(format!("wanted short {wanted:?}, ours {short:?}"));
    }
    compare(world.state.plugin_refusal(pod, id, Plugin::NodeResourcesFit).as_ref(), case.get("wantStatus"))
}

/// Go leaves zero values out of a literal.
fn without_defaults(value: &Value) -> Value {
    let entries = value.as_object().into_iter().flatten().filter(|it| *it.1 != json!(0) && *it.1 != json!(false));
    Value::Object(entries.map(|(key, it)| (key.clone(), it.clone())).collect())
}

fn is_fit(case: &Value) -> Verdict {
    let Some(node) = case.get("node") else { return Verdict::equal(&false, &flag(case, "expected")) };
    if case.pointer("/pod/spec/resources").is_some() && !flag(case, "podLevelResourcesEnabled") {
        return Verdict::listed("with gate PodLevelResources off; it is on by default since 1.34");
    }
    let mut world = World::new([node], &[]);
    let pod = world.pending(case.get("pod"));
    let id = world.nodes[0];
    Verdict::equal(&world.state.shortages(pod, id).is_empty(), &flag(case, "expected"))
}

fn options(case: &Value, key: &str) -> RequestOptions {
    let options = &case[key];
    RequestOptions {
        use_status: flag(options, "UseStatusResources"),
        use_pod_status: flag(options, "InPlacePodLevelResourcesVerticalScalingEnabled"),
        skip_pod_level: flag(options, "SkipPodLevelResources"),
        exclude_overhead: flag(options, "ExcludeOverhead"),
        skip_containers: flag(options, "SkipContainerLevelResources"),
        defaults: read(options.get("NonMissingContainerRequests")),
    }
}

fn spec_of(case: &Value) -> PodSpec {
    read(Some(&json!({
        "containers": case.get("containers").cloned().unwrap_or_else(|| json!([])),
        "initContainers": case.get("initContainers").cloned().unwrap_or_else(|| json!([])),
        "overhead": case.get("overhead").cloned().unwrap_or_else(|| json!({})),
        "resources": case.get("podResources").cloned(),
    })))
}

fn status_of(case: &Value) -> PodStatus {
    let statuses = case.get("containerStatuses").or_else(|| case.get("containerStatus")).cloned().unwrap_or_else(|| json!([]));
    let mut status: PodStatus = read(Some(&json!({
        "containerStatuses": statuses,
        "initContainerStatuses": case.get("initContainerStatuses").cloned().unwrap_or_else(|| json!([])),
    })));
    status.conditions = case.get("podResizeStatus").map_or(Vec::new(), |it| read(Some(it)));
    status
}

fn container_case(case: &Value) -> ResourceList {
    pod_requests(&spec_of(case), Some(&status_of(case)), &options(case, "options"))
}

fn pod_level_case(case: &Value) -> ResourceList {
    pod_requests(&spec_of(case), Some(&status_of(case)), &options(case, "opts"))
}

fn limits(case: &Value) -> Verdict {
    let ours = pod_limits(&spec_of(case), Some(&status_of(case)), &options(case, "options"));
    Verdict::equal(&ours, &read(case.get("expectedLimits")))
}

fn total(case: &Value, ours: ResourceList) -> Verdict {
    let wanted: ResourceList = read(case.get("expectedRequests"));
    Verdict::equal(&ours, &wanted)
}

fn aggregate(case: &Value) -> Verdict {
    let ours = container_requests(&spec_of(case), Some(&status_of(case)), &options(case, "options"));
    Verdict::equal(&ours, &read(case.get("expectedRequests")))
}

fn pod_level_set(case: &Value) -> Verdict {
    let any = |kind: &str| case["podResources"][kind].as_object().is_some_and(|it| it.keys().any(|name| is_pod_level(name)));
    Verdict::equal(&(any("requests") || any("limits")), &flag(case, "expected"))
}

/// Nodes are visited one zone after another.
fn node_order(case: &Value) -> Verdict {
    let wanted: Vec<String> = list(case, "expectedOutput").iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect();
    // The table takes its nodes from a list that the extraction left out: the first so many, all of which are expected.
    const REGION_AND_ZONE: [(&str, &str); 9] = [
        ("", ""),
        ("region-1", ""),
        ("", "zone-2"),
        ("region-1", "zone-2"),
        ("region-1", "zone-2"),
        ("region-1", "zone-3"),
        ("region-2", "zone-2"),
        ("region-2", "zone-2"),
        ("region-2", "zone-2"),
    ];
    let node = |(at, (region, zone)): (usize, &(&str, &str))| {
        let labels = [("topology.kubernetes.io/region", region), ("topology.kubernetes.io/zone", zone)];
        let labels: serde_json::Map<String, Value> = labels.into_iter().filter(|it| !it.1.is_empty()).map(|(key, it)| (key.to_owned(), json!(it))).collect();
        json!({"metadata": {"name": format!("node-{at}"), "labels": labels}})
    };
    let nodes: Vec<Value> = REGION_AND_ZONE.iter().take(wanted.len()).enumerate().map(node).collect();
    let mut world = World::new(&nodes, &[]);
    let order = world.state.visiting_order();
    let ours: Vec<String> = order.iter().map(|it| world.state.node_name(*it).to_string()).collect();
    Verdict::equal(&ours, &wanted)
}
