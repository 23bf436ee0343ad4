//! A worker needs time to finish the message in hand.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::queues_of::worker_evidence;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "worker-grace-short",
    rows: &[Row::PatternWorker],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::Routes, Need::ScaledObjects],
    title: "A queue worker is killed before it can finish",
    why: "At each rollout and scale-down the message in hand is lost or done twice, since the process is killed in the middle.",
    verify: "kubectl get deployment NAME -o jsonpath='{.spec.template.spec.terminationGracePeriodSeconds}'",
    fix: "Set terminationGracePeriodSeconds to at least the longest processing time, and stop taking messages at SIGTERM.",
    sources: &["Guide, Architecture Patterns, Pattern 3", "Kubernetes documentation, pod lifecycle, termination"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail}
spec:
  selector: {matchLabels: {app: mail}}
  template:
    metadata: {labels: {app: mail}}
    spec:
      terminationGracePeriodSeconds: 5 #~ worker-grace-short
      containers: [{name: app, image: registry/mail:1.0, command: [celery, -A, mail, worker]}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail}
spec:
  selector: {matchLabels: {app: mail}}
  template:
    metadata: {labels: {app: mail}}
    spec:
      terminationGracePeriodSeconds: 120
      containers: [{name: app, image: registry/mail:1.0, command: [celery, -A, mail, worker]}]
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

/// Kubernetes' own default: below it somebody shortened the time on purpose.
const USUAL: i64 = 30;

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(evidence) = worker_evidence(cx, workload) else { return };
    out.assess();
    let grace = workload.pod().grace_seconds();
    if grace < USUAL {
        let message = format!("{workload}: takes work from a queue and is killed {grace} s after SIGTERM, in the middle of a message");
        out.report(workload, workload.pod_path().key("terminationGracePeriodSeconds"), message).evidence(evidence);
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "60".to_owned() } }).into_iter().collect()
}
