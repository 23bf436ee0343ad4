//! Scenarios of `cargo xtask traces`: drains and rollouts of a real control plane, rehearsed from the same state and with the same commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use seatrial_model::cluster::Cluster;
use seatrial_model::{Labels, PodSpec, Version, WorkloadKind};
use seatrial_sim::controllers::quota::Quota;
use seatrial_sim::controllers::rehearsal::{DrainFlags, Life, Played, PodSetController, Rehearsal, Rollout};
use seatrial_sim::{PodFacts, State};
use serde_json::Value;

use crate::traces::cluster_of;

/// What a scenario comes to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    exits: Vec<i32>,
    settled: bool,
    not_whole: Vec<String>,
    pending: usize,
    made: usize,
    gone: usize,
    /// The fewest Ready pods of each Deployment at any time.
    least_ready: BTreeMap<String, i64>,
}

/// Rehearses one scenario; an error says what differs or what is not simulated.
pub(crate) fn replay(lines: &[Value]) -> Result<(), String> {
    let (first, rest) = lines.split_first().ok_or("an empty file")?;
    let end = rest.last().ok_or("no end")?;
    let cluster = cluster_of(first["objects"].as_array().map_or(&[][..], Vec::as_slice))?;
    let mut rehearsal = begin(first, &cluster)?;
    let mut drains = Vec::new();
    let mut exits: Vec<(usize, Option<i32>)> = Vec::new();
    for line in rest {
        let at = (line["t"].as_f64().unwrap_or(0.0) * 1000.0) as i64;
        match line["op"].as_str() {
            Some("command") => {
                rehearsal.run_until(at);
                let words: Vec<&str> = line["argv"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let drain = command(&mut rehearsal, &words)?;
                drains.extend(drain);
                exits.push((drains.len(), drain.is_none().then_some(0)));
            }
            Some("node-dead") => {
                rehearsal.run_until(at);
                let nodes = eviction_order(line, rest);
                let nodes: Vec<_> = nodes.iter().filter_map(|it| rehearsal.state.find_node(it)).collect();
                rehearsal.lose(&nodes);
            }
            Some("node-alive") => return Err("not simulated yet: the return of nodes".to_owned()),
            _ => {}
        }
    }
    rehearsal.run_until((end["t"].as_f64().unwrap_or(0.0) * 1000.0) as i64);
    let codes = exits.iter().map(|(count, code)| code.unwrap_or_else(|| rehearsal.exit(drains[count - 1]).unwrap_or(-1))).collect();
    let ours = outcome(&rehearsal, codes);
    let theirs = recorded(first, rest, end);
    if ours == theirs { Ok(()) } else { Err(format!("\n    real {theirs:?}\n    ours {ours:?}")) }
}

fn begin(first: &Value, cluster: &Cluster) -> Result<Rehearsal, String> {
    let version: Version = first["kubernetes"].as_str().unwrap_or("").parse().map_err(|_| "no version")?;
    let milliseconds = |it: &Value| (it.as_f64().unwrap_or(0.0) * 1000.0) as i64;
    let timing = &first["timing"];
    let rule =
        |it: &Value| (it["match"].as_str().unwrap_or("").trim_start_matches('^').to_owned(), (it["state"] == "slow").then(|| milliseconds(&it["seconds"])));
    let played = Played {
        start: milliseconds(&timing["pod_start_seconds"]),
        stop: milliseconds(&timing["pod_stop_seconds"]),
        rules: timing["rules"].as_array().into_iter().flatten().map(rule).collect(),
        never: timing["pods_with_image_that_never_start"].as_str().map(str::to_owned),
    };
    let mut rehearsal = Rehearsal::new(State::of(cluster, version), 1, played);
    rehearsal.quotas = cluster.resource_quotas.iter().map(|it| (it.meta.ns().into(), Quota::of(&it.meta.name, it))).collect();
    controllers(&mut rehearsal, cluster);
    for (at, pod) in cluster.pods.iter().enumerate() {
        let facts = PodFacts::of(pod);
        let Some(id) = rehearsal.state.find_pod(&facts.namespace, &facts.name) else { continue };
        let owner = facts.owner.as_ref();
        let set =
            rehearsal.sets.iter().position(|it| owner.is_some_and(|owner| owner.kind == it.kind && owner.name == it.name && facts.namespace == it.namespace));
        let life = Life {
            set,
            daemon: owner.is_some_and(|it| &*it.kind == "DaemonSet"),
            empty_dir: pod.spec.volumes.iter().any(|it| it.empty_dir.is_some()),
            ready: pod.is_ready(),
            running: pod.status.phase.as_deref() == Some("Running"),
            created: at as i64 - cluster.pods.len() as i64,
            ..Life::default()
        };
        rehearsal.lives.insert(id, life);
    }
    rehearsal.touch();
    Ok(rehearsal)
}

fn controllers(rehearsal: &mut Rehearsal, cluster: &Cluster) {
    for it in &cluster.workloads {
        if matches!(it.workload_kind, WorkloadKind::ReplicaSet | WorkloadKind::StatefulSet) {
            // A StatefulSet's claims are named after its templates.
            let mut spec = it.template.spec.clone();
            for claim in &it.volume_claim_templates {
                let source = seatrial_model::pod::ClaimSource { claim_name: claim.metadata.name.clone(), read_only: false };
                spec.volumes.push(seatrial_model::pod::Volume {
                    name: claim.metadata.name.clone(),
                    persistent_volume_claim: Some(source),
                    ..Default::default()
                });
            }
            rehearsal.sets.push(PodSetController {
                namespace: it.meta.ns().into(),
                name: it.meta.name.clone(),
                kind: it.kind.clone(),
                desired: it.replicas.unwrap_or(1),
                labels: it.template.metadata.labels.clone(),
                spec: Arc::new(with_priority(spec, cluster)),
            });
        }
    }
    for it in cluster.workloads.iter().filter(|it| it.workload_kind == WorkloadKind::Deployment) {
        let owned = |set: &PodSetController| {
            let object = cluster.workloads.iter().find(|other| other.kind == set.kind && other.meta.name == set.name && set.namespace == *other.meta.ns());
            object.and_then(|it| it.meta.controller()).is_some_and(|owner| &*owner.kind == "Deployment" && owner.name == it.meta.name)
        };
        let sets: Vec<usize> = (0..rehearsal.sets.len()).filter(|at| owned(&rehearsal.sets[*at])).collect();
        let current = sets.iter().copied().max_by_key(|at| rehearsal.sets[*at].desired).unwrap_or(0);
        rehearsal.rollouts.push(Rollout {
            name: it.meta.name.clone(),
            replicas: it.replicas.unwrap_or(1),
            max_surge: it.rollout.max_surge.clone(),
            max_unavailable: it.rollout.max_unavailable.clone(),
            recreate: it.rollout.strategy.as_deref() == Some("Recreate"),
            sets,
            current,
            least_ready: None,
        });
    }
}

/// Admission writes the number of the priority class into the pod.
fn with_priority(mut spec: PodSpec, cluster: &Cluster) -> PodSpec {
    let class = spec.priority_class_name.clone();
    let found = cluster.priority_classes.iter().find(|it| class.as_ref() == Some(&it.meta.name));
    spec.priority = spec.priority.or_else(|| Some(i32::try_from(found?.value).unwrap_or(0)));
    spec
}

/// Carries a command out; a drain ends later.
fn command(rehearsal: &mut Rehearsal, words: &[&str]) -> Result<Option<usize>, String> {
    let node = |name: &str, rehearsal: &Rehearsal| rehearsal.state.find_node(name).ok_or_else(|| format!("no node {name}"));
    match words {
        ["kubectl", "drain", name, flags @ ..] => {
            let seconds = flags.iter().find_map(|it| it.strip_prefix("--timeout=")?.strip_suffix('s')?.parse::<i64>().ok());
            let flags = DrainFlags {
                ignore_daemonsets: flags.contains(&"--ignore-daemonsets"),
                delete_emptydir_data: flags.contains(&"--delete-emptydir-data"),
                force: flags.contains(&"--force"),
                timeout: seconds.map(|it| it * 1000),
            };
            let node = node(name, rehearsal)?;
            Ok(Some(rehearsal.drain(node, flags)))
        }
        ["kubectl", "uncordon", name] => {
            let node = node(name, rehearsal)?;
            rehearsal.cordon(node, false);
            Ok(None)
        }
        ["kubectl", "-n", _, "set", "image", target, image] if target.starts_with("deploy/") => {
            let image = image.split_once('=').map_or(*image, |it| it.1);
            set_image(rehearsal, &target["deploy/".len()..], image);
            Ok(None)
        }
        ["kubectl", "-n", _, "set", "image", target, image] if target.starts_with("sts/") => {
            let image = image.split_once('=').map_or(*image, |it| it.1);
            for set in rehearsal.sets.iter_mut().filter(|it| &*it.kind == "StatefulSet" && *it.name == target["sts/".len()..]) {
                let mut spec = (*set.spec).clone();
                spec.containers.iter_mut().for_each(|it| it.image = image.into());
                set.spec = Arc::new(spec);
            }
            rehearsal.touch();
            Ok(None)
        }
        ["kubectl", "-n", _, "rollout", "undo", target] if target.starts_with("deploy/") => {
            undo(rehearsal, &target["deploy/".len()..]);
            Ok(None)
        }
        ["sleep", _] => Ok(None),
        other => Err(format!("not simulated yet: {}", other.join(" "))),
    }
}

/// The lost nodes in the order in which the real controller evicted them, which is at random; those it left alone come last.
fn eviction_order(line: &Value, rest: &[Value]) -> Vec<String> {
    let lost: Vec<String> = line["nodes"].as_array().into_iter().flatten().filter_map(|it| Some(it.as_str()?.to_owned())).collect();
    let evicted = |it: &&Value| it["kind"] == "Node" && it["state"]["taints"].to_string().contains("unreachable:NoExecute");
    let mut order: Vec<String> = Vec::new();
    for name in rest.iter().filter(evicted).filter_map(|it| it["name"].as_str()).chain(lost.iter().map(String::as_str)) {
        if lost.iter().any(|it| it == name) && !order.iter().any(|it| it == name) {
            order.push(name.to_owned());
        }
    }
    order
}

fn set_image(rehearsal: &mut Rehearsal, name: &str, image: &str) {
    let Some(at) = rehearsal.rollouts.iter().position(|it| &*it.name == name) else { return };
    let before = rehearsal.sets[rehearsal.rollouts[at].current].clone();
    let mut spec = (*before.spec).clone();
    spec.containers.iter_mut().for_each(|it| it.image = image.into());
    let hash = format!("hash{}", rehearsal.sets.len());
    let relabel =
        |it: (&seatrial_model::Text, &seatrial_model::Text)| (it.0.clone(), if &**it.0 == "pod-template-hash" { hash.as_str().into() } else { it.1.clone() });
    let labels: Labels = before.labels.iter().map(relabel).collect();
    let id = rehearsal.sets.len();
    rehearsal.sets.push(PodSetController { name: format!("{name}-{hash}").into(), labels, desired: 0, spec: Arc::new(spec), ..before });
    rehearsal.rollouts[at].sets.push(id);
    rehearsal.rollouts[at].current = id;
    rehearsal.touch();
}

/// The ReplicaSet before the current one becomes the newest.
fn undo(rehearsal: &mut Rehearsal, name: &str) {
    let Some(rollout) = rehearsal.rollouts.iter_mut().find(|it| &*it.name == name) else { return };
    if let Some(before) = rollout.sets.iter().rev().copied().find(|it| *it != rollout.current) {
        rollout.sets.retain(|it| *it != before);
        rollout.sets.push(before);
        rollout.current = before;
    }
    rehearsal.touch();
}

fn outcome(rehearsal: &Rehearsal, exits: Vec<i32>) -> Outcome {
    let mut not_whole: Vec<String> = Vec::new();
    for it in &rehearsal.rollouts {
        let old: i64 = it.sets.iter().filter(|set| **set != it.current).map(|set| rehearsal.sets[*set].desired).sum();
        if rehearsal.available(it.current) < it.replicas || old > 0 {
            not_whole.push(it.name.to_string());
        }
    }
    let stateful = rehearsal.sets.iter().enumerate().filter(|it| &*it.1.kind == "StatefulSet");
    not_whole.extend(stateful.filter(|it| rehearsal.available(it.0) < it.1.desired).map(|it| it.1.name.to_string()));
    not_whole.sort();
    let least_ready = rehearsal.rollouts.iter().map(|it| (it.name.to_string(), it.least_ready.unwrap_or(0))).collect();
    Outcome { exits, settled: not_whole.is_empty(), pending: rehearsal.pending(), made: rehearsal.made, gone: rehearsal.gone, not_whole, least_ready }
}

fn recorded(first: &Value, rest: &[Value], end: &Value) -> Outcome {
    let list = |it: &Value| it.as_array().cloned().unwrap_or_default();
    let text = |it: &Value| it.as_str().unwrap_or("").to_owned();
    let before: Vec<String> = list(&first["objects"]).iter().filter(|it| it["kind"] == "Pod").map(|it| text(&it["metadata"]["name"])).collect();
    let mut made: Vec<String> =
        rest.iter().filter(|it| it["op"] == "change" && it["kind"] == "Pod").map(|it| text(&it["name"])).filter(|it| !before.contains(it)).collect();
    made.sort();
    made.dedup();
    let mut not_whole: Vec<String> = list(&end["not_whole"]).iter().map(text).collect();
    not_whole.sort();
    let mut least_ready: BTreeMap<String, i64> = BTreeMap::new();
    for it in list(&first["objects"]).iter().filter(|it| it["kind"] == "Deployment") {
        least_ready.insert(text(&it["metadata"]["name"]), it["status"]["readyReplicas"].as_i64().unwrap_or(0));
    }
    for it in rest.iter().filter(|it| it["op"] == "change" && it["kind"] == "Deployment") {
        let least = least_ready.entry(text(&it["name"])).or_insert(i64::MAX);
        *least = (*least).min(it["state"]["ready"].as_i64().unwrap_or(0));
    }
    Outcome {
        least_ready,
        exits: list(&end["exits"]).iter().map(|it| it[1].as_i64().unwrap_or(-1) as i32).collect(),
        settled: end["outcome"] == "settled",
        not_whole,
        pending: list(&end["pending"]).len(),
        made: made.len(),
        gone: rest.iter().filter(|it| it["op"] == "delete" && it["kind"] == "Pod").count(),
    }
}
