//! What was not read never makes an answer better in silence.

use std::collections::BTreeMap;

use seatrial_drill::{Latencies, NEEDS, Request, World, overview};
use seatrial_model::cluster::{Fields, Fill};
use seatrial_model::{Gap, Need, Object, Snapshot};
use seatrial_report::drill::{Answer, Verdict};
use seatrial_testkit::Fixture;

/// Empties one list.
struct Refuse(Need);

impl Fill for Refuse {
    type Error = std::convert::Infallible;

    fn list<T: Fields>(&mut self, _: &'static str, need: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Self::Error> {
        if need == Some(self.0) {
            list.clear();
        }
        Ok(())
    }
}

fn demo() -> Snapshot {
    let files = [include_str!("../../../cli/demo/cluster.yaml"), include_str!("../../../cli/demo/shop.yaml"), include_str!("../../../cli/demo/account.yaml")];
    let mut snapshot = Fixture::new(&files.join("\n---\n")).snapshot;
    snapshot.cluster.finish();
    for need in NEEDS {
        snapshot.listed.insert(*need);
    }
    snapshot.note_gaps();
    snapshot
}

/// The demo to a reader to whom this list is forbidden.
fn without(need: Need) -> Snapshot {
    let mut snapshot = demo();
    let Ok(()) = snapshot.cluster.fill(&mut Refuse(need));
    let gap = Gap { what: need.name().to_owned(), why: "403".to_owned(), remedy: "bind the role".to_owned() };
    snapshot.account.forget(need, gap.clone());
    snapshot.gaps.insert(need, gap);
    if need == Need::ServerVersion {
        snapshot.meta.server_version = None;
    }
    // A pod that no controller owns stands among the workloads, too.
    snapshot.cluster.finish();
    snapshot
}

fn answer(snapshot: &Snapshot) -> Option<Answer> {
    let mut world = World::of(snapshot, None, None, &Latencies::default()).ok()?;
    Some(overview(&mut world, &Request { seeds: 1, ..Request::default() }))
}

fn verdicts(answer: &Answer) -> BTreeMap<(String, String), Verdict> {
    answer.drills.iter().map(|it| ((it.drill.clone(), it.target.clone()), it.verdict)).collect()
}

/// What no answer may be better for without a word that the whole answer lacks.
fn says(answer: &Answer, whole: &Answer, drill: &str, need: Need) -> bool {
    let name = if need == Need::ServerVersion { "do not tell the Kubernetes version" } else { need.name() };
    let mine = answer.drills.iter().filter(|it| it.drill == drill).any(|it| it.summary.to_lowercase().contains(&name.to_lowercase()));
    mine || answer.assumptions.iter().any(|it| it.contains(name) && !whole.assumptions.contains(it))
}

#[test]
fn no_list_that_is_refused_makes_a_verdict_better_in_silence() {
    let all = answer(&demo()).expect("the demo can be rehearsed on");
    let whole = verdicts(&all);
    assert!(whole.len() > 40, "{}", whole.len());
    for need in NEEDS {
        let Some(answer) = answer(&without(*need)) else {
            assert_eq!(*need, Need::Nodes, "only without nodes there is no answer");
            continue;
        };
        for ((drill, target), verdict) in verdicts(&answer) {
            let before = whole.get(&(drill.clone(), target.clone())).copied().unwrap_or(Verdict::Down);
            assert!(verdict <= before || says(&answer, &all, &drill, *need), "{drill} {target} without {}: {before:?} -> {verdict:?}", need.name());
        }
    }
}

#[test]
fn what_decides_evictions_or_places_leaves_nothing_that_survives() {
    for need in [Need::Workloads, Need::Pods, Need::ResourceQuotas, Need::PersistentVolumes, Need::PersistentVolumeClaims] {
        let answer = answer(&without(need)).expect("an answer");
        let moved = |it: &&seatrial_report::drill::Drill| it.pods.moved + it.pods.pending > 0 && it.verdict == Verdict::Survives;
        let survivors: Vec<String> = answer.drills.iter().filter(moved).map(seatrial_report::drill::Drill::name).collect();
        assert!(survivors.is_empty(), "{}: {survivors:?}", need.name());
    }
}

#[test]
fn autoscalers_that_were_not_read_change_nothing_and_are_said() {
    let steps = |answer: &Answer| answer.drills.iter().flat_map(|it| &it.timeline).filter(|it| it.event.starts_with("HPA ")).count();
    assert!(steps(&answer(&demo()).expect("an answer")) > 0);
    let unread = answer(&without(Need::HorizontalPodAutoscalers)).expect("an answer");
    assert_eq!(steps(&unread), 0);
    let said = "how far workloads may grow is not known, and their number of pods stays as it is";
    assert!(unread.assumptions.iter().any(|it| it.starts_with("horizontalpodautoscalers were not read") && it.contains(said)), "{:#?}", unread.assumptions);
}

#[test]
fn one_namespace_is_not_the_cluster() {
    let mut snapshot = demo();
    snapshot.meta.namespaces = vec!["storefront".into()];
    let mut namespaced = OnlyStorefront;
    let Ok(()) = snapshot.cluster.fill(&mut namespaced);
    let answer = answer(&snapshot).expect("an answer");
    let drained = answer.drills.iter().filter(|it| it.drill == "drain");
    assert!(
        drained.clone().count() > 0 && drained.clone().all(|it| it.verdict != Verdict::Survives),
        "{:?}",
        drained.map(|it| &it.summary).collect::<Vec<_>>()
    );
    assert!(answer.drills.iter().filter(|it| matches!(it.drill.as_str(), "cluster" | "region")).all(|it| it.verdict == Verdict::Unknown));
    assert!(answer.assumptions.iter().any(|it| it.contains("only namespace storefront was read")), "{:#?}", answer.assumptions);
}

struct OnlyStorefront;

impl Fill for OnlyStorefront {
    type Error = std::convert::Infallible;

    fn list<T: Fields>(&mut self, _: &'static str, need: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Self::Error> {
        list.retain(|it| need.is_none_or(|it| !it.is_namespaced()) || it.meta.ns() == "storefront");
        Ok(())
    }
}
