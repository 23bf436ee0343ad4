//! Tables of queueing hints: whether something that happened can help a pod that waits.

use seatrial_model::kinds::nodes::Node;
use seatrial_model::kinds::storage::{CsiNode, StorageClass};
use seatrial_model::{Labels, Meta, Object, PodSpec};
use seatrial_sim::NodeFacts;
use seatrial_sim::hints::{Happened, Seen, nodes, pods, storage};
use serde_json::{Value, json};

use super::Verdict;
use super::world::{flag, read};

const TYPED: &str = "an event object of another type, which typed events rule out";
const DRA: &str = "extended resources backed by DRA: device claims are not simulated";

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    let lower = test.to_ascii_lowercase();
    if !lower.contains("isschedulableafter") && !lower.ends_with("qhint") && test != "testHaveAnyRequestedResourcesIncreased" {
        return None;
    }
    let refused = ["expectedErr", "wantErr", "err"].iter().any(|it| flag(case, it));
    if refused {
        return Some(Verdict::listed(TYPED));
    }
    if flag(case, "draExtendedResourceEnabled") || lower.contains("deviceclass") {
        return Some(Verdict::listed(DRA));
    }
    if case.pointer("/args/AddedAffinity").is_some() {
        return Some(Verdict::listed("affinity that a scheduler profile adds, which the default profile does not"));
    }
    let subject = Pod::of(case.get("pod").or_else(|| case.get("newPod")));
    let pod = subject.seen();
    let ours = match (file, test) {
        ("noderesources", "Test_isSchedulableAfterPodChange") if !flag(case, "enableInPlacePodVerticalScaling") && case.get("newObj").is_some() => {
            return Some(Verdict::listed("with gate InPlacePodVerticalScaling off; it is on by default since 1.33"));
        }
        ("noderesources", "Test_isSchedulableAfterPodChange") => with_pods(case, |event| pods::resources(&pod, event)),
        ("noderesources", "Test_isSchedulableAfterNodeChange") => nodes::resources(pod.spec, old(case).as_ref(), &new(case)?),
        ("noderesources", "testHaveAnyRequestedResourcesIncreased") => {
            nodes::grew(pod.spec, &node(case.get("originalNode"))?, &node(case.get("modifiedNode"))?)
        }
        ("interpodaffinity", "Test_isSchedulableAfterPodChange") => with_pods(case, |event| pods::affinity(&pod, event)),
        ("interpodaffinity", "Test_isSchedulableAfterNodeChange") => nodes::inter_pod(pod.spec, old(case).as_ref(), &new(case)?),
        ("podtopologyspread", "Test_isSchedulableAfterPodChange") => with_pods(case, |event| pods::spread(&pod, event)),
        ("podtopologyspread", "Test_isSchedulableAfterNodeChange") => nodes::spread(pod.spec, Happened { old: old(case).as_ref(), new: new(case).as_ref() }),
        ("nodeaffinity", _) => nodes::affinity(pod.spec, old(case).as_ref(), &new(case)?),
        ("nodeports", _) => pods::ports(&pod, &Pod::of(case.get("oldObj")).seen()),
        ("nodeunschedulable", "TestIsSchedulableAfterNodeChange") => nodes::cordon(old(case).as_ref(), &new(case)?),
        ("nodeunschedulable", "TestIsSchedulableAfterPodTolerationChange") => pods::tolerations(&pod, &Pod::of(case.get("newObj")).seen(), true),
        ("tainttoleration", "TestIsSchedulableAfterNodeChange") => nodes::taints(pod.spec, old(case).as_ref(), &new(case)?),
        ("tainttoleration", "Test_isSchedulableAfterPodTolerationChange") => pods::tolerations(&pod, &Pod::of(case.get("newObj")).seen(), false),
        ("volumerestrictions", "Test_isSchedulableAfterPodDeleted") => pods::disks(&pod, &Pod::of(case.get("oldObj")).seen()),
        ("volumerestrictions", _) | ("volumezone", "TestIsSchedulableAfterPersistentVolumeClaimAdded") => {
            storage::claim(pod.namespace, pod.spec, &read(case.pointer("/newObj/metadata")))
        }
        ("volumezone", "TestIsSchedulableAfterPersistentVolumeChange") => {
            let labels = |key: &str| read::<Labels>(case.pointer(&format!("/{key}/metadata/labels")));
            storage::volume(case.get("oldObj").map(|_| labels("oldObj")).as_ref(), &labels("newObj"))
        }
        ("volumezone", "TestIsSchedulableAfterStorageClassAdded") => storage::class(&read::<StorageClass>(case.get("newObj"))),
        ("volumebinding", "TestIsSchedulableAfterCSINodeChange") => {
            let meta = |key: &str| case.get(key).map(|it| read::<Meta>(it.get("metadata")));
            storage::migrated(meta("oldObj").as_ref(), &meta("newObj")?)
        }
        ("nodevolumelimits", "TestCSILimitsQHint") => {
            let mut gone = Pod::of(case.get("deletedPod"));
            gone.placed = !flag(case, "deletedPodNotScheduled");
            pods::attached(&gone.seen())
        }
        ("nodevolumelimits", "TestCSILimitsAfterCSINodeUpdatedQHint") => {
            let csi = |key: &str| read::<CsiNode>(Some(&json!({"spec": {"drivers": case.get(key)}})));
            storage::limits(&csi("oldDrivers"), &csi("newDrivers"))
        }
        _ => return None,
    };
    let wanted = ["expectedHint", "wantQHint", "expect"].iter().find_map(|it| case.get(it)?.as_str()).map(|it| it == "Queue");
    Some(Verdict::equal(&Some(ours), &wanted.or_else(|| case.get("expected").and_then(Value::as_bool)).or(Some(false))))
}

/// A pod of a table.
struct Pod {
    uid: String,
    namespace: String,
    labels: Labels,
    spec: PodSpec,
    placed: bool,
    nominated: bool,
}

impl Pod {
    fn of(value: Option<&Value>) -> Self {
        let text = |path: &str| value.and_then(|it| it.pointer(path)?.as_str()).unwrap_or("").to_owned();
        // Pods without an id are told apart by their names.
        let uid = Some(text("/metadata/uid")).filter(|it| !it.is_empty()).unwrap_or_else(|| format!("name {}", text("/metadata/name")));
        Self {
            uid,
            namespace: text("/metadata/namespace"),
            labels: read(value.and_then(|it| it.pointer("/metadata/labels"))),
            spec: read(value.and_then(|it| it.get("spec"))),
            placed: !text("/spec/nodeName").is_empty(),
            nominated: !text("/status/nominatedNodeName").is_empty(),
        }
    }

    fn seen(&self) -> Seen<'_> {
        Seen { uid: &self.uid, namespace: &self.namespace, labels: &self.labels, spec: &self.spec, placed: self.placed, nominated: self.nominated }
    }
}

fn with_pods(case: &Value, ask: impl Fn(Happened<'_, Seen<'_>>) -> bool) -> bool {
    let pod = |keys: [&str; 2]| keys.iter().find_map(|it| case.get(it)).map(|it| Pod::of(Some(it)));
    let (old, new) = (pod(["oldObj", "oldPod"]), pod(["newObj", "newPod"]));
    let (old, new) = (old.as_ref().map(Pod::seen), new.as_ref().map(Pod::seen));
    ask(Happened { old: old.as_ref(), new: new.as_ref() })
}

fn node(value: Option<&Value>) -> Option<NodeFacts> {
    let meta: Meta = read(value?.get("metadata"));
    let it: Node = read(value);
    Some(NodeFacts::of(&Object { api_version: "v1".into(), kind: "Node".into(), meta, origin: None, it }))
}

fn old(case: &Value) -> Option<NodeFacts> {
    node(case.get("oldObj").or_else(|| case.get("oldNode")))
}

fn new(case: &Value) -> Option<NodeFacts> {
    node(case.get("newObj").or_else(|| case.get("newNode")))
}
