//! The running cluster as a source: what is read shows on a terminal while it is read.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{collections::BTreeMap, io::stderr};

use indicatif::{ProgressBar, ProgressStyle};
use seatrial_collect::{Access, Aws, From, Interrupt, Patience, Request};

use super::{ClusterSource, Collected};
use crate::error::Error;
use crate::texts::Texts;

/// Reads the cluster.
pub fn collect(source: &ClusterSource) -> Result<Collected, Error> {
    let args = &source.args;
    let request = Request {
        access: Access { kubeconfig: args.kubeconfig.clone(), context: args.context.clone(), user: args.as_user.clone(), groups: args.as_groups.clone() },
        namespace: args.namespace.clone(),
        needs: source.needs.clone(),
        aws: (!args.no_aws).then(|| Aws { profile: args.aws_profile.clone(), region: args.region.clone(), cluster_name: args.cluster_name.clone() }),
        patience: Patience::default(),
        texts_of: source.texts_of.clone(),
    };
    let shown = Shown::new();
    let interrupt = Interrupt::on_ctrl_c(|| anstream::eprintln!("\ninterrupted: what was read so far is judged; once more ends it"));
    let collected = seatrial_collect::collect(&request, &|from, what, count| shown.hear(from, what, count), &interrupt);
    interrupt.reading_is_over();
    shown.end();
    let collected = collected?;
    let gaps = &collected.snapshot.gaps;
    if stderr().is_terminal() {
        let seconds = shown.begun.elapsed().as_secs_f32();
        let objects = collected.snapshot.tally.objects;
        anstream::eprintln!("read {objects} objects in {} lists of {} in {seconds:.1} s", collected.lists, collected.context);
        for (need, gap) in gaps.iter().filter(|it| source.needs.contains(it.0)) {
            anstream::eprintln!("not read: {}: {}\n  help: {}", need.name(), gap.why, gap.remedy);
        }
    }
    Ok(Collected { snapshot: collected.snapshot, texts: Texts::of_objects(collected.texts), notes: Vec::new() })
}

/// A line on standard error that follows the reading; nothing where that is no terminal.
struct Shown {
    bar: ProgressBar,
    begun: Instant,
    counts: Mutex<[BTreeMap<String, usize>; 2]>,
}

impl Shown {
    fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, begun: Instant::now(), counts: Mutex::default() }
    }

    fn hear(&self, from: From, what: &str, count: usize) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts[usize::from(from == From::Aws)].insert(what.to_owned(), count);
        let total = |of: &BTreeMap<String, usize>| of.values().sum::<usize>();
        let aws = if counts[1].is_empty() { String::new() } else { format!("; AWS: {}", total(&counts[1])) };
        self.bar.set_message(format!("Kubernetes: {} in {} lists{aws} ({what} {count})", total(&counts[0]), counts[0].len()));
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
