//! A drill on one target: run for every seed, judged, and told by the run of the worst seed.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_report::drill::{Drill, Verdict};
use seatrial_sim::State;

use crate::blocked;
use crate::card::Card;
use crate::judge::{Outcome, Rule, judge};
use crate::needs::needs;
use crate::picture::picture;
use crate::request::Request;
use crate::stage::{Stage, closure};
use crate::world::{Facts, World};

/// What is done to which units.
pub struct Trial<'a> {
    /// The drill's card.
    pub card: &'static Card,
    /// What it is done to.
    pub target: String,
    /// In words.
    pub title: String,
    /// Units that it touches itself.
    pub touched: BTreeSet<usize>,
    /// How it is judged.
    pub rule: Rule,
    /// Does it, and lets time pass.
    pub act: &'a dyn Fn(&mut Stage<'_>),
    /// The answer in one sentence, from the end of the worst run.
    pub say: &'a dyn Fn(&Stage<'_>, &Outcome) -> String,
}

impl Trial<'_> {
    /// Runs it.
    pub fn run(&self, world: &mut World, request: &Request) -> Drill {
        let units = closure(world, &self.touched);
        let mut drill = Drill {
            drill: self.card.id.to_owned(),
            target: self.target.clone(),
            title: self.title.clone(),
            row: self.card.row.id().to_owned(),
            verdict: Verdict::Survives,
            not_modelled: self.card.not_modelled.iter().map(|it| (*it).to_owned()).collect(),
            ..Drill::default()
        };
        let mut verdicts: BTreeMap<Verdict, u64> = BTreeMap::new();
        for seed in 0..request.seeds.max(1) {
            let verdict = self.fork(world, request, seed, &units, &mut drill);
            *verdicts.entry(verdict).or_default() += 1;
        }
        drill.seeds = request.seeds.max(1);
        drill.verdicts = verdicts;
        drill
    }

    /// One seed: everything it did is taken back.
    fn fork(&self, world: &mut World, request: &Request, seed: u64, units: &[usize], drill: &mut Drill) -> Verdict {
        let World { state, facts, told } = world;
        let mut fork = std::mem::replace(state, State::new(facts.version));
        let mark = fork.mark();
        let mut stage = Stage::new(facts, fork, seed, units.to_vec(), &request.latencies);
        stage.rehearsal.recall(std::mem::take(told));
        (self.act)(&mut stage);
        let outcome = judge(&mut stage, self.rule);
        let verdict = outcome.verdict;
        if seed == 0 || verdict < drill.verdict {
            self.tell(&mut stage, outcome, seed, drill);
        }
        *told = stage.rehearsal.told();
        let mut fork = stage.rehearsal.state;
        fork.rollback(mark);
        *state = fork;
        verdict
    }

    fn tell(&self, stage: &mut Stage<'_>, outcome: Outcome, seed: u64, drill: &mut Drill) {
        let (zones, waiting) = picture(stage);
        let pending = blocked::pending(stage);
        drill.blocked = blocked::rows(stage, &pending);
        drill.needs = needs(stage, &pending);
        drill.summary = match stage.rehearsal.runaway() {
            Some(why) => format!("{}: not known, {why}", self.title),
            None => (self.say)(stage, &outcome),
        };
        drill.summary.extend(stage.tell_scalings().map(|it| format!("; {it}")));
        if let Some(added) = stage.tell_growth(!pending.is_empty()) {
            drill.summary.push_str(&format!("; {added}"));
        }
        if !drill.needs.is_empty() {
            let list: Vec<String> = drill
                .needs
                .iter()
                .map(|it| format!("{} x {} in {}", it.count, if it.instance_type.is_empty() { &it.node_group } else { &it.instance_type }, it.zone))
                .collect();
            let limits: Vec<String> = drill.needs.iter().filter_map(|it| room(stage.world, &it.node_group, &drill.needs)).collect();
            drill.summary.push_str(&format!("; needs {}{}", list.join(" and "), if limits.is_empty() { String::new() } else { format!(" ({})", limits[0]) }));
        }
        drill.summary.extend(outcome.open.iter().map(|it| format!("; not known: {it}")));
        drill.verdict = outcome.verdict;
        drill.witness_seed = seed;
        drill.workloads = outcome.workloads;
        drill.untouched = outcome.untouched;
        drill.pods = outcome.pods;
        drill.whole_after_seconds = outcome.whole_after;
        drill.timeline = stage.watch.events();
        (drill.zones, drill.waiting) = (zones, waiting);
    }
}

/// What a node group lets be added, where that is too little.
fn room(world: &Facts, group: &str, needs: &[seatrial_report::drill::Need]) -> Option<String> {
    let it = world.groups.get(group)?;
    let wanted: u64 = needs.iter().filter(|it| it.node_group == group).map(|it| it.count).sum();
    let most = u64::try_from(it.max?).unwrap_or(0);
    let free = most.saturating_sub(it.nodes.len() as u64);
    (free < wanted).then(|| format!("group {group} may grow by {free}: its maximum is {most}"))
}
