//! From workloads and pods to sets and units: who brings which pod back, and how long that takes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use seatrial_model::cluster::{Cluster, RunningPod, find};
use seatrial_model::{Object, PodSpec, Text, Workload, WorkloadKind};
use seatrial_sim::PodId;
use seatrial_sim::controllers::latencies::{DEFAULT_TOLERATION, Latencies, POD_START};
use seatrial_sim::controllers::limit_range;
use seatrial_sim::controllers::rehearsal::{Life, PodSetController, Rollout, SetPolicy, tolerating};

use super::owners::{Key, Owned, Owners, above, key};
use super::{Kind, Rolling, Unit, World, starts};

/// Where lists sort objects that stand in no namespace.
const OF_THE_CLUSTER: &str = "default";

/// Fills the world with what the cluster's workloads and pods make of it.
///
/// `most`: what the autoscalers of workloads may make of them.
pub(crate) fn build(world: &mut World, cluster: &Cluster, most: &HashMap<Key, i64>, latencies: &Latencies) {
    Builder { world, owners: Owners::new(cluster), cluster, sets: HashMap::new(), units: HashMap::new() }.build(most, latencies);
}

struct Builder<'a> {
    world: &'a mut World,
    owners: Owners<'a>,
    cluster: &'a Cluster,
    sets: HashMap<Key, usize>,
    units: HashMap<Key, usize>,
}

impl Builder<'_> {
    fn build(&mut self, most: &HashMap<Key, i64>, latencies: &Latencies) {
        self.make_sets();
        let mut measured: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
        for (at, pod) in self.cluster.pods.iter().enumerate().filter(|it| !it.1.is_finished()) {
            let Some(id) = self.world.state.find_pod(pod.meta.ns(), &pod.meta.name) else { continue };
            let created = at as i64 - self.cluster.pods.len() as i64;
            let set = self.own(pod, id, created);
            if let (Some(set), Some(took)) = (set, starts::measured(pod)) {
                measured.entry(set).or_default().push(took);
            }
        }
        self.admit(latencies.of(&DEFAULT_TOLERATION) / 1000);
        self.make_rollings();
        for (key, unit) in &self.units {
            self.world.facts.units[*unit].max = most.get(key).copied();
        }
        for at in 0..self.world.crons.len() {
            let it = &self.world.crons[at];
            let unit = key("CronJob", &it.namespace, &it.name);
            self.world.facts.crons[at].unit = self.unit(&unit, Kind::Batch);
        }
        let said = latencies.overridden().contains_key(POD_START.name);
        let mut assumed = 0;
        for at in 0..self.world.sets.len() {
            let found = measured.remove(&at).filter(|_| !said).and_then(starts::median);
            assumed += usize::from(found.is_none());
            let start = found.unwrap_or_else(|| latencies.of(&POD_START) + starts::probes(&self.world.sets[at].spec));
            self.world.facts.policies.entry(at).or_default().start = Some(start);
        }
        let all = self.world.sets.len();
        if assumed > 0 {
            let seconds = latencies.of(&POD_START) / 1000;
            self.world.facts.assumptions.push(format!(
                "a new pod is Ready after as long as its siblings took{}",
                if assumed == all {
                    format!("; none could be measured: {seconds} s and the probes' initial delays")
                } else {
                    format!("; {assumed} of {all} controllers have none to measure: {seconds} s and the probes' initial delays")
                }
            ));
        } else if all > 0 {
            self.world.facts.assumptions.push("a new pod is Ready after as long as its siblings took".to_owned());
        }
    }

    /// ReplicaSets and StatefulSets that are to have pods.
    fn make_sets(&mut self) {
        for it in &self.cluster.workloads {
            let stateful = it.workload_kind == WorkloadKind::StatefulSet;
            let replicas = matches!(it.workload_kind, WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController);
            if !(stateful || replicas) || it.replicas.unwrap_or(1) == 0 {
                continue;
            }
            let (unit, kind) = if stateful { (key(&it.kind, it.meta.ns(), &it.meta.name), Kind::StatefulSet) } else { above(it) };
            self.make_set(&key(&it.kind, it.meta.ns(), &it.meta.name), &unit, kind, it.replicas.unwrap_or(1), Some(it));
        }
    }

    fn make_set(&mut self, mine: &Key, unit: &Key, kind: Kind, desired: i64, object: Option<&Object<Workload>>) -> usize {
        if let Some(at) = self.sets.get(mine) {
            return *at;
        }
        let at = self.world.sets.len();
        let unit = self.unit(unit, kind);
        self.world.facts.units[unit].sets.push(at);
        self.world.facts.unit_of_set.push(unit);
        self.world.facts.sets.push(PodSetController {
            namespace: mine.1.clone(),
            name: mine.2.clone(),
            kind: if mine.0 == "StatefulSet" { "StatefulSet".into() } else { "ReplicaSet".into() },
            desired,
            labels: object.map(|it| it.pod_labels().clone()).unwrap_or_default(),
            spec: Arc::new(object.map(|it| it.template.spec.clone()).unwrap_or_default()),
        });
        // A Deployment's own minReadySeconds stands in its ReplicaSets as well.
        if let Some(it) = object {
            let policy = SetPolicy {
                min_ready_seconds: it.rollout.min_ready_seconds.unwrap_or(0).clamp(0, 86_400),
                parallel: it.rollout.pod_management_policy.as_deref() == Some("Parallel"),
                partition: it.rollout.partition.unwrap_or(0),
                start: None,
                claims: it.volume_claim_templates.clone(),
                on_delete: it.rollout.strategy.as_deref() == Some("OnDelete"),
            };
            self.world.facts.policies.insert(at, policy);
        }
        self.sets.insert(mine.clone(), at);
        at
    }

    fn unit(&mut self, key: &Key, kind: Kind) -> usize {
        if let Some(at) = self.units.get(key) {
            return *at;
        }
        let at = self.world.units.len();
        self.units.insert(key.clone(), at);
        let blind = (kind == Kind::Other).then(|| format!("its pods belong to a {}, whose controller is not simulated", key.0));
        self.world.facts.units.push(Unit {
            object: format!("{} {}/{}", key.0, key.1, key.2),
            kind,
            namespace: key.1.clone(),
            name: key.2.clone(),
            sets: Vec::new(),
            pods: Vec::new(),
            before: 0,
            floor: None,
            component: at,
            blind,
            max: None,
            volumes: Vec::new(),
        });
        at
    }

    /// Puts a pod where it belongs; the set, where it has one.
    fn own(&mut self, pod: &Object<RunningPod>, id: PodId, created: i64) -> Option<usize> {
        let mut life = Life {
            empty_dir: pod.spec.volumes.iter().any(|it| it.empty_dir.is_some()),
            ready: pod.is_ready(),
            running: pod.status.phase.as_deref() == Some("Running"),
            created,
            ..Life::default()
        };
        let unit = match self.owners.of(pod) {
            Owned::Static => {
                life.daemon = true;
                None
            }
            Owned::Unit { unit, kind } => {
                life.daemon = kind == Kind::Daemon;
                Some(self.unit(&unit, kind))
            }
            Owned::Set { set, unit, kind } => {
                let at = self.make_set(&set, &unit, kind, 0, self.owners.get(&set));
                if self.owners.get(&set).is_none() {
                    // The set itself was not read: it is as large as the pods that it has.
                    self.world.facts.sets[at].desired += 1;
                }
                // New pods are like the ones that run: what admission and injectors added is in them.
                if self.world.units[self.world.unit_of_set[at]].pods.iter().all(|it| self.world.lives.get(it).and_then(|it| it.set) != Some(at)) {
                    self.world.facts.sets[at].spec = pod.spec.clone();
                    self.world.facts.sets[at].labels = pod.meta.labels.clone();
                }
                life.set = Some(at);
                Some(self.world.unit_of_set[at])
            }
        };
        let set = life.set;
        self.world.facts.lives.insert(id, life);
        if let Some(unit) = unit {
            self.world.facts.units[unit].pods.push(id);
            self.world.facts.unit_of_pod.insert(id, unit);
            self.note_volumes(pod, id, unit);
        }
        set
    }

    fn note_volumes(&mut self, pod: &Object<RunningPod>, id: PodId, unit: usize) {
        for claim in pod.spec.volumes.iter().filter_map(|it| it.persistent_volume_claim.as_ref()) {
            let Some(found) = find(&self.cluster.persistent_volume_claims, pod.meta.ns(), &claim.claim_name) else {
                self.world.facts.units[unit].blind = Some(format!("its claim {}/{} was not read", pod.meta.ns(), claim.claim_name));
                continue;
            };
            // A claim without a volume gets one where its pod goes.
            let Some(name) = found.spec.volume_name.clone() else { continue };
            let read = find(&self.cluster.persistent_volumes, OF_THE_CLUSTER, &name);
            if read.is_none() {
                self.world.facts.units[unit].blind = Some(format!("its volume {name} was not read, so its zone is not known"));
            }
            let zone = read.map(zone_of).unwrap_or_default();
            self.world.facts.units[unit].volumes.push(super::Mounted { pod: id, name, zone });
        }
    }

    /// What admission adds to new pods is added once here, so that all rehearsals share the result.
    fn admit(&mut self, seconds: i64) {
        for at in 0..self.world.sets.len() {
            let set = &self.world.sets[at];
            let spec = tolerating(&self.limited(&set.namespace, &set.spec), seconds);
            self.world.facts.sets[at].spec = spec;
        }
        for at in 0..self.world.crons.len() {
            let cron = &self.world.crons[at];
            let spec = tolerating(&self.limited(&cron.namespace, &cron.spec), seconds);
            self.world.facts.crons[at].spec = spec;
        }
    }

    fn limited(&self, namespace: &Text, spec: &Arc<PodSpec>) -> Arc<PodSpec> {
        let items: Vec<_> = self.cluster.limit_ranges.iter().filter(|it| *namespace == *it.meta.ns()).flat_map(|it| &it.spec.limits).collect();
        if items.is_empty() { spec.clone() } else { Arc::new(limit_range::apply(spec, &items)) }
    }

    fn make_rollings(&mut self) {
        for it in self.cluster.workloads.iter().filter(|it| it.workload_kind == WorkloadKind::Deployment) {
            let Some(unit) = self.units.get(&key("Deployment", it.meta.ns(), &it.meta.name)).copied() else { continue };
            let mut sets = self.world.units[unit].sets.clone();
            let revision = |at: &usize| {
                let object = self.owners.get(&key("ReplicaSet", it.meta.ns(), &self.world.sets[*at].name));
                object.and_then(|it| it.meta.annotation("deployment.kubernetes.io/revision")?.parse::<u64>().ok())
            };
            sets.sort_by_key(|at| (revision(at), self.world.sets[*at].desired));
            let Some(current) = sets.last().copied() else { continue };
            let replicas = if it.replicas.is_some() { it.replicas.unwrap_or(1) } else { sets.iter().map(|at| self.world.sets[*at].desired).sum() };
            let rollout = Rollout {
                name: it.meta.name.clone(),
                replicas,
                max_surge: it.rollout.max_surge.clone().or_else(|| Some(seatrial_model::IntOrString::Str("25%".into()))),
                max_unavailable: it.rollout.max_unavailable.clone().or_else(|| Some(seatrial_model::IntOrString::Str("25%".into()))),
                recreate: it.rollout.strategy.as_deref() == Some("Recreate"),
                sets,
                current,
                least_ready: None,
            };
            self.world.facts.rollings.push(Rolling { unit, rollout });
        }
    }
}

/// The zone that a volume's node affinity or labels name.
fn zone_of(volume: &Object<seatrial_model::kinds::storage::PersistentVolume>) -> String {
    let terms = volume.spec.node_affinity.as_ref().and_then(|it| it.required.as_ref()).map(|it| it.node_selector_terms.as_slice()).unwrap_or_default();
    let expressions = terms.iter().flat_map(|it| &it.match_expressions);
    let zone = expressions.into_iter().find(|it| it.key.ends_with("/zone")).and_then(|it| it.values.first());
    zone.map(|it| it.to_string()).or_else(|| volume.meta.label("topology.kubernetes.io/zone").map(str::to_owned)).unwrap_or_default()
}
