//! Applications have namespaces of their own.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "default-namespace-used",
    rows: &[Row::PatternMultiTier],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "Workloads run in the namespace default",
    why: "Quotas, network policies, secrets and rights are given by namespace: in default everything shares one set.",
    verify: "kubectl get all -n default",
    fix: "Create a namespace for the application, or for each of its tiers, and move the workloads there.",
    sources: &["Guide, Architecture Patterns, Pattern 5", "Kubernetes documentation, namespaces"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: default #~ default-namespace-used
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // Where no namespace is written, kubectl or a delivery tool decides.
    let written: Vec<&Object<Workload>> = cx.workloads().filter(|it| it.meta.namespace.is_some()).collect();
    if written.is_empty() {
        return;
    }
    out.assess();
    let mut in_default = written.into_iter().filter(|it| it.meta.ns() == "default");
    let Some(first) = in_default.next() else { return };
    let more = in_default.count();
    let and = if more == 0 { String::new() } else { format!(", like {more} more workloads") };
    out.report(first, "metadata.namespace", format!("{first}: runs in the namespace default{and}, which shares its rights and quotas with everything else"));
}
