//! No fault makes a verdict better: what was not read is UNKNOWN, and never a pass.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use seatrial_check::{Places, Policy, Profile, Settings, evaluate};
use seatrial_cluster::resources_of;
use seatrial_collect::{Interrupt, collect};
use seatrial_model::{Need, Origin, Path, Snapshot};
use seatrial_report::{Location, Report, Verdict};

use crate::server::{Reply, Server};
use crate::world::{World, path_of, request, snapshot};

/// Live objects have no text; the engine must not ask for any.
struct NoTexts;

impl Places for NoTexts {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        assert!(wanted.is_empty(), "{wanted:?}");
        Vec::new()
    }
}

fn judged(snapshot: &Snapshot) -> Report {
    evaluate(snapshot, &Settings::default(), &Policy::default(), &seatrial_check::all(), &NoTexts)
}

#[test]
fn what_a_refused_list_changes_is_unknown() {
    let refused: Arc<Mutex<Vec<String>>> = Arc::default();
    let (world, now) = (World::demo(), Arc::clone(&refused));
    let server =
        Server::start(move |asked| if now.lock().expect("not poisoned").contains(&asked.path) { Reply::status(403, "forbidden") } else { world.answer(asked) });
    let whole = judged(&snapshot(&server));
    assert!(whole.rows.iter().any(|it| it.verdict == Verdict::Fail) && whole.rows.iter().any(|it| it.verdict == Verdict::Pass));
    let mut wrong = Vec::new();
    for need in Need::ALL.iter().filter(|it| resources_of(**it).next().is_some()) {
        *refused.lock().expect("not poisoned") = resources_of(*need).map(path_of).collect();
        let report = judged(&snapshot(&server));
        wrong.extend(changed(&whole, &report).into_iter().map(|it| format!("without {}: {it}", need.name())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What became of a report because something was not read, and is not said to be unknown.
fn changed(whole: &Report, narrowed: &Report) -> Vec<String> {
    let unknown: BTreeSet<&str> = narrowed.coverage.checks.unknown.iter().map(|it| it.check.as_str()).collect();
    let by_fingerprint = |it: &Report| -> BTreeMap<String, String> { it.findings.iter().map(|it| (it.fingerprint.clone(), it.check.clone())).collect() };
    let (before, after) = (by_fingerprint(whole), by_fingerprint(narrowed));
    let gone = before.iter().filter(|it| !after.contains_key(it.0)).map(|it| ("is not found any more", it.1));
    let new = after.iter().filter(|it| !before.contains_key(it.0)).map(|it| ("is found", it.1));
    let mut wrong: Vec<String> = gone.chain(new).filter(|it| !unknown.contains(it.1.as_str())).map(|(what, check)| format!("{check} {what}")).collect();
    for (before, after) in whole.rows.iter().zip(&narrowed.rows) {
        let better = after.verdict == Verdict::Pass && before.verdict != Verdict::Pass;
        let silent = after.verdict == Verdict::Na && before.verdict != Verdict::Na;
        if better || silent {
            wrong.push(format!("{} was {:?} and became {:?}", after.row, before.verdict, after.verdict));
        }
    }
    wrong
}

#[test]
fn a_whole_snapshot_that_is_narrowed_says_of_each_check_what_a_cluster_says_that_was_read_for_it() {
    let server = World::demo().serve();
    let whole = snapshot(&server);
    let settings = Settings { profile: Profile::Pedantic, ..Settings::default() };
    let said = |snapshot: &Snapshot, check| {
        let mut report = evaluate(snapshot, &settings, &Policy::default(), &[check], &NoTexts);
        // Each resource that was read is a file of the snapshot.
        report.coverage.files = 0;
        serde_json::to_string(&report).expect("a report")
    };
    for check in seatrial_check::all() {
        let needs = seatrial_check::needs(&[check], Profile::Pedantic);
        let mut request = request(&server);
        request.needs.clone_from(&needs);
        let live = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}")).snapshot;
        let mut narrowed = whole.clone();
        narrowed.narrow(&needs);
        narrowed.meta.taken_at = live.meta.taken_at;
        assert_eq!(said(&narrowed, check), said(&live, check), "{}", check.id);
    }
}

#[test]
fn findings_of_live_objects_stand_at_their_api_path() {
    let report = judged(&snapshot(&World::demo().serve()));
    let at = |it: &str| report.findings.iter().flat_map(|it| &it.locations).any(|place| place.file == it && place.line == 0);
    assert!(
        at("/apis/apps/v1/namespaces/storefront/deployments/payments"),
        "{:#?}",
        report.findings.iter().map(|it| &it.locations[0].file).collect::<Vec<_>>()
    );
    for place in report.findings.iter().flat_map(|it| &it.locations) {
        assert!(!place.file.contains('{'), "{place:?}");
    }
}
