//! Pods behind a load balancer must serve until it has let them go.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use super::stopping::{balancer_of, pre_stop, slept_seconds};
use crate::traffic::data_tier::data_of;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "shutdown-drops-requests",
    rows: &[Row::PatternStateless, Row::PitfallNoReadiness],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::IngressClasses, Need::TargetGroupBindings, Need::Routes],
    title: "A pod stops before the load balancer lets it go",
    why: "The pod ends while the load balancer still sends to it: each rollout and each scale-in gives users 502 and 504.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 4 preStop",
    fix: "Add a preStop sleep of about 15 s, with a terminationGracePeriodSeconds well above it.",
    sources: &["EKS best practices guide, load balancing: availability and pod lifecycle", "Guide, Architecture Patterns, Pattern 1"],
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
      containers:
      - name: app #~ shutdown-drops-requests
        image: registry/api:1.0
        ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: ClusterIP
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: api, port: {number: 80}}}
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
        lifecycle: {preStop: {sleep: {seconds: 15}}}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: ClusterIP
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: api, port: {number: 80}}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some((balancer, what)) = balancer_of(cx, workload) else { return };
    // Clients of a store connect again by themselves; that it is reached from outside is another check's.
    if data_of(workload).is_some() {
        return;
    }
    // A bare pod has no rollouts; that it has no controller is its problem.
    if !workload.is_long_running() || workload.workload_kind == WorkloadKind::Pod {
        return;
    }
    out.assess();
    let containers = &workload.pod().containers;
    let needed = cx.settings.thresholds.deregistration_seconds;
    let Some((at, hook)) = containers.iter().enumerate().find_map(|(at, it)| Some((at, pre_stop(it)?))) else {
        // The container that declares ports is the one that serves.
        let Some((at, container)) = containers.iter().enumerate().find(|it| !it.1.ports.is_empty()).or(containers.iter().enumerate().next()) else { return };
        let message = format!("{workload}: {what}, and container {} ends at once when it is told to, so requests fail in each rollout", container.name);
        out.report(workload, workload.container_path(at).join("lifecycle.preStop"), message).container(&container.name).related(
            balancer,
            "metadata.name",
            "sends to it",
        );
        return;
    };
    if let Some(slept) = slept_seconds(hook).filter(|it| *it < needed) {
        let message =
            format!("{workload}: {what} for up to {needed} s after it is told to stop, but its preStop hook waits {slept} s, so requests fail in each rollout");
        out.report(workload, workload.container_path(at).join("lifecycle.preStop"), message).container(&containers[at].name).severity(Severity::Low).related(
            balancer,
            "metadata.name",
            "sends to it",
        );
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let Some(origin) = found.origin else { return Vec::new() };
    let sleep = Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "sleep:\n  seconds: 15\n".to_owned() } };
    let grace = Edit { origin, change: Change::Set { path: workload.pod_path().key("terminationGracePeriodSeconds"), yaml: "45".to_owned() } };
    if workload.pod().grace_seconds() < 30 { vec![sleep, grace] } else { vec![sleep] }
}
