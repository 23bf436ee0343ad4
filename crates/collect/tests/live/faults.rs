//! A proxy that fails before the real server: what passes is waited out, what stays is a gap that names the list, and no verdict gets better.

use std::collections::BTreeSet;
use std::time::Duration;

use seatrial_check::{Places, Policy, Settings, evaluate};
use seatrial_cluster::{RESOURCES, Resource, resources_of};
use seatrial_collect::Request;
use seatrial_model::{Need, Origin, Path, Snapshot};
use seatrial_report::{Location, Report, Verdict};
use seatrial_testbed::here;
use seatrial_testbed::proxy::{Fault, Proxy, Rule};

use crate::{asked, request, snapshot};

struct NoTexts;

impl Places for NoTexts {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        assert!(wanted.is_empty(), "live objects have no text: {wanted:?}");
        Vec::new()
    }
}

fn judged(snapshot: &Snapshot) -> Report {
    evaluate(snapshot, &Settings::default(), &Policy::default(), &seatrial_check::all(), &NoTexts)
}

/// A proxy before the testbed and a request that goes through it.
fn proxied() -> Option<(Proxy, Request)> {
    let proxy = Proxy::start(&here::plane()?).expect("a proxy");
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("proxied-{}", proxy.url.rsplit(':').next().unwrap_or("")));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let request = request(proxy.kubeconfig(&folder).expect("a kubeconfig"));
    Some((proxy, request))
}

/// How the paths of a resource's lists begin: whatever the version, whatever the namespace.
fn rules(need: Need, fault: &Fault) -> Vec<Rule> {
    let of = |it: &Resource| -> Vec<Rule> {
        if it.group.is_empty() {
            return vec![Rule::always(&format!("/api/v1/{}", it.plural), fault.clone())];
        }
        ["v1", "v1beta1", "v1beta2", "v1alpha1", "v2"]
            .map(|version| Rule::always(&format!("/apis/{}/{version}/{}", it.group, it.plural), fault.clone()))
            .to_vec()
    };
    resources_of(need).flat_map(of).collect()
}

/// What must hold of every faulty reading, in comparison with the whole one.
fn wrongs(need: Need, what: &str, whole: &Report, faulty: &Snapshot) -> Vec<String> {
    let mut wrong = Vec::new();
    match faulty.has(need) {
        Ok(()) => wrong.push(format!("{what}: no gap for {}", need.name())),
        Err(gap) if gap.remedy.is_empty() => wrong.push(format!("{what}: the gap shows no way out: {}", gap.why)),
        Err(gap) if !resources_of(need).any(|it| gap.why.contains(it.plural)) => wrong.push(format!("{what}: the gap names no list: {}", gap.why)),
        Err(_) => {}
    }
    let report = judged(faulty);
    let blind: BTreeSet<&str> = seatrial_check::all().iter().filter(|it| it.needs_in(faulty.meta.scope).contains(&need)).map(|it| it.id).collect();
    for (before, after) in whole.rows.iter().zip(&report.rows) {
        if after.verdict == Verdict::Pass && before.verdict != Verdict::Pass {
            wrong.push(format!("{what}: {} was {:?} and became a pass", after.row, before.verdict));
        }
        if after.verdict == Verdict::Pass && after.checks.iter().any(|it| blind.contains(it.as_str())) {
            wrong.push(format!("{what}: {} passes, though {} was not read", after.row, need.name()));
        }
    }
    wrong
}

#[test]
fn a_refused_list_is_a_gap_and_no_row_passes_without_it() {
    let Some((proxy, request)) = proxied() else { return };
    let whole = judged(&snapshot(&request));
    assert!(whole.rows.iter().any(|it| it.verdict == Verdict::Fail) && whole.rows.iter().any(|it| it.verdict == Verdict::Pass));
    let mut wrong = Vec::new();
    let mut refused = 0;
    for &need in Need::ALL.iter().filter(|it| resources_of(**it).next().is_some()) {
        proxy.set(rules(need, &Fault::Forbidden));
        let faulty = snapshot(&request);
        // A kind that is not defined here was not asked for.
        if !proxy.failed().is_empty() {
            refused += 1;
            wrong.extend(wrongs(need, "403", &whole, &faulty));
        }
    }
    assert!(refused > 30, "only {refused} needs were refused");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whatever_stays_broken_is_a_gap_and_no_row_passes_without_it() {
    let Some((proxy, mut request)) = proxied() else { return };
    request.patience.attempts = 2;
    let whole = judged(&snapshot(&request));
    request.patience.idle = Duration::from_millis(1_500);
    let faults = [
        Fault::TooManyRequests(0),
        Fault::Status(500, "InternalError"),
        Fault::Status(503, "ServiceUnavailable"),
        Fault::ExpiredToken,
        Fault::Html,
        Fault::CutOff(3_000),
        Fault::Reset,
        Fault::ResetAfter(3_000),
        Fault::Silence(Duration::from_secs(20)),
    ];
    let mut wrong = Vec::new();
    for need in [Need::Pods, Need::PodDisruptionBudgets, Need::ExternalSecrets] {
        for fault in &faults {
            proxy.set(rules(need, fault));
            let faulty = snapshot(&request);
            assert!(!proxy.failed().is_empty(), "{fault:?} never happened");
            wrong.extend(wrongs(need, &format!("{fault:?} of {}", need.name()), &whole, &faulty));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_passes_is_waited_out() {
    let Some((proxy, mut request)) = proxied() else { return };
    request.patience.page = 20;
    let names = |snapshot: &Snapshot| -> BTreeSet<String> {
        snapshot.cluster.pods.iter().filter(|it| !it.meta.ns().starts_with("act-")).map(ToString::to_string).collect()
    };
    let mut whole = names(&snapshot(&request));
    assert!(whole.len() > 80);
    let pods = "/api/v1/pods";
    for rule in [
        Rule::first(2, pods, Fault::TooManyRequests(0)),
        Rule::first(2, pods, Fault::Status(500, "InternalError")),
        Rule::first(2, pods, Fault::Reset),
        Rule::first(1, pods, Fault::ResetAfter(5_000)),
        Rule::first(1, pods, Fault::CutOff(5_000)),
        Rule::first(1, pods, Fault::Slow(Duration::from_millis(300))),
        Rule::later_pages(1, pods, Fault::ExpiredList),
        Rule { after: 2, ..Rule::later_pages(1, pods, Fault::ExpiredList) },
        Rule::later_pages(2, pods, Fault::Status(504, "Timeout")),
        Rule::later_pages(usize::MAX, pods, Fault::ExpiredList),
    ] {
        let fault = format!("{rule:?}");
        proxy.set(vec![rule]);
        let read = snapshot(&request);
        assert!(!proxy.failed().is_empty(), "{fault} never happened");
        assert!(read.has(Need::Pods).is_ok(), "{fault}: {:?}", read.has(Need::Pods));
        // CronJobs go on meanwhile: what differs must be there without the fault, too.
        if names(&read) != whole {
            proxy.set(Vec::new());
            whole = names(&snapshot(&request));
        }
        assert_eq!(names(&read), whole, "{fault}");
    }
}

#[test]
fn nothing_but_reading_is_ever_asked_of_the_server() {
    let Some((proxy, request)) = proxied() else { return };
    snapshot(&request);
    let seen = proxy.seen();
    assert!(seen.len() > RESOURCES.len() / 2);
    assert!(seen.iter().all(|it| it.0 == "GET"), "{:?}", seen.iter().find(|it| it.0 != "GET"));
}

#[test]
fn a_token_that_has_expired_is_an_error_with_a_way_out() {
    let Some((proxy, request)) = proxied() else { return };
    proxy.set(vec![Rule::always("/", Fault::ExpiredToken)]);
    let error = asked(&request).err().expect("nobody is let in");
    assert!(error.help().contains("sign in"), "{error}: {}", error.help());
}
