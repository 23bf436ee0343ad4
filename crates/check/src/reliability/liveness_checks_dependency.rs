//! Liveness must not depend on another service.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::find;
use seatrial_model::kinds::traffic::Service;

pub static CHECK: Check = Check {
    id: "liveness-checks-dependency",
    rows: &[Row::Probes],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services],
    title: "The liveness probe asks another service",
    why: "When that service is down, every pod that asks it is restarted, over and over, and comes back slower than it went.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 8 livenessProbe",
    fix: "Let liveness check only the process itself; what it depends on belongs in readiness, if anywhere.",
    sources: &[
        "Kubernetes documentation, configure liveness, readiness and startup probes",
        "EKS best practices guide, reliability, applications: health checks",
    ],
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
        livenessProbe:
          exec: #~ liveness-checks-dependency
            command: [curl, -f, 'http://orders:8080/health']
---
apiVersion: v1
kind: Service
metadata: {name: orders}
spec:
  type: ClusterIP
  selector: {app: orders}
  ports: [{port: 80, targetPort: 8080}]
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
        livenessProbe:
          exec:
            command: [curl, -f, 'http://localhost:8080/health']
---
apiVersion: v1
kind: Service
metadata: {name: orders}
spec:
  type: ClusterIP
  selector: {app: orders}
  ports: [{port: 80, targetPort: 8080}]
",
    run: Run::Container(run),
    repair: None,
};

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(liveness) = &it.container.liveness_probe else { return };
    out.assess();
    let path = it.path.key("livenessProbe");
    let asked = liveness.http_get.as_ref().and_then(|it| it.host.as_deref()).filter(|it| !is_itself(it));
    if let Some(host) = asked {
        let message = format!("{}: liveness of container {} asks host {host}, so the container restarts when that is down", it.workload, it.container.name);
        out.report(it.workload, path.join("httpGet.host"), message).container(&it.container.name);
        return;
    }
    let words: Vec<&str> = liveness.exec.iter().flat_map(|it| &it.command).filter_map(|it| it.plain()).collect();
    if let Some(service) = words.iter().find_map(|word| other_service(cx, it.workload, word)) {
        let message = format!("{}: liveness of container {} asks {service}, so the container restarts when that is down", it.workload, it.container.name);
        out.report(it.workload, path.key("exec"), message).container(&it.container.name).related(service, "metadata.name", "the service it asks");
    }
}

fn is_itself(host: &str) -> bool {
    host.is_empty() || host == "localhost" || host == "::1" || host.starts_with("127.") || host == "0.0.0.0"
}

/// The Service of a URL in the command that is not in front of the workload itself.
fn other_service<'a>(cx: &Cx<'a>, workload: &Object<Workload>, words: &str) -> Option<&'a Object<Service>> {
    let authority = words.split_once("://")?.1.split(['/', ' ', '\'', '"']).next()?;
    let mut names = authority.rsplit('@').next()?.split(':').next()?.split('.');
    let name = names.next()?;
    let service = find(&cx.cluster.services, names.next().unwrap_or(workload.meta.ns()), name)?;
    let own = cx.graph.services_of(workload).iter().any(|it| std::ptr::eq(*it, service));
    (!own).then_some(service)
}
