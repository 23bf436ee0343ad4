//! Horizontal autoscalers on a model of load: what all pods together are asked for stays the same, whoever answers it.
//!
//! Source: kubernetes pkg/controller/podautoscaler/horizontal.go.

use seatrial_model::Text;
use seatrial_model::kinds::scaling::ScalingRules;

use super::index::Due;
use super::{Event, Rehearsal};
use crate::controllers::latencies::{HPA_DOWNSCALE_STABILIZATION, HPA_SYNC, METRICS};
use crate::controllers::pod_autoscaler::{Bounds, Dated, TOLERANCE, fewer_replicas, limited, remember, replicas, scale_down_rules, scale_up_rules, stabilized};

/// What an autoscaler scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaled {
    /// A Deployment, by its position.
    Rollout(usize),
    /// A StatefulSet or ReplicaSet, by its position.
    Set(usize),
}

/// A HorizontalPodAutoscaler with one metric.
#[derive(Clone, Debug)]
pub struct Autoscaler {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// What it scales.
    pub target: Scaled,
    /// What it goes by.
    pub spec: AutoscalerSpec,
}

/// What a HorizontalPodAutoscaler goes by.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoscalerSpec {
    /// `minReplicas`.
    pub min: i64,
    /// `maxReplicas`.
    pub max: i64,
    /// The metric that each pod is to have, in any unit.
    pub per_pod: f64,
    /// The metric of all pods together, in the same unit.
    pub load: f64,
    /// The most that one pod can show of it, such as its cpu limit.
    pub most_per_pod: Option<f64>,
    /// What a pod without a reading is taken to show where the others show less than they are to have.
    pub unmeasured: f64,
    /// `behavior.scaleUp`.
    pub up: Option<ScalingRules>,
    /// `behavior.scaleDown`.
    pub down: Option<ScalingRules>,
}

impl AutoscalerSpec {
    /// How far above and below its target it leaves the metric alone, as shares of it.
    pub fn tolerance(&self) -> (f64, f64) {
        let of = |rules: &Option<ScalingRules>| rules.as_ref().and_then(|it| it.tolerance).map_or(TOLERANCE, |it| it.as_f64());
        (of(&self.up), of(&self.down))
    }
}

/// A change of the number of replicas by an autoscaler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// When, in milliseconds.
    pub at: i64,
    /// The autoscaler.
    pub autoscaler: usize,
    /// Replicas before.
    pub from: i64,
    /// Replicas from now on.
    pub to: i64,
    /// What a pod showed, as a share of what it is to have.
    pub share: f64,
    /// How many the load asked for.
    pub wanted: i64,
}

/// The autoscalers of a rehearsal, and what they have done.
#[derive(Clone, Debug, Default)]
pub(super) struct Autoscalers {
    all: Vec<(Autoscaler, Memory)>,
    steps: Vec<Scaling>,
}

/// What the controller remembers of an autoscaler.
#[derive(Clone, Debug, Default)]
struct Memory {
    recommendations: Vec<Dated>,
    ups: Vec<Dated>,
    downs: Vec<Dated>,
    /// The load that the metrics API still shows, until when.
    shown: Option<(f64, i64)>,
    /// What was recommended last, and when. It sleeps while nothing it looks at changes: every look would recommend the same.
    last: Option<Dated>,
    /// A look is due.
    due: bool,
    /// It would change the number, and only its windows and its pace hold it back.
    waits: bool,
}

/// The pods of what is scaled: those with a reading, those that start, and those whose kubelet does not answer.
#[derive(Clone, Copy, Debug, Default)]
struct Pods {
    measured: i64,
    starting: i64,
    silent: i64,
}

impl Rehearsal {
    /// Adds an autoscaler.
    pub fn add_autoscaler(&mut self, autoscaler: Autoscaler) -> usize {
        // What there is when the controller starts counts as recommended.
        let recommendation = Dated { at: self.now, count: self.replicas_of(autoscaler.target) };
        self.autoscalers.all.push((autoscaler, Memory { recommendations: vec![recommendation], ..Memory::default() }));
        let at = self.autoscalers.all.len() - 1;
        self.expect_look(at);
        at
    }

    /// What autoscalers have changed, in the order in which they did.
    pub fn scalings(&self) -> &[Scaling] {
        &self.autoscalers.steps
    }

    /// Changes the load; the metrics API shows it after a while.
    pub fn set_load(&mut self, autoscaler: usize, load: f64) {
        let until = self.now + self.delay(&METRICS);
        let (it, memory) = &mut self.autoscalers.all[autoscaler];
        memory.shown = Some((it.spec.load, until));
        it.spec.load = load;
        self.expect_look(autoscaler);
    }

    /// Whether an autoscaler is about to change something, as soon as its windows and its pace let it.
    pub(super) fn autoscaler_waits(&self) -> bool {
        self.autoscalers.all.iter().any(|it| it.1.waits)
    }

    /// The autoscalers of controllers that have changed look again at their next turn.
    pub(super) fn wake_autoscalers(&mut self, due: &Due, rollouts: &[usize]) {
        for at in 0..self.autoscalers.all.len() {
            let (it, memory) = &self.autoscalers.all[at];
            let concerned = match it.target {
                Scaled::Rollout(at) => rollouts.binary_search(&at).is_ok(),
                Scaled::Set(at) => due.sets.contains(&at),
            };
            if concerned && !memory.due {
                self.expect_look(at);
            }
        }
    }

    /// It looks at its next turn. At its first in a while it has recommended the same all along.
    fn expect_look(&mut self, at: usize) {
        // More often than once a second nobody looks.
        let period = self.delay(&HPA_SYNC).max(1000);
        let memory = &mut self.autoscalers.all[at].1;
        if !std::mem::replace(&mut memory.due, true) {
            self.after(period - self.now.rem_euclid(period), Event::Scale(at));
        }
    }

    /// `spec.replicas` of what is scaled.
    pub fn replicas_of(&self, target: Scaled) -> i64 {
        match target {
            Scaled::Rollout(at) => self.rollouts[at].replicas,
            Scaled::Set(at) => self.sets[at].desired,
        }
    }

    /// Sets `spec.replicas`, as `kubectl scale` does.
    pub fn scale_to(&mut self, target: Scaled, replicas: i64, cause: &str) {
        if self.replicas_of(target) == replicas {
            return;
        }
        match target {
            Scaled::Rollout(at) => {
                self.rollouts[at].replicas = replicas;
                let current = self.rollouts[at].current;
                let object = format!("Deployment {}/{}", self.sets[current].namespace, self.rollouts[at].name);
                self.note("Scaled", object, format!("to {replicas}: {cause}"));
                self.changed_set(current);
            }
            Scaled::Set(at) => {
                self.sets[at].desired = replicas;
                let object = self.set_name(at);
                self.note("Scaled", object, format!("to {replicas}: {cause}"));
                self.changed_set(at);
            }
        }
    }

    fn pods_of(&self, target: Scaled) -> Pods {
        let sets: Vec<usize> = match target {
            Scaled::Rollout(at) => self.rollouts[at].sets.clone(),
            Scaled::Set(at) => vec![at],
        };
        let mut pods = Pods::default();
        for pod in sets.into_iter().flat_map(|set| self.active(set)) {
            match self.state.node_of(pod) {
                Some(_) if !self.has_kubelet(pod) => pods.silent += 1,
                Some(_) if self.lives[&pod].ready => pods.measured += 1,
                _ => pods.starting += 1,
            }
        }
        pods
    }

    pub(super) fn autoscale(&mut self, at: usize) {
        let (scaler, mut memory) = self.autoscalers.all[at].clone();
        let it = &scaler.spec;
        (memory.due, memory.waits) = (false, false);
        let current = self.replicas_of(scaler.target);
        // Scaled to nothing by hand: the autoscaler is off.
        if current == 0 && it.min > 0 {
            self.autoscalers.all[at].1 = memory;
            return;
        }
        let period = self.delay(&HPA_SYNC).max(1000);
        let (up, down) = (scale_up_rules(it.up.as_ref()), scale_down_rules(it.down.as_ref(), self.delay(&HPA_DOWNSCALE_STABILIZATION) / 1000));
        let (up_window, down_window) = (up.stabilization_window_seconds.unwrap_or(0), down.stabilization_window_seconds.unwrap_or(0));
        let window = up_window.max(down_window) * 1000;
        if let Some(last) = memory.last.filter(|last| last.at + period < self.now) {
            remember(&mut memory.recommendations, Dated { at: self.now - period, ..last }, window);
        }
        memory.shown = memory.shown.filter(|shown| self.now < shown.1);
        let (share, raw) = self.recommend(&scaler, memory.shown.map_or(it.load, |it| it.0), current);
        let desired = stabilized(current, raw, &memory.recommendations, self.now, up_window, down_window);
        let latest = Dated { at: self.now, count: raw };
        remember(&mut memory.recommendations, latest, window);
        memory.last = Some(latest);
        let bounds = Bounds { min: it.min, max: it.max, up: &up, down: &down };
        let (next, limit) = limited(desired.clamp(it.min, it.max), current, &bounds, &memory.ups, &memory.downs, self.now);
        let longest = |rules: &ScalingRules| rules.policies.iter().map(|it| it.period_seconds).max().unwrap_or(0) * 1000;
        if next > current {
            remember(&mut memory.ups, Dated { at: self.now, count: next - current }, longest(&up));
        } else if next < current {
            remember(&mut memory.downs, Dated { at: self.now, count: current - next }, longest(&down));
        }
        let wish = raw.clamp(it.min, it.max);
        let never = |rules: &ScalingRules| rules.select_policy.as_deref() == Some("Disabled");
        memory.waits = (wish > next && !never(&up)) || (wish < next && !never(&down));
        let looks_again = memory.waits || memory.shown.is_some();
        self.autoscalers.all[at].1 = memory;
        if looks_again {
            self.expect_look(at);
        }
        if raw > it.max {
            let object = format!("HorizontalPodAutoscaler {}/{}", scaler.namespace, scaler.name);
            self.note_once("ScalingLimited", object, format!("the load asks for {raw} replicas, maxReplicas is {}", it.max));
        }
        if next != current {
            self.autoscalers.steps.push(Scaling { at: self.now, autoscaler: at, from: current, to: next, share, wanted: raw });
            let cause = format!("HorizontalPodAutoscaler {}: {:.1} of {:.1} a pod ({limit:?})", scaler.name, share * it.per_pod, it.per_pod);
            self.scale_to(scaler.target, next, &cause);
        }
    }

    /// What a pod shows as a share of what it is to have, and how many replicas that asks for.
    fn recommend(&self, scaler: &Autoscaler, load: f64, current: i64) -> (f64, i64) {
        let (it, pods) = (&scaler.spec, self.pods_of(scaler.target));
        let usage = load / pods.measured.max(1) as f64;
        let usage = it.most_per_pod.map_or(usage, |most| usage.min(most));
        let tolerance = it.tolerance();
        let raw = if pods.silent > 0 && usage < it.per_pod {
            fewer_replicas(usage, it.per_pod, pods.measured, (pods.silent, it.unmeasured), current, tolerance)
        } else {
            replicas(usage, it.per_pod, pods.measured, pods.starting + pods.silent, current, tolerance)
        };
        (if it.per_pod > 0.0 { usage / it.per_pod } else { 1.0 }, raw)
    }
}
