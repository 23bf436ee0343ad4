//! Databases and caches must not be reached from outside the cluster.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::Service;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::data_tier::data_of;
use super::load_balancer::{annotation, annotation_path, is_internet_facing};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "database-exposed",
    rows: &[Row::PatternMultiTier],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services, Need::Workloads],
    title: "A database or cache is reachable from outside",
    why: "Its port is scanned within minutes; one weak password or one flaw gives all of the data away.",
    verify: "kubectl get svc -A | grep -E 'LoadBalancer|NodePort'",
    fix: "Make the Service a ClusterIP; where clients outside need it, an internal load balancer with loadBalancerSourceRanges.",
    sources: &["Guide, Pattern 5: the data tier is internal", "Kubernetes documentation, Service: loadBalancerSourceRanges"],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  type: LoadBalancer #~ database-exposed
  selector: {app: db}
  ports: [{port: 5432}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: 'postgres:17.2'}]}
",
    good: "
apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  selector: {app: db}
  ports: [{port: 5432}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: 'postgres:17.2'}]}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for service in cx.cluster.services.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let selected = cx.graph.selected_by_service(service);
        let Some((workload, data)) = selected.into_iter().find_map(|it| Some((it, data_of(it)?))) else { continue };
        out.assess();
        match service.service_type() {
            "LoadBalancer" => judge_load_balancer(service, workload, data, out),
            "NodePort" => {
                let message = format!("{service}: opens {data} of {workload} on a port of every node");
                out.report(service, "spec.type", message).related(workload, "metadata.name", "the store").severity(Severity::Medium);
            }
            _ => {}
        }
    }
}

fn judge_load_balancer(service: &Object<Service>, workload: &Object<Workload>, data: &str, out: &mut Findings) {
    let ranges = &service.spec.load_balancer_source_ranges;
    let narrow = !ranges.is_empty() && !ranges.iter().any(|it| it == "0.0.0.0/0" || it == "::/0");
    let (message, severity) = match (is_internet_facing(service), narrow) {
        (true, false) => (format!("{service}: puts {data} of {workload} on the internet, open to every address"), Severity::High),
        (true, true) => (format!("{service}: puts {data} of {workload} on the internet, behind source ranges only"), Severity::Medium),
        (false, false) => (format!("{service}: its internal load balancer takes connections to {data} from any address of the network"), Severity::Low),
        (false, true) => return,
    };
    let path = if annotation(service, "scheme").is_some() && is_internet_facing(service) { annotation_path("scheme") } else { Path::of("spec.type") };
    out.report(service, path, message).related(workload, "metadata.name", "the store").severity(severity);
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let written = cx.cluster.services.iter().any(|it| it.origin == found.origin && it.spec.load_balancer_class.is_some());
    let mut edits = vec![Edit { origin, change: Change::Set { path: Path::of("spec.type"), yaml: "ClusterIP".to_owned() } }];
    if written {
        // The API server refuses a class on any other type.
        edits.push(Edit { origin, change: Change::Remove { path: Path::of("spec.loadBalancerClass") } });
    }
    edits
}
