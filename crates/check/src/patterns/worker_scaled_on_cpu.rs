//! Workers scale on what waits in the queue.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::queues_of::worker_evidence;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "worker-scaled-on-cpu",
    rows: &[Row::PatternWorker],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects, Need::Services, Need::Ingresses, Need::Routes],
    title: "A queue worker scales on CPU",
    why: "A worker that waits for a database or an API uses little CPU: the queue grows for hours and nothing scales.",
    verify: "kubectl get hpa,scaledobjects -A",
    fix: "Scale on queue depth with a KEDA ScaledObject (aws-sqs-queue), or an HPA on an external metric.",
    sources: &["Guide, Architecture Patterns, Pattern 3", "KEDA documentation, AWS SQS queue trigger"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail-worker}
spec:
  selector: {matchLabels: {app: mail-worker}}
  template:
    metadata: {labels: {app: mail-worker}}
    spec:
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: mail-worker}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: mail-worker}
  minReplicas: 2
  maxReplicas: 10
  metrics: #~ worker-scaled-on-cpu
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail-worker}
spec:
  selector: {matchLabels: {app: mail-worker}}
  template:
    metadata: {labels: {app: mail-worker}}
    spec:
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: mail-worker}
spec:
  scaleTargetRef: {name: mail-worker}
  triggers:
  - type: aws-sqs-queue
    metadata: {queueURL: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\", queueLength: \"5\", awsRegion: us-east-1}
    authenticationRef: {name: mail-worker}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(evidence) = worker_evidence(cx, workload) else { return };
    out.assess();
    if !cx.graph.scaled_objects_of(workload).is_empty() {
        return;
    }
    let Some(hpa) = cx.graph.hpas_of(workload).first().copied() else { return };
    let by_work = hpa.spec.metrics.iter().any(|it| matches!(&*it.kind, "External" | "Object" | "Pods"));
    if !by_work {
        let message = format!("{hpa}: scales queue worker {workload} on CPU or memory, which do not tell how much work waits");
        out.report(hpa, "spec.metrics", message).related(workload, "metadata.name", "takes work from a queue").evidence(evidence);
    }
}
