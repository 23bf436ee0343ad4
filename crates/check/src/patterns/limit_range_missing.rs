//! A LimitRange gives requests and limits to what was written without.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::cluster::in_namespace;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "limit-range-missing",
    rows: &[Row::PatternMultiTier],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::LimitRanges, Need::Namespaces],
    title: "Namespace has no LimitRange",
    why: "A container that was written without requests and limits gets none, and may take a whole node.",
    verify: "kubectl get limitranges -A",
    fix: "Add a LimitRange with defaultRequest and default for containers.",
    sources: &["EKS best practices guide, reliability, limit ranges"],
    bad: "
apiVersion: v1
kind: Namespace
metadata:
  name: shop #~ limit-range-missing
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: v1
kind: LimitRange
metadata: {name: shop, namespace: shop}
spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}}]}
---
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
    for ns in cx.namespaces() {
        out.assess();
        if !in_namespace(&cx.cluster.limit_ranges, ns).is_empty() {
            continue;
        }
        let message = |it: &str| format!("{it}: namespace {ns} has no LimitRange, so a container without requests and limits gets none");
        match cx.graph.namespace(ns) {
            Some(it) => {
                out.report(it, "metadata.name", message(&it.to_string()));
            }
            None => {
                let Some(first) = cx.workloads().find(|it| it.meta.ns() == ns) else { continue };
                out.report(first, "metadata.name", message(&first.to_string()));
            }
        }
    }
}
