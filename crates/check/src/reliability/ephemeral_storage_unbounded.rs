//! A container that writes to its node should have a bound there.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::resources_of::has_limit;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ephemeral-storage-unbounded",
    rows: &[Row::RequestsLimits],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::LimitRanges],
    title: "A container may fill its node's disk",
    why: "Logs, temporary files and emptyDir volumes share the disk of the node: when it is full, the kubelet evicts pods that did nothing wrong.",
    verify: "kubectl get pods -A -o yaml | grep ephemeral-storage",
    fix: "Set resources.limits.ephemeral-storage, and a sizeLimit on each emptyDir volume.",
    sources: &["Kubernetes documentation, resource management for pods and containers: local ephemeral storage"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {cpu: 500m, memory: 512Mi}} #~ ephemeral-storage-unbounded
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        resources: {limits: {ephemeral-storage: 1Gi}}
",
    run: Run::Container(run),
    repair: None,
};

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    if !it.is_running() || cannot_write(it) {
        return;
    }
    out.assess();
    if !has_limit(cx, it, "ephemeral-storage") {
        let message = format!("{}: container {} has no ephemeral-storage limit, so it can fill the disk of its node", it.workload, it.container.name);
        out.report(it.workload, it.path.join("resources.limits"), message).container(&it.container.name);
    }
}

/// Read-only root and bounded volumes leave only the log, which the kubelet rotates.
fn cannot_write(it: &ContainerAt<'_>) -> bool {
    let read_only = it.container.security_context.as_ref().and_then(|it| it.read_only_root_filesystem) == Some(true);
    let is_mounted = |name: &str| it.container.volume_mounts.iter().any(|mount| mount.name == name);
    let mut scratch = it.workload.pod().volumes.iter().filter(|it| is_mounted(&it.name)).filter_map(|it| it.empty_dir.as_ref());
    read_only && scratch.all(|it| it.size_limit.is_some() || it.medium.as_deref() == Some("Memory"))
}
