//! A monitor must select something.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object};
use seatrial_report::{Confidence, Severity};

use super::metrics_of::{Monitored, Selected};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::apps::Monitor;

pub static CHECK: Check = Check {
    id: "monitor-selects-nothing",
    rows: &[Row::ApplicationMetrics],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Monitors, Need::Services, Need::Workloads],
    title: "A ServiceMonitor or PodMonitor selects nothing",
    why: "Metrics of the application are not collected, and dashboards show an empty panel instead of an error.",
    verify: "kubectl get services -A -l LABEL=VALUE",
    fix: "Correct spec.selector so that it matches the labels of the Service itself, not those of its pods.",
    sources: &["Prometheus operator documentation, troubleshooting ServiceMonitors"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
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
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: api}
spec:
  selector: #~ monitor-selects-nothing
    matchLabels: {app: apii}
  endpoints:
  - port: http
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
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: api}
spec:
  selector:
    matchLabels: {app: api}
  endpoints:
  - port: http
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let monitored = Monitored::new(cx);
    for monitor in cx.cluster.monitors.iter().filter(|it| !cx.is_platform(it.meta.ns()) && !watches_the_platform(it)) {
        let (empty, what) = match monitored.selected_by(cx, monitor) {
            Selected::Pods(it) => (it.is_empty(), "pod"),
            Selected::Services(it) => (it.is_empty(), "Service"),
        };
        out.assess();
        if empty {
            // An operator may make the Service or the pods that manifests do not show.
            let confidence = if cx.is_live() { Confidence::High } else { Confidence::Low };
            out.report(monitor, "spec.selector", format!("{monitor}: it selects no {what}, so nothing is scraped")).confidence(confidence);
        }
    }
}

/// Services of the API server, DNS and the kubelets are nobody's to write.
fn watches_the_platform(monitor: &Object<Monitor>) -> bool {
    let names = &monitor.spec.namespace_selector.match_names;
    !names.is_empty() && names.iter().all(|it| *it == "default" || *it == "kube-system")
}
