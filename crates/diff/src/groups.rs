//! Pods by what owns them and nodes by their group: single ones come and go, the group stays.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::kinds::nodes::GROUPS;
use seatrial_model::{Meta, Need, Object, RunningPod, Snapshot};
use seatrial_report::diff::{FieldChange, GroupChange};

use crate::noise::{self, Folded};

/// Groups whose number or readiness changed, and node groups whose nodes became others.
pub fn changes(before: &Snapshot, after: &Snapshot, folded: &mut Folded) -> Vec<GroupChange> {
    let unread = |need| before.gaps.contains_key(&need) || after.gaps.contains_key(&need);
    let mut all = Vec::new();
    if !unread(Need::Nodes) {
        all.extend(compare("Node", &nodes(before), &nodes(after)));
    }
    if !unread(Need::Pods) {
        // Pods of a namespace that only one side read are no change of it.
        let is_read = |it: &Meta| [before, after].into_iter().all(|side| noise::covers(side, it.namespace.as_deref()));
        let (earlier, later) = (pods(before, is_read), pods(after, is_read));
        folded.add("pods of Jobs", earlier.of_jobs.symmetric_difference(&later.of_jobs).count());
        all.extend(compare("Pod", &earlier.groups, &later.groups));
    }
    all.sort();
    all
}

/// What stands in a group.
#[derive(Default)]
struct Group {
    /// Restarts by name.
    members: BTreeMap<String, u64>,
    unready: u64,
    /// Values that the members have, by field.
    traits: BTreeMap<&'static str, BTreeSet<String>>,
}

type Groups = BTreeMap<String, Group>;

fn compare(kind: &str, before: &Groups, after: &Groups) -> Vec<GroupChange> {
    let none = Group::default();
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |name: &&String| {
        let (a, b) = (before.get(*name).unwrap_or(&none), after.get(*name).unwrap_or(&none));
        let restarts = b.members.iter().filter_map(|(pod, now)| Some(now.saturating_sub(*a.members.get(pod)?))).sum();
        GroupChange {
            kind: kind.to_owned(),
            of: (*name).clone(),
            before: a.members.len() as u64,
            after: b.members.len() as u64,
            unready_before: a.unready,
            unready_after: b.unready,
            restarts,
            fields: traits(a, b),
        }
    };
    let differs = |it: &GroupChange| it.before != it.after || it.unready_before != it.unready_after || it.restarts > 0 || !it.fields.is_empty();
    names.iter().map(change).filter(differs).collect()
}

/// What all members of a group have, where there are members on both sides.
fn traits(before: &Group, after: &Group) -> Vec<FieldChange> {
    if before.members.is_empty() || after.members.is_empty() {
        return Vec::new();
    }
    let joined = |it: Option<&BTreeSet<String>>| it.map(|it| it.iter().cloned().collect::<Vec<_>>().join(", "));
    let paths: BTreeSet<&&str> = before.traits.keys().chain(after.traits.keys()).collect();
    paths
        .into_iter()
        .map(|path| FieldChange { path: (*path).to_owned(), before: joined(before.traits.get(path)), after: joined(after.traits.get(path)) })
        .filter(|it| it.before != it.after)
        .collect()
}

fn nodes(snapshot: &Snapshot) -> Groups {
    // Fargate and Auto Mode say it of nodes that stand in no group.
    const LAST: (&str, &str) = ("eks.amazonaws.com/compute-type", "compute type");
    let mut all = Groups::new();
    for it in &snapshot.cluster.nodes {
        let named = GROUPS.iter().chain([&LAST]).find_map(|(label, what)| Some(format!("{what} {}", it.meta.label(label)?)));
        let group = all.entry(named.unwrap_or_else(|| "no group".to_owned())).or_default();
        group.members.insert(it.meta.name.to_string(), 0);
        group.unready += u64::from(it.ready() != Some("True"));
        let info = &it.status.node_info;
        for (path, value) in [
            ("status.nodeInfo.kubeletVersion", Some(info.kubelet_version.as_str())),
            ("status.nodeInfo.osImage", info.os_image.as_deref()),
            ("metadata.labels[topology.kubernetes.io/zone]", it.meta.label("topology.kubernetes.io/zone")),
            ("metadata.labels[eks.amazonaws.com/capacityType]", it.meta.label("eks.amazonaws.com/capacityType")),
        ] {
            let known = value.filter(|it| !it.is_empty()).map(str::to_owned);
            group.traits.entry(path).or_default().extend(known);
        }
    }
    all
}

/// Pods by owner; those of jobs end, so that only their names count.
#[derive(Default)]
struct Pods<'a> {
    groups: Groups,
    of_jobs: BTreeSet<(&'a str, &'a str)>,
}

fn pods(snapshot: &Snapshot, is_read: impl Fn(&Meta) -> bool) -> Pods<'_> {
    let owners = owners(snapshot);
    let mut all = Pods::default();
    for pod in snapshot.cluster.pods.iter().filter(|it| is_read(&it.meta)) {
        let Some(owner) = pod.meta.controller() else { continue };
        let mut top = (owner.kind.to_string(), owner.name.to_string());
        while let Some(above) = owners.get(&(pod.meta.ns(), top.0.as_str(), top.1.as_str())) {
            top = above.clone();
        }
        if matches!(top.0.as_str(), "Job" | "CronJob") {
            all.of_jobs.insert((pod.meta.ns(), &pod.meta.name));
            continue;
        }
        let group = all.groups.entry(format!("{} {}/{}", top.0, pod.meta.ns(), top.1)).or_default();
        group.members.insert(pod.meta.name.to_string(), restarts(pod));
        group.unready += u64::from(!pod.is_ready() && !pod.is_finished());
    }
    all
}

fn restarts(pod: &Object<RunningPod>) -> u64 {
    let all = pod.status.container_statuses.iter().chain(&pod.status.init_container_statuses);
    all.map(|it| u64::try_from(it.restart_count).unwrap_or(0)).sum()
}

/// What controls a workload, by the workload's namespace, kind and name.
fn owners(snapshot: &Snapshot) -> BTreeMap<(&str, &str, &str), (String, String)> {
    let owner = |it: &seatrial_model::OwnerReference| (it.kind.to_string(), it.name.to_string());
    let all = snapshot.cluster.workloads.iter().filter(|it| it.kind != "Pod");
    all.filter_map(|it| Some(((it.meta.ns(), it.kind.as_str(), it.meta.name.as_str()), owner(it.meta.controller()?)))).collect()
}
