//! What runs must come from a repository.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "config-not-in-git",
    rows: &[Row::RecoveryConfig],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::Deliveries],
    title: "Workloads were applied by hand",
    why: "A new cluster cannot be built from git: what somebody applied from a laptop is lost with the old one.",
    verify: "kubectl get applications,kustomizations,helmreleases -A",
    fix: "Put the manifests into git and have Argo CD, Flux or a Helm release own them.",
    sources: &["Guide, Disaster Recovery: cluster config"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
scope: cluster
serverVersion: \"1.36\"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api #~ config-not-in-git
  namespace: shop
  uid: 5d0c7a52-0000-4000-8000-000000000001
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: \"registry/api:1.0\"}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinitionList
items: []
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
scope: cluster
serverVersion: \"1.36\"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
  uid: 5d0c7a52-0000-4000-8000-000000000001
  labels: {app.kubernetes.io/managed-by: Helm}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: \"registry/api:1.0\"}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinitionList
items: []
",
    run: Run::Snapshot(run),
    repair: None,
};

/// Labels and annotations that a tool which delivers from a repository leaves on what it owns.
const MARKS: &[&str] = &[
    "argocd.argoproj.io/tracking-id",
    "argocd.argoproj.io/instance",
    "kustomize.toolkit.fluxcd.io/name",
    "helm.toolkit.fluxcd.io/name",
    "meta.helm.sh/release-name",
    "helm.sh/chart",
    "app.kubernetes.io/managed-by",
    "heritage",
    "kapp.k14s.io/app",
    "objectset.rio.cattle.io/id",
    "addon.eks.amazonaws.com/name",
    "olm.owner",
    "config.k8s.io/owning-inventory",
    "skaffold.dev/run-id",
];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // Manifests in files are what a repository holds.
    if !cx.is_live() {
        return;
    }
    let by_argo = cx.cluster.deliveries.iter().any(|it| it.kind == "Application");
    let mut by_hand: BTreeMap<&str, Vec<&Object<Workload>>> = BTreeMap::new();
    // Jobs are often started by hand on purpose; what has no uid lies in a file beside the dump.
    for workload in cx.workloads().filter(|it| it.is_long_running() && it.meta.uid.is_some()) {
        out.assess();
        if !is_delivered(workload, by_argo) {
            by_hand.entry(workload.meta.ns()).or_default().push(workload);
        }
    }
    for (ns, workloads) in by_hand {
        let first = workloads[0];
        let others = if workloads.len() == 1 { String::new() } else { format!(" and {} more of {ns}", workloads.len() - 1) };
        let names: Vec<&str> = workloads.iter().take(8).map(|it| it.meta.name.as_str()).collect();
        out.report(first, "metadata.name", format!("{first}{others}: nothing shows that a repository delivers it, so a rebuilt cluster may lack it"))
            .evidence(format!("no mark of Argo CD, Flux or Helm on: {}", names.join(", ")));
    }
}

fn is_delivered(workload: &Object<Workload>, by_argo: bool) -> bool {
    let meta = &workload.meta;
    // Argo CD's label tracking uses the common instance label.
    let is_marked = |key: &str| meta.labels.contains(key) || meta.annotations.contains(key);
    !meta.owner_references.is_empty() || MARKS.iter().any(|key| is_marked(key)) || (by_argo && meta.labels.contains("app.kubernetes.io/instance"))
}
