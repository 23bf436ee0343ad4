//! Horizontal autoscalers on a model of load: what all pods together are asked for stays the same, whoever answers it.
//!
//! Source: kubernetes pkg/controller/podautoscaler/horizontal.go.

use seatrial_model::Text;
use seatrial_model::kinds::scaling::ScalingRules;

use super::{Event, Rehearsal};
use crate::controllers::latencies::{HPA_DOWNSCALE_STABILIZATION, HPA_SYNC, METRICS};
use crate::controllers::pod_autoscaler::{Bounds, Dated, TOLERANCE, limited, remember, replicas, scale_down_rules, scale_up_rules, stabilized};

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
    /// `behavior.scaleUp`.
    pub up: Option<ScalingRules>,
    /// `behavior.scaleDown`.
    pub down: Option<ScalingRules>,
}

/// What the controller remembers of an autoscaler.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    recommendations: Vec<Dated>,
    ups: Vec<Dated>,
    downs: Vec<Dated>,
    /// The load that the metrics API still shows, until when.
    shown: Option<(f64, i64)>,
}

impl Rehearsal {
    /// Adds an autoscaler.
    pub fn add_autoscaler(&mut self, autoscaler: Autoscaler) -> usize {
        // What there is when the controller starts counts as recommended.
        let recommendation = Dated { at: self.now, count: self.replicas_of(autoscaler.target) };
        self.autoscalers.push((autoscaler, Memory { recommendations: vec![recommendation], ..Memory::default() }));
        let wait = self.delay(&HPA_SYNC);
        self.after(wait, Event::Scale(self.autoscalers.len() - 1));
        self.autoscalers.len() - 1
    }

    /// Changes the load; the metrics API shows it after a while.
    pub fn set_load(&mut self, autoscaler: usize, load: f64) {
        let until = self.now + self.delay(&METRICS);
        let (it, memory) = &mut self.autoscalers[autoscaler];
        memory.shown = Some((it.load, until));
        it.load = load;
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

    pub(super) fn autoscale(&mut self, at: usize) {
        let wait = self.delay(&HPA_SYNC);
        self.after(wait, Event::Scale(at));
        let (it, mut memory) = self.autoscalers[at].clone();
        let current = self.replicas_of(it.target);
        // Scaled to nothing by hand: the autoscaler is off.
        if current == 0 && it.min > 0 {
            return;
        }
        let sets: Vec<usize> = match it.target {
            Scaled::Rollout(at) => self.rollouts[at].sets.clone(),
            Scaled::Set(at) => vec![at],
        };
        let pods = sets.iter().map(|set| self.active(*set).len() as i64).sum::<i64>();
        let ready = sets.iter().map(|set| self.ready_pods(*set)).sum::<i64>();
        let load = memory.shown.filter(|shown| self.now < shown.1).map_or(it.load, |shown| shown.0);
        let usage = it.most_per_pod.map_or(load / ready.max(1) as f64, |most| (load / ready.max(1) as f64).min(most));
        let tolerance = |rules: &Option<ScalingRules>| rules.as_ref().and_then(|it| it.tolerance).map_or(TOLERANCE, |it| it.as_f64());
        let raw = replicas(usage, it.per_pod, ready, (pods - ready).max(0), current, (tolerance(&it.up), tolerance(&it.down)));
        let (up, down) = (scale_up_rules(it.up.as_ref()), scale_down_rules(it.down.as_ref(), self.delay(&HPA_DOWNSCALE_STABILIZATION) / 1000));
        let (up_window, down_window) = (up.stabilization_window_seconds.unwrap_or(0), down.stabilization_window_seconds.unwrap_or(0));
        let desired = stabilized(current, raw, &memory.recommendations, self.now, up_window, down_window);
        remember(&mut memory.recommendations, Dated { at: self.now, count: raw }, up_window.max(down_window) * 1000);
        let bounds = Bounds { min: it.min, max: it.max, up: &up, down: &down };
        let (next, limit) = limited(desired.clamp(it.min, it.max), current, &bounds, &memory.ups, &memory.downs, self.now);
        let longest = |rules: &ScalingRules| rules.policies.iter().map(|it| it.period_seconds).max().unwrap_or(0) * 1000;
        if next > current {
            remember(&mut memory.ups, Dated { at: self.now, count: next - current }, longest(&up));
        } else if next < current {
            remember(&mut memory.downs, Dated { at: self.now, count: current - next }, longest(&down));
        }
        self.autoscalers[at].1 = memory;
        if raw > it.max {
            let object = format!("HorizontalPodAutoscaler {}/{}", it.namespace, it.name);
            self.note_once("ScalingLimited", object, format!("the load asks for {raw} replicas, maxReplicas is {}", it.max));
        }
        let cause = format!("HorizontalPodAutoscaler {}: {usage:.1} of {:.1} a pod ({limit:?})", it.name, it.per_pod);
        self.scale_to(it.target, next, &cause);
    }
}
