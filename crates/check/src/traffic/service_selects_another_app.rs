//! A Service must not send to pods of an application it is not meant for.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "service-selects-another-app",
    rows: &[Row::ValidReferences, Row::PatternStateless],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services, Need::Workloads],
    title: "A Service selects pods of more than one application",
    why: "A share of the requests goes to pods that cannot answer them: errors that come and go.",
    verify: "kubectl get pods -l KEY=VALUE   # the Service's selector",
    fix: "Add a label to the selector that only the meant pods carry, such as app.kubernetes.io/component.",
    sources: &["Kubernetes documentation, Service: selectors"],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {team: shop} #~ service-selects-another-app
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api, team: shop}}
    spec: {containers: [{name: app, image: registry/api:1.0, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker, team: shop}}
    spec: {containers: [{name: app, image: registry/worker:1.0}]}
",
    good: "
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api, team: shop}}
    spec: {containers: [{name: app, image: registry/api:1.0, ports: [{containerPort: 8080}]}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for service in cx.cluster.services.iter().filter(|it| !cx.is_platform(it.meta.ns()) && !it.is_headless()) {
        let mut selected = cx.graph.selected_by_service(service);
        // Two files that describe one object in several environments are not two applications.
        selected.dedup_by(|a, b| a.meta.name == b.meta.name && a.kind == b.kind);
        if selected.is_empty() {
            continue;
        }
        out.assess();
        let (answering, deaf): (Vec<_>, Vec<_>) = selected.into_iter().partition(|it| may_answer(service, it));
        let Some(&meant) = answering.first() else { continue };
        if let Some(&other) = deaf.iter().find(|it| !is_variant(meant, it)) {
            let message = format!("{service}: also selects the pods of {other}, which has no such port, so requests that land there fail");
            out.report(service, "spec.selector", message)
                .related(other, other.template_path().join("metadata.labels"), "these pods are selected too")
                .evidence(format!("meant, by its port: {meant}"));
        }
    }
}

/// Whether some container may listen on a target port. Pods that declare no port at all, beside others that do, serve nothing.
fn may_answer(service: &seatrial_model::kinds::traffic::Service, workload: &Object<Workload>) -> bool {
    let ports = || workload.pod().all_containers().flat_map(|it| &it.ports);
    service.spec.ports.iter().any(|port| match &port.target_port {
        Some(seatrial_model::IntOrString::Str(name)) => ports().any(|it| it.name.as_ref() == Some(name)),
        Some(seatrial_model::IntOrString::Int(it)) if *it != 0 => ports().any(|p| p.container_port == *it),
        _ => ports().any(|it| it.container_port == port.port),
    })
}

/// Canary and stable, blue and green are meant to share a Service; so is a job whose pods have ended.
fn is_variant(a: &Object<Workload>, b: &Object<Workload>) -> bool {
    let image = |it: &Object<Workload>| it.pod().containers.first().map(|it| it.image.split(['@', ':']).next().unwrap_or("").to_owned());
    b.workload_kind == WorkloadKind::Job && !b.is_long_running() && b.status.succeeded.is_some() || image(a) == image(b)
}
