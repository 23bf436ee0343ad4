//! ConfigMaps and keys that a pod names must exist.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::references_of::{confidence, references};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "config-map-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ConfigMaps],
    title: "A ConfigMap or a key of it does not exist",
    why: "The container is not created: the pod stays in CreateContainerConfigError or ContainerCreating.",
    verify: "kubectl describe pod POD   # events: configmap not found",
    fix: "Add the ConfigMap or the key, correct the name, or mark the reference optional.",
    sources: &["Kubernetes documentation, configure a pod to use a ConfigMap"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        envFrom:
        - configMapRef:
            name: api-config #~ config-map-missing
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, envFrom: [{configMapRef: {name: api-config}}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: api-config}
data: {MODE: a}
",
    run: Run::Workload(run),
    repair: None,
};

/// Kubernetes and meshes put these into each namespace.
const BUILT_IN: &[&str] = &["kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert", "linkerd-identity-trust-roots"];

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let ns = workload.meta.ns();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for it in references(workload).into_iter().filter(|it| !it.is_secret && !it.optional && !BUILT_IN.contains(&it.name)) {
        out.assess();
        match cx.graph.named(workload, &cx.cluster.config_maps, it.name) {
            None if told.insert(it.name) => {
                let message = format!("{workload}: ConfigMap {} does not exist, so its containers cannot start", it.name);
                let sure = confidence(cx, ns, it.name);
                let draft = out.report(workload, it.path, message).confidence(sure);
                draft.severity(if sure == Confidence::Low { Severity::Low } else { Severity::High });
            }
            Some(map) => {
                let Some(key) = it.key.filter(|key| !map.data.contains(key) && !map.binary_keys.iter().any(|it| &**it == *key)) else { continue };
                let message = format!("{workload}: ConfigMap {} has no key {key}, so its container cannot start", it.name);
                out.report(workload, it.path.key("key"), message).severity(Severity::High).related(map, "data", "its keys");
            }
            None => {}
        }
    }
}
