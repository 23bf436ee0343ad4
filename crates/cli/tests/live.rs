//! Checks of a real control plane: what follows the guide is silent, what breaks it is named, and no planted secret is written anywhere.

#![cfg(feature = "live")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

#[path = "it/session.rs"]
#[allow(dead_code, reason = "sessions with files need more of it")]
mod session;

use std::collections::BTreeSet;

use seatrial_testbed::{canary, here};
use serde_json::Value;
use session::{Folder, Ran};

/// Where the golden applications live.
const GOLDEN: [&str; 8] = ["storefront", "ledger", "fulfilment", "reporting", "frontend", "backend", "data", "workers"];

/// A check of the testbed without its account; `None`, with words, where there is no testbed.
fn checked(more: &[&str]) -> Option<Ran> {
    let kubeconfig = here::plane()?;
    let kubeconfig = kubeconfig.to_str()?;
    Some(Folder::new().run(&[&["check", "--kubeconfig", kubeconfig, "--no-aws"], more].concat()))
}

fn findings(ran: &Ran) -> Vec<Value> {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {} {}", ran.out, ran.err));
    report["findings"].as_array().unwrap().clone()
}

#[test]
fn what_follows_the_guide_is_silent_where_it_runs() {
    let Some(ran) = checked(&["--format", "json"]) else { return };
    let all = findings(&ran);
    assert!(all.len() > 50, "{}", ran.err);
    let loud: Vec<&Value> =
        all.iter().filter(|it| it["object"]["namespace"].as_str().is_some_and(|it| GOLDEN.contains(&it))).map(|it| &it["message"]).collect();
    assert!(loud.is_empty(), "{loud:#?}");
}

#[test]
fn what_breaks_the_guide_is_named_where_it_runs() {
    let Some(ran) = checked(&["--format", "json"]) else { return };
    let found: BTreeSet<String> =
        findings(&ran).iter().map(|it| format!("{} {}/{}", it["check"], it["object"]["namespace"], it["object"]["name"]).replace('"', "")).collect();
    let missing: Vec<&str> = [
        "pdb-blocks-drain blocked/all-needed",
        "pods-not-running broken/crashing",
        "pods-not-running broken/imageless",
        "pods-not-running broken/nowhere",
        "requests-larger-than-node broken/too-large",
        "claim-unbound broken/classless",
        "storage-class-missing broken/classless",
        "autoscaler-metric-without-request scaling/blind",
        "single-replica legacy/billing",
        "privileged-container legacy/billing",
        "container-runtime-socket legacy/billing",
        "service-selects-nothing legacy/reports",
        "alb-http-only legacy/reports",
        "secret-in-env canaries/carrier",
        "secret-in-configmap canaries/settings",
        "rbac-cluster-admin-binding null/legacy-everything",
    ]
    .into_iter()
    .filter(|it| !found.contains(*it))
    .collect();
    assert!(missing.is_empty(), "{missing:#?} are not among {found:#?}");
}

#[test]
fn no_output_of_a_live_check_shows_a_canary() {
    for format in ["human", "json", "sarif", "junit", "html", "markdown", "csv", "github"] {
        let Some(ran) = checked(&["--format", format, "--all", "--verbose", "--profile", "pedantic"]) else { return };
        assert_eq!(ran.code, 1, "{format}: {}", ran.err);
        assert!(ran.out.contains("carrier"), "{format} speaks of the workload that carries them");
        assert_eq!(canary::leaks(ran.out.as_bytes()), Vec::<String>::new(), "{format}");
        assert_eq!(canary::leaks(ran.err.as_bytes()), Vec::<String>::new(), "{format}, standard error");
    }
}

#[test]
fn who_may_read_less_hears_which_rule_is_missing_and_gets_no_better_verdict() {
    let (Some(whole), Some(less)) = (checked(&["--format", "json"]), checked(&["--format", "json", "--context", "viewer"])) else { return };
    let rows = |ran: &Ran| serde_json::from_str::<Value>(&ran.out).unwrap()["rows"].as_array().unwrap().clone();
    for (before, after) in rows(&whole).iter().zip(rows(&less)) {
        assert!(after["verdict"] != "pass" || before["verdict"] == "pass", "{before} became {after}");
    }
    let told = checked(&["--context", "viewer", "--verbose"]).unwrap();
    assert!(told.out.contains("apiGroups: [\"\"], resources: [nodes], verbs: [list]"), "{}", told.out);
    let stranger = checked(&["--context", "stranger", "--format", "json"]).unwrap();
    assert_ne!(stranger.code, 0, "{}", stranger.err);
    assert!(rows(&stranger).iter().all(|it| it["verdict"] != "pass"), "who sees nothing is told nothing good: {}", stranger.out);
}

#[test]
fn a_recording_gives_the_report_of_the_run_it_was_taken_from_to_the_byte() {
    let Some(kubeconfig) = here::plane() else { return };
    let kubeconfig = kubeconfig.to_str().unwrap();
    let folder = Folder::new();
    let live = || folder.run(&["check", "--kubeconfig", kubeconfig, "--no-aws", "--format", "json"]).out;
    // A cluster moves: only what it said before and after alike can be held against the recording.
    let said = (0..5).find_map(|_| {
        let before = live();
        let recorded = folder.run(&["record", "--kubeconfig", kubeconfig, "--no-aws", "--force", "-o", "now.trial"]);
        assert_eq!(recorded.code, 0, "{}", recorded.err);
        (before == live()).then_some(before)
    });
    let said = said.expect("a testbed that comes to rest between two checks");
    assert_eq!(folder.run(&["check", "now.trial", "--format", "json"]).out, said);
    let same = folder.run(&["diff", "now.trial", "now.trial"]);
    assert!(same.out.contains("No difference"), "{}", same.out);
}
