//! Tables about preemption and the eviction API.

use seatrial_sim::{Eviction, FitError, Health, Plugin, Status};
use serde_json::{Value, json};

use super::Verdict;
use super::world::{World, code, flag, list};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    Some(match (file, test) {
        ("defaultpreemption", "TestPostFilter") => post_filter(case),
        ("defaultpreemption", "TestPodEligibleToPreemptOthers") => eligible(case),
        ("helper", "TestDefaultSelector") => default_selector(case),
        ("pkg_registry_core_pod_storage", "TestEvictionWithETCD" | "TestEviction") => eviction(test, case),
        ("pkg_registry_core_pod_storage", "TestEvictionPDBStatus") => eviction_status(case),
        _ => return None,
    })
}

fn status_of(value: &Value) -> Status {
    let reasons = list(value, "reasons").iter().filter_map(|it| Some(it.as_str()?.to_owned().into())).collect();
    Status { plugin: Plugin::NodeResourcesFit, resolvable: value["code"] == "Unschedulable", reasons }
}

fn post_filter(case: &Value) -> Verdict {
    let mut world = World::new(list(case, "nodes"), list(case, "pods"));
    world.budgets(list(case, "pdbs"));
    let pod = world.pending(case.get("pod"));
    let given = case.pointer("/filteredNodesStatuses/nodeToStatus").and_then(Value::as_object);
    let statuses = world.nodes.iter().filter_map(|node| Some((*node, status_of(given?.get(&**world.state.node_name(*node))?)))).collect();
    let error = FitError { nodes: world.nodes.len(), everywhere: None, statuses, absent: None };
    let attempt = world.state.preempt(pod, &error, 0);
    let wanted = case.pointer("/wantResult/nominatedNode").and_then(Value::as_str).unwrap_or("");
    let best = world.state.best_candidates(&attempt.candidates);
    let named: Vec<String> = best.iter().map(|it| world.state.node_name(it.node).to_string()).collect();
    if wanted.is_empty() != named.is_empty() || (!wanted.is_empty() && !named.iter().any(|it| it == wanted)) {
        return Verdict::Fail(format!("wanted {wanted:?}, ours {named:?}"));
    }
    match case.pointer("/wantStatus/reasons/0").and_then(Value::as_str) {
        Some(reason) if wanted.is_empty() => Verdict::equal(&attempt.message(), &reason.to_owned()),
        _ => Verdict::Pass,
    }
}

fn eligible(case: &Value) -> Verdict {
    let nodes: Vec<Value> = list(case, "nodes").iter().map(|it| it.as_str().map_or_else(|| it.clone(), |name| json!({"metadata": {"name": name}}))).collect();
    let mut world = World::new(&nodes, list(case, "pods"));
    let pod = world.pending(case.get("pod"));
    let mut error = FitError { nodes: world.nodes.len(), ..FitError::default() };
    if let (Some(status), Some(node)) = (case.get("nominatedNodeStatus"), world.state.nominated_node(pod)) {
        error.statuses.push((node, status_of(status)));
    }
    Verdict::equal(&world.state.may_preempt(pod, &error), &flag(case, "expected"))
}

fn default_selector(case: &Value) -> Verdict {
    let mut world = World::new([], &[]);
    world.selectors(list(case, "addFakeResourceList"));
    let pod = world.pending(case.get("pod"));
    Verdict::equal(&world.state.default_spread_selector(pod).is_empty(), &case["expect"].as_object().is_none_or(serde_json::Map::is_empty))
}

/// The pod that the test functions evict: labelled `a: true`, Ready unless the case says otherwise.
fn evicted(case: &Value) -> (World, seatrial_sim::PodId) {
    let mut world = World::new([], &[]);
    world.budgets(case.get("pdb").map_or_else(|| list(case, "pdbs"), std::slice::from_ref));
    let name = case["podName"].as_str().unwrap_or("t1");
    let pod = world.pending(Some(&json!({"metadata": {"name": name, "labels": {"a": "true"}}})));
    if flag(case, "podTerminating") {
        world.state.terminate(pod);
    }
    (world, pod)
}

fn health(case: &Value) -> Health {
    let ready = case.get("prc").is_none_or(|it| it.get("status").or_else(|| it.get("Status")).is_none_or(|it| it == "True"));
    match case["podPhase"].as_str() {
        Some("Running") if ready => Health::Ready,
        Some("Running") => Health::Unready,
        _ => Health::NotRunning,
    }
}

fn eviction(test: &str, case: &Value) -> Verdict {
    if flag(case, "badNameInURL") {
        return Verdict::listed("a request with two names: the API server's routing");
    }
    if test == "TestEviction" && title_says_conflict(case) {
        return Verdict::listed("a write conflict inside the API server");
    }
    let wanted = case["expectError"].as_str().unwrap_or("");
    for policy in policies(case) {
        let mut once = case.clone();
        for budget in once["pdbs"].as_array_mut().into_iter().flatten() {
            if let Some(policy) = &policy {
                budget["spec"]["unhealthyPodEvictionPolicy"] = json!(policy);
            }
        }
        let (mut world, pod) = evicted(&once);
        let answer = world.state.evict(pod, health(&once), 0);
        let agrees = match &answer {
            Eviction::Granted | Eviction::Charged(_) => wanted.is_empty(),
            Eviction::Refused(_) | Eviction::NotObserved(_) => wanted.contains("TooManyRequests"),
            Eviction::Ambiguous(_) => wanted.contains("more than one"),
        };
        if !agrees {
            return Verdict::Fail(format!("with policy {policy:?} wanted {wanted:?}, ours {answer:?}"));
        }
    }
    Verdict::Pass
}

fn title_says_conflict(case: &Value) -> bool {
    case["name"].as_str().is_some_and(|it| it.contains("conflict") || it.contains("resourceVersion"))
}

/// A case holds for each of its policies; none is the default.
fn policies(case: &Value) -> Vec<Option<String>> {
    let all: Vec<_> = list(case, "policies").iter().map(|it| it.as_str().map(str::to_owned)).collect();
    if all.is_empty() { vec![None] } else { all }
}

fn eviction_status(case: &Value) -> Verdict {
    let (mut world, pod) = evicted(case);
    let answer = world.state.evict(pod, Health::Ready, 0);
    if !answer.is_granted() {
        return Verdict::Fail(format!("ours {answer:?}, {}", code(None)));
    }
    let left = world.state.budget_ids().next().map(|it| world.state.budget(it).status.disruptions_allowed);
    Verdict::equal(&left, &case["expectedDisruptionsAllowed"].as_i64())
}
