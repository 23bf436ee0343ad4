//! What was not read, and which answers it spoils: a drill never takes an unread list for an empty one.

use seatrial_model::pod::{Affinity, PodAffinity, PodAffinityTerm, WeightedPodAffinityTerm};
use seatrial_model::{Need, PodSpec, Snapshot};

use crate::refusal::Refusal;

/// What the drills ask a running cluster and its account for.
pub const NEEDS: &[Need] = &[
    Need::Workloads,
    Need::Pods,
    Need::Services,
    Need::PodDisruptionBudgets,
    Need::HorizontalPodAutoscalers,
    Need::ScaledObjects,
    Need::ResourceQuotas,
    Need::LimitRanges,
    Need::PriorityClasses,
    Need::NodePools,
    Need::Ec2NodeClasses,
    Need::StorageClasses,
    Need::PersistentVolumes,
    Need::PersistentVolumeClaims,
    Need::VolumeSnapshots,
    Need::CsiNodes,
    Need::CsiDrivers,
    Need::VolumeAttachments,
    Need::Namespaces,
    Need::Nodes,
    Need::Deliveries,
    Need::ServerVersion,
    Need::AwsNodeGroups,
    Need::AwsAutoScaling,
    Need::AwsVolumes,
    Need::AwsSnapshots,
    Need::AwsBackup,
];

/// Something that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blind {
    /// What is missing and what could be wrong for it.
    pub reason: String,
    /// What mends it.
    pub remedy: String,
    /// Whether evictions cannot be judged.
    pub evictions: bool,
    /// Whether nothing can be said of where pods find a place.
    pub placement: bool,
}

/// Nodes must be there, or it must be known that there are none.
pub(crate) fn require(snapshot: &Snapshot) -> Result<(), Refusal> {
    if let Err(gap) = snapshot.has(Need::Nodes)
        && snapshot.cluster.nodes.is_empty()
    {
        return Err(Refusal::missing(format!("no nodes to rehearse on: {}", gap.why), gap.remedy.clone()));
    }
    Ok(())
}

/// What there must be to rehearse: where nothing runs, everything would be survived.
pub(crate) fn require_work(snapshot: &Snapshot) -> Result<(), Refusal> {
    if snapshot.cluster.workloads.is_empty() && snapshot.cluster.pods.is_empty() {
        let why = snapshot.unread.first().map_or_else(|| "there is no workload and no pod".to_owned(), |it| format!("{}: {}", it.place(), it.reason));
        return Err(Refusal::missing(format!("nothing to rehearse: {why}"), "name files, a dump or a recording that hold some".to_owned()));
    }
    Ok(())
}

/// What else was not read.
pub(crate) fn blinds(snapshot: &Snapshot, described: bool) -> Vec<Blind> {
    let cluster = &snapshot.cluster;
    let mut all = Vec::new();
    all.extend(elsewhere(snapshot));
    let mut note = |need: Need, what: &str, evictions: bool, placement: bool| {
        if let Err(gap) = snapshot.has(need) {
            let reason = format!("{} were not read ({}): {what}", need.name(), gap.why);
            all.push(Blind { reason, remedy: gap.remedy.clone(), evictions, placement });
        }
    };
    note(Need::Workloads, "controllers are known by the pods that name them, so neither their wanted number nor how they roll out is", true, true);
    note(Need::PodDisruptionBudgets, "whether evictions are allowed is not known", true, false);
    note(Need::ResourceQuotas, "a quota could refuse replacements", false, true);
    note(Need::LimitRanges, "defaults for replacements are taken from running pods", false, false);
    note(Need::PriorityClasses, "priorities are taken from running pods", false, false);
    note(Need::HorizontalPodAutoscalers, "how far workloads may grow is not known, and their number of pods stays as it is", false, false);
    note(Need::ScaledObjects, "how far KEDA lets workloads grow is not known, and their number of pods stays as it is", false, false);
    note(Need::Services, "how pods without constraints of their own are spread is guessed by their controllers alone", false, false);
    note(Need::StorageClasses, "new claims are taken for zonal EBS volumes", false, false);
    note(Need::CsiDrivers, "no driver is taken to track capacity", false, false);
    note(Need::NodePools, "whether Karpenter would add nodes is not known", false, false);
    note(Need::Ec2NodeClasses, "what nodes of Karpenter would be like is not known", false, false);
    let selects = pods(snapshot).any(|it| it.affinity.as_deref().is_some_and(selects_namespaces));
    note(Need::Namespaces, "which of them affinity terms select by label is not known", false, selects);
    if !described {
        let mounts = pods(snapshot).any(|it| it.volumes.iter().any(|it| it.persistent_volume_claim.is_some()));
        note(Need::Pods, "what runs is placed afresh by the scheduler, and what no controller names is left out", true, true);
        note(Need::CsiNodes, "attach limits of nodes are not known; none is assumed", false, false);
        note(Need::VolumeAttachments, "volumes are taken for attached where their pods run", false, false);
        if mounts || !cluster.persistent_volume_claims.is_empty() {
            note(Need::PersistentVolumeClaims, "which volumes pods mount is not known", false, true);
            note(Need::PersistentVolumes, "the zones of volumes are not known", false, true);
        }
        if cluster.nodes.iter().any(|it| !super::group_of(&it.meta.labels).is_empty()) {
            note(Need::AwsNodeGroups, "how far node groups may grow, and how many of their nodes are updated at a time, is not known", false, false);
        }
    }
    all
}

/// Other namespaces than those that were read have pods and budgets, too: nodes look emptier than they are.
fn elsewhere(snapshot: &Snapshot) -> Option<Blind> {
    let only: Vec<&str> = snapshot.meta.namespaces.iter().map(|it| it.as_str()).collect();
    (!only.is_empty()).then(|| Blind {
        reason: format!("only namespace {} was read: nodes look emptier than they are, and what else runs on them is not known", only.join(", ")),
        remedy: "read the whole cluster: leave --namespace out, with the ClusterRole that `seatrial permissions check --rbac` prints".to_owned(),
        evictions: true,
        placement: true,
    })
}

/// The specifications of all pods that run or are to run.
fn pods(snapshot: &Snapshot) -> impl Iterator<Item = &PodSpec> {
    let running = snapshot.cluster.pods.iter().map(|it| &*it.spec);
    running.chain(snapshot.cluster.workloads.iter().map(|it| it.pod()))
}

fn selects_namespaces(affinity: &Affinity) -> bool {
    let terms = |required: &[PodAffinityTerm], preferred: &[WeightedPodAffinityTerm]| {
        required.iter().chain(preferred.iter().map(|it| &it.pod_affinity_term)).any(|it| it.namespace_selector.is_some())
    };
    let of = |it: &PodAffinity| terms(&it.required_during_scheduling_ignored_during_execution, &it.preferred_during_scheduling_ignored_during_execution);
    affinity.pod_affinity.as_ref().is_some_and(of) || affinity.pod_anti_affinity.as_ref().is_some_and(of)
}
