//! Autoscalers of workloads on the stage: which there are, what they change, and what of it is told.

use std::collections::HashMap;

use seatrial_sim::controllers::rehearsal::{Autoscaler, Scaled, Scaling};

use super::Stage;
use crate::world::{Kind, Scaler};

/// An autoscaler of the rehearsal, by its position there.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnStage {
    /// Its position in the world's list.
    scaler: usize,
    /// What it scales.
    target: Scaled,
}

impl Stage<'_> {
    /// The autoscalers of the units on the stage go to work.
    pub(super) fn add_scalers(&mut self) {
        let world = self.world;
        let mine: Vec<usize> = (0..world.scalers.len()).filter(|it| self.units.binary_search(&world.scalers[*it].unit).is_ok()).collect();
        if mine.is_empty() {
            return;
        }
        let rollouts = world.rollings.iter().filter(|it| self.units.binary_search(&it.unit).is_ok());
        let rollouts: HashMap<usize, usize> = rollouts.enumerate().map(|(at, it)| (it.unit, at)).collect();
        for at in mine {
            let it = &world.scalers[at];
            let Some(target) = self.scaled(it.unit, &rollouts) else { continue };
            self.rehearsal.add_autoscaler(Autoscaler {
                namespace: world.units[it.unit].namespace.clone(),
                name: it.name.clone(),
                target,
                spec: it.spec.clone(),
            });
            self.scalers.push(OnStage { scaler: at, target });
        }
    }

    /// What of a unit a number of replicas is set on.
    fn scaled(&self, unit: usize, rollouts: &HashMap<usize, usize>) -> Option<Scaled> {
        if self.world.units[unit].kind == Kind::Deployment {
            return rollouts.get(&unit).copied().map(Scaled::Rollout);
        }
        let wanted = self.world.units[unit].sets.iter().copied().max_by_key(|it| self.world.sets[*it].desired)?;
        self.local(wanted).map(Scaled::Set)
    }

    /// The autoscaler of a unit: its position in the rehearsal, and what is known of it.
    pub fn scaler_of(&self, unit: usize) -> Option<(usize, &Scaler)> {
        // The world's list is in the order of units, and so is this one.
        let at = self.scalers.binary_search_by_key(&unit, |it| self.world.scalers[it.scaler].unit).ok()?;
        Some((at, &self.world.scalers[self.scalers[at].scaler]))
    }

    /// How many pods of a unit its autoscaler wants now; `None` where it has none that is simulated.
    pub fn wanted_by_scaler(&self, unit: usize) -> Option<u64> {
        let (at, _) = self.scaler_of(unit)?;
        u64::try_from(self.rehearsal.replicas_of(self.scalers[at].target)).ok()
    }

    /// Steps of the autoscaler of a unit.
    pub fn scalings_of(&self, unit: usize) -> impl Iterator<Item = &Scaling> {
        let at = self.scaler_of(unit).map(|it| it.0);
        self.rehearsal.scalings().iter().filter(move |it| Some(it.autoscaler) == at)
    }

    /// Tells what autoscalers have changed since this was last asked.
    pub(super) fn note_scalings(&mut self) {
        for at in self.scalings_told..self.rehearsal.scalings().len() {
            let step = self.rehearsal.scalings()[at];
            let it = &self.world.scalers[self.scalers[step.autoscaler].scaler];
            let verb = if step.to > step.from { "raises" } else { "lowers" };
            let event = format!("HPA {} {verb} {} to {}", it.name, step.from, step.to);
            self.watch.mark(step.at, &event, &self.world.units[it.unit].object, &cause(it, &step));
            self.watch.scaled(it.unit, step.to, &it.name, step.at);
        }
        self.scalings_told = self.rehearsal.scalings().len();
    }

    /// What autoscalers have added while something else was rehearsed, in a clause.
    pub fn tell_scalings(&self) -> Option<String> {
        let others = self.scalers.iter().enumerate().filter(|it| Some(self.world.scalers[it.1.scaler].unit) != self.grown);
        let raised = others.filter_map(|(at, it)| {
            let mut steps = self.rehearsal.scalings().iter().filter(|it| it.autoscaler == at && it.to > it.from);
            let (first, scaler) = (steps.next()?.from, &self.world.scalers[it.scaler]);
            let (namespace, name) = (&self.world.units[scaler.unit].namespace, &scaler.name);
            Some(format!(
                "HPA {namespace}/{name} raises its pods from {first} to {}",
                steps.next_back().map_or_else(|| self.rehearsal.replicas_of(it.target), |it| it.to)
            ))
        });
        let raised: Vec<String> = raised.collect();
        match raised.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [first, rest @ ..] => Some(format!("{first}, and {} more autoscalers raise theirs", rest.len())),
        }
    }
}

fn cause(it: &Scaler, step: &Scaling) -> String {
    let spec = &it.spec;
    let most = spec.most_per_pod.filter(|most| step.share * spec.per_pod >= *most * 0.999);
    let limit = if most.is_some() { ", as much as the limit lets a pod show" } else { "" };
    let shown = format!("{} at {:.0} % of its target{limit}", it.resource, step.share * 100.0);
    match () {
        () if step.wanted > spec.max && step.to == spec.max => format!("{shown}; {} are wanted, maxReplicas is {}", step.wanted, spec.max),
        () if step.to > step.from && step.to < step.wanted => format!("{shown}; {} are wanted, and come at the pace of its rules", step.wanted),
        () if step.to < step.from && step.wanted < spec.min && step.to == spec.min => format!("{shown}; minReplicas is {}", spec.min),
        () => shown,
    }
}
