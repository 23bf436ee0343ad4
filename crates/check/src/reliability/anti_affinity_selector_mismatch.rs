//! An anti-affinity term must select pods that exist.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use super::placement::anti_affinity;
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use std::collections::BTreeSet;

pub static CHECK: Check = Check {
    id: "anti-affinity-selector-mismatch",
    rows: &[Row::MultipleReplicas, Row::RecoveryFailure],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "Anti-affinity selects no pods",
    why: "The rule keeps nothing apart: its pods may all be put on one node.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 12 podAntiAffinity",
    fix: "Use the same labels in labelSelector as in the pod template.",
    sources: &["Kubernetes documentation, assigning pods to nodes: inter-pod affinity"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname
            labelSelector: {matchLabels: {app: apl}} #~ anti-affinity-selector-mismatch
      containers:
      - name: app
        image: registry/api:1.0
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname
            labelSelector: {matchLabels: {app: api}}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::InCluster(&[Need::Pods], &Run::Snapshot(run)),
    repair: None,
};

type Label<'a> = (&'a str, &'a Text, &'a Text);

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut known: Option<BTreeSet<Label<'_>>> = None;
    for workload in cx.workloads() {
        // One term that keeps its own pods apart is enough: further ones may look for neighbours that are not installed.
        let terms = anti_affinity(workload);
        if terms.iter().any(|it| it.0.label_selector.as_ref().is_some_and(|it| it.matches(workload.pod_labels()))) {
            out.assess();
            continue;
        }
        for (term, path, hard) in terms {
            // Pods of other namespaces may not be among the inputs.
            let (Some(selector), true) = (&term.label_selector, term.namespaces.is_empty() && term.namespace_selector.is_none()) else { continue };
            out.assess();
            let ns = workload.meta.ns();
            let known = known.get_or_insert_with(|| labels(cx));
            if let Some((key, value)) = selector.match_labels.iter().find(|(key, value)| !known.contains(&(ns, *key, *value))) {
                let message = format!(
                    "{workload}: its anti-affinity looks for pods with {key}: {value}, which no pod among the inputs carries, so it keeps nothing apart"
                );
                out.report(workload, path.key("labelSelector"), message).severity(if hard { Severity::Medium } else { Severity::Low }).related(
                    workload,
                    workload.template_path().join("metadata.labels"),
                    "the labels of its own pods",
                );
            }
        }
    }
}

/// Every label of every pod by namespace.
fn labels<'a>(cx: &Cx<'a>) -> BTreeSet<Label<'a>> {
    let workloads = cx.cluster.workloads.iter().flat_map(|it| it.pod_labels().iter().map(|(k, v)| (it.meta.ns(), k, v)));
    let pods = cx.cluster.pods.iter().flat_map(|it| it.meta.labels.iter().map(|(k, v)| (it.meta.ns(), k, v)));
    workloads.chain(pods).collect()
}
