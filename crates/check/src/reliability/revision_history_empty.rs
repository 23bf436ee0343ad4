//! A rollout must be possible to undo.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "revision-history-empty",
    rows: &[Row::RecoveryFailure, Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "No old revision is kept to go back to",
    why: "After a bad rollout there is nothing for kubectl rollout undo to go back to.",
    verify: "kubectl rollout history deployment/NAME",
    fix: "Take revisionHistoryLimit out (10 revisions are kept), or set it to at least 2.",
    sources: &["Guide, Quick Reference, Deployments", "Kubernetes documentation, Deployments: revision history limit"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  revisionHistoryLimit: 0 #~ revision-history-empty
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
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !matches!(workload.workload_kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet | WorkloadKind::Rollout) {
        return;
    }
    out.assess();
    if workload.rollout.revision_history_limit == Some(0) {
        out.report(workload, "spec.revisionHistoryLimit", format!("{workload}: keeps no old revision, so a bad rollout cannot be undone"));
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Remove { path: Path::of("spec.revisionHistoryLimit") };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
