//! Small clusters to drill on: nodes, Deployments, StatefulSets with zonal volumes, budgets.

use std::fmt::Write;

use seatrial_drill::{Latencies, Refusal, Request, World, find, rehearse};
use seatrial_model::Snapshot;
use seatrial_report::drill::{Answer, Drill, Verdict, Workload};
use seatrial_testkit::Fixture;

/// A cluster that grows line by line.
#[derive(Clone)]
pub struct Town {
    text: String,
}

/// Lists that were read and hold nothing: without them the answer would be open.
const LISTS: [(&str, &str); 17] = [
    ("apps/v1", "DeploymentList"),
    ("v1", "ServiceList"),
    ("autoscaling/v2", "HorizontalPodAutoscalerList"),
    ("keda.sh/v1alpha1", "ScaledObjectList"),
    ("karpenter.sh/v1", "NodePoolList"),
    ("karpenter.k8s.aws/v1", "EC2NodeClassList"),
    ("storage.k8s.io/v1", "StorageClassList"),
    ("storage.k8s.io/v1", "CSIDriverList"),
    ("policy/v1", "PodDisruptionBudgetList"),
    ("v1", "ResourceQuotaList"),
    ("v1", "LimitRangeList"),
    ("scheduling.k8s.io/v1", "PriorityClassList"),
    ("storage.k8s.io/v1", "CSINodeList"),
    ("v1", "PersistentVolumeList"),
    ("v1", "PersistentVolumeClaimList"),
    ("v1", "PodList"),
    ("storage.k8s.io/v1", "VolumeAttachmentList"),
];

impl Town {
    /// An empty cluster of Kubernetes 1.36 of which everything was read.
    pub fn new() -> Self {
        let mut town = Self::unread();
        for (version, kind) in LISTS {
            town.add(&format!("apiVersion: {version}\nkind: {kind}\nitems: []"));
        }
        town
    }

    /// The same, of which only what is added was read.
    pub fn unread() -> Self {
        Self { text: "apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\ntakenAt: 2026-11-24T12:00:00Z\nserverVersion: \"1.36\"\n".to_owned() }
    }

    /// Adds any document.
    pub fn add(&mut self, document: &str) -> &mut Self {
        let _ = write!(self.text, "---\n{document}\n");
        self
    }

    /// A node of 4 cores, Ready.
    pub fn node(&mut self, name: &str, zone: &str) -> &mut Self {
        self.node_with(name, zone, "4", "eks.amazonaws.com/nodegroup: od", "")
    }

    /// A node with these cores, further labels and further lines of its specification.
    pub fn node_with(&mut self, name: &str, zone: &str, cpu: &str, labels: &str, spec: &str) -> &mut Self {
        let spec = if spec.is_empty() { "{}" } else { spec };
        self.add(&format!(
            "apiVersion: v1\nkind: Node\nmetadata:\n  name: {name}\n  labels: {{kubernetes.io/hostname: {name}, topology.kubernetes.io/zone: {zone}, topology.ebs.csi.aws.com/zone: {zone}, node.kubernetes.io/instance-type: m6i.xlarge, {labels}}}\nspec: {spec}\nstatus:\n  allocatable: {{cpu: \"{cpu}\", memory: 16Gi, pods: \"58\"}}\n  conditions: [{{type: Ready, status: \"True\"}}]"
        ))
    }

    /// Three zones with so many nodes each: `a1`, `a2`, ..., `c1`.
    pub fn zones(&mut self, each: usize) -> &mut Self {
        for zone in ["a", "b", "c"] {
            for at in 1..=each {
                self.node(&format!("{zone}{at}"), zone);
            }
        }
        self
    }

    /// A Deployment `shop/NAME` with a Ready pod of 500m on each of the nodes; `spec` are further fields of its pods, `rest` of the Deployment.
    pub fn deployment(&mut self, name: &str, nodes: &[&str], spec: &str, rest: &str) -> &mut Self {
        let replicas = nodes.len();
        let pod = format!(
            "containers: [{{name: app, image: app, resources: {{requests: {{cpu: 500m, memory: 64Mi}}}}}}]{}{spec}",
            if spec.is_empty() { "" } else { ", " }
        );
        let rest = if rest.is_empty() { String::new() } else { format!("  {rest}\n") };
        self.add(&format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  replicas: {replicas}\n{rest}  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec: {{{pod}}}"
        ));
        self.add(&format!(
            "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: {name}-1\n  namespace: shop\n  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {name}, uid: d-{name}, controller: true}}]\nspec:\n  replicas: {replicas}\n  selector: {{matchLabels: {{app: {name}, pod-template-hash: \"1\"}}}}\n  template:\n    metadata: {{labels: {{app: {name}, pod-template-hash: \"1\"}}}}\n    spec: {{{pod}}}"
        ));
        for (at, node) in nodes.iter().enumerate() {
            let labels = format!("{{app: {name}, pod-template-hash: \"1\"}}");
            self.pod(&format!("{name}-1-{at}"), node, "ReplicaSet", &format!("{name}-1"), &labels, &pod);
        }
        self
    }

    fn pod(&mut self, name: &str, node: &str, kind: &str, owner: &str, labels: &str, spec: &str) -> &mut Self {
        self.add(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: shop\n  labels: {labels}\n  ownerReferences: [{{apiVersion: apps/v1, kind: {kind}, name: {owner}, uid: o-{owner}, controller: true}}]\nspec: {{nodeName: {node}, {spec}}}\nstatus: {{phase: Running, startTime: \"2026-11-20T00:00:00Z\", conditions: [{{type: Ready, status: \"True\"}}]}}"
        ))
    }

    /// A StatefulSet `shop/NAME` with a pod and a zonal volume on each of the nodes, whose zone is their first letter.
    pub fn stateful(&mut self, name: &str, nodes: &[&str]) -> &mut Self {
        let container = "containers: [{name: db, image: db, resources: {requests: {cpu: 500m, memory: 64Mi}}}]";
        self.add(&format!(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  replicas: {}\n  serviceName: {name}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec: {{{container}}}\n  volumeClaimTemplates:\n  - metadata: {{name: data}}\n    spec: {{accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {{requests: {{storage: 1Gi}}}}}}",
            nodes.len()
        ));
        for (at, node) in nodes.iter().enumerate() {
            let (claim, zone) = (format!("data-{name}-{at}"), &node[..1]);
            self.add(&format!(
                "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: {claim}, namespace: shop, annotations: {{pv.kubernetes.io/bind-completed: \"yes\"}}}}\nspec: {{accessModes: [ReadWriteOnce], storageClassName: gp3, volumeName: pv-{name}-{at}, resources: {{requests: {{storage: 1Gi}}}}}}\nstatus: {{phase: Bound}}"
            ));
            self.add(&volume(&format!("pv-{name}-{at}"), &claim, zone));
            let spec = format!("{container}, volumes: [{{name: data, persistentVolumeClaim: {{claimName: {claim}}}}}]");
            self.pod(&format!("{name}-{at}"), node, "StatefulSet", name, &format!("{{app: {name}}}"), &spec);
        }
        self
    }

    /// A budget of the workload `shop/NAME`: `minAvailable: 2`.
    pub fn budget(&mut self, name: &str, of: &str, rule: &str) -> &mut Self {
        self.add(&format!("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{{rule}, selector: {{matchLabels: {{app: {of}}}}}}}"))
    }

    /// What a reader makes of it.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Fixture::new(&self.text).snapshot;
        snapshot.note_gaps();
        assert!(snapshot.unread.is_empty(), "{:?}", snapshot.unread);
        snapshot
    }

    /// Its world.
    pub fn world(&self) -> Result<World, Refusal> {
        World::of(&self.snapshot(), None, None, &Latencies::default())
    }

    /// A drill on it.
    pub fn drill(&self, id: &str, request: &Request) -> Answer {
        let mut world = self.world().expect("a world");
        rehearse(&mut world, find(id).expect("a drill"), request).expect("an answer")
    }

    /// A drill on one target with one seed.
    pub fn one(&self, id: &str, target: &str) -> Drill {
        self.with(id, target, Request::default())
    }

    /// A drill on one target, one seed, and more said.
    pub fn with(&self, id: &str, target: &str, request: Request) -> Drill {
        let targets = if target.is_empty() { Vec::new() } else { vec![target.to_owned()] };
        let mut answer = self.drill(id, &Request { targets, seeds: 1, ..request });
        assert_eq!(answer.drills.len(), 1, "{:?}", answer.drills.iter().map(Drill::name).collect::<Vec<_>>());
        answer.drills.remove(0)
    }
}

fn volume(name: &str, claim: &str, zone: &str) -> String {
    format!(
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: {name}}}\nspec:\n  capacity: {{storage: 1Gi}}\n  accessModes: [ReadWriteOnce]\n  storageClassName: gp3\n  claimRef: {{namespace: shop, name: {claim}}}\n  csi: {{driver: ebs.csi.aws.com, volumeHandle: vol-{name}}}\n  nodeAffinity: {{required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: topology.ebs.csi.aws.com/zone, operator: In, values: [{zone}]}}]}}]}}}}\nstatus: {{phase: Bound}}"
    )
}

/// A workload of an answer.
pub fn workload<'a>(drill: &'a Drill, object: &str) -> &'a Workload {
    drill.workloads.iter().find(|it| it.object == object).unwrap_or_else(|| panic!("no {object} in {:#?}", drill.workloads))
}

/// The verdict with the answer, for a failing test to show.
pub fn said(drill: &Drill) -> (Verdict, &str) {
    (drill.verdict, &drill.summary)
}
