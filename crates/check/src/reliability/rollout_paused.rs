//! A rollout must not be left paused.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rollout-paused",
    rows: &[Row::PatternStateless, Row::RecoveryFailure],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "The rollout is paused",
    why: "Changes to the pods, security updates among them, are accepted and not rolled out.",
    verify: "kubectl get deployment NAME -o jsonpath={.spec.paused}",
    fix: "Resume it: kubectl rollout resume, and take spec.paused out of the manifest.",
    sources: &["Kubernetes documentation, Deployments: pausing and resuming a rollout"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  paused: true #~ rollout-paused
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !matches!(workload.workload_kind, WorkloadKind::Deployment | WorkloadKind::Rollout) {
        return;
    }
    out.assess();
    if workload.rollout.paused {
        out.report(workload, "spec.paused", format!("{workload}: its rollout is paused, so changes are accepted but reach no pod"));
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Remove { path: Path::of("spec.paused") };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
