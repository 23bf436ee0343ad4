//! Under a quota on a resource each container must ask for that resource.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::quota_arithmetic::{counted, effective, unscoped};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::graph::Wants;

pub static CHECK: Check = Check {
    id: "quota-refuses-pods",
    rows: &[Row::PatternMultiTier],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ResourceQuotas, Need::LimitRanges],
    title: "The namespace's quota refuses the pod",
    why: "The API server refuses to create the pod: the workload never starts, and only events of its controller say so.",
    verify: "kubectl get events -n NAMESPACE | grep 'failed quota'",
    fix: "Set the requests and limits that the quota counts, or add a LimitRange that supplies them.",
    sources: &["Kubernetes documentation, resource quotas, requests and limits", "Guide, Architecture Patterns, Pattern 5"],
    bad: "
apiVersion: v1
kind: ResourceQuota
metadata: {name: shop}
spec: {hard: {requests.memory: 10Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app #~ quota-refuses-pods
        image: registry/api:1.0
",
    good: "
apiVersion: v1
kind: ResourceQuota
metadata: {name: shop}
spec: {hard: {requests.memory: 10Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, resources: {requests: {memory: 64Mi}}}]}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let ns = workload.meta.ns();
    for quota in unscoped(cx, ns) {
        out.assess();
        for (key, (resource, wants)) in quota.spec.hard.iter().filter_map(|(key, _)| Some((key, counted(key)?))) {
            let pod_level =
                workload.pod().resources.as_ref().is_some_and(|it| it.limits.contains(resource) || (wants == Wants::Request && it.requests.contains(resource)));
            let missing = workload.containers().find(|(it, _)| effective(cx, ns, it, resource, wants).is_none());
            let Some((container, path)) = missing.filter(|_| !pod_level) else { continue };
            let (field, word) = if wants == Wants::Request { ("requests", "request") } else { ("limits", "limit") };
            let message =
                format!("{workload}: container {} sets no {resource} {word}, which quota {} counts, so its pods are refused", container.name, quota.meta.name);
            out.report(workload, path.key("resources").key(field).key(resource), message).container(&container.name).related(
                quota,
                Path::of("spec.hard").key(key),
                "counts it",
            );
            return;
        }
    }
}
