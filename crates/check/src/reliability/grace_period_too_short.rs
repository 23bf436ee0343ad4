//! A pod that serves needs time to finish what it does.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::stopping::pre_stop;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "grace-period-too-short",
    rows: &[Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services],
    title: "The grace period is too short to finish requests",
    why: "Requests that are under way when the pod is stopped are cut off.",
    verify: "kubectl get deployment NAME -o jsonpath={.spec.template.spec.terminationGracePeriodSeconds}",
    fix: "Leave terminationGracePeriodSeconds at 30, or set it above the longest request.",
    sources: &["Kubernetes documentation, pod lifecycle: termination of pods"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      terminationGracePeriodSeconds: 0 #~ grace-period-too-short
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: ClusterIP
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: ClusterIP
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

/// Seconds below which not even short requests end, and those that leave some time.
const SHORT: i64 = 10;
const NONE: i64 = 1;

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !workload.is_long_running() || cx.graph.services_of(workload).is_empty() {
        return;
    }
    out.assess();
    let grace = workload.pod().grace_seconds();
    // A sleep that outlasts the grace period is reported by itself.
    let sleeps = workload.pod().containers.iter().any(|it| pre_stop(it).is_some());
    if grace < SHORT && !sleeps {
        let message = format!("{workload}: a Service sends to it, and it is killed {grace} s after it is told to stop, so requests are cut off");
        out.report(workload, workload.pod_path().key("terminationGracePeriodSeconds"), message).severity(if grace <= NONE {
            Severity::Medium
        } else {
            Severity::Low
        });
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Remove { path: found.path.clone() };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
