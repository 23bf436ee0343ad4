//! A container names each of its ports once.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "duplicate-port",
    rows: &[Row::ValidObjects],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A container port is listed twice",
    why: "Updates merge the list by port: one of the two entries is lost, and with it the name that a Service uses.",
    verify: "kubectl get deployment NAME -o jsonpath='{.spec.template.spec.containers[*].ports}'",
    fix: "Remove one of the two, or correct its number or protocol.",
    sources: &["Kubernetes API reference, Container, ports"],
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
        ports:
        - {name: http, containerPort: 80}
        - {name: web, containerPort: 80} #~ duplicate-port
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]}]}
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    if it.container.ports.is_empty() {
        return;
    }
    out.assess();
    let mut first: BTreeMap<(i64, &str), usize> = BTreeMap::new();
    for (at, port) in it.container.ports.iter().enumerate() {
        let key = (port.container_port, port.protocol.as_deref().unwrap_or("TCP"));
        if let Some(earlier) = first.insert(key, at) {
            let message = format!("{}: container {} lists port {}/{} twice, and updates keep only one", it.workload, it.container.name, key.0, key.1);
            out.report(it.workload, it.path.key("ports").index(at), message).container(&it.container.name).related(
                it.workload,
                it.path.key("ports").index(earlier),
                "listed here first",
            );
        }
    }
}
