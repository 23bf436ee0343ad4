//! A monitor must name a port that exists.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use super::metrics_of::{Monitored, Selected};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "monitor-port-missing",
    rows: &[Row::ApplicationMetrics],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Monitors, Need::Services, Need::Workloads],
    title: "A monitor names a port that its target does not have",
    why: "No target comes of it: metrics are missing without any error.",
    verify: "kubectl get services NAME -o yaml | grep -A 3 ports",
    fix: "Give the port of the Service or container the name that the monitor uses.",
    sources: &["Prometheus operator API reference, Endpoint: port"],
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
  selector:
    matchLabels: {app: api}
  endpoints:
  - port: metrics #~ monitor-port-missing
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
    for monitor in cx.cluster.monitors.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let selected = monitored.selected_by(cx, monitor);
        let (endpoints, key) = match selected {
            Selected::Pods(_) => (&monitor.spec.pod_metrics_endpoints, "spec.podMetricsEndpoints"),
            Selected::Services(_) => (&monitor.spec.endpoints, "spec.endpoints"),
        };
        // A monitor that selects nothing is a finding of its own.
        let ports = port_names(&selected);
        if selected.is_empty() {
            continue;
        }
        out.assess();
        for (at, port) in endpoints.iter().enumerate().filter_map(|(at, it)| Some((at, it.port.as_deref()?))) {
            if !ports.contains(port) {
                let names: Vec<&str> = ports.iter().copied().collect();
                out.report(monitor, Path::of(key).index(at).key("port"), format!("{monitor}: no target has a port named {port}, so nothing is scraped"))
                    .evidence(format!("named ports: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") }));
            }
        }
    }
}

fn port_names<'a>(selected: &Selected<'a>) -> BTreeSet<&'a str> {
    match selected {
        Selected::Services(all) => all.iter().flat_map(|it| &it.it.spec.ports).filter_map(|it| it.name.as_deref()).collect(),
        Selected::Pods(all) => all.iter().flat_map(|it| it.it.pod().all_containers()).flat_map(|it| &it.ports).filter_map(|it| it.name.as_deref()).collect(),
    }
}
