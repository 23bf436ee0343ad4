//! A pod needs a controller that replaces it.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "bare-pod",
    rows: &[Row::RecoveryFailure, Row::MultipleReplicas],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A pod has no controller",
    why: "When its node fails or is drained, the pod is gone: nothing starts it again.",
    verify: "kubectl get pods -A -o custom-columns=NAME:.metadata.name,OWNER:.metadata.ownerReferences[0].kind",
    fix: "Put the pod into a Deployment (or a Job, if it ends).",
    sources: &["Guide, Disaster Recovery, node failure", "Kubernetes documentation, configuration best practices: naked pods"],
    bad: "
apiVersion: v1
kind: Pod
metadata:
  name: api #~ bare-pod
spec:
  restartPolicy: Always
  containers: [{name: app, image: registry/api:1.0}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    // A pod that ends, and one that an installer runs for a moment, need no replacement.
    let is_hook = workload.meta.annotations.iter().any(|(key, _)| key == "helm.sh/hook" || key == "argocd.argoproj.io/hook");
    if !workload.is_long_running() || is_hook {
        return;
    }
    out.assess();
    if workload.workload_kind == WorkloadKind::Pod {
        out.report(workload, "metadata.name", format!("{workload}: has no controller, so it is gone when its node fails or is drained"));
    }
}
