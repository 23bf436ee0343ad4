//! A namespace has a quota, so that one tier cannot starve the others.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::cluster::in_namespace;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "quota-missing",
    rows: &[Row::PatternMultiTier],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ResourceQuotas, Need::Namespaces],
    title: "Namespace has no ResourceQuota",
    why: "A runaway autoscaler or a wrong replica count of one team takes the nodes that the others need.",
    verify: "kubectl get resourcequotas -A",
    fix: "Add a ResourceQuota with requests.cpu, requests.memory and pods, sized for the maximum replicas and one rollout.",
    sources: &["Guide, Architecture Patterns, Pattern 5", "EKS best practices guide, reliability, quotas per namespace"],
    bad: "
apiVersion: v1
kind: Namespace
metadata:
  name: shop #~ quota-missing
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
kind: ResourceQuota
metadata: {name: shop, namespace: shop}
spec: {hard: {requests.cpu: \"10\"}}
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
        if !in_namespace(&cx.cluster.resource_quotas, ns).is_empty() {
            continue;
        }
        let message = |it: &str| format!("{it}: no ResourceQuota bounds what namespace {ns} may take, so one workload can starve the others");
        match cx.graph.namespace(ns) {
            Some(it) => {
                out.report(it, "metadata.name", message(&it.to_string())).confidence(Confidence::High);
            }
            None => {
                let Some(first) = cx.workloads().find(|it| it.meta.ns() == ns) else { continue };
                out.report(first, "metadata.name", message(&first.to_string()));
            }
        }
    }
}
