//! What can happen, and who deals with it.

use super::Rehearsal;
use crate::ids::{ClaimId, NodeId, PodId};

/// An event of the heap. At equal times the order of entry decides, not this type's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// Controllers look at what has changed.
    Sync,
    /// One controller looks again.
    Resync(usize),
    Ready(PodId),
    Running(PodId),
    Gone(PodId),
    /// A pod of a Job ends well.
    Finished(PodId),
    Evict(usize, PodId),
    Poll(usize),
    Unknown(usize),
    NoExecute(NodeId),
    TaintEvict(PodId),
    /// The cloud controller finds that the instance is gone.
    InstanceGone(NodeId),
    CollectGarbage,
    Detached(ClaimId, NodeId),
    /// A scheduler's back-off is over.
    Schedule,
    /// An instance becomes a node.
    Joins(usize),
    /// An Auto Scaling group replaces what it lost.
    Replace(usize),
    /// Cluster Autoscaler's scan.
    Scan,
    /// Karpenter's batch is complete.
    Provision,
    /// A horizontal autoscaler looks.
    Scale(usize),
    /// A CronJob's time has come.
    Cron(usize),
    /// The update of a managed node group goes on.
    Update(usize),
    /// The two minutes of spot instances are over.
    Reclaim(usize),
}

impl Rehearsal {
    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::Sync => self.sync(),
            Event::Resync(set) => self.resync(set),
            Event::Running(pod) => self.pod_runs(pod, false),
            Event::Ready(pod) => self.pod_runs(pod, true),
            Event::Gone(pod) => self.pod_gone(pod),
            Event::Finished(pod) => self.pod_finished(pod),
            Event::Evict(drain, pod) => self.evict(drain, pod),
            Event::Poll(drain) => self.poll(drain),
            Event::Unknown(loss) => self.notice(loss),
            Event::NoExecute(node) => self.evict_by_taint(node),
            Event::TaintEvict(pod) => self.taint_evict(pod),
            Event::InstanceGone(node) => self.delete_node(node, "the cloud controller found no instance"),
            Event::CollectGarbage => self.collect_garbage(),
            Event::Detached(claim, node) => self.detached(claim, node),
            Event::Schedule => self.schedule_due(),
            Event::Joins(launch) => self.joins(launch),
            Event::Replace(group) => self.replace_lost(group),
            Event::Scan => self.scan(),
            Event::Provision => self.provision(),
            Event::Scale(autoscaler) => self.autoscale(autoscaler),
            Event::Cron(cron) => self.cron_due(cron),
            Event::Update(update) => self.update_group(update),
            Event::Reclaim(wave) => self.reclaim(wave),
        }
    }
}
