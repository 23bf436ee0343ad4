//! A variable is set once.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "duplicate-variable",
    rows: &[Row::ValidObjects],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "An environment variable is set twice",
    why: "The last one counts: who edits the first sees no effect, and server-side apply refuses the list.",
    verify: "kubectl set env deployment/NAME --list",
    fix: "Keep the one that is meant.",
    sources: &["Kubernetes API reference, Container, env"],
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
        env:
        - {name: MODE, value: a}
        - {name: MODE, value: b} #~ duplicate-variable
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, env: [{name: MODE, value: a}]}]}
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    out.assess();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, variable) in it.container.env.iter().enumerate() {
        if let Some(earlier) = first.insert(&variable.name, at) {
            let message = format!("{}: container {} sets {} twice, and only the last counts", it.workload, it.container.name, variable.name);
            out.report(it.workload, it.path.key("env").index(at), message).container(&it.container.name).related(
                it.workload,
                it.path.key("env").index(earlier),
                "set here first",
            );
        }
    }
}
