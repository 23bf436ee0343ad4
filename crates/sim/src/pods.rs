//! Pods and their classes: what scheduling reads of a pod is kept once for all pods that agree in it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use seatrial_model::kinds::nodes::PodStatus;
use seatrial_model::{Container, Labels, PodSpec, Text};

use crate::ids::{BudgetId, ClassId, CounterId, NONE, PodId, ShapeId, TermId};
use crate::plan::Plan;
use crate::ports::HostPort;
use crate::requests::Request;

/// The controller of a pod: enough to find the selector that default spreading uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Owner {
    /// API version, such as `apps/v1`.
    pub api_version: Text,
    /// Kind.
    pub kind: Text,
    /// Name.
    pub name: Text,
}

/// What of a pod the scheduler reads, as it is put into the simulation.
#[derive(Clone, Debug, Default)]
pub struct PodFacts {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Labels.
    pub labels: Labels,
    /// Its controller.
    pub owner: Option<Owner>,
    /// Specification.
    pub spec: Arc<PodSpec>,
    /// What the kubelet says, where in-place resizes are to count.
    pub status: Option<Box<PodStatus>>,
    /// Start in nanoseconds since the epoch; `None` where it has not started.
    pub start: Option<i64>,
    /// Deletion was asked for.
    pub terminating: bool,
    /// Deletion was asked for by a preemption.
    pub preempted: bool,
}

/// Pods that the scheduler cannot tell apart.
#[derive(Clone, Debug)]
pub(crate) struct PodClass {
    pub(crate) namespace: Text,
    pub(crate) labels: Labels,
    pub(crate) owner: Option<Owner>,
    pub(crate) spec: Arc<PodSpec>,
    pub(crate) shape: ShapeId,
    pub(crate) ports: Box<[HostPort]>,
    pub(crate) priority: i32,
    /// Whether it has volumes that filters look at.
    pub(crate) has_volumes: bool,
    /// Counters that count it.
    pub(crate) counters: Vec<CounterId>,
    /// Terms it owns.
    pub(crate) owns: Vec<TermId>,
    /// Terms of others that select it.
    pub(crate) selected_by: Vec<TermId>,
    /// Budgets that protect it.
    pub(crate) budgets: Vec<BudgetId>,
    pub(crate) placed: Vec<PodId>,
    /// How it is scheduled; made when it first is.
    pub(crate) plan: Option<Arc<Plan>>,
    /// The last search found nothing while [`crate::State`]'s count of freed things was this.
    pub(crate) failed_at: u64,
}

/// One pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PodRecord {
    pub(crate) name: Text,
    pub(crate) class: ClassId,
    /// Its node, or [`NONE`].
    pub(crate) node: u32,
    pub(crate) slot_in_node: u32,
    pub(crate) slot_in_class: u32,
    /// The node it is nominated to, or [`NONE`].
    pub(crate) nominated: u32,
    /// Nanoseconds since the epoch; `i64::MAX` where it has not started.
    pub(crate) start: i64,
    pub(crate) terminating: bool,
    /// Terminating to make room for another pod.
    pub(crate) preempted: bool,
    pub(crate) deleted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ClassKey {
    spec: usize,
    namespace: Text,
    labels: Labels,
    owner: Option<Owner>,
    shape: ShapeId,
}

/// All pods and classes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pods {
    pub(crate) all: Vec<PodRecord>,
    by_name: HashMap<(Text, Text), PodId>,
    pub(crate) classes: Vec<PodClass>,
    /// The weak reference holds the address, so that it stays this specification's.
    by_key: HashMap<ClassKey, (ClassId, Weak<PodSpec>)>,
    by_namespace: HashMap<Text, Vec<ClassId>>,
    pub(crate) shapes: Vec<Request>,
    by_request: HashMap<Request, ShapeId>,
}

impl Pods {
    pub(crate) fn find(&self, namespace: &str, name: &str) -> Option<PodId> {
        self.by_name.get(&(Text::new(namespace), Text::new(name))).copied()
    }

    /// The class of a pod, and whether it is new.
    pub(crate) fn class(&mut self, facts: &PodFacts, request: Request) -> (ClassId, bool) {
        let shape = self.shape(request);
        let key = ClassKey {
            spec: Arc::as_ptr(&facts.spec) as usize,
            namespace: facts.namespace.clone(),
            labels: facts.labels.clone(),
            owner: facts.owner.clone(),
            shape,
        };
        if let Some((id, _)) = self.by_key.get(&key) {
            return (*id, false);
        }
        let id = ClassId::at(self.classes.len());
        self.classes.push(PodClass {
            namespace: facts.namespace.clone(),
            labels: facts.labels.clone(),
            owner: facts.owner.clone(),
            spec: lean(&facts.spec),
            shape,
            ports: HostPort::of(&facts.spec).into(),
            priority: facts.spec.priority.unwrap_or(0),
            has_volumes: facts.spec.volumes.iter().any(is_looked_at),
            counters: Vec::new(),
            owns: Vec::new(),
            selected_by: Vec::new(),
            budgets: Vec::new(),
            placed: Vec::new(),
            plan: None,
            failed_at: u64::MAX,
        });
        self.by_key.insert(key, (id, Arc::downgrade(&facts.spec)));
        self.by_namespace.entry(facts.namespace.clone()).or_default().push(id);
        (id, true)
    }

    fn shape(&mut self, request: Request) -> ShapeId {
        if let Some(id) = self.by_request.get(&request) {
            return *id;
        }
        let id = ShapeId::at(self.shapes.len());
        self.shapes.push(request.clone());
        self.by_request.insert(request, id);
        id
    }

    /// Keeps a pod. A pod of the same name that is gone gives up its name.
    pub(crate) fn push(&mut self, facts: &PodFacts, class: ClassId) -> PodId {
        let id = PodId::at(self.all.len());
        self.by_name.insert((facts.namespace.clone(), facts.name.clone()), id);
        self.all.push(PodRecord {
            name: facts.name.clone(),
            class,
            node: NONE,
            slot_in_node: NONE,
            slot_in_class: NONE,
            nominated: NONE,
            start: facts.start.unwrap_or(i64::MAX),
            terminating: facts.terminating,
            preempted: facts.preempted,
            deleted: false,
        });
        id
    }

    /// Takes the newest pod out again.
    pub(crate) fn pop(&mut self, id: PodId, namespace: &Text) {
        if let Some(it) = self.all.pop() {
            let key = (namespace.clone(), it.name);
            if self.by_name.get(&key) == Some(&id) {
                self.by_name.remove(&key);
            }
        }
    }

    pub(crate) fn record(&self, id: PodId) -> &PodRecord {
        &self.all[id.index()]
    }

    pub(crate) fn class_of(&self, id: PodId) -> &PodClass {
        &self.classes[self.all[id.index()].class.index()]
    }

    pub(crate) fn request(&self, id: PodId) -> &Request {
        &self.shapes[self.class_of(id).shape.index()]
    }

    /// Classes of these namespaces, or all.
    pub(crate) fn classes_in(&self, namespaces: Option<&[Text]>) -> Vec<ClassId> {
        match namespaces {
            Some(names) => names.iter().flat_map(|it| self.by_namespace.get(it).into_iter().flatten()).copied().collect(),
            None => (0..self.classes.len()).map(ClassId::at).collect(),
        }
    }
}

/// The specification without what placement does not read.
fn lean(spec: &PodSpec) -> Arc<PodSpec> {
    let container = |it: &Container| Container {
        name: it.name.clone(),
        image: it.image.clone(),
        ports: it.ports.iter().filter(|it| it.host_port.is_some()).cloned().collect(),
        resources: it.resources.clone(),
        restart_policy: it.restart_policy.clone(),
        ..Container::default()
    };
    Arc::new(PodSpec {
        containers: spec.containers.iter().map(container).collect(),
        init_containers: spec.init_containers.iter().map(container).collect(),
        volumes: spec.volumes.iter().filter(|it| is_looked_at(it) || it.image.is_some()).cloned().collect(),
        node_name: spec.node_name.clone(),
        node_selector: spec.node_selector.clone(),
        affinity: spec.affinity.clone(),
        tolerations: spec.tolerations.clone(),
        topology_spread_constraints: spec.topology_spread_constraints.clone(),
        priority: spec.priority,
        priority_class_name: spec.priority_class_name.clone(),
        active_deadline_seconds: spec.active_deadline_seconds,
        preemption_policy: spec.preemption_policy.clone(),
        scheduling_gates: spec.scheduling_gates.clone(),
        overhead: spec.overhead.clone(),
        resources: spec.resources.clone(),
        termination_grace_period_seconds: spec.termination_grace_period_seconds,
        ..PodSpec::default()
    })
}

fn is_looked_at(volume: &seatrial_model::pod::Volume) -> bool {
    volume.persistent_volume_claim.is_some()
        || volume.ephemeral.is_some()
        || volume.aws_elastic_block_store.is_some()
        || volume.gce_persistent_disk.is_some()
        || volume.iscsi.is_some()
        || volume.rbd.is_some()
}
