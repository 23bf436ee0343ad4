//! The joins between objects, found once in time linear in their number.

mod matches;
mod nearest;

use std::collections::{HashMap, HashSet};

use crate::cluster::{Cluster, find_all, in_namespace};
use crate::kinds::config::Namespace;
use crate::kinds::scaling::{HorizontalPodAutoscaler, LimitRangeItem, PodDisruptionBudget, ScaleTarget, ScaledObject};
use crate::kinds::traffic::{Gateway, Ingress, NetworkPolicy, Route, Service};
use crate::meta::{Meta, Object, Origin};
use crate::quantity::Quantity;
use crate::selector::LabelSelector;
use crate::snapshot::{Snapshot, SourceFile};
use crate::workload::{Workload, WorkloadKind};
use crate::{Container, RunningPod};
use matches::Matches;

/// Which objects belong to which. Indices count into the lists of the [`Cluster`] it was made from.
pub struct Graph<'a> {
    cluster: &'a Cluster,
    files: &'a [SourceFile],
    services: Matches,
    budgets: Matches,
    policies: Matches,
    hpas: HashMap<TargetKey<'a>, Vec<usize>>,
    scaled: HashMap<TargetKey<'a>, Vec<usize>>,
    ingresses_of_service: HashMap<(&'a str, &'a str), Vec<usize>>,
    routes_of_service: HashMap<(&'a str, &'a str), Vec<usize>>,
    routes_of_gateway: HashMap<(&'a str, &'a str), Vec<usize>>,
    namespaces: HashMap<&'a str, usize>,
    made_secrets: HashSet<(&'a str, &'a str)>,
    made_secrets_anywhere: HashSet<&'a str>,
    pods_of_workload: HashMap<usize, Vec<usize>>,
}

type TargetKey<'a> = (&'a str, &'a str, &'a str);

/// How many replicas a workload has, and what decides it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replicas<'a> {
    /// The least it can be while it serves.
    pub min: i64,
    /// The most it can be.
    pub max: i64,
    /// Who decides.
    pub by: ScaledBy<'a>,
}

/// Who decides a workload's replica count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScaledBy<'a> {
    /// `spec.replicas`, or its default of 1.
    Itself,
    /// A HorizontalPodAutoscaler.
    Hpa(&'a Object<HorizontalPodAutoscaler>),
    /// A KEDA ScaledObject.
    Keda(&'a Object<ScaledObject>),
}

impl<'a> Graph<'a> {
    /// Finds the joins of a snapshot; of several objects of one name the nearest is joined.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self { files: &snapshot.files, ..Self::new(&snapshot.cluster) }
    }

    /// Finds the joins of a sorted cluster, whose objects stand nowhere or in files without names.
    pub fn new(cluster: &'a Cluster) -> Self {
        let workloads = &cluster.workloads;
        let services = Matches::find(workloads, &cluster.services, |it| (!it.spec.selector.is_empty()).then(|| LabelSelector::of(it.spec.selector.clone())));
        let budgets = Matches::find(workloads, &cluster.pod_disruption_budgets, |it| it.spec.selector.clone());
        let policies = Matches::find(workloads, &cluster.network_policies, |it| Some(it.spec.pod_selector.clone()));
        Self {
            cluster,
            files: &[],
            services,
            budgets,
            policies,
            hpas: by_target(&cluster.horizontal_pod_autoscalers, |it| &it.spec.scale_target_ref),
            scaled: by_target(&cluster.scaled_objects, |it| &it.spec.scale_target_ref),
            ingresses_of_service: ingresses(cluster),
            routes_of_service: routes(cluster, services_of_route),
            routes_of_gateway: routes(cluster, gateways_of_route),
            namespaces: cluster.namespaces.iter().enumerate().rev().map(|(at, it)| (it.meta.name.as_str(), at)).collect(),
            made_secrets: made_secrets(cluster),
            made_secrets_anywhere: made_secrets_anywhere(cluster),
            pods_of_workload: pods(cluster),
        }
    }

    /// The cluster that the joins are of.
    pub fn cluster(&self) -> &'a Cluster {
        self.cluster
    }

    /// Services that select the workload's pods.
    pub fn services_of(&self, workload: &Object<Workload>) -> Vec<&'a Object<Service>> {
        self.pick(workload.origin, self.services.of(self.index(workload)), &self.cluster.services)
    }

    /// Disruption budgets that select the workload's pods.
    pub fn budgets_of(&self, workload: &Object<Workload>) -> Vec<&'a Object<PodDisruptionBudget>> {
        self.pick(workload.origin, self.budgets.of(self.index(workload)), &self.cluster.pod_disruption_budgets)
    }

    /// Network policies that select the workload's pods.
    pub fn policies_of(&self, workload: &Object<Workload>) -> Vec<&'a Object<NetworkPolicy>> {
        self.pick(workload.origin, self.policies.of(self.index(workload)), &self.cluster.network_policies)
    }

    /// Workloads whose pods a service selects.
    pub fn selected_by_service(&self, service: &Object<Service>) -> Vec<&'a Object<Workload>> {
        self.pick(service.origin, self.services.workloads_of(position(&self.cluster.services, service)), &self.cluster.workloads)
    }

    /// Workloads whose pods a budget selects.
    pub fn selected_by_budget(&self, budget: &Object<PodDisruptionBudget>) -> Vec<&'a Object<Workload>> {
        self.pick(budget.origin, self.budgets.workloads_of(position(&self.cluster.pod_disruption_budgets, budget)), &self.cluster.workloads)
    }

    /// Workloads whose pods a network policy selects.
    pub fn selected_by_policy(&self, policy: &Object<NetworkPolicy>) -> Vec<&'a Object<Workload>> {
        self.pick(policy.origin, self.policies.workloads_of(position(&self.cluster.network_policies, policy)), &self.cluster.workloads)
    }

    /// Ingresses that send to a service.
    pub fn ingresses_of(&self, service: &Object<Service>) -> Vec<&'a Object<Ingress>> {
        self.pick(service.origin, self.ingresses_of_service.get(&(service.meta.ns(), service.meta.name.as_str())), &self.cluster.ingresses)
    }

    /// Gateway API routes that send to a service.
    pub fn routes_of(&self, service: &Object<Service>) -> Vec<&'a Object<Route>> {
        self.pick(service.origin, self.routes_of_service.get(&(service.meta.ns(), service.meta.name.as_str())), &self.cluster.routes)
    }

    /// Gateway API routes that name a gateway as their parent.
    pub fn routes_at(&self, gateway: &Object<Gateway>) -> Vec<&'a Object<Route>> {
        self.pick(gateway.origin, self.routes_of_gateway.get(&(gateway.meta.ns(), gateway.meta.name.as_str())), &self.cluster.routes)
    }

    /// The Namespace of this name, if it is among the inputs.
    pub fn namespace(&self, name: &str) -> Option<&'a Object<Namespace>> {
        self.namespaces.get(name).map(|at| &self.cluster.namespaces[*at])
    }

    /// Whether a controller among the inputs makes the Secret: an ExternalSecret's target, a SealedSecret.
    pub fn is_secret_made(&self, ns: &str, name: &str) -> bool {
        self.made_secrets.contains(&(ns, name)) || self.made_secrets_anywhere.contains(name)
    }

    /// The pods that run for a workload, through ReplicaSets and Jobs.
    pub fn pods_of(&self, workload: &Object<Workload>) -> Vec<&'a Object<RunningPod>> {
        self.pods_of_workload.get(&self.index(workload)).into_iter().flatten().map(|at| &self.cluster.pods[*at]).collect()
    }

    /// Whether another workload among the inputs manages this one (the ReplicaSet of a Deployment, the Job of a CronJob).
    pub fn is_managed(&self, workload: &Object<Workload>) -> bool {
        workload.meta.controller().is_some()
    }

    /// Autoscalers that target the workload.
    pub fn hpas_of(&self, workload: &Object<Workload>) -> Vec<&'a Object<HorizontalPodAutoscaler>> {
        self.pick(workload.origin, self.hpas.get(&target_key(workload)), &self.cluster.horizontal_pod_autoscalers)
    }

    /// KEDA objects that target the workload.
    pub fn scaled_objects_of(&self, workload: &Object<Workload>) -> Vec<&'a Object<ScaledObject>> {
        self.pick(workload.origin, self.scaled.get(&target_key(workload)), &self.cluster.scaled_objects)
    }

    /// The workload an autoscaler targets.
    pub fn target_of(&self, meta: &Meta, target: &ScaleTarget) -> Option<&'a Object<Workload>> {
        let kind = target.kind.as_deref().unwrap_or("Deployment");
        find_all(&self.cluster.workloads, meta.ns(), &target.name).iter().find(|it| it.kind == kind)
    }

    /// How many replicas the workload has: an autoscaler's bounds where there is one.
    pub fn replicas_of(&self, workload: &Object<Workload>) -> Replicas<'a> {
        if let Some(it) = self.hpas_of(workload).first() {
            return Replicas { min: it.min(), max: it.spec.max_replicas.max(it.min()), by: ScaledBy::Hpa(it) };
        }
        if let Some(it) = self.scaled_objects_of(workload).first() {
            return Replicas { min: it.min(), max: it.max(), by: ScaledBy::Keda(it) };
        }
        let fixed = match workload.workload_kind {
            WorkloadKind::Job | WorkloadKind::CronJob => workload.job.as_ref().and_then(|it| it.parallelism).unwrap_or(1),
            _ => workload.replicas.unwrap_or(1),
        };
        Replicas { min: fixed, max: fixed, by: ScaledBy::Itself }
    }

    /// Whether users reach the workload: through an Ingress, a Gateway route or a LoadBalancer service.
    pub fn is_user_facing(&self, workload: &Object<Workload>) -> bool {
        self.services_of(workload).iter().any(|it| self.is_exposed(it))
    }

    /// Whether users reach the service.
    pub fn is_exposed(&self, service: &Object<Service>) -> bool {
        service.service_type() == "LoadBalancer" || !self.ingresses_of(service).is_empty() || !self.routes_of(service).is_empty()
    }

    /// The LimitRange entry for containers of the namespace that supplies `resource`: a default limit, or a default request.
    ///
    /// Source: kubernetes plugin/pkg/admission/limitranger: a default limit is also the default request where none is given.
    pub fn limit_range_default(&self, ns: &str, resource: &str, wants: Wants) -> Option<(&'a Object<crate::kinds::scaling::LimitRange>, usize, Quantity)> {
        for range in in_namespace(&self.cluster.limit_ranges, ns) {
            for (at, item) in range.spec.limits.iter().enumerate().filter(|(_, it)| it.kind == "Container") {
                if let Some(it) = supplied(item, resource, wants) {
                    return Some((range, at, it));
                }
            }
        }
        None
    }

    /// The request of a container after LimitRange defaults.
    pub fn effective_request(&self, ns: &str, container: &Container, resource: &str) -> Option<Quantity> {
        container.resources.request(resource).or_else(|| self.limit_range_default(ns, resource, Wants::Request).map(|it| it.2))
    }

    /// The limit of a container after LimitRange defaults.
    pub fn effective_limit(&self, ns: &str, container: &Container, resource: &str) -> Option<Quantity> {
        container.resources.limits.get(resource).copied().or_else(|| self.limit_range_default(ns, resource, Wants::Limit).map(|it| it.2))
    }

    /// The service account the workload's pods run as, if it is among the inputs.
    pub fn service_account_of(&self, workload: &Object<Workload>) -> Option<&'a Object<crate::kinds::access::ServiceAccount>> {
        self.named(workload, &self.cluster.service_accounts, workload.pod().service_account())
    }

    fn index(&self, workload: &Object<Workload>) -> usize {
        position(&self.cluster.workloads, workload)
    }

    /// The object of this name in the namespace of who asks: of several, the one that stands nearest to it. `list` is one of the cluster's.
    pub fn named<A, T>(&self, asks: &Object<A>, list: &'a [Object<T>], name: &str) -> Option<&'a Object<T>> {
        let all = find_all(list, asks.meta.ns(), name);
        if all.len() < 2 {
            return all.first();
        }
        nearest::nearest(self.files, asks.origin, all.iter().collect()).into_iter().next()
    }

    /// The listed objects; of those of one name the one that stands nearest to who asks.
    fn pick<T>(&self, asks: Option<Origin>, indices: Option<&Vec<usize>>, list: &'a [Object<T>]) -> Vec<&'a Object<T>> {
        nearest::nearest(self.files, asks, indices.into_iter().flatten().map(|&at| &list[at]).collect())
    }
}

/// Whether a request or a limit is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A request.
    Request,
    /// A limit.
    Limit,
}

fn supplied(item: &LimitRangeItem, resource: &str, wants: Wants) -> Option<Quantity> {
    let limit = || item.default.get(resource).or_else(|| item.max.get(resource)).copied();
    match wants {
        Wants::Limit => limit(),
        Wants::Request => item.default_request.get(resource).copied().or_else(limit).or_else(|| item.min.get(resource).copied()),
    }
}

/// The index of an object that is borrowed from the list; out of range for any other.
///
/// Asked several times for each check and workload: counted from the addresses, a search by name would be a tenth of the whole run.
fn position<T>(list: &[Object<T>], it: &Object<T>) -> usize {
    let bytes = (std::ptr::from_ref(it) as usize).wrapping_sub(list.as_ptr() as usize);
    let at = bytes / size_of::<Object<T>>();
    if list.get(at).is_some_and(|other| std::ptr::eq(other, it)) { at } else { usize::MAX }
}

fn target_key<'a>(workload: &'a Object<Workload>) -> TargetKey<'a> {
    (workload.meta.ns(), workload.kind.as_str(), workload.meta.name.as_str())
}

fn by_target<'a, T>(list: &'a [Object<T>], target: impl Fn(&'a Object<T>) -> &'a ScaleTarget) -> HashMap<TargetKey<'a>, Vec<usize>> {
    let mut found: HashMap<TargetKey<'a>, Vec<usize>> = HashMap::new();
    for (at, it) in list.iter().enumerate() {
        let target = target(it);
        let kind = target.kind.as_deref().unwrap_or("Deployment");
        found.entry((it.meta.ns(), kind, &target.name)).or_default().push(at);
    }
    found
}

fn ingresses(cluster: &Cluster) -> HashMap<(&str, &str), Vec<usize>> {
    let mut found: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (at, it) in cluster.ingresses.iter().enumerate() {
        for (backend, _) in it.backends() {
            let Some(name) = backend.service_name() else { continue };
            let list = found.entry((it.meta.ns(), name)).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
    }
    found
}

/// Routes by the namespace and name of what they refer to.
fn routes<'a>(cluster: &'a Cluster, references: fn(&'a Object<Route>) -> Vec<(&'a str, &'a str)>) -> HashMap<(&'a str, &'a str), Vec<usize>> {
    let mut found: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (at, it) in cluster.routes.iter().enumerate() {
        for key in references(it) {
            let list = found.entry(key).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
    }
    found
}

fn services_of_route(it: &Object<Route>) -> Vec<(&str, &str)> {
    let backends = it.spec.rules.iter().flat_map(|rule| &rule.backend_refs);
    backends.map(|backend| (backend.namespace.as_deref().unwrap_or(it.meta.ns()), backend.name.as_str())).collect()
}

fn gateways_of_route(it: &Object<Route>) -> Vec<(&str, &str)> {
    it.spec.parent_refs.iter().map(|parent| (parent.namespace.as_deref().unwrap_or(it.meta.ns()), parent.name.as_str())).collect()
}

fn made_secrets(cluster: &Cluster) -> HashSet<(&str, &str)> {
    let external = cluster.external_secrets.iter().map(|it| (it.meta.ns(), it.spec.target.name.as_deref().unwrap_or(&it.meta.name)));
    let sealed = cluster.others.iter().filter(|it| &*it.kind == "SealedSecret").map(|it| (it.meta.ns(), it.meta.name.as_str()));
    external.chain(sealed).collect()
}

/// What a ClusterExternalSecret makes, in namespaces that its selector chooses.
fn made_secrets_anywhere(cluster: &Cluster) -> HashSet<&str> {
    let made = cluster.external_secrets.iter().filter_map(|it| Some((it, it.spec.external_secret_spec.as_ref()?)));
    made.map(|(it, spec)| spec.target.name.as_deref().unwrap_or(&it.meta.name)).collect()
}

/// Pods by the index of the workload at the top of their owner chain.
fn pods(cluster: &Cluster) -> HashMap<usize, Vec<usize>> {
    let by_uid: HashMap<&str, usize> = cluster.workloads.iter().enumerate().filter_map(|(at, it)| Some((it.meta.uid.as_deref()?, at))).collect();
    let mut found: HashMap<usize, Vec<usize>> = HashMap::new();
    for (p, pod) in cluster.pods.iter().enumerate() {
        let mut owner = pod.meta.controller().and_then(|it| by_uid.get(it.uid.as_str()).copied());
        if pod.meta.controller().is_none() {
            owner = pod.meta.uid.as_deref().and_then(|it| by_uid.get(it).copied());
        }
        // Chains are two long; a cycle written by hand must not hang us.
        for _ in 0..4 {
            let next = owner.and_then(|at| cluster.workloads[at].meta.controller()).and_then(|it| by_uid.get(it.uid.as_str()).copied());
            match next {
                Some(it) => owner = Some(it),
                None => break,
            }
        }
        if let Some(at) = owner {
            found.entry(at).or_default().push(p);
        }
    }
    found
}
