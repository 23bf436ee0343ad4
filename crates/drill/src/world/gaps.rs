//! What was not read, and which answers it spoils: a drill never takes an unread list for an empty one.

use seatrial_model::{Need, Snapshot};

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

/// What must be there at all.
pub(crate) fn require(snapshot: &Snapshot) -> Result<(), Refusal> {
    if let Err(gap) = snapshot.has(Need::Nodes)
        && snapshot.cluster.nodes.is_empty()
    {
        return Err(Refusal::missing(format!("no nodes to rehearse on: {}", gap.why), gap.remedy.clone()));
    }
    Ok(())
}

/// What else was not read.
pub(crate) fn blinds(snapshot: &Snapshot, described: bool) -> Vec<Blind> {
    let mut all = Vec::new();
    let mut note = |need: Need, what: &str, evictions: bool, placement: bool| {
        if let Err(gap) = snapshot.has(need)
            && snapshot.cluster.count(need) == 0
        {
            let reason = format!("{} were not read ({}): {what}", need.name(), gap.why);
            all.push(Blind { reason, remedy: gap.remedy.clone(), evictions, placement });
        }
    };
    note(Need::PodDisruptionBudgets, "whether evictions are allowed is not known", true, false);
    note(Need::ResourceQuotas, "a quota could refuse replacements", false, false);
    note(Need::LimitRanges, "defaults for replacements are taken from running pods", false, false);
    note(Need::PriorityClasses, "priorities are taken from running pods", false, false);
    if !described {
        note(Need::CsiNodes, "attach limits of nodes are not known; none is assumed", false, false);
        if !snapshot.cluster.persistent_volume_claims.is_empty() {
            note(Need::PersistentVolumes, "the zones of volumes are not known", false, true);
        }
        note(Need::Pods, "running pods are placed afresh by the scheduler", false, false);
    }
    all
}
