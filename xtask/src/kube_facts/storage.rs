//! Tables about volumes, and about selectors of nodes.

use seatrial_model::kinds::nodes::Node;
use seatrial_model::kinds::storage::{CsiNode, PersistentVolume, PersistentVolumeClaim, StorageClass, VolumeAttachment};
use seatrial_model::pod::{NodeSelector, NodeSelectorTerm, PreferredTerm, Taint, Toleration};
use seatrial_model::{Labels, Text};
use seatrial_sim::{Plugin, term_matches};
use serde_json::{Value, json};

use super::Verdict;
use super::world::{World, compare, flag, list, meta, object, read};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    Some(match (file, test) {
        ("volumezone", "TestSingleZone" | "TestMultiZone" | "TestWithBinding") => zone(test, case),
        ("volumerestrictions", "TestAccessModeConflicts") => access_modes(case),
        ("nodevolumelimits", "TestCSILimits") => limits(case),
        ("staging_src_k8s.io_component-helpers_scheduling_corev1", "TestMatchNodeSelectorTerms" | "TestMatchNodeSelectorTermsStateless") => {
            let args = &case["args"];
            let node = args.get("node").map(object::<Node>);
            let (name, labels) = node.map_or((Text::default(), Labels::default()), |it| (it.meta.name.clone(), it.meta.labels.clone()));
            let terms: Vec<NodeSelectorTerm> = read::<NodeSelector>(args.get("nodeSelector")).node_selector_terms;
            if case.get("want").is_some_and(Value::is_object) {
                return Some(Verdict::listed("compares the argument before and after; the simulation only borrows it"));
            }
            let known = args.get("node").is_some();
            Verdict::equal(&(known && terms.iter().any(|it| term_matches(it, &name, &labels))), &flag(case, "want"))
        }
        ("staging_src_k8s.io_component-helpers_scheduling_corev1_nodeaffinity", "TestNodeSelectorMatch") => selector(case),
        ("staging_src_k8s.io_component-helpers_scheduling_corev1_nodeaffinity", "TestPreferredSchedulingTermsScore") => preferred(case),
        ("staging_src_k8s.io_component-helpers_scheduling_corev1", "TestPodPriority") => {
            let priority = case.pointer("/pod/spec/priority").and_then(Value::as_i64).unwrap_or(0);
            Verdict::equal(&priority, &case["expectedPriority"].as_i64().unwrap_or(0))
        }
        ("staging_src_k8s.io_component-helpers_scheduling_corev1", "TestFindMatchingUntoleratedTaint") => {
            let (taints, tolerations): (Vec<Taint>, Vec<Toleration>) = (read(case.get("taints")), read(case.get("tolerations")));
            Verdict::equal(&taints.iter().all(|taint| tolerations.iter().any(|it| it.tolerates(taint))), &flag(case, "expectTolerated"))
        }
        _ => return None,
    })
}

fn selector(case: &Value) -> Verdict {
    let Some(node) = case.get("node") else { return Verdict::equal(&false, &flag(case, "wantMatch")) };
    let (meta, selector): (_, NodeSelector) = (meta(node), read(case.get("nodeSelector")));
    Verdict::equal(&selector.node_selector_terms.iter().any(|it| term_matches(it, &meta.name, &meta.labels)), &flag(case, "wantMatch"))
}

fn preferred(case: &Value) -> Verdict {
    let (meta, terms): (_, Vec<PreferredTerm>) = (meta(&case["node"]), read(case.get("prefSchedTerms")));
    let score: i64 = terms.iter().filter(|it| term_matches(&it.preference, &meta.name, &meta.labels)).map(|it| it.weight).sum();
    Verdict::equal(&score, &case["wantScore"].as_i64().unwrap_or(0))
}

fn put_volume(world: &mut World, name: &str, labels: Value, spec: Value) {
    world.state.put_volume(&object::<PersistentVolume>(&json!({"metadata": {"name": name, "labels": labels}, "spec": spec})));
}

fn put_claim(world: &mut World, name: &str, spec: Value) {
    let bound = spec.get("volumeName").is_some();
    let phase = if bound { "Bound" } else { "Pending" };
    world.state.put_claim(&object::<PersistentVolumeClaim>(&json!({"metadata": {"name": name}, "spec": spec, "status": {"phase": phase}})));
}

/// The volumes that the test functions share.
fn zone(test: &str, case: &Value) -> Verdict {
    const BETA_ZONE: &str = "failure-domain.beta.kubernetes.io/zone";
    const BETA_REGION: &str = "failure-domain.beta.kubernetes.io/region";
    const ZONE: &str = "topology.kubernetes.io/zone";
    const REGION: &str = "topology.kubernetes.io/region";
    let mut world = World::new(case.get("Node").into_iter().filter(|_| test != "TestWithBinding"), &[]);
    if test == "TestWithBinding" {
        let node = json!({"metadata": {"name": "host1", "labels": {BETA_ZONE: "us-west1-a", "uselessLabel": "none"}}});
        world = World::new([case.get("Node").unwrap_or(&node)], &[]);
    }
    let volumes = match test {
        "TestSingleZone" => vec![
            ("1", json!({BETA_ZONE: "us-west1-a"})),
            ("2", json!({BETA_REGION: "us-west1", "uselessLabel": "none"})),
            ("3", json!({BETA_REGION: "us-west1"})),
            ("Stable_1", json!({ZONE: "us-west1-a"})),
            ("Stable_2", json!({REGION: "us-west1", "uselessLabel": "none"})),
            ("Stable_3", json!({ZONE: "us-west1-a", REGION: "us-west1-a"})),
        ],
        "TestMultiZone" => vec![
            ("1", json!({BETA_ZONE: "us-west1-a"})),
            ("2", json!({BETA_ZONE: "us-west1-b", "uselessLabel": "none"})),
            ("3", json!({BETA_ZONE: "us-west1-c__us-west1-a"})),
            ("Stable_1", json!({ZONE: "us-west1-a"})),
            ("Stable_2", json!({ZONE: "us-west1-c__us-west1-a"})),
        ],
        _ => vec![("1", json!({BETA_ZONE: "us-west1-a"}))],
    };
    for (name, labels) in volumes {
        put_volume(&mut world, &format!("Vol_{name}"), labels, json!({}));
        put_claim(&mut world, &format!("PVC_{name}"), json!({"volumeName": format!("Vol_{name}")}));
    }
    put_claim(&mut world, "PVC_4", json!({"volumeName": "Vol_not_exist"}));
    if test == "TestWithBinding" {
        let wait = StorageClass { volume_binding_mode: Some("WaitForFirstConsumer".into()), ..StorageClass::default() };
        world.state.put_storage_class("Class_Wait", wait);
        world.state.put_storage_class("Class_Immediate", StorageClass::default());
        put_claim(&mut world, "PVC_NoSC", json!({"storageClassName": "Class_0"}));
        put_claim(&mut world, "PVC_EmptySC", json!({}));
        put_claim(&mut world, "PVC_WaitSC", json!({"storageClassName": "Class_Wait"}));
        put_claim(&mut world, "PVC_ImmediateSC", json!({"storageClassName": "Class_Immediate"}));
    }
    let pod = world.pending(case.get("Pod"));
    let Some(node) = world.nodes.first().copied() else { return Verdict::Fail("the case has no node".to_owned()) };
    if let Some(wanted) = case.get("wantPreFilterStatus").filter(|it| it["code"] != "Skip") {
        return refused_before(&mut world, pod, node, wanted);
    }
    compare(world.state.plugin_refusal(pod, node, Plugin::VolumeZone).as_ref(), case.get("wantFilterStatus"))
}

/// VolumeBinding runs before VolumeZone and refuses the same pods in its own words: the pod must be refused on every node, for good.
fn refused_before(world: &mut World, pod: seatrial_sim::PodId, node: seatrial_sim::NodeId, wanted: &Value) -> Verdict {
    if wanted["code"] == "Error" {
        return Verdict::listed("an internal error: a volume or class that informers do not know");
    }
    let ours = world.state.refusal_everywhere(pod).or_else(|| world.state.plugin_refusal(pod, node, Plugin::VolumeBinding));
    match ours {
        Some(status) if !status.resolvable => Verdict::Pass,
        other => Verdict::Fail(format!("wanted {wanted}, ours {other:?}")),
    }
}

fn access_modes(case: &Value) -> Verdict {
    let node = json!({"metadata": {"name": "node-1"}});
    let nodes = list(case, "existingNodes");
    let mut world = World::new(if nodes.is_empty() { std::slice::from_ref(&node) } else { nodes }, &[]);
    list(case, "existingPVCs").iter().for_each(|it| world.state.put_claim(&object::<PersistentVolumeClaim>(it)));
    for pod in list(case, "existingPods") {
        world.place(pod, None);
    }
    let id = world.nodes[0];
    let pod = world.pending(case.get("pod"));
    let wanted = case.get("preFilterWantStatus").filter(|it| it["code"] != "Skip" && it["code"] != "Success").or_else(|| case.get("wantStatus"));
    compare(world.state.plugin_refusal(pod, id, Plugin::VolumeRestrictions).as_ref(), wanted)
}

/// Claims and volumes as the test's listers make them: four of each driver, and three odd ones.
fn limits(case: &Value) -> Verdict {
    let node = json!({"metadata": {"name": "node"}});
    let mut world = World::new([&node], &[]);
    let id = world.nodes[0];
    let drivers: Vec<&str> = list(case, "driverNames").iter().filter_map(Value::as_str).collect();
    let migrated = flag(case, "migrationEnabled");
    if drivers.contains(&"kubernetes.io/aws-ebs") && !migrated {
        return Verdict::listed("with CSI migration off; it is on for good since 1.25");
    }
    let class = drivers.first().copied().unwrap_or("");
    world.state.put_storage_class("standard-sc", StorageClass { provisioner: class.into(), ..StorageClass::default() });
    for driver in &drivers {
        for at in 0..4 {
            let name = format!("csi-{driver}-{at}");
            let spec = match *driver {
                "kubernetes.io/aws-ebs" => json!({"awsElasticBlockStore": {"volumeID": name}}),
                "kubernetes.io/hostpath" => json!({}),
                _ => json!({"csi": {"driver": driver, "volumeHandle": name}}),
            };
            put_volume(&mut world, &name, json!({}), spec);
            put_claim(&mut world, &name, json!({"volumeName": name}));
        }
    }
    put_claim(&mut world, "csi-4", json!({"storageClassName": "standard-sc"}));
    put_claim(&mut world, "csi-5", json!({}));
    put_claim(&mut world, "csi-6", json!({"storageClassName": "standard-sc", "volumeName": "missing-in-action"}));
    csi_node(&mut world, case, &drivers);
    for pod in list(case, "existingPods") {
        world.place(pod, Some(id));
    }
    let pod = world.pending(case.get("newPod"));
    if let Some(why) = case.pointer("/wantStatus/reasons/0").and_then(Value::as_str).filter(|it| it.contains("not found")) {
        return match world.state.refusal_everywhere(pod) {
            Some(it) if !it.resolvable => Verdict::Pass,
            other => Verdict::Fail(format!("wanted {why}, ours {other:?}")),
        };
    }
    compare(world.state.plugin_refusal(pod, id, Plugin::NodeVolumeLimits).as_ref(), case.get("wantStatus"))
}

fn csi_node(world: &mut World, case: &Value, drivers: &[&str]) {
    let limit = case.get("maxVols").and_then(Value::as_i64).unwrap_or(0);
    let entry = |name: &&str| match case["limitSource"].as_str() {
        Some("csinode") => json!({"name": name, "allocatable": {"count": limit}}),
        _ => json!({"name": name}),
    };
    let node = json!({"spec": {"drivers": drivers.iter().map(entry).collect::<Vec<_>>()}});
    let id = world.nodes[0];
    world.state.put_csi_node(id, &read::<CsiNode>(Some(&node)));
    for at in 0..case.get("vaCount").and_then(Value::as_u64).unwrap_or(0) {
        for driver in drivers {
            let handle = format!("test-{driver}-{at}");
            put_volume(world, &handle, json!({}), json!({"csi": {"driver": driver, "volumeHandle": handle}}));
            let attachment = json!({"spec": {"attacher": driver, "nodeName": "node", "source": {"persistentVolumeName": handle}}});
            world.state.put_attachment(&read::<VolumeAttachment>(Some(&attachment)));
        }
    }
}
