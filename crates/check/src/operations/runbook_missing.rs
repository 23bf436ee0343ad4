//! Who is woken up must find a runbook.

use std::collections::{BTreeMap, BTreeSet};

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
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::Routes, Need::Namespaces],
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
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut without: BTreeMap<&str, Vec<&Object<Workload>>> = BTreeMap::new();
    let mut with: BTreeSet<&str> = BTreeSet::new();
    for workload in cx.workloads().filter(|it| it.is_long_running() && (it.is_stateful() || cx.graph.is_user_facing(it))) {
        out.assess();
        let ns = workload.meta.ns();
        match runbook_of(cx, workload) {
            Some(_) => _ = with.insert(ns),
            None => without.entry(ns).or_default().push(workload),
        }
    }
    for (ns, workloads) in without {
        // Where nobody has ever written one, that is one fault; where some are written, each that is missing is one.
        let together = !with.contains(ns);
        let group = if together { workloads.len() } else { 1 };
        workloads.chunks(group).for_each(|it| report(cx, it, out));
    }
}

fn report(cx: &Cx<'_>, workloads: &[&Object<Workload>], out: &mut Findings) {
    let [first, others @ ..] = workloads else { return };
    let why = if first.is_stateful() { "it keeps data" } else { "users reach it" };
    let key = cx.settings.runbook_annotations.first().map_or("app.kubernetes.io/runbook", String::as_str);
    let found = out.report(*first, "metadata.name", format!("{first}: {why}, and no annotation says where its runbook is"));
    found.evidence(format!("annotation {key}"));
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().take(8).map(|it| it.meta.name.as_str()).collect();
        found.evidence(format!("nor has any of {} others in its namespace: {}", others.len(), names.join(", ")));
    }
}
