//! What users reach must keep two pods in quiet hours.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::scaling_of::autoscaler;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "autoscaler-minimum-below-two",
    rows: &[Row::MultipleReplicas, Row::PitfallSingleReplica, Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::Services, Need::HorizontalPodAutoscalers, Need::Ingresses, Need::Routes, Need::ScaledObjects],
    title: "The autoscaler goes down to a single pod",
    why: "In quiet hours a single pod is left: a drain or a crash then is an outage, and the first users of the morning wait for the second pod.",
    verify: "kubectl get hpa -A",
    fix: "Set minReplicas to at least 2, better 3: one a zone.",
    sources: &["Guide, Common Pitfalls 2", "Kubernetes documentation, horizontal pod autoscaling"],
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
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api
  minReplicas: 1 #~ autoscaler-minimum-below-two
  maxReplicas: 5
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
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api
  minReplicas: 2
  maxReplicas: 5
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let replicas = cx.graph.replicas_of(workload);
    let Some((by, min, _)) = autoscaler(&replicas) else { return };
    // With a maximum of 1 the workload itself is the finding.
    if replicas.max < 2 || !cx.graph.is_user_facing(workload) {
        return;
    }
    out.assess();
    if replicas.min < 2 {
        let pods = if replicas.min < 1 { "no pod" } else { "a single pod" };
        let message = format!("{by}: leaves {pods} of {workload} in quiet hours, and users reach it: a drain then stops it");
        out.report(by, min, message).related(workload, "metadata.name", "users reach it");
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Set { path: found.path.clone(), yaml: "2".to_owned() };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
