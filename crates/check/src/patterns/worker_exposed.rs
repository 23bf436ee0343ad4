//! A worker serves nobody.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::queues_of::worker_evidence;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "worker-exposed",
    rows: &[Row::PatternWorker],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::Routes, Need::ScaledObjects],
    title: "A queue worker can be reached from outside",
    why: "Whatever the worker listens on, debugging and metrics included, is open to callers that it has no need of.",
    verify: "kubectl get ingress,service -A",
    fix: "Take the Ingress rule or the LoadBalancer Service away.",
    sources: &["Guide, Architecture Patterns, Pattern 3"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail}
spec:
  selector: {matchLabels: {app: mail}}
  template:
    metadata: {labels: {app: mail}}
    spec: {containers: [{name: app, image: registry/mail:1.0, command: [celery, -A, mail, worker]}]}
---
apiVersion: v1
kind: Service
metadata: {name: mail}
spec:
  type: LoadBalancer #~ worker-exposed
  selector: {app: mail}
  ports: [{port: 80}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail}
spec:
  selector: {matchLabels: {app: mail}}
  template:
    metadata: {labels: {app: mail}}
    spec: {containers: [{name: app, image: registry/mail:1.0, command: [celery, -A, mail, worker]}]}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(evidence) = worker_evidence(cx, workload) else { return };
    out.assess();
    for service in cx.graph.services_of(workload) {
        let message = |it: &str| format!("{it}: leads users to {workload}, a queue worker that serves nobody");
        if service.service_type() == "LoadBalancer" {
            out.report(service, "spec.type", message(&service.to_string())).related(workload, "metadata.name", "the worker").evidence(evidence.clone());
        }
        for ingress in cx.graph.ingresses_of(service) {
            out.report(ingress, "spec.rules", message(&ingress.to_string())).related(workload, "metadata.name", "the worker").evidence(evidence.clone());
        }
    }
}
