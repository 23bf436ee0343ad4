//! Namespaces that objects are written for exist or are made.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::{Handle, Need};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "namespace-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Namespaces],
    title: "Objects stand in a namespace that nothing makes",
    why: "Applied to a fresh cluster they are refused, which is when a cluster is rebuilt after its loss.",
    verify: "kubectl get namespaces",
    fix: "Add the Namespace to what is applied first.",
    sources: &["Kubernetes documentation, namespaces"],
    bad: "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  namespace: shopp #~ namespace-missing
",
    good: "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app, namespace: shop}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // Where no Namespace is among the inputs, making them is somebody else's work.
    let known: BTreeSet<&str> = cx.cluster.namespaces.iter().map(|it| it.meta.name.as_str()).collect();
    if known.is_empty() || cx.is_live() {
        return;
    }
    out.assess();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut all: Vec<Handle<'_>> = cx.cluster.handles().collect();
    all.sort_by_key(|it| it.origin);
    for it in all {
        let Some(ns) = it.meta.namespace.as_deref() else { continue };
        let built_in = matches!(ns, "" | "default" | "kube-system" | "kube-public" | "kube-node-lease");
        if !built_in && !known.contains(ns) && told.insert(ns) {
            out.report(it, "metadata.namespace", format!("{it}: namespace {ns} is not among the inputs, which make others, so a fresh cluster refuses it"));
        }
    }
}
