//! What nothing reads can go.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::references_of::references;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "config-unused",
    rows: &[Row::ValidReferences],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ConfigMaps, Need::Ingresses],
    title: "A ConfigMap is used by nothing",
    why: "People edit it and wonder why nothing changes.",
    verify: "kubectl get pods -A -o yaml | grep NAME",
    fix: "Delete it, or name it where it was meant to be read.",
    sources: &["Kubernetes documentation, ConfigMaps"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: old #~ config-unused
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, envFrom: [{configMapRef: {name: old}}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: old}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let used: BTreeSet<(&str, &str)> =
        cx.cluster.workloads.iter().flat_map(|it| references(it).into_iter().map(move |found| (it.meta.ns(), found.name))).collect();
    let has_workloads: BTreeSet<&str> = cx.namespaces().into_iter().collect();
    for it in cx.cluster.config_maps.iter().filter(|it| has_workloads.contains(it.meta.ns()) && !cx.is_platform(it.meta.ns())) {
        // Labelled ones are found by label (dashboards, leader election), owned ones belong to a controller.
        if &*it.meta.name == "kube-root-ca.crt"
            || !it.meta.owner_references.is_empty()
            || it.meta.labels.iter().any(|(key, _)| !key.contains("kubernetes.io") && !key.contains("helm.sh") && &**key != "app")
        {
            continue;
        }
        out.assess();
        if !used.contains(&(it.meta.ns(), it.meta.name.as_str())) {
            out.report(it, "metadata.name", format!("{it}: no pod among the inputs reads it"));
        }
    }
}
