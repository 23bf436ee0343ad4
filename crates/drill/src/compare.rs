//! The same drills on two states: what the change makes worse, and what it mends.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_report::drill::{Answer, Change, Comparison, Drill, Verdict};

/// Compares the answer of the state before with that of the state after.
pub fn compare(before: &Answer, after: &Answer, names: (&str, &str)) -> Comparison {
    let of = |it: &Answer| it.drills.iter().map(|it| ((it.drill.clone(), it.target.clone()), it.clone())).collect::<BTreeMap<_, Drill>>();
    let (old, new) = (of(before), of(after));
    let keys: BTreeSet<&(String, String)> = old.keys().chain(new.keys()).collect();
    let mut changes: Vec<Change> = keys.into_iter().filter_map(|key| change(key, old.get(key), new.get(key))).collect();
    changes.sort_by(|a, b| (!a.worse, a.after, &a.drill, &a.target).cmp(&(!b.worse, b.after, &b.drill, &b.target)));
    Comparison { before: names.0.to_owned(), after: names.1.to_owned(), summary: summary(&changes), changes }
}

fn change((drill, target): &(String, String), old: Option<&Drill>, new: Option<&Drill>) -> Option<Change> {
    let (before, after) = (old.map(|it| it.verdict), new.map(|it| it.verdict));
    let (worse, summary) = match (old, new) {
        (Some(a), Some(b)) => {
            let worse_ones = worsened(a, b);
            if a.verdict == b.verdict && worse_ones.is_empty() && worsened(b, a).is_empty() {
                return None;
            }
            let worse = b.verdict < a.verdict || (b.verdict == a.verdict && !worse_ones.is_empty());
            let detail = if worse {
                worse_ones.first().cloned().unwrap_or_else(|| b.summary.clone())
            } else {
                worsened(b, a).first().map(|it| format!("no longer: {it}")).unwrap_or_else(|| b.summary.clone())
            };
            (worse, detail)
        }
        // What is gone cannot fail; what is new is judged as it is.
        (None, Some(b)) => (b.verdict < Verdict::Survives, b.summary.clone()),
        (Some(_), None) => (false, "is no longer there".to_owned()),
        (None, None) => return None,
    };
    Some(Change { drill: drill.clone(), target: target.clone(), before, after, worse, summary })
}

/// Workloads that end worse in `new` than in `old`, in words.
fn worsened(old: &Drill, new: &Drill) -> Vec<String> {
    let before: BTreeMap<&str, Verdict> = old.workloads.iter().map(|it| (it.object.as_str(), it.verdict)).collect();
    let bad = |it: &&seatrial_report::drill::Workload| it.verdict < before.get(it.object.as_str()).copied().unwrap_or(Verdict::Survives);
    new.workloads.iter().filter(bad).map(|it| format!("{}: {}", it.object, it.reason)).collect()
}

fn summary(changes: &[Change]) -> String {
    let worse: Vec<&Change> = changes.iter().filter(|it| it.worse).collect();
    let better = changes.len() - worse.len();
    let name = |it: &Change| if it.target.is_empty() { it.drill.clone() } else { format!("{} {}", it.drill, it.target) };
    match worse.first() {
        Some(first) => {
            let verdict = |it: Option<Verdict>| it.map_or("not there", Verdict::word).to_lowercase();
            let more = if worse.len() > 1 { format!(" (and {} more drills worse)", worse.len() - 1) } else { String::new() };
            format!("This change makes {} worse: {} -> {}{more}; {}", name(first), verdict(first.before), verdict(first.after), first.summary)
        }
        None if better > 0 => format!("This change makes nothing worse, and {better} drills better"),
        None => "This change makes no drill end otherwise".to_owned(),
    }
}
