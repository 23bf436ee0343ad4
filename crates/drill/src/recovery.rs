//! What of the cluster could be brought back elsewhere: copies of volumes and their age, and where the objects are kept.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::cluster::Cluster;
use seatrial_model::{Known, Need, Snapshot};

/// A claim with data, and its newest copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copy {
    /// `namespace/name` of the claim.
    pub claim: String,
    /// Seconds since its newest finished copy; `None` where there is none.
    pub age: Option<i64>,
    /// A backup plan covers its volume and copies it to this region.
    pub other_region: Option<String>,
    /// A backup plan makes new copies.
    pub planned: bool,
}

/// What can be brought back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Claims with their copies.
    pub copies: Vec<Copy>,
    /// What was not read, and would have to be to be sure.
    pub unread: Vec<String>,
    /// Namespaces with workloads.
    pub namespaces: usize,
    /// Those that no Argo CD or Flux object delivers to.
    pub undelivered: Vec<String>,
}

impl Recovery {
    /// What the inputs tell; `cluster` holds each of their objects once.
    pub fn of(snapshot: &Snapshot, cluster: &Cluster) -> Self {
        let now = snapshot.meta.taken_at;
        let mut newest: BTreeMap<String, i64> = BTreeMap::new();
        let mut note = |volume: String, at: Option<jiff::Timestamp>| {
            if let Some(at) = at {
                let age = (now.as_second() - at.as_second()).max(0);
                newest.entry(volume).and_modify(|it| *it = (*it).min(age)).or_insert(age);
            }
        };
        let claim_of = |ns: &str, name: &str| format!("claim {ns}/{name}");
        for it in cluster.volume_snapshots.iter().filter(|it| it.status.ready_to_use == Some(true)) {
            if let Some(name) = &it.spec.source.persistent_volume_claim_name {
                note(claim_of(it.meta.ns(), name), it.status.creation_time.or(it.meta.creation_timestamp));
            }
        }
        for it in snapshot.account.snapshots.known().into_iter().flatten().filter(|it| it.state == "completed") {
            note(format!("volume {}", it.volume_id), it.start_time);
        }
        let plans: Vec<_> = snapshot.account.backup_plans.known().into_iter().flatten().filter(|it| it.enabled).collect();
        let handles: BTreeMap<&str, &str> =
            cluster.persistent_volumes.iter().filter_map(|it| Some((it.meta.name.as_str(), it.spec.csi.as_ref()?.volume_handle.as_str()))).collect();
        let mut copies = Vec::new();
        for it in &cluster.persistent_volume_claims {
            let handle = it.spec.volume_name.as_deref().and_then(|it| handles.get(it)).copied().unwrap_or_default();
            let plan = plans.iter().find(|plan| !handle.is_empty() && plan.volume_ids.iter().any(|it| it == handle));
            let ages = [newest.get(&claim_of(it.meta.ns(), &it.meta.name)), newest.get(&format!("volume {handle}"))];
            copies.push(Copy {
                claim: format!("{}/{}", it.meta.ns(), it.meta.name),
                age: ages.into_iter().flatten().copied().min(),
                other_region: plan.and_then(|it| it.copies_to_region.as_ref()).map(ToString::to_string),
                planned: plan.is_some(),
            });
        }
        let delivered: BTreeSet<&str> = cluster
            .deliveries
            .iter()
            .flat_map(|it| [it.spec.destination.as_ref().and_then(|it| it.namespace.as_deref()), it.spec.target_namespace.as_deref()])
            .flatten()
            .collect();
        let namespaces: BTreeSet<&str> = cluster.workloads.iter().map(|it| it.meta.ns()).filter(|it| !it.starts_with("kube-")).collect();
        let mut unread = Vec::new();
        let lists = [
            (Need::Workloads, "workloads"),
            (Need::PersistentVolumeClaims, "PersistentVolumeClaims"),
            (Need::PersistentVolumes, "PersistentVolumes"),
            (Need::VolumeSnapshots, "VolumeSnapshots"),
            (Need::Deliveries, "Argo CD or Flux objects"),
        ];
        for (need, what) in lists {
            if snapshot.has(need).is_err() {
                unread.push(what.to_owned());
            }
        }
        if !snapshot.meta.namespaces.is_empty() {
            unread.push("other namespaces".to_owned());
        }
        if matches!(snapshot.account.snapshots, Known::No(_)) {
            unread.push("EBS snapshots".to_owned());
        }
        if matches!(snapshot.account.backup_plans, Known::No(_)) {
            unread.push("backup plans".to_owned());
        }
        Self {
            copies,
            unread,
            namespaces: namespaces.len(),
            undelivered: namespaces.into_iter().filter(|it| !delivered.contains(it)).map(str::to_owned).collect(),
        }
    }
}
