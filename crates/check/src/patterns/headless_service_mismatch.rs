//! The Service that a StatefulSet names must be headless and select its pods.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "headless-service-mismatch",
    rows: &[Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services],
    title: "The StatefulSet's Service is not headless or misses its pods",
    why: "DNS answers with one shared address, or with none, instead of a name for each pod; replication and leader election built on those names fail.",
    verify: "kubectl get service NAME -o jsonpath='{.spec.clusterIP} {.spec.selector}'",
    fix: "Create a Service of its own with clusterIP: None and the pods' labels as selector, and keep the other one for clients.",
    sources: &["Guide, Architecture Patterns, Pattern 2", "Kubernetes documentation, headless Services"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: postgres, image: registry/postgres:17}]}
---
apiVersion: v1
kind: Service
metadata:
  name: postgres
spec: #~ headless-service-mismatch
  selector: {app: postgres}
  ports: [{port: 5432}]
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: postgres, image: registry/postgres:17}]}
---
apiVersion: v1
kind: Service
metadata: {name: postgres}
spec:
  clusterIP: None
  selector: {app: postgres}
  ports: [{port: 5432}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(name) = workload.service_name.as_deref() else { return };
    let Some(service) = cx.graph.named(workload, &cx.cluster.services, name) else { return };
    if workload.workload_kind != WorkloadKind::StatefulSet {
        return;
    }
    out.assess();
    let selects = service.spec.selector.iter().all(|(key, value)| workload.pod_labels().get(key) == Some(value));
    // A Service without a selector has its endpoints from elsewhere.
    if !selects {
        let message = format!("{service}: selects none of the pods of {workload}, so they get no DNS names of their own");
        out.report(service, "spec.selector", message).related(workload, workload.template_path().join("metadata.labels"), "the pods' labels");
    } else if service.spec.cluster_ip.as_deref() != Some("None") {
        let message = format!("{service}: is not headless, so the pods of {workload} share one address instead of a DNS name each");
        out.report(service, "spec.clusterIP", message).severity(Severity::Medium).related(workload, "spec.serviceName", "names it as its headless Service");
    }
}
