//! Which volumes are backed up, by what, and when last.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seatrial_model::account::{BackupPlan, Volume};
use seatrial_model::cluster::group_of;
use seatrial_model::kinds::storage::PersistentVolume;
use seatrial_model::{Object, Text};

use crate::Cx;

/// Objects whose presence shows a schedule of another backup program, and whether it serves every namespace.
const SCHEDULES: &[(&str, &str, bool)] = &[
    ("velero.io", "Schedule", true),
    ("config.kio.kasten.io", "Policy", true),
    ("snapscheduler.backube", "SnapshotSchedule", false),
    ("volsync.backube", "ReplicationSource", false),
    ("k8up.io", "Schedule", false),
    ("postgresql.cnpg.io", "ScheduledBackup", false),
    ("longhorn.io", "RecurringJob", true),
    ("stash.appscode.com", "BackupConfiguration", false),
];

/// A bound persistent volume on EBS.
pub(crate) struct Bound<'a> {
    pub(crate) pv: &'a Object<PersistentVolume>,
    pub(crate) id: &'a str,
    /// Namespace and name of its claim.
    pub(crate) claim: (&'a str, &'a str),
}

/// Every bound volume on EBS.
pub(crate) fn bound<'a>(cx: &Cx<'a>) -> Vec<Bound<'a>> {
    cx.cluster.persistent_volumes.iter().filter_map(of_volume).collect()
}

fn of_volume(pv: &Object<PersistentVolume>) -> Option<Bound<'_>> {
    let spec = &pv.it.spec;
    let claim = spec.claim_ref.as_ref()?;
    let csi = spec.csi.as_ref().filter(|it| matches!(it.driver.as_str(), "ebs.csi.aws.com" | "ebs.csi.eks.amazonaws.com")).map(|it| it.volume_handle.as_str());
    // The in-tree driver writes `aws://zone/vol-...`.
    let in_tree = spec.aws_elastic_block_store.as_ref().map(|it| it.volume_id.rsplit('/').next().unwrap_or(&it.volume_id));
    Some(Bound { pv, id: csi.or(in_tree)?, claim: (&claim.namespace, &claim.name) })
}

/// Completed snapshots and plans, by volume.
pub(crate) struct Backups<'a> {
    newest: BTreeMap<&'a str, Timestamp>,
    volumes: BTreeMap<&'a str, &'a Volume>,
    plans: &'a [BackupPlan],
}

impl<'a> Backups<'a> {
    pub(crate) fn new(cx: &Cx<'a>) -> Self {
        let account = &cx.snapshot.account;
        let mut newest = BTreeMap::new();
        for it in account.snapshots.known().into_iter().flatten().filter(|it| it.state != "error") {
            if let Some(at) = it.start_time {
                let last = newest.entry(it.volume_id.as_str()).or_insert(at);
                *last = at.max(*last);
            }
        }
        let volumes = account.volumes.known().into_iter().flatten().map(|it| (it.id.as_str(), it)).collect();
        Self { newest, volumes, plans: account.backup_plans.known().map_or(&[][..], Vec::as_slice) }
    }

    /// When its newest snapshot was begun.
    pub(crate) fn newest(&self, volume: &str) -> Option<Timestamp> {
        self.newest.get(volume).copied()
    }

    /// An enabled plan that covers it, by id or by tags.
    pub(crate) fn plan(&self, volume: &str) -> Option<&'a BackupPlan> {
        let tags = self.volumes.get(volume).map(|it| &it.tags);
        let by_tags = |plan: &BackupPlan| {
            let wanted = &plan.target_tags;
            !wanted.is_empty() && tags.is_some_and(|tags| wanted.iter().any(|(key, value)| tags.get(key) == Some(value)))
        };
        self.plans.iter().find(|plan| plan.enabled && (plan.volume_ids.iter().any(|it: &Text| *it == volume) || by_tags(plan)))
    }
}

/// Schedules of other backup programs.
pub(crate) fn schedules<'a>(cx: &Cx<'a>) -> Vec<&'a Object<()>> {
    cx.cluster.others.iter().filter(|it| kind_of(it).is_some()).collect()
}

/// Whether one of these schedules serves the namespace.
pub(crate) fn is_scheduled(schedules: &[&Object<()>], ns: &str) -> bool {
    schedules.iter().any(|it| it.meta.ns() == ns || kind_of(it).is_some_and(|(_, _, everywhere)| *everywhere))
}

fn kind_of(it: &Object<()>) -> Option<&'static (&'static str, &'static str, bool)> {
    SCHEDULES.iter().find(|(group, kind, _)| group_of(&it.api_version) == *group && it.kind == *kind)
}
