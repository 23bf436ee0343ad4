//! From a run to verdicts: of each workload, and of the drill.

use seatrial_report::drill::{Pods, Verdict, Workload};

pub use seatrial_report::drill::duration;

use crate::stage::Stage;
use crate::watch::Track;
use crate::world::{Kind, Unit};

/// How a drill is to be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Evictions decide, so unread budgets leave the answer open.
    pub evictions: bool,
    /// Pods find places anew, so unread placement facts leave the answer open.
    pub placement: bool,
}

/// What one seed came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Workloads that were touched, worst first.
    pub workloads: Vec<Workload>,
    /// Pods by fate, without those of DaemonSets.
    pub pods: Pods,
    /// Workloads that served throughout and were not touched.
    pub untouched: u64,
    /// Seconds until everything was back.
    pub whole_after: Option<f64>,
    /// What was not read and leaves the answer open.
    pub open: Option<String>,
}

/// Pods of one unit at the end.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    kept: u64,
    left: u64,
    made_ready: u64,
    open: u64,
    /// Pods that an autoscaler has taken away.
    unwanted: u64,
}

/// Judges a run that has ended.
pub fn judge(stage: &mut Stage<'_>, rule: Rule) -> Outcome {
    let now = stage.now();
    stage.watch.finish(now);
    let mut outcome = Outcome { verdict: Verdict::Survives, ..Outcome::default() };
    let (mut returned, mut whole) = (0, true);
    for track in stage.watch.tracks.clone() {
        let unit = &stage.world.units[track.unit];
        let count = count(stage, track.unit);
        if unit.kind != Kind::Daemon {
            add(&mut outcome.pods, count);
        }
        let touched = count.left + count.made_ready + count.open > 0 || track.series.len() > 1;
        if !touched || !is_judged(unit) || (unit.before == 0 && unit.blind.is_none()) {
            outcome.untouched += u64::from(!touched && is_judged(unit) && unit.before > 0);
            continue;
        }
        let workload = workload(unit, &track, count);
        let scaled = stage.grown != Some(track.unit) && stage.scalings_of(track.unit).next().is_some();
        returned = returned.max(if scaled { track.came_back } else { track.series.last().map_or(0, |it| it.0) });
        whole &= track.serving >= track.wanted;
        outcome.verdict = outcome.verdict.min(workload.verdict);
        outcome.workloads.push(workload);
    }
    for (at, unit) in stage.world.units.iter().enumerate() {
        if stage.units.binary_search(&at).is_err() && unit.kind != Kind::Daemon {
            outcome.pods.kept += unit.pods.len() as u64;
            outcome.untouched += u64::from(is_judged(unit) && unit.before > 0);
        }
    }
    if !stage.stuck.is_empty() {
        outcome.verdict = outcome.verdict.min(Verdict::Stuck);
    }
    let placed = !outcome.workloads.is_empty() || outcome.pods.moved + outcome.pods.pending > 0;
    let open = stage.world.blinds.iter().find(|it| (rule.evictions && it.evictions) || (rule.placement && it.placement && placed));
    if let Some(it) = open.filter(|_| matches!(outcome.verdict, Verdict::Survives | Verdict::Degraded)) {
        outcome.verdict = Verdict::Unknown;
        outcome.open = Some(it.reason.clone());
    }
    if let Some(why) = stage.rehearsal.runaway() {
        outcome.verdict = Verdict::Unknown;
        for it in &mut outcome.workloads {
            (it.verdict, it.reason) = (Verdict::Unknown, format!("the rehearsal was ended: {why}"));
        }
    }
    outcome.workloads.sort_by(|a, b| (a.verdict, &a.object).cmp(&(b.verdict, &b.object)));
    outcome.whole_after = (whole && stage.stuck.is_empty() && !outcome.workloads.is_empty()).then(|| returned as f64 / 1000.0);
    outcome
}

fn is_judged(unit: &Unit) -> bool {
    !matches!(unit.kind, Kind::Daemon | Kind::Batch)
}

fn add(pods: &mut Pods, it: Count) {
    pods.kept += it.kept;
    pods.moved += it.made_ready;
    pods.pending += it.open;
    pods.lost += it.left.saturating_sub(it.made_ready + it.open + it.unwanted);
}

fn count(stage: &Stage<'_>, unit: usize) -> Count {
    let it = &stage.world.units[unit];
    let unwanted = stage.wanted_by_scaler(unit).map_or(0, |wanted| it.before.saturating_sub(wanted));
    let mut count = Count { unwanted, ..Count::default() };
    let sets: Vec<usize> = it.sets.iter().filter_map(|set| stage.local(*set)).chain(stage.added_sets(unit)).collect();
    for pod in &it.pods {
        let Some(life) = stage.rehearsal.lives.get(pod) else { continue };
        let node = stage.rehearsal.state.node_of(*pod);
        let away =
            life.gone || stage.rehearsal.state.is_terminating(*pod) || node.is_some_and(|it| stage.watch.lost.contains(&it) && !stage.world.dead.contains(&it));
        match (away, node) {
            (true, _) => count.left += 1,
            (false, None) if !stage.world.waiting.contains(pod) => count.open += 1,
            (false, _) => count.kept += 1,
        }
    }
    for (pod, life) in sets.iter().flat_map(|set| stage.rehearsal.members(*set)) {
        if stage.world.lives.contains_key(&pod) || stage.rehearsal.state.is_terminating(pod) {
            continue;
        }
        if life.ready { count.made_ready += 1 } else { count.open += 1 }
    }
    count
}

fn workload(unit: &Unit, track: &Track, count: Count) -> Workload {
    let (before, after, least) = (unit.before, track.serving, track.least.min(unit.before));
    let verdict = match () {
        () if unit.blind.is_some() && count.left > 0 => Verdict::Unknown,
        () if before == 0 => Verdict::Survives,
        () if least == 0 => Verdict::Down,
        () if after < track.wanted => Verdict::Degraded,
        () => Verdict::Survives,
    };
    Workload {
        object: unit.object.clone(),
        before,
        after,
        min_ready: least,
        down_seconds: track.down as f64 / 1000.0,
        verdict,
        reason: reason(unit, track, count, verdict),
        floor: unit.floor.as_ref().map(|it| it.0),
        ready: track.series.iter().map(|it| (it.0 as f64 / 1000.0, it.1)).collect(),
    }
}

fn reason(unit: &Unit, track: &Track, count: Count, verdict: Verdict) -> String {
    let (before, after) = (unit.before, track.serving);
    match verdict {
        Verdict::Unknown => unit.blind.clone().unwrap_or_default(),
        Verdict::Down if unit.kind == Kind::Bare => "nobody replaces a pod of its own".to_owned(),
        Verdict::Down if after == 0 && count.open > 0 => "its replacements find no place".to_owned(),
        Verdict::Down if after == 0 && unit.kind == Kind::StatefulSet => "it is not replaced while its node may still run it".to_owned(),
        Verdict::Down if after == 0 => "nothing brings it back".to_owned(),
        Verdict::Down if before == 1 => format!("1 replica: nobody serves for {}", duration(track.down)),
        Verdict::Down => format!("all {before} replicas go at once: nobody serves for {}", duration(track.down)),
        Verdict::Degraded if count.open > 0 => format!("{after} of {before} serve: {} find no place", count.open),
        Verdict::Degraded => format!("{after} of {before} serve: the rest does not come back by itself"),
        _ if before == 0 => "served nothing before".to_owned(),
        _ if track.wanted < before && track.least >= before => format!("its autoscaler takes it from {before} to {after} pods for want of load"),
        _ => match &unit.floor {
            Some((floor, budget)) if track.least < *floor => {
                format!("{} of {before} serve at the worst, fewer than the {floor} that budget {budget} wants", track.least)
            }
            _ if track.wanted < before => format!("{} of {before} serve at the worst; in the end its autoscaler wants {}", track.least, track.wanted),
            _ => format!("{} of {before} serve at the worst", track.least),
        },
    }
}
