//! The service account that a pod runs as must exist.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "service-account-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ServiceAccounts],
    title: "The ServiceAccount does not exist",
    why: "The API server refuses to create the pods; only events of the controller say so.",
    verify: "kubectl get events | grep 'serviceaccount .* not found'",
    fix: "Add the ServiceAccount, or correct serviceAccountName.",
    sources: &["Kubernetes documentation, configure service accounts for pods"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: api #~ service-account-missing
      containers: [{name: app, image: registry/api:1.0}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: api
      containers: [{name: app, image: registry/api:1.0}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: api}
",
    run: Run::Workload(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let name = workload.pod().service_account();
    if name == "default" {
        return;
    }
    out.assess();
    if cx.graph.service_account_of(workload).is_none() {
        let field = if workload.pod().service_account_name.as_deref().is_some_and(|it| !it.is_empty()) { "serviceAccountName" } else { "serviceAccount" };
        let message = format!("{workload}: ServiceAccount {name} does not exist, so the API server refuses its pods");
        out.report(workload, workload.pod_path().key(field), message).confidence(if cx.is_live() { Confidence::High } else { Confidence::Medium });
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let name = workload.pod().service_account();
    let namespace = workload.meta.namespace.as_ref().map(|it| format!("\n  namespace: {it}")).unwrap_or_default();
    let yaml = format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}{namespace}\n");
    vec![Edit { origin, change: Change::Create { name: format!("{name}-serviceaccount"), yaml } }]
}
