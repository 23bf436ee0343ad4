//! What users reach must have metrics of its own.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::metrics_of::{Monitored, Selected, annotated, own_sign};
use crate::traffic::data_tier::data_of;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "metrics-missing",
    rows: &[Row::ApplicationMetrics],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Monitors, Need::Ingresses, Need::Routes],
    title: "Nothing collects metrics of a workload that users reach",
    why: "CPU and memory look fine while orders fail: neither the error rate nor the latency is known.",
    verify: "kubectl get servicemonitors,podmonitors -A; curl http://POD:PORT/metrics",
    fix: "Expose /metrics on a port named metrics and add a ServiceMonitor, or send metrics by OpenTelemetry or the embedded metric format.",
    sources: &["Guide, Production Readiness Checklist, Observability"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api #~ metrics-missing
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata:
      labels: {app: api}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: api, labels: {app: api}}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{name: http, port: 80, targetPort: 8080}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata:
      labels: {app: api}
      annotations: {prometheus.io/scrape: \"true\"}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: api, labels: {app: api}}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{name: http, port: 80, targetPort: 8080}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let monitored = Monitored::new(cx);
    let mut workloads: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    let mut services: BTreeSet<(&str, &str)> = BTreeSet::new();
    for monitor in &cx.cluster.monitors {
        match monitored.selected_by(cx, monitor) {
            Selected::Pods(all) => workloads.extend(all.iter().map(|it| (it.meta.ns(), it.kind.as_str(), it.meta.name.as_str()))),
            Selected::Services(all) => services.extend(all.iter().map(|it| (it.meta.ns(), it.meta.name.as_str()))),
        }
    }
    for workload in cx.workloads().filter(|it| it.is_long_running() && cx.graph.is_user_facing(it) && data_of(it).is_none()) {
        out.assess();
        let of_workload = cx.graph.services_of(workload);
        let is_monitored = workloads.contains(&(workload.meta.ns(), workload.kind.as_str(), workload.meta.name.as_str()))
            || of_workload.iter().any(|it| services.contains(&(it.meta.ns(), it.meta.name.as_str())) || annotated(&it.meta.annotations).is_some());
        if !is_monitored && own_sign(workload).is_none() {
            report(workload, out);
        }
    }
}

fn report(workload: &Object<Workload>, out: &mut Findings) {
    out.report(workload, "metadata.name", format!("{workload}: nothing collects metrics of it, so nobody sees failed or slow requests"));
}
