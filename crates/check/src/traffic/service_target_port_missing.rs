//! A Service's target port must be one that the pods have.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::{Service, ServicePort};
use seatrial_model::pod::ContainerPort;
use seatrial_model::{IntOrString, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "service-target-port-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services, Need::Workloads],
    title: "No container has the Service's target port",
    why: "A name that no container has gives no endpoint; a number that nobody listens on refuses every connection.",
    verify: "kubectl get endpointslices -l kubernetes.io/service-name=NAME -o yaml",
    fix: "Make targetPort the name or number of a port of the container.",
    sources: &["Kubernetes documentation, Service: port definitions"],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports:
  - port: 80
    targetPort: web #~ service-target-port-missing
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, ports: [{name: http, containerPort: 8080}]}]}
",
    good: "
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, ports: [{name: http, containerPort: 8080}]}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for service in cx.cluster.services.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let selected = cx.graph.selected_by_service(service);
        if selected.is_empty() {
            continue;
        }
        out.assess();
        for (at, port) in service.spec.ports.iter().enumerate() {
            if !selected.iter().any(|it| has(service, port, it)) {
                report(service, port, at, selected[0], out);
            }
        }
    }
}

fn has(service: &Object<Service>, port: &ServicePort, workload: &Workload) -> bool {
    let ports = || workload.pod().all_containers().flat_map(|it| &it.ports).filter(|it| is_protocol(it, port));
    match &port.target_port {
        Some(IntOrString::Str(name)) => ports().any(|it| it.name.as_ref() == Some(name)),
        // Declaring ports is optional, so that a number is wrong only where others are declared; headless Services do not translate.
        _ if service.is_headless() => true,
        Some(IntOrString::Int(it)) if *it != 0 => declares_none(workload) || ports().any(|p| p.container_port == *it),
        _ => declares_none(workload) || ports().any(|it| it.container_port == port.port),
    }
}

fn is_protocol(it: &ContainerPort, port: &ServicePort) -> bool {
    it.protocol.as_deref().unwrap_or("TCP") == port.protocol.as_deref().unwrap_or("TCP")
}

/// A container without any declared port may listen on whatever it likes.
fn declares_none(workload: &Workload) -> bool {
    workload.pod().containers.iter().any(|it| it.ports.is_empty())
}

fn report(service: &Object<Service>, port: &ServicePort, at: usize, workload: &Object<Workload>, out: &mut Findings) {
    let path = Path::of("spec.ports").index(at);
    let field = if port.target_port.is_some() { path.key("targetPort") } else { path.key("port") };
    let named = matches!(port.target_port, Some(IntOrString::Str(_)));
    let target = port.target_port.as_ref().map_or_else(|| port.port.to_string(), ToString::to_string);
    let consequence = if named { "the Service has no endpoint for it" } else { "connections may be refused" };
    let found = out.report(service, field, format!("{service}: no container of {workload} has port {target}, so {consequence}"));
    found.related(workload, workload.container_path(0).key("ports"), "the ports that are declared");
    if !named {
        found.severity(Severity::Medium).confidence(Confidence::Medium);
    }
}
