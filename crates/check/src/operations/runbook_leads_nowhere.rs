//! A runbook annotation must be a link.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::runbooks_of::runbook_of;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "runbook-leads-nowhere",
    rows: &[Row::Runbooks],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Namespaces],
    title: "A runbook annotation is no link",
    why: "The person on call cannot follow it.",
    verify: "kubectl get deployments -A -o custom-columns=NAME:.metadata.name,RUNBOOK:.metadata.annotations.app\\.kubernetes\\.io/runbook",
    fix: "Write the full address of the page, or its path in the repository.",
    sources: &["Guide, Production Readiness Checklist, Operations"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: postgres
  annotations:
    app.kubernetes.io/runbook: TODO #~ runbook-leads-nowhere
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: db, image: \"registry/postgres:17\"}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: postgres
  annotations:
    app.kubernetes.io/runbook: https://wiki.example.com/postgres
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: db, image: \"registry/postgres:17\"}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some((key, value)) = runbook_of(cx, workload) else { return };
    out.assess();
    let is_link = !value.trim().contains(char::is_whitespace) && (value.contains("://") || value.contains('/'));
    if !is_link {
        out.report(workload, Path::of("metadata.annotations").key(key), format!("{workload}: its runbook is `{value}`, which nobody can follow"));
    }
}
