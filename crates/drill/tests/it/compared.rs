//! Two states, the same drills.

use seatrial_drill::{Request, compare};
use seatrial_report::drill::Verdict;

use crate::town::Town;

fn over(nodes: &[&str]) -> seatrial_report::drill::Answer {
    let mut town = Town::new();
    town.zones(1).deployment("api", nodes, "", "");
    town.drill("az", &Request { each: true, seeds: 2, ..Request::default() })
}

#[test]
fn a_change_that_makes_a_zones_loss_unsurvivable_is_told() {
    let (good, bad) = (over(&["a1", "b1", "c1"]), over(&["a1", "a1", "a1"]));
    let it = compare(&good, &bad, ("before", "after"));
    let first = &it.changes[0];
    assert_eq!(
        (first.drill.as_str(), first.target.as_str(), first.before, first.after, first.worse),
        ("az", "a", Some(Verdict::Survives), Some(Verdict::Down), true)
    );
    assert!(it.summary.starts_with("This change makes az a worse: survives -> down"), "{}", it.summary);
    let back = compare(&bad, &good, ("after", "before"));
    assert!(back.changes.iter().all(|it| !it.worse) && back.summary.contains("nothing worse"), "{}", back.summary);
}

#[test]
fn a_change_that_changes_nothing_says_so() {
    let it = compare(&over(&["a1", "b1"]), &over(&["a1", "b1"]), ("before", "after"));
    assert!(it.changes.is_empty() && it.summary == "This change makes no drill end otherwise", "{it:?}");
}
