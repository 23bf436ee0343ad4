//! read(write(x)) == x: for random values of every kind, for the demo, and for recorded clusters.

use std::fs::File;
use std::path::PathBuf;

use proptest::prelude::*;
use seatrial_manifest::json::read_json;
use seatrial_manifest::read::{FileRef, Options, Part};
use seatrial_model::cluster::{Fields, Fill};
use seatrial_model::{Account, Cluster, Gap, Known, Need, Object, Scope, Snapshot, SnapshotMeta, Tally, Version};
use seatrial_recording::{Recording, read, write};
use seatrial_testkit::Fixture;

use crate::random::Random;

pub fn bytes(recording: &Recording) -> Vec<u8> {
    let mut out = Vec::new();
    write(recording, &mut out).unwrap();
    out
}

pub fn recording(snapshot: Snapshot) -> Recording {
    Recording { snapshot, target: Version::minor(36), notes: vec!["as it was".to_owned()], places: Vec::new() }
}

fn assert_reads_back(it: &Recording) {
    let written = bytes(it);
    let again = read(&*written).unwrap();
    assert_eq!(*it, again);
    assert!(written == bytes(&again), "equal recordings, different bytes");
}

/// Random objects of every kind: a kind that is added to the cluster is among them by itself.
struct Fuller<'r>(&'r mut Random);

impl Fill for Fuller<'_> {
    type Error = std::convert::Infallible;
    fn list<T: Fields>(&mut self, _: &'static str, _: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Self::Error> {
        let random = &mut *self.0;
        *list = (0..1 + random.below(2))
            .map(|_| Object { api_version: random.value(), kind: random.value(), meta: random.value(), origin: random.value(), it: random.value() })
            .collect();
        Ok(())
    }
}

fn known<T: for<'a> serde::Deserialize<'a>>(random: &mut Random) -> Known<T> {
    if random.below(4) == 0 { Known::No(random.value()) } else { Known::Yes(random.value()) }
}

fn account(r: &mut Random) -> Account {
    Account {
        eks_cluster: known(r),
        node_groups: known(r),
        addons: known(r),
        access_entries: known(r),
        pod_identity_associations: known(r),
        insights: known(r),
        instances: known(r),
        subnets: known(r),
        nat_gateways: known(r),
        vpc_endpoints: known(r),
        volumes: known(r),
        snapshots: known(r),
        backup_plans: known(r),
        auto_scaling_groups: known(r),
        load_balancers: known(r),
        certificates: known(r),
        repositories: known(r),
        registry_replication: known(r),
        roles: known(r),
        alarms: known(r),
        dashboards: known(r),
        log_groups: known(r),
        secrets: known(r),
        queues: known(r),
        health_checks: known(r),
        guardduty_features: known(r),
        deprecated_calls: known(r),
        volume_usage: known(r),
        eks_updates: known(r),
        quotas: known(r),
        security_groups: known(r),
        cluster_versions: known(r),
        addresses: known(r),
        launch_templates: known(r),
        container_insights: known(r),
    }
}

fn snapshot(r: &mut Random) -> Snapshot {
    let mut cluster = Cluster::default();
    let Ok(()) = cluster.fill(&mut Fuller(r));
    let gap = Gap { what: "nodes".to_owned(), why: "403".to_owned(), remedy: "ask".to_owned() };
    Snapshot {
        meta: SnapshotMeta {
            taken_at: r.value(),
            scope: r.value(),
            server_version: Some(Version::minor(34)).filter(|_| r.below(2) == 0),
            tool_version: r.value(),
            namespaces: r.value(),
        },
        cluster,
        account: account(r),
        gaps: [(Need::Nodes, gap.clone()), (Need::Usage, gap)].into_iter().take(r.below(3) as usize).collect(),
        listed: [Need::Pods, Need::Events].into_iter().take(r.below(3) as usize).collect(),
        files: r.value(),
        problems: r.value(),
        unread: r.value(),
        ignores: Vec::new(),
        tally: Tally { files: r.below(9), documents: r.below(9), objects: r.below(9), other_documents: r.below(9), patches: r.below(9) },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(seed in any::<u64>()) {
        assert_reads_back(&recording(snapshot(&mut Random::new(seed))));
    }
}

#[test]
fn nothing_and_the_demo_read_back() {
    assert_reads_back(&recording(Snapshot::empty(Scope::Manifests, "2026-11-24T12:00:00.000000001Z".parse().unwrap())));
    let demo = [include_str!("../../../cli/demo/cluster.yaml"), include_str!("../../../cli/demo/shop.yaml"), include_str!("../../../cli/demo/account.yaml")];
    let it = recording(Fixture::new(&demo.join("\n---\n")).snapshot);
    assert!(it.snapshot.cluster.pods.len() > 5 && it.snapshot.account.eks_cluster.known().is_some());
    assert_reads_back(&it);
}

#[test]
fn recorded_clusters_read_back() {
    let Some(folder) = std::env::var_os("SEATRIAL_CORPUS").map(|it| PathBuf::from(it).join("corpus/recordings")) else {
        eprintln!("skipped: SEATRIAL_CORPUS does not name the shared folder");
        return;
    };
    let mut part = Part::default();
    let file = FileRef { id: 0, path: "all.json" };
    read_json(file, File::open(folder.join("shop/all.json")).unwrap(), &Options::new(Version::minor(36)), &mut part).unwrap().unwrap();
    let mut snapshot = Snapshot::empty(Scope::Cluster, "2026-11-24T12:00:00Z".parse().unwrap());
    part.into_snapshot(&mut snapshot);
    let pods = snapshot.cluster.pods.len();
    assert!(pods > 100, "{pods}");
    let it = recording(snapshot);
    assert_reads_back(&it);
    println!("{} bytes for {pods} pods", bytes(&it).len());
}
