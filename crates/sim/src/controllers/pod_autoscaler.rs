//! The horizontal pod autoscaler's arithmetic: from load to replicas, through tolerance, stabilisation and rate limits.
//!
//! Source: kubernetes pkg/controller/podautoscaler/horizontal.go, replica_calculator.go.

use std::collections::BTreeMap;

use seatrial_model::kinds::scaling::{ScalingPolicy, ScalingRules};
use seatrial_model::{PodSpec, Quantity};

/// Changes within this share of the target are ignored.
pub const TOLERANCE: f64 = 0.1;

/// Why the number is what it is, in the words of the condition `ScalingLimited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the reasons' own names")]
pub enum Limit {
    DesiredWithinRange,
    TooFewReplicas,
    TooManyReplicas,
    ScaleUpLimit,
    ScaleDownLimit,
}

/// A change of the number of replicas, or a recommendation: milliseconds and count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// When, in milliseconds.
    pub at: i64,
    /// How many.
    pub count: i64,
}

/// The number of replicas for `usage` against `target` per pod, both per Ready pod in the same unit. `unready`: pods that count as idle on the way up.
pub fn replicas(usage: f64, target: f64, ready: i64, unready: i64, current: i64, tolerance: (f64, f64)) -> i64 {
    if ready == 0 || target <= 0.0 {
        return current;
    }
    let ratio = usage / target;
    let within = |it: f64| it >= 1.0 - tolerance.1 && it <= 1.0 + tolerance.0;
    if unready == 0 || ratio <= 1.0 {
        return if within(ratio) { current } else { (ratio * ready as f64).ceil() as i64 };
    }
    // On the way up pods that are not Ready yet are taken to be idle, so that the same load is not answered twice.
    let all = ready + unready;
    let damped = usage * ready as f64 / all as f64 / target;
    if within(damped) || damped < 1.0 {
        return current;
    }
    ((damped * all as f64).ceil() as i64).max(current)
}

/// The same where the load asks for fewer pods, and `silent` ones show no reading: each is taken to use `unmeasured`, so that none is given up for
/// want of knowledge.
///
/// Source: kubernetes pkg/controller/podautoscaler/replica_calculator.go (missing metrics on the way down).
pub fn fewer_replicas(usage: f64, target: f64, ready: i64, (silent, unmeasured): (i64, f64), current: i64, tolerance: (f64, f64)) -> i64 {
    let all = ready + silent;
    if ready == 0 || target <= 0.0 {
        return current;
    }
    let ratio = (usage * ready as f64 + unmeasured * silent as f64) / all as f64 / target;
    if ratio >= 1.0 - tolerance.1 { current } else { ((ratio * all as f64).ceil() as i64).min(current) }
}

/// The rules for growing: as they are written, with defaults: +4 pods or +100 % in 15 seconds, whichever is more, at once.
pub fn scale_up_rules(rules: Option<&ScalingRules>) -> ScalingRules {
    let policies = vec![policy("Pods", 4, 15), policy("Percent", 100, 15)];
    filled(rules, ScalingRules { stabilization_window_seconds: Some(0), select_policy: Some("Max".into()), policies, tolerance: None })
}

/// The rules for shrinking: -100 % in 15 seconds; the window is that of the controller.
pub fn scale_down_rules(rules: Option<&ScalingRules>, window_seconds: i64) -> ScalingRules {
    let defaults = ScalingRules { stabilization_window_seconds: Some(window_seconds), select_policy: Some("Max".into()), ..ScalingRules::default() };
    filled(rules, ScalingRules { policies: vec![policy("Percent", 100, 15)], ..defaults })
}

fn policy(kind: &str, value: i64, period_seconds: i64) -> ScalingPolicy {
    ScalingPolicy { kind: kind.into(), value, period_seconds }
}

fn filled(rules: Option<&ScalingRules>, defaults: ScalingRules) -> ScalingRules {
    let Some(it) = rules else { return defaults };
    ScalingRules {
        stabilization_window_seconds: it.stabilization_window_seconds.or(defaults.stabilization_window_seconds),
        select_policy: it.select_policy.clone().or(defaults.select_policy),
        policies: if it.policies.is_empty() { defaults.policies } else { it.policies.clone() },
        tolerance: it.tolerance,
    }
}

/// The most conservative of the recommendations in the windows: growing waits for the lowest, shrinking for the highest.
pub fn stabilized(current: i64, desired: i64, past: &[Dated], now: i64, up_window: i64, down_window: i64) -> i64 {
    let within = |window: i64| past.iter().filter(move |it| it.at > now - window * 1000).map(|it| it.count);
    let up = within(up_window).fold(desired, i64::min);
    let down = within(down_window).fold(desired, i64::max);
    current.max(up).min(down.max(up))
}

/// Adds an entry; one that is older than `window` (milliseconds) is overwritten.
pub fn remember(list: &mut Vec<Dated>, new: Dated, window: i64) {
    match list.iter_mut().rfind(|it| it.at < new.at - window) {
        Some(old) => *old = new,
        None => list.push(new),
    }
}

/// Replicas that `events` added or took within a period that ends now.
fn changed(events: &[Dated], now: i64, seconds: i64) -> i64 {
    events.iter().filter(|it| it.at > now - seconds * 1000).map(|it| it.count).sum()
}

/// The most replicas that the rules allow now. `ups` and `downs`: what was added and taken lately.
pub fn scale_up_limit(current: i64, ups: &[Dated], downs: &[Dated], now: i64, rules: &ScalingRules) -> i64 {
    let proposal = |it: &ScalingPolicy| {
        let start = current - changed(ups, now, it.period_seconds) + changed(downs, now, it.period_seconds);
        if &*it.kind == "Pods" { start + it.value } else { (start as f64 * (1.0 + it.value as f64 / 100.0)).ceil() as i64 }
    };
    match rules.select_policy.as_deref() {
        Some("Disabled") => current,
        Some("Min") => rules.policies.iter().map(proposal).min().unwrap_or(i64::MAX),
        _ => rules.policies.iter().map(proposal).max().unwrap_or(i64::MIN),
    }
}

/// The fewest replicas that the rules allow now.
pub fn scale_down_limit(current: i64, ups: &[Dated], downs: &[Dated], now: i64, rules: &ScalingRules) -> i64 {
    let proposal = |it: &ScalingPolicy| {
        let start = current - changed(ups, now, it.period_seconds) + changed(downs, now, it.period_seconds);
        if &*it.kind == "Pods" { start - it.value } else { (start as f64 * (1.0 - it.value as f64 / 100.0)) as i64 }
    };
    match rules.select_policy.as_deref() {
        Some("Disabled") => current,
        Some("Min") => rules.policies.iter().map(proposal).max().unwrap_or(i64::MIN),
        _ => rules.policies.iter().map(proposal).min().unwrap_or(i64::MAX),
    }
}

/// The bounds of an autoscaler and the rules for its pace.
#[derive(Clone, Debug)]
pub struct Bounds<'a> {
    /// `minReplicas`.
    pub min: i64,
    /// `maxReplicas`.
    pub max: i64,
    /// Rules for growing.
    pub up: &'a ScalingRules,
    /// Rules for shrinking.
    pub down: &'a ScalingRules,
}

/// The desired number within bounds and pace.
pub fn limited(desired: i64, current: i64, bounds: &Bounds, ups: &[Dated], downs: &[Dated], now: i64) -> (i64, Limit) {
    if desired > current {
        let pace = scale_up_limit(current, ups, downs, now, bounds.up).max(current);
        let (most, why) = if bounds.max > pace { (pace, Limit::ScaleUpLimit) } else { (bounds.max, Limit::TooManyReplicas) };
        if desired > most {
            return (most, why);
        }
    } else if desired < current {
        let pace = scale_down_limit(current, ups, downs, now, bounds.down).min(current);
        let (least, why) = if bounds.min < pace { (pace, Limit::ScaleDownLimit) } else { (bounds.min, Limit::TooFewReplicas) };
        if desired < least {
            return (least, why);
        }
    }
    (desired, Limit::DesiredWithinRange)
}

/// Bounds without rules, as `autoscaling/v1` had them: at most twice the current number, or four.
pub fn limited_without_rules(desired: i64, current: i64, min: i64, max: i64) -> (i64, Limit) {
    let pace = (2 * current).max(4);
    let (most, why) = if max > pace { (pace, Limit::ScaleUpLimit) } else { (max, Limit::TooManyReplicas) };
    match desired {
        it if it < min => (min, Limit::TooFewReplicas),
        it if it > most => (most, why),
        it => (it, Limit::DesiredWithinRange),
    }
}

/// What the containers of pods ask for, in thousandths, by pod: the base of a utilisation in percent. `container`: only this one; empty: all.
///
/// # Errors
/// `missing request for ...` where a container asks for nothing: then the autoscaler has nothing to compare with.
pub fn requests<'a>(pods: impl Iterator<Item = (&'a str, &'a PodSpec)>, container: &str, resource: &str) -> Result<BTreeMap<String, i64>, String> {
    let mut all = BTreeMap::new();
    for (name, spec) in pods {
        let of_pod = spec.resources.as_ref().and_then(|it| it.requests.get(resource)).filter(|_| container.is_empty());
        let sum = match of_pod {
            Some(amount) => amount.milli_value(),
            None => container_sum(name, spec, container, resource)?,
        };
        all.insert(name.to_owned(), sum);
    }
    Ok(all)
}

fn container_sum(pod: &str, spec: &PodSpec, container: &str, resource: &str) -> Result<i64, String> {
    let sidecars = spec.init_containers.iter().filter(|it| it.is_sidecar());
    let counted = spec.containers.iter().chain(sidecars).filter(|it| container.is_empty() || &*it.name == container);
    let mut sum = 0;
    for it in counted {
        let asked = it.resources.requests.get(resource).ok_or_else(|| format!("missing request for {resource} in container {} of Pod {pod}", it.name))?;
        sum += asked.milli_value();
    }
    Ok(sum)
}

/// A metric's raw value as an amount: thousandths of a core for cpu, whole bytes (given in thousandths) for memory.
pub fn amount(resource: &str, raw: i64) -> Quantity {
    if resource == "memory" { Quantity::units(raw / 1000) } else { Quantity::millis(raw) }
}
