//! Sentences that drills share.

use seatrial_report::drill::Verdict;
use seatrial_sim::{PodId, State};

use crate::judge::{Outcome, duration};
use crate::stage::Stage;
use crate::world::Kind;

/// What becomes of the workloads when machines are lost, after a colon.
pub fn loss(stage: &Stage<'_>, outcome: &Outcome) -> String {
    let all = outcome.workloads.len() as u64 + outcome.untouched;
    let down: Vec<&str> = outcome.workloads.iter().filter(|it| it.verdict == Verdict::Down).map(|it| it.object.as_str()).collect();
    let serving = all - down.len() as u64;
    let mut parts = vec![match (serving, all) {
        (_, 0) => "nothing serves on it".to_owned(),
        (a, b) if a == b => format!("all {all} workloads keep serving"),
        _ => format!("{serving} of {all} workloads keep serving"),
    }];
    let gone: Vec<&str> = outcome.workloads.iter().filter(|it| it.verdict == Verdict::Down && it.after == 0).map(|it| it.object.as_str()).collect();
    let back: Vec<&str> = down.iter().copied().filter(|it| !gone.contains(it)).collect();
    let (held, left): (Vec<&str>, Vec<&str>) = gone.into_iter().partition(|it| has_volume(stage, it));
    if !held.is_empty() {
        let one = held.len() == 1;
        parts.push(format!(
            "{} {} down until {} zone returns (EBS volumes cannot leave it)",
            names(&held),
            if one { "stays" } else { "stay" },
            if one { "its" } else { "their" }
        ));
    }
    if !left.is_empty() {
        parts.push(format!("{} {} down until somebody acts", names(&left), if left.len() == 1 { "stays" } else { "stay" }));
    }
    if !back.is_empty() {
        let longest = outcome.workloads.iter().filter(|it| back.contains(&it.object.as_str())).map(|it| it.down_seconds).fold(0.0, f64::max);
        parts.push(format!(
            "{} {} down for {}{}",
            names(&back),
            if back.len() == 1 { "is" } else { "are" },
            if back.len() == 1 { "" } else { "up to " },
            duration((longest * 1000.0) as i64)
        ));
    }
    let short: Vec<&str> = outcome.workloads.iter().filter(|it| it.verdict == Verdict::Degraded).map(|it| it.object.as_str()).collect();
    if !short.is_empty() {
        parts.push(format!("{} {} not return to full strength", names(&short), if short.len() == 1 { "does" } else { "do" }));
    }
    let unknown: Vec<&str> = outcome.workloads.iter().filter(|it| it.verdict == Verdict::Unknown).map(|it| it.object.as_str()).collect();
    if !unknown.is_empty() {
        parts.push(format!("nothing certain can be said of {}", names(&unknown)));
    }
    if outcome.pods.pending > 0 {
        parts.push(format!("{} {} no place", outcome.pods.pending, if outcome.pods.pending == 1 { "pod finds" } else { "pods find" }));
    } else if let Some(seconds) = outcome.whole_after {
        parts.push(format!("back to full strength after {}", duration((seconds * 1000.0) as i64)));
    }
    parts.join("; ")
}

fn has_volume(stage: &Stage<'_>, object: &str) -> bool {
    stage.world.units.iter().any(|it| it.object == *object && it.kind == Kind::StatefulSet && !it.volumes.is_empty())
}

/// `namespace/name` of a pod.
pub fn pod(state: &State, pod: PodId) -> String {
    let (namespace, name) = state.pod_name(pod);
    [namespace, "/", name].concat()
}

/// One, two, or how many.
pub fn names(all: &[&str]) -> String {
    match all {
        [] => "nothing".to_owned(),
        [a] => (*a).to_owned(),
        [a, b] => format!("{a} and {b}"),
        [a, b, rest @ ..] => format!("{a}, {b} and {} more", rest.len()),
    }
}
