//! Pods that are older than their association have no role.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, RunningPod};
use seatrial_report::{Confidence, Severity};

use super::identities::{Associations, short};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-identity-not-injected",
    rows: &[Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Pods, Need::AwsPodIdentity],
    title: "Running pods have not got their Pod Identity",
    why: "Credentials are injected only when a pod is created: pods that started before the association, or while the webhook was away, run without a role until they are replaced.",
    verify: "kubectl exec POD -- env | grep AWS_CONTAINER_CREDENTIALS_FULL_URI",
    fix: "kubectl rollout restart the workload, and create associations before workloads.",
    sources: &["EKS user guide, Pod Identity: considerations"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker #~ pod-identity-not-injected
  uid: d1
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: worker
      containers: [{name: app, image: registry/api:1.0}]
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: worker-1, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: worker, uid: d1, controller: true}]}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: v1
kind: Pod
metadata: {name: worker-1, uid: p1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: worker-1, uid: r1, controller: true}]}
spec:
  serviceAccountName: worker
  containers:
  - name: app
    image: registry/api:1.0
status: {phase: Running}
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
  uid: d1
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: worker
      containers: [{name: app, image: registry/api:1.0}]
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: worker-1, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: worker, uid: d1, controller: true}]}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: v1
kind: Pod
metadata: {name: worker-1, uid: p1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: worker-1, uid: r1, controller: true}]}
spec:
  serviceAccountName: worker
  containers:
  - name: app
    image: registry/api:1.0
    env: [{name: AWS_CONTAINER_CREDENTIALS_FULL_URI, value: 'http://169.254.170.23/v1/credentials'}]
status: {phase: Running}
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
",
    run: Run::Snapshot(run),
    repair: None,
};

const INJECTED: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let associations = Associations::of(cx.snapshot);
    for workload in cx.workloads() {
        let Some(association) = associations.of_workload(workload) else { continue };
        let mut pods = cx.graph.pods_of(workload);
        pods.retain(|it| !it.is_finished());
        if pods.is_empty() {
            continue;
        }
        out.assess();
        let without: Vec<&str> = pods.iter().filter(|it| !has_identity(it)).map(|it| it.meta.name.as_str()).collect();
        if let Some(first) = without.first() {
            let message = format!(
                "{workload}: {} of {} pods started without their role {}, so their AWS calls fail or run with the node's role",
                without.len(),
                pods.len(),
                short(&association.role_arn)
            );
            out.report(workload, "metadata.name", message).evidence(format!("no {INJECTED} in pod {first}"));
        }
    }
}

fn has_identity(pod: &RunningPod) -> bool {
    pod.spec.containers.iter().all(|it| it.env.iter().any(|env| env.name == INJECTED))
}
