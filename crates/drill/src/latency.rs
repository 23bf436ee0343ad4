//! How long things take where the inputs do not tell: which delays a drill goes by, and how one is overridden.

use seatrial_sim::controllers::latencies::*;

/// The delays that a drill goes by, in the order of the reference: others could be set, and would change no answer.
pub const LISTED: &[&Latency] = &[
    &POD_START,
    &POD_STOP,
    &NODE_UNKNOWN,
    &NODE_EVICTION,
    &DEFAULT_TOLERATION,
    &CLOUD_NODE_CHECK,
    &POD_GC_PERIOD,
    &POD_GC_QUARANTINE,
    &FORCE_DETACH,
    &DETACH,
    &ATTACH,
    &CONTROLLER_BACKOFF,
    &HPA_SYNC,
    &HPA_DOWNSCALE_STABILIZATION,
    &METRICS,
    &AUTOSCALER_SCAN,
    &KARPENTER_BATCH_IDLE,
    &NODE_PROVISION,
    &NODE_GROUP_DRAIN,
    &NODE_GROUP_SETTLE,
    &SPOT_NOTICE,
    &WATCH,
    &EVICTION_RETRY,
];

/// Overrides a delay by `name=seconds`.
///
/// # Errors
/// In words: no drill goes by a delay of this name, or the seconds are not a number of 0 to 86,400.
pub fn set(latencies: &mut Latencies, text: &str) -> Result<(), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not `name=seconds`"))?;
    let name = name.trim();
    let seconds: f64 = value.trim().trim_end_matches('s').parse().map_err(|_| format!("`{value}` is not a number of seconds"))?;
    if !(0.0..=86_400.0).contains(&seconds) {
        return Err(format!("{seconds} s is not between 0 and 86,400"));
    }
    let known = LISTED.iter().any(|it| it.name == name) && latencies.set(name, (seconds * 1000.0) as i64).is_ok();
    if known {
        return Ok(());
    }
    let names: Vec<&str> = LISTED.iter().map(|it| it.name).collect();
    Err(format!("no latency is called `{name}`: choose of {}", names.join(", ")))
}

/// What was overridden, as it was said.
pub fn overridden(latencies: &Latencies) -> Vec<String> {
    latencies.overridden().iter().map(|it| format!("{} {} s", it.0, *it.1 as f64 / 1000.0)).collect()
}
