//! How long a pod of a set takes to be Ready: measured on the pods that run, or assumed.

use seatrial_model::PodSpec;
use seatrial_model::cluster::RunningPod;

/// Longer starts were held up by something else.
const LONGEST: i64 = 600_000;

/// Milliseconds from the start of a pod until it was Ready; `None` where it cannot be told.
pub(crate) fn measured(pod: &RunningPod) -> Option<i64> {
    let status = &pod.status;
    if status.container_statuses.iter().any(|it| it.restart_count > 0) {
        return None;
    }
    let ready = status.conditions.iter().find(|it| it.kind == "Ready" && it.status == "True")?.last_transition_time?;
    let took = ready.as_millisecond() - status.start_time?.as_millisecond();
    (1..LONGEST).contains(&took).then_some(took)
}

/// The middle one.
pub(crate) fn median(mut all: Vec<i64>) -> Option<i64> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

/// What the probes add to a start that is assumed, in milliseconds.
pub(crate) fn probes(spec: &PodSpec) -> i64 {
    let delay = |it: &seatrial_model::Container| {
        let of = |probe: &Option<Box<seatrial_model::Probe>>| probe.as_ref().and_then(|it| it.initial_delay_seconds).unwrap_or(0).clamp(0, 3600);
        of(&it.startup_probe) + of(&it.readiness_probe)
    };
    spec.containers.iter().map(delay).max().unwrap_or(0) * 1000
}
