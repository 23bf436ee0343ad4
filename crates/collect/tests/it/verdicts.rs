//! No fault makes a verdict better: what was not read is UNKNOWN, and never a pass.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use seatrial_check::{Places, Policy, Settings, evaluate};
use seatrial_cluster::resources_of;
use seatrial_model::{Need, Origin, Path, Snapshot};
use seatrial_report::{Finding, Location, Report, Verdict};

use crate::server::{Reply, Server};
use crate::world::{World, path_of, snapshot};

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
fn no_refused_list_turns_a_row_into_a_pass() {
    let refused: Arc<Mutex<Vec<String>>> = Arc::default();
    let (world, now) = (World::demo(), Arc::clone(&refused));
    let server =
        Server::start(move |asked| if now.lock().expect("not poisoned").contains(&asked.path) { Reply::status(403, "forbidden") } else { world.answer(asked) });
    let whole = judged(&snapshot(&server));
    assert!(whole.rows.iter().any(|it| it.verdict == Verdict::Fail) && whole.rows.iter().any(|it| it.verdict == Verdict::Pass));
    let found: BTreeSet<&str> = whole.findings.iter().map(|it| it.check.as_str()).collect();
    let mut wrong = Vec::new();
    for need in Need::ALL.iter().filter(|it| resources_of(**it).next().is_some()) {
        *refused.lock().expect("not poisoned") = resources_of(*need).map(path_of).collect();
        let report = judged(&snapshot(&server));
        for (before, after) in whole.rows.iter().zip(&report.rows) {
            if after.verdict == Verdict::Pass && before.verdict != Verdict::Pass {
                wrong.push(format!("{} without {}: {:?} became PASS", after.row, need.name(), before.verdict));
            }
        }
        // Nothing new is found because something was not seen. The exception: what KEDA scales looks like a single replica without its objects.
        let is_new = |it: &&Finding| !(found.contains(it.check.as_str()) || (*need == Need::ScaledObjects && it.check == "single-replica"));
        wrong.extend(report.findings.iter().filter(is_new).map(|it| format!("without {}: {}", need.name(), it.message)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
