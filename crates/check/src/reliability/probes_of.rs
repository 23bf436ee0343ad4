//! A container's probes: their timing with Kubernetes' defaults, and what they ask.

use seatrial_model::pod::{HttpGet, Probe};
use seatrial_model::{Container, IntOrString, Path, WorkloadKind};

use super::scaling_of::scaled_objects_of;
use crate::{ContainerAt, Cx};

/// Which probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Startup,
    Readiness,
    Liveness,
}

/// A probe and where it stands.
pub(super) struct ProbeAt<'a> {
    pub(super) kind: Kind,
    pub(super) probe: &'a Probe,
    pub(super) path: Path,
}

impl Kind {
    /// As it is said in a sentence.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Readiness => "readiness",
            Self::Liveness => "liveness",
        }
    }

    /// Its field in a container.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Startup => "startupProbe",
            Self::Readiness => "readinessProbe",
            Self::Liveness => "livenessProbe",
        }
    }
}

/// The probes that are written.
pub(super) fn probes_of<'a>(it: &'a ContainerAt<'_>) -> Vec<ProbeAt<'a>> {
    let all = [(Kind::Startup, &it.container.startup_probe), (Kind::Readiness, &it.container.readiness_probe), (Kind::Liveness, &it.container.liveness_probe)];
    all.into_iter().filter_map(|(kind, probe)| Some(ProbeAt { kind, probe: probe.as_deref()?, path: it.path.key(kind.field()) })).collect()
}

/// Whether the container answers requests for the pod's whole life.
pub(super) fn serves(cx: &Cx<'_>, it: &ContainerAt<'_>) -> bool {
    if it.is_init || !it.workload.is_long_running() {
        return false;
    }
    let has_service = !cx.graph.services_of(it.workload).is_empty();
    if it.container.ports.is_empty() {
        return has_service && it.workload.pod().containers.len() == 1;
    }
    has_service || !is_only_scraped(cx, it)
}

/// Agents of DaemonSets and queue workers declare ports to be scraped; without a Service nothing balances over them.
fn is_only_scraped(cx: &Cx<'_>, it: &ContainerAt<'_>) -> bool {
    let is_agent = it.workload.workload_kind == WorkloadKind::DaemonSet;
    let is_worker = !scaled_objects_of(cx, it.workload).is_empty();
    let is_metrics = |name: &str| name.contains("metrics") || name.contains("prom");
    is_agent || is_worker || it.container.ports.iter().all(|port| port.name.as_deref().is_some_and(is_metrics))
}

/// Seconds from the container's start to the first question.
pub(super) fn delay(it: &Probe) -> i64 {
    it.initial_delay_seconds.unwrap_or(0)
}

/// Seconds between questions.
pub(super) fn period(it: &Probe) -> i64 {
    it.period_seconds.filter(|it| *it > 0).unwrap_or(10)
}

/// Seconds that an answer may take.
pub(super) fn timeout(it: &Probe) -> i64 {
    it.timeout_seconds.filter(|it| *it > 0).unwrap_or(1)
}

/// Seconds of failing until the probe acts.
pub(super) fn patience(it: &Probe) -> i64 {
    period(it).saturating_mul(it.failure_threshold.filter(|it| *it > 0).unwrap_or(3))
}

/// Seconds from the container's start until a container that never answers is killed.
pub(super) fn deadline(it: &Probe) -> i64 {
    delay(it).saturating_add(patience(it))
}

/// Whether both ask the container the same question.
pub(super) fn ask_the_same(container: &Container, a: &Probe, b: &Probe) -> bool {
    match (a, b) {
        (Probe { http_get: Some(a), .. }, Probe { http_get: Some(b), .. }) => question(container, a) == question(container, b),
        (Probe { tcp_socket: Some(a), .. }, Probe { tcp_socket: Some(b), .. }) => number(container, &a.port) == number(container, &b.port),
        (Probe { grpc: Some(a), .. }, Probe { grpc: Some(b), .. }) => a == b,
        (Probe { exec: Some(a), .. }, Probe { exec: Some(b), .. }) => a == b,
        _ => false,
    }
}

fn question<'a>(container: &Container, it: &'a HttpGet) -> (&'a str, &'a str, &'a str, IntOrString) {
    let path = it.path.as_deref().filter(|it| !it.is_empty()).unwrap_or("/");
    (it.host.as_deref().unwrap_or(""), it.scheme.as_deref().unwrap_or("HTTP"), path, number(container, &it.port))
}

/// The port's number, where the container declares its name.
fn number(container: &Container, port: &IntOrString) -> IntOrString {
    let IntOrString::Str(name) = port else { return port.clone() };
    let declared = container.ports.iter().find(|it| it.name.as_ref() == Some(name));
    declared.map_or_else(|| port.clone(), |it| IntOrString::Int(it.container_port))
}
