//! From a snapshot to the world, and what had to be assumed on the way.

use seatrial_model::cluster::Cluster;
use seatrial_model::{Scope, Snapshot, Version};
use seatrial_sim::State;
use seatrial_sim::controllers::latencies::Latencies;
use seatrial_sim::controllers::quota::Quota;

use super::clean::{keep_last, needed, sane, settle_deletions, tolerate};
use super::{Facts, NodeSet, World, autoscaling, gaps, group_of, is_spot, planned, scalers, units};
use crate::refusal::Refusal;

/// Versions are taken for this one where the inputs do not tell.
const ASSUMED_VERSION: Version = Version::minor(36);

impl World {
    /// The world of a snapshot, on its own nodes or on those that are described.
    ///
    /// # Errors
    /// There are no nodes to rehearse on, or two sets of them.
    pub fn of(snapshot: &Snapshot, described: Option<&NodeSet>, target: Option<Version>, latencies: &Latencies) -> Result<Self, Refusal> {
        let mut assumptions = Vec::new();
        let mut cluster = needed(&snapshot.cluster);
        keep_last(&mut cluster, &mut assumptions);
        let recovery = crate::recovery::Recovery::of(snapshot, &cluster);
        match described {
            Some(_) if !cluster.nodes.is_empty() => {
                return Err(Refusal::Usage {
                    message: format!("the inputs hold {} nodes already, so --nodes cannot describe others", cluster.nodes.len()),
                    help: "leave --nodes out, or drill on manifests alone".to_owned(),
                });
            }
            Some(set) => {
                assumptions.push(set.assumption());
                cluster.nodes = set.objects();
            }
            None if cluster.nodes.is_empty() && snapshot.meta.scope == Scope::Manifests => {
                return Err(Refusal::missing(
                    "manifests have no nodes to rehearse on",
                    "describe them with `--nodes 3x3xm6i.xlarge` (zones x nodes in each x instance type), or run on a cluster, a dump or a recording",
                ));
            }
            None => gaps::require(snapshot)?,
        }
        gaps::require_work(snapshot)?;
        if cluster.nodes.is_empty() {
            return Err(Refusal::missing(
                "the cluster has no nodes, so there is nothing to lose",
                "check that `kubectl get nodes -o json` was part of the inputs",
            ));
        }
        let version = target.or(snapshot.meta.server_version).unwrap_or_else(|| {
            assumptions.push(format!("the inputs do not tell the Kubernetes version: {ASSUMED_VERSION} is assumed"));
            ASSUMED_VERSION
        });
        assumptions.insert(0, format!("kube-scheduler's default profile of Kubernetes {version}, with which EKS runs"));
        let refused = sane(&mut cluster, &mut assumptions);
        settle_deletions(&mut cluster, &mut assumptions);
        let planned = planned::plan(&mut cluster, snapshot.meta.scope, &mut assumptions);
        tolerate(&mut cluster, latencies);
        let facts = Facts {
            version,
            sets: Vec::new(),
            policies: Default::default(),
            unit_of_set: Vec::new(),
            rollings: Vec::new(),
            lives: Default::default(),
            unit_of_pod: Default::default(),
            places: Vec::new(),
            waiting: Default::default(),
            units: Vec::new(),
            quotas: cluster.resource_quotas.iter().map(|it| (it.meta.ns().into(), Quota::of(&it.meta.name, it))).collect(),
            autoscaling: Default::default(),
            scalers: Vec::new(),
            dead: Vec::new(),
            groups: Default::default(),
            today: snapshot.meta.taken_at.as_second().div_euclid(86_400),
            crons: planned.crons,
            assumptions,
            blinds: gaps::blinds(snapshot, described.is_some()),
            recovery,
        };
        let mut world = Self { state: State::of(&cluster, version), told: Default::default(), facts: facts.into() };
        world.facts.blinds.extend(refused);
        world.note_nodes(&cluster, snapshot);
        units::build(&mut world, &cluster, &planned.most, latencies);
        world.place();
        world.find_dead(&cluster);
        world.judge_start();
        autoscaling::find(&mut world, &cluster, snapshot);
        scalers::find(&mut world, &cluster);
        world.components();
        world.note_places();
        Ok(world)
    }

    fn note_nodes(&mut self, cluster: &Cluster, snapshot: &Snapshot) {
        for node in &cluster.nodes {
            let (Some(id), group) = (self.state.find_node(&node.meta.name), group_of(&node.meta.labels)) else { continue };
            if !group.is_empty() {
                let entry = self.facts.groups.entry(group.to_owned()).or_default();
                entry.nodes.push(id);
                entry.spot |= is_spot(&node.meta.labels);
                entry.managed |= !node.meta.labels.contains("karpenter.sh/nodepool");
            }
        }
        for it in snapshot.account.node_groups.known().into_iter().flatten() {
            if let Some(group) = self.facts.groups.get_mut(&*it.name) {
                group.max = Some(it.max_size);
                let percentage = it.max_unavailable_percentage.map(|it| seatrial_model::IntOrString::Str(format!("{it}%").into()));
                group.max_unavailable = percentage.or(it.max_unavailable.map(seatrial_model::IntOrString::Int));
            }
        }
    }
}
