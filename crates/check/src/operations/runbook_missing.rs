//! Who is woken up must find a runbook.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::runbooks_of::runbook_of;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "runbook-missing",
    rows: &[Row::Runbooks],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services],
    title: "A workload that users depend on has no runbook",
    why: "At night the person on call starts from nothing: whom to ask, how to restart, how to restore.",
    verify: "kubectl get deployments -A -o custom-columns=NAME:.metadata.name,RUNBOOK:.metadata.annotations.app\\.kubernetes\\.io/runbook",
    fix: "Write down how to restart, roll back and restore it, and put the link into the annotation app.kubernetes.io/runbook.",
    sources: &["Guide, Production Readiness Checklist, Operations"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: postgres #~ runbook-missing
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
  annotations: {app.kubernetes.io/runbook: \"https://wiki.example.com/postgres\"}
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
    if !workload.is_long_running() || !(workload.is_stateful() || cx.graph.is_user_facing(workload)) {
        return;
    }
    out.assess();
    if runbook_of(cx, workload).is_none() {
        let why = if workload.is_stateful() { "it keeps data" } else { "users reach it" };
        let key = cx.settings.runbook_annotations.first().map_or("app.kubernetes.io/runbook", String::as_str);
        out.report(workload, "metadata.name", format!("{workload}: {why}, and no annotation says where its runbook is")).evidence(format!("annotation {key}"));
    }
}
