//! A card declares every list that can change what it comes to: what it does not declare may be unread, and nothing must follow from that.

use std::collections::BTreeSet;
use std::convert::Infallible;

use seatrial_check::{Check, Cx, Draft, Outcomes, Profile, Settings, all, run};
use seatrial_model::cluster::{Fields, Fill};
use seatrial_model::{Account, Gap, Graph, Need, Object, Scope, Snapshot};
use seatrial_testkit::Fixture;

/// The guide's patterns on their platform, and what belongs to them in the account.
const GOLDEN: [&str; 7] = [
    include_str!("golden/stateless_web.yaml"),
    include_str!("golden/stateful.yaml"),
    include_str!("golden/worker.yaml"),
    include_str!("golden/cron.yaml"),
    include_str!("golden/multi_tier.yaml"),
    include_str!("golden/platform.yaml"),
    include_str!("golden/account.yaml"),
];

/// They judge each object that was read by itself, of whatever kind.
const OF_EVERY_KIND: [&str; 9] = [
    "api-deprecated",
    "api-removed",
    "duplicate-key",
    "duplicate-object",
    "field-missing",
    "field-unknown",
    "namespace-missing",
    "value-refused",
    "value-wrong-type",
];

/// What a card looks at without declaring it, and why nothing is lost where it was not read.
const ASIDE: [(&str, Need, &str); 6] = [
    ("kubelet-skew", Need::AwsNodeGroups, "of the group that is behind, node-group-version-behind says the same where it can"),
    ("aws-use-on-default-service-account", Need::AwsPodIdentity, "without an association, pod-identity-association-missing says it instead"),
    ("irsa-instead-of-pod-identity", Need::AwsPodIdentity, "with an association, irsa-and-pod-identity says it instead"),
    ("version-in-extended-support", Need::AwsEksCluster, "only the cluster's name"),
    ("version-support-ending", Need::AwsEksCluster, "only the cluster's name"),
    ("deprecated-api-called", Need::AwsEksCluster, "only the cluster's name"),
];

/// Empties one list.
struct Empty(Need);

impl Fill for Empty {
    type Error = Infallible;

    fn list<T: Fields>(&mut self, _: &'static str, need: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Infallible> {
        if need == Some(self.0) {
            list.clear();
        }
        Ok(())
    }
}

/// Lists and facts that the snapshot holds something of.
fn held(snapshot: &Snapshot) -> Vec<Need> {
    let of_account = |need: Need| Account::FACTS.iter().any(|it| it.1 == need) && snapshot.account.gap(need).is_none();
    Need::ALL.iter().copied().filter(|it| snapshot.cluster.count(*it) > 0 || of_account(*it)).collect()
}

/// The snapshot as it would be, had the list not been read.
fn without(snapshot: &Snapshot, need: Need) -> Snapshot {
    let mut it = snapshot.clone();
    let gap = Gap { what: need.name().to_owned(), why: "it was refused".to_owned(), remedy: "ask for it".to_owned() };
    let Ok(()) = it.cluster.fill(&mut Empty(need));
    it.account.forget(need, gap.clone());
    it.listed.remove(&need);
    it.gaps.insert(need, gap);
    it
}

fn come_to(snapshot: &Snapshot, checks: &[&'static Check]) -> Vec<Outcomes> {
    let settings = Settings { profile: Profile::Pedantic, ..Settings::default() };
    let graph = Graph::new(&snapshot.cluster);
    let cx = Cx::new(snapshot, &graph, &settings);
    run(&cx, checks).into_iter().map(|it| it.result).collect()
}

/// Whether nothing changed: subjects, findings, how bad and how sure they are. Evidence and further places may get fewer.
fn is_same(before: &Outcomes, after: &Outcomes) -> bool {
    let no_more = |before: &Draft, after: &Draft| {
        let bare = |it: &Draft| Draft { evidence: Vec::new(), related: Vec::new(), ..it.clone() };
        bare(before) == bare(after)
            && after.evidence.iter().all(|it| before.evidence.contains(it))
            && after.related.iter().all(|it| before.related.contains(it))
    };
    match (before, after) {
        (Outcomes::Ran(of, all), Outcomes::Ran(now, left)) => of == now && all.len() == left.len() && all.iter().zip(left).all(|it| no_more(it.0, it.1)),
        (Outcomes::Partly(of, all, _), Outcomes::Partly(now, left, _)) => of == now && all == left,
        (Outcomes::Unknown(_), it) => matches!(it, Outcomes::Unknown(_)),
        _ => false,
    }
}

/// Every example, and a whole cluster with its account.
fn texts(checks: &[&'static Check]) -> BTreeSet<String> {
    let examples = checks.iter().flat_map(|it| [it.bad, it.good]).map(str::to_owned);
    examples.chain([GOLDEN.join("---\n")]).collect()
}

/// The text as it is meant, and as what a cluster answered, all of whose lists were read.
fn both(text: &str) -> [Snapshot; 2] {
    let written = Fixture::new(text).snapshot;
    let mut live = written.clone();
    live.meta.scope = Scope::Cluster;
    live.gaps.clear();
    [written, live]
}

fn is_aside(check: &Check, need: Need) -> bool {
    OF_EVERY_KIND.contains(&check.id) || ASIDE.iter().any(|it| it.0 == check.id && it.1 == need)
}

#[test]
fn a_list_that_a_card_does_not_declare_changes_nothing_of_what_it_says() {
    let checks = all();
    let mut wrong = BTreeSet::new();
    for text in texts(&checks) {
        for snapshot in both(&text) {
            let whole = come_to(&snapshot, &checks);
            for need in held(&snapshot) {
                let now = come_to(&without(&snapshot, need), &checks);
                let changed = checks.iter().zip(whole.iter().zip(&now)).filter(|(_, (before, after))| !is_same(before, after)).map(|it| it.0);
                let silent = changed.filter(|it| !it.looks_at().contains(&need) && !is_aside(it, need));
                wrong.extend(silent.map(|it| format!("{}: {}", it.id, need.name())));
            }
        }
    }
    assert!(wrong.is_empty(), "they look at what they do not declare: {wrong:#?}");
}

#[test]
fn what_a_refused_list_changes_of_a_running_cluster_is_unknown() {
    let checks = all();
    let is_open = |it: &Outcomes| matches!(it, Outcomes::Unknown(_) | Outcomes::Partly(..));
    let mut wrong = BTreeSet::new();
    for text in texts(&checks) {
        let [_, live] = both(&text);
        let whole = come_to(&live, &checks);
        for need in held(&live) {
            let now = come_to(&without(&live, need), &checks);
            let changed = checks.iter().zip(whole.iter().zip(&now)).filter(|(_, (before, after))| !is_same(before, after) && !is_open(after));
            wrong.extend(changed.filter(|it| !is_aside(it.0, need)).map(|it| format!("{}: {}", it.0.id, need.name())));
        }
    }
    assert!(wrong.is_empty(), "they say something else, and do not say that it is open: {wrong:#?}");
}
