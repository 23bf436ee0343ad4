//! From a snapshot to the world: nodes, pods, sets, units, and what had to be assumed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use seatrial_model::cluster::{Cluster, RunningPod};
use seatrial_model::{Graph, Object, PodSpec, Quantity, Scope, Snapshot, Text, Version, Workload, WorkloadKind};
use seatrial_sim::controllers::disruption::{Protected, count};
use seatrial_sim::controllers::limit_range;
use seatrial_sim::controllers::quota::Quota;
use seatrial_sim::controllers::rehearsal::{Life, PodSetController, Rollout, SetPolicy, with_default_tolerations};
use seatrial_sim::{Budget, Outcome, PodId, Scheduler, State};

use super::owners::{Key, Owned, Owners, above, key};
use super::{Facts, Kind, NodeSet, Rolling, Unit, World, gaps, group_of, is_spot, planned, starts};
use crate::latency::Latencies;
use crate::refusal::Refusal;

/// Amounts beyond this are nobody's: a petabyte of anything, a million cores.
fn most(resource: &str) -> i64 {
    if resource == "cpu" { 1 << 20 } else { 1 << 50 }
}

/// Versions are taken for this one where the inputs do not tell.
const ASSUMED_VERSION: Version = Version::minor(36);

impl World {
    /// The world of a snapshot, on its own nodes or on those that are described.
    ///
    /// # Errors
    /// There are no nodes to rehearse on, or two sets of them.
    pub fn of(snapshot: &Snapshot, described: Option<&NodeSet>, target: Option<Version>, latencies: &Latencies) -> Result<Self, Refusal> {
        let mut assumptions = Vec::new();
        let mut cluster = snapshot.cluster.clone();
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
        plan(&mut cluster, snapshot.meta.scope, &mut assumptions);
        tolerate(&mut cluster);
        let facts = Facts {
            version,
            sets: Vec::new(),
            policies: BTreeMap::new(),
            unit_of_set: Vec::new(),
            starts: Vec::new(),
            rollings: Vec::new(),
            lives: BTreeMap::new(),
            unit_of_pod: BTreeMap::new(),
            places: Vec::new(),
            waiting: Default::default(),
            units: Vec::new(),
            quotas: cluster.resource_quotas.iter().map(|it| (it.meta.ns().into(), Quota::of(&it.meta.name, it))).collect(),
            dead: Vec::new(),
            groups: BTreeMap::new(),
            crons: crate::cron::crons(&cluster),
            assumptions,
            blinds: gaps::blinds(snapshot, described.is_some()),
            recovery: crate::recovery::Recovery::of(snapshot),
        };
        let mut world = Self { state: State::of(&cluster, version), facts };
        world.facts.blinds.extend(refused);
        world.note_nodes(&cluster, snapshot);
        Builder { world: &mut world, owners: Owners::new(&cluster), cluster: &cluster, sets: HashMap::new(), units: HashMap::new() }.build(latencies);
        world.place();
        world.find_dead(&cluster);
        world.judge_start();
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

    /// Nodes that are not Ready, and those without a word of it.
    fn find_dead(&mut self, cluster: &Cluster) {
        let dead = cluster.nodes.iter().filter(|it| it.ready().is_some_and(|ready| ready != "True"));
        self.facts.dead = dead.filter_map(|it| self.state.find_node(&it.meta.name)).collect();
        if !self.dead.is_empty() {
            let names: Vec<String> = self.dead.iter().map(|it| self.state.node_name(*it).to_string()).collect();
            self.facts.assumptions.push(format!("not Ready to begin with, and left so: {}", names.join(", ")));
        }
        let empty: Vec<&str> = cluster.nodes.iter().filter(|it| !it.status.allocatable.contains("cpu")).map(|it| &*it.meta.name).collect();
        if !empty.is_empty() {
            let reason =
                format!("{} of {} nodes do not tell what they can hold (no status.allocatable), such as {}", empty.len(), cluster.nodes.len(), empty[0]);
            let remedy = "take the dump with `kubectl get nodes -o json`, status included".to_owned();
            self.facts.blinds.push(super::Blind { reason, remedy, evictions: false, placement: true });
        }
    }

    /// Gives planned pods a node, most important first; those that find none stay pending.
    fn place(&mut self) {
        let open = |it: &(&PodId, &Life)| it.1.ready && self.state.node_of(*it.0).is_none();
        let mut open: Vec<PodId> = self.lives.iter().filter(open).map(|it| *it.0).collect();
        open.sort_by_key(|it| (std::cmp::Reverse(self.state.priority(*it)), *it));
        let mut scheduler = Scheduler::new(0);
        let mut stuck = 0;
        for pod in open {
            if !matches!(scheduler.schedule(&mut self.state, pod), Outcome::Found(_)) {
                stuck += 1;
                if let Some(life) = self.facts.lives.get_mut(&pod) {
                    (life.ready, life.running) = (false, false);
                }
            }
        }
        if stuck > 0 {
            self.facts.assumptions.push(format!("{stuck} pods find no place to begin with and stay pending"));
        }
    }

    /// Who serves at the beginning, and how few pods its budget lets be.
    fn judge_start(&mut self) {
        for at in 0..self.units.len() {
            let serving = |it: &&PodId| self.lives.get(it).is_some_and(|it| it.ready) && self.state.node_of(**it).is_some_and(|it| !self.dead.contains(&it));
            self.facts.units[at].before = self.units[at].pods.iter().filter(serving).count() as u64;
            self.facts.units[at].floor = self.floor(at);
        }
    }

    fn note_places(&mut self) {
        self.facts.waiting = self.facts.lives.keys().copied().filter(|it| self.state.node_of(*it).is_none()).collect();
        let nodes: Vec<_> = self.state.node_ids().collect();
        for node in nodes {
            let mut pods = self.state.pods_on(node).to_vec();
            pods.sort_unstable();
            self.facts.places.push(pods);
        }
    }

    fn floor(&self, at: usize) -> Option<(u64, String)> {
        let unit = &self.units[at];
        let first = unit.pods.first()?;
        let budget = self.state.budgets_of(*first).into_iter().next().map(|it| self.state.budget(it).clone())?;
        let pods: Vec<Protected> =
            unit.pods.iter().map(|it| Protected { name: self.state.pod_name(*it).1.to_string(), ready: self.lives[it].ready, terminating: false }).collect();
        let scale = unit.sets.iter().map(|it| self.sets[*it].desired).sum();
        let counts = count(&Budget { status: Default::default(), ..budget.clone() }, &pods, Some(scale), 0)?;
        Some((u64::try_from(counts.desired).unwrap_or(0), budget.name.to_string()))
    }

    /// Units that share a budget or a quota are simulated together.
    fn components(&mut self) {
        let mut parent: Vec<usize> = (0..self.units.len()).collect();
        let mut by_mark: HashMap<(u8, String), usize> = HashMap::new();
        for at in 0..self.units.len() {
            let mut marks: Vec<(u8, String)> = Vec::new();
            if let Some(first) = self.units[at].pods.first() {
                marks.extend(self.state.budgets_of(*first).into_iter().map(|it| (0, it.0.to_string())));
            }
            if self.quotas.iter().any(|it| it.0 == self.units[at].namespace) {
                marks.push((1, self.units[at].namespace.to_string()));
            }
            for mark in marks {
                let other = *by_mark.entry(mark).or_insert(at);
                let (a, b) = (root(&parent, at), root(&parent, other));
                parent[a.max(b)] = a.min(b);
            }
        }
        for at in 0..self.units.len() {
            self.facts.units[at].component = root(&parent, at);
        }
    }
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

/// Takes amounts that no machine has out of the way of arithmetic, and says so.
fn sane(cluster: &mut Cluster, assumptions: &mut Vec<String>) -> Vec<super::Blind> {
    let mut odd = 0;
    for node in &mut cluster.nodes {
        let odd_one = |it: &(&Text, &Quantity)| it.1.is_negative() || it.1.value() > most(it.0);
        let names: Vec<(Text, bool)> = node.status.allocatable.iter().filter(odd_one).map(|it| (it.0.clone(), it.1.is_negative())).collect();
        for (name, negative) in names {
            let bound = if negative { 0 } else { most(&name) };
            node.it.status.allocatable.insert(name, Quantity::units(bound));
            odd += 1;
        }
    }
    if odd > 0 {
        assumptions
            .push(format!("{odd} allocatable amounts of nodes are below 0 or beyond what any machine has: taken as 0, or as the most that is plausible"));
    }
    let before = cluster.pods.len();
    let amounts = |it: &seatrial_model::Container| {
        it.resources.requests.iter().chain(it.resources.limits.iter()).any(|it| it.1.value() > most(it.0) || it.1.is_negative())
    };
    let huge = |spec: &PodSpec| spec.all_containers().any(amounts);
    let names: Vec<String> = cluster.pods.iter().filter(|it| huge(&it.spec)).map(|it| format!("{}/{}", it.meta.ns(), it.meta.name)).collect();
    cluster.pods.retain(|it| !huge(&it.spec));
    let absurd: Vec<String> = cluster
        .workloads
        .iter()
        .filter(|it| huge(it.pod()) || it.replicas.is_some_and(|it| !(0..=planned::MOST_PODS).contains(&it)))
        .map(|it| it.object_ref().to_string())
        .collect();
    cluster.workloads.retain(|it| !(huge(it.pod()) || it.replicas.is_some_and(|it| !(0..=planned::MOST_PODS).contains(&it))));
    let mut blinds = Vec::new();
    if let Some(first) = names.first().or(absurd.first()) {
        let reason = format!(
            "{} pods and {} workloads ask for amounts that no machine has, such as {first}: they are left out",
            before - cluster.pods.len(),
            absurd.len()
        );
        let remedy = "correct spec.replicas and the requests: the API server or the scheduler would refuse them".to_owned();
        blinds.push(super::Blind { reason, remedy, evictions: false, placement: true });
    }
    blinds
}

/// Pods that are being deleted are taken as gone, unless their node cannot be reached.
fn settle_deletions(cluster: &mut Cluster, assumptions: &mut Vec<String>) {
    let unreachable: Vec<Text> = cluster.nodes.iter().filter(|it| it.ready().is_some_and(|it| it != "True")).map(|it| it.meta.name.clone()).collect();
    let before = cluster.pods.len();
    cluster.pods.retain(|it| it.meta.deletion_timestamp.is_none() || it.node_name.as_ref().is_some_and(|it| unreachable.contains(it)));
    let gone = before - cluster.pods.len();
    if gone > 0 {
        assumptions.push(format!("{gone} pods are being deleted already and are taken as gone"));
    }
}

/// Makes pods for workloads that have none though they should: all of manifests, and those whose status says that they run.
fn plan(cluster: &mut Cluster, scope: Scope, assumptions: &mut Vec<String>) {
    let graph = Graph::new(cluster);
    let (mut pods, mut claims, mut sets, mut planned) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for it in &cluster.workloads {
        if !matches!(it.workload_kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet) || !graph.pods_of(it).is_empty() {
            continue;
        }
        let wanted = if scope == Scope::Manifests { it.replicas.unwrap_or_else(|| graph.replicas_of(it).min) } else { it.status.ready_replicas.unwrap_or(0) };
        if wanted <= 0 {
            continue;
        }
        let (more, their_claims) = planned::pods(&graph, it, wanted);
        if it.workload_kind == WorkloadKind::Deployment {
            let mut set = planned::replica_set(it);
            set.it.replicas = Some(wanted);
            sets.push(set);
        }
        planned.push(it.object_ref().to_string());
        pods.extend(more);
        claims.extend(their_claims);
    }
    if !planned.is_empty() {
        let why = if scope == Scope::Manifests { "made from the manifests" } else { "said to run by their controllers, and not among the inputs" };
        assumptions.push(format!("{} pods of {} workloads were {why}: the scheduler placed them", pods.len(), planned.len()));
    }
    cluster.pods.extend(pods);
    let known: std::collections::BTreeSet<(String, Text)> =
        cluster.persistent_volume_claims.iter().map(|it| (it.meta.ns().to_owned(), it.meta.name.clone())).collect();
    cluster.persistent_volume_claims.extend(claims.into_iter().filter(|it| !known.contains(&(it.meta.ns().to_owned(), it.meta.name.clone()))));
    cluster.workloads.extend(sets);
    let classes = planned::missing_classes(cluster);
    if !classes.is_empty() {
        let names: Vec<&str> = classes.iter().map(|it| &*it.meta.name).collect();
        assumptions.push(format!("storage classes {} are taken for zonal EBS volumes that wait for their first pod", names.join(", ")));
    }
    cluster.storage_classes.extend(classes);
}

struct Builder<'a> {
    world: &'a mut World,
    owners: Owners<'a>,
    cluster: &'a Cluster,
    sets: HashMap<Key, usize>,
    units: HashMap<Key, usize>,
}

impl Builder<'_> {
    fn build(&mut self, latencies: &Latencies) {
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
        self.admit();
        self.make_rollings();
        self.note_autoscalers();
        for at in 0..self.world.crons.len() {
            let it = &self.world.crons[at];
            let unit = key("CronJob", &it.namespace, &it.name);
            self.world.facts.crons[at].unit = self.unit(&unit, Kind::Batch);
        }
        let said = latencies.is_said("pod-start");
        let mut assumed = 0;
        for at in 0..self.world.sets.len() {
            let found = measured.remove(&at).filter(|_| !said).and_then(starts::median);
            assumed += usize::from(found.is_none());
            let start = found.unwrap_or_else(|| latencies.millis("pod-start") + starts::probes(&self.world.sets[at].spec));
            self.world.facts.starts.push(start);
        }
        let all = self.world.sets.len();
        if assumed > 0 {
            let seconds = latencies.millis("pod-start") / 1000;
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
            let found = seatrial_model::cluster::find(&self.cluster.persistent_volume_claims, pod.meta.ns(), &claim.claim_name);
            let planned = || self.cluster.persistent_volume_claims.iter().any(|it| it.meta.name == claim.claim_name && it.meta.ns() == pod.meta.ns());
            let volume = found.and_then(|it| it.spec.volume_name.clone());
            match volume {
                Some(name) => {
                    let read = self.cluster.persistent_volumes.iter().find(|it| it.meta.name == name);
                    if read.is_none() {
                        self.world.facts.units[unit].blind = Some(format!("its volume {name} was not read, so its zone is not known"));
                    }
                    let zone = read.map(zone_of).unwrap_or_default();
                    self.world.facts.units[unit].volumes.push(super::Mounted { pod: id, name, zone });
                }
                None if found.is_none() && !planned() => {
                    self.world.facts.units[unit].blind = Some(format!("its claim {}/{} was not read", pod.meta.ns(), claim.claim_name));
                }
                None => {}
            }
        }
    }

    /// What admission adds to new pods is added once here, so that all rehearsals share the result.
    fn admit(&mut self) {
        for at in 0..self.world.sets.len() {
            let set = &self.world.sets[at];
            let spec = with_default_tolerations(&self.limited(&set.namespace, &set.spec));
            self.world.facts.sets[at].spec = spec;
        }
        for at in 0..self.world.crons.len() {
            let cron = &self.world.crons[at];
            let spec = with_default_tolerations(&self.limited(&cron.namespace, &cron.spec));
            self.world.facts.crons[at].spec = spec;
        }
    }

    fn limited(&self, namespace: &Text, spec: &Arc<PodSpec>) -> Arc<PodSpec> {
        let items: Vec<_> = self.cluster.limit_ranges.iter().filter(|it| *namespace == *it.meta.ns()).flat_map(|it| &it.spec.limits).collect();
        if items.is_empty() { spec.clone() } else { Arc::new(limit_range::apply(spec, &items)) }
    }

    fn note_autoscalers(&mut self) {
        let graph = Graph::new(self.cluster);
        for it in &self.cluster.workloads {
            let Some(unit) = self.units.get(&key(&it.kind, it.meta.ns(), &it.meta.name)).copied() else { continue };
            let replicas = graph.replicas_of(it);
            let scaled = !matches!(replicas.by, seatrial_model::graph::ScaledBy::Itself);
            self.world.facts.units[unit].max = scaled.then_some(replicas.max);
        }
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

/// Admission lets every pod stay five minutes on a node that is not ready or unreachable; pods of one specification keep sharing it.
///
/// Source: kubernetes plugin/pkg/admission/defaulttolerationseconds, which every EKS control plane runs.
fn tolerate(cluster: &mut Cluster) {
    let mut done: HashMap<usize, (Arc<PodSpec>, Arc<PodSpec>)> = HashMap::new();
    for pod in &mut cluster.pods {
        let spec = pod.it.spec.clone();
        let entry = done.entry(Arc::as_ptr(&spec) as usize).or_insert_with(|| (spec.clone(), with_default_tolerations(&spec)));
        pod.it.spec = entry.1.clone();
    }
}
