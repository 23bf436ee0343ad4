//! A probe must ask a port that the container has.

use seatrial_facts::guide::Row;
use seatrial_model::{IntOrString, Need, Probe};
use seatrial_report::{Confidence, Severity};

use super::probes_of::{Kind, probes_of};
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "probe-port-unknown",
    rows: &[Row::Probes],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A probe asks a port that is not declared",
    why: "The kubelet asks where nobody answers: the pod never becomes ready, or is restarted for ever.",
    verify: "kubectl describe pod POD | grep -E 'Port|Liveness|Readiness|Startup'",
    fix: "Correct the port of the probe, or declare it among the container's ports.",
    sources: &[
        "Kubernetes documentation, configure liveness, readiness and startup probes",
        "Kubernetes source, pkg/kubelet/prober: a probe that cannot be asked has no result",
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
        ports: [{containerPort: 8080}]
        readinessProbe:
          httpGet:
            path: /ready
            port: http #~ probe-port-unknown
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
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /ready, port: http}}
        livenessProbe: {tcpSocket: {port: 8080}}
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    for at in probes_of(it) {
        let Some((port, field)) = port_of(at.probe) else { continue };
        out.assess();
        let path = at.path.join(field);
        let (name, word) = (&it.container.name, at.kind.word());
        match port {
            IntOrString::Str(port) if !has_name(it, &port) => {
                let message = format!("{}: the {word} probe of container {name} asks port \"{port}\", which it does not name, {}", it.workload, end(at.kind));
                let severity = if at.kind == Kind::Liveness { Severity::High } else { Severity::Error };
                out.report(it.workload, path, message).container(name).severity(severity);
            }
            IntOrString::Int(port) if !has_number(it, port) && !is_meant(it, at.kind, port) => {
                let message = format!("{}: the {word} probe of container {name} asks port {port}, which no container of the pod declares", it.workload);
                out.report(it.workload, path, message).container(name).confidence(Confidence::Medium).evidence(declared(it));
            }
            _ => {}
        }
    }
}

/// The kubelet throws away the result of a probe that it cannot ask, so the state before the first answer stays.
fn end(kind: Kind) -> &'static str {
    match kind {
        Kind::Startup => "so the container never counts as started",
        Kind::Readiness => "so the pod never becomes ready",
        Kind::Liveness => "so a hanging container is never restarted",
    }
}

fn port_of(it: &Probe) -> Option<(IntOrString, &'static str)> {
    if let Some(http) = &it.http_get {
        return http.host.is_none().then(|| (http.port.clone(), "httpGet.port"));
    }
    let tcp = it.tcp_socket.as_ref().map(|it| (it.port.clone(), "tcpSocket.port"));
    tcp.or_else(|| it.grpc.as_ref().map(|it| (IntOrString::Int(it.port), "grpc.port")))
}

/// Digits are refused as a name by the API server, which is another check's matter.
fn has_name(it: &ContainerAt<'_>, name: &str) -> bool {
    name.parse::<i64>().is_ok() || it.container.ports.iter().any(|port| port.name.as_deref() == Some(name))
}

/// Containers of a pod share its network; a container that declares nothing says nothing about what it listens on.
fn has_number(it: &ContainerAt<'_>, number: i64) -> bool {
    it.container.ports.is_empty() || it.workload.pod().all_containers().flat_map(|it| &it.ports).any(|port| port.container_port == number)
}

/// Health ports are often left undeclared: one that the command, the environment or another probe names too is no slip.
fn is_meant(it: &ContainerAt<'_>, kind: Kind, number: i64) -> bool {
    let by_probe = probes_of(it).iter().any(|other| other.kind != kind && port_of(other.probe).is_some_and(|other| other.0 == IntOrString::Int(number)));
    let text = number.to_string();
    let names = |words: &str| words.split(|it: char| !it.is_ascii_digit()).any(|it| it == text);
    let by_variable = || it.container.env.iter().filter_map(|it| it.value.as_ref()?.plain()).any(names);
    by_probe || it.container.command_line().any(names) || by_variable()
}

fn declared(it: &ContainerAt<'_>) -> String {
    let all: Vec<String> = it.container.ports.iter().map(|it| it.container_port.to_string()).collect();
    format!("declared: {}", all.join(", "))
}
