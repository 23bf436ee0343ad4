//! The grace period must outlast the preStop hook.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use super::stopping::{pre_stop, slept_seconds};
use crate::{Check, ContainerAt, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "grace-shorter-than-prestop",
    rows: &[Row::PatternStateless, Row::PatternWorker],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "The grace period ends within the preStop hook",
    why: "The time of the hook counts: the process is killed before or while it is told to stop, and loses whatever it was doing.",
    verify: "kubectl get deployment NAME -o yaml | grep -E 'terminationGracePeriodSeconds|preStop'",
    fix: "Set terminationGracePeriodSeconds to the sleep of the hook plus the time that the app needs to finish.",
    sources: &["Kubernetes documentation, pod lifecycle: termination of pods"],
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
      terminationGracePeriodSeconds: 30 #~ grace-shorter-than-prestop
      containers:
      - name: app
        image: registry/api:1.0
        lifecycle: {preStop: {sleep: {seconds: 30}}}
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
      terminationGracePeriodSeconds: 45
      containers:
      - name: app
        image: registry/api:1.0
        lifecycle: {preStop: {sleep: {seconds: 30}}}
",
    run: Run::Container(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(slept) = pre_stop(it.container).and_then(slept_seconds) else { return };
    out.assess();
    let grace = it.workload.pod().grace_seconds();
    if slept >= grace {
        let name = &it.container.name;
        let message = format!("{}: container {name} sleeps {slept} s before it stops and is killed after {grace} s, so it never ends in order", it.workload);
        out.report(it.workload, it.workload.pod_path().key("terminationGracePeriodSeconds"), message).container(name).related(
            it.workload,
            it.path.join("lifecycle.preStop"),
            "the sleep",
        );
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let Some(origin) = found.origin else { return Vec::new() };
    let longest = workload.pod().containers.iter().filter_map(pre_stop).filter_map(slept_seconds).max().unwrap_or(0);
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: longest.saturating_add(30).to_string() } }]
}
