//! A StatefulSet needs the headless Service that it names.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find;
use seatrial_model::{Change, Edit, Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "headless-service-missing",
    rows: &[Row::PatternStateful, Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services],
    title: "The StatefulSet's headless Service does not exist",
    why: "Without it the pods have no DNS names of their own, so replicas cannot find each other and clients cannot address one of them.",
    verify: "kubectl get statefulset NAME -o jsonpath='{.spec.serviceName}'; kubectl get service",
    fix: "Add a Service with clusterIP: None of that name that selects the StatefulSet's pods.",
    sources: &["Guide, Architecture Patterns, Pattern 2", "Kubernetes documentation, StatefulSets, stable network identity"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  serviceName: postgres #~ headless-service-missing
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec:
      containers:
      - name: postgres
        image: registry/postgres:17
        readinessProbe: {exec: {command: [pg_isready]}}
        livenessProbe: {tcpSocket: {port: 5432}, failureThreshold: 6}
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: postgres, image: registry/postgres:17}]}
---
apiVersion: v1
kind: Service
metadata: {name: postgres}
spec:
  clusterIP: None
  selector: {app: postgres}
  ports: [{port: 5432}]
",
    run: Run::Workload(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.workload_kind != WorkloadKind::StatefulSet {
        return;
    }
    out.assess();
    match workload.service_name.as_deref().filter(|it| !it.is_empty()) {
        None => {
            let message = format!("{workload}: names no headless Service, so its pods get no DNS names of their own");
            out.report(workload, "spec.serviceName", message).severity(Severity::Medium);
        }
        Some(name) if find(&cx.cluster.services, workload.meta.ns(), name).is_none() => {
            let message = format!("{workload}: its Service {name} does not exist, so its pods get no DNS names of their own");
            out.report(workload, "spec.serviceName", message);
        }
        Some(_) => {}
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let Some(name) = workload.service_name.as_deref().filter(|it| !it.is_empty()) else { return Vec::new() };
    let namespace = workload.meta.namespace.as_ref().map(|it| format!("\n  namespace: {it}")).unwrap_or_default();
    let labels = workload.selector.as_ref().map(|it| &it.match_labels).filter(|it| !it.is_empty()).unwrap_or(workload.pod_labels());
    let selector: String = labels.iter().map(|(key, value)| format!("\n    {key}: {value:?}")).collect();
    let yaml =
        format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}{namespace}\nspec:\n  clusterIP: None\n  selector:{selector}{}\n", ports(workload));
    vec![Edit { origin, change: Change::Create { name: format!("{name}-service"), yaml } }]
}

/// The containers' ports; a headless Service may do without any.
fn ports(workload: &Object<Workload>) -> String {
    let all = workload.pod().containers.iter().flat_map(|it| &it.ports);
    let lines: String = all
        .map(|it| {
            format!("\n    - name: {}\n      port: {}", it.name.as_deref().map_or_else(|| format!("p{}", it.container_port), str::to_owned), it.container_port)
        })
        .collect();
    if lines.is_empty() { lines } else { format!("\n  ports:{lines}") }
}
