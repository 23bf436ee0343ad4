//! Every flaw that was planted in the recorded cluster is found, on its object.

use std::fmt::Write as _;
use std::fs::File;
use std::path::PathBuf;

use seatrial_check::{Places, Policy, Settings, all, evaluate};
use seatrial_manifest::json::read_json;
use seatrial_manifest::read::{FileRef, Options, Part};
use seatrial_model::{Origin, Path, Scope, Snapshot, SourceFile, Version};
use seatrial_report::{Finding, Location, Role};

/// A planted flaw, the check that finds it, and the object as `kind/name` where the list names none or another end of the relation.
const FOUND_BY: [(&str, &str, Option<&str>); 49] = [
    ("kubelet-skew", "kubelets-differ", Some("Node/ip-10-0-32-14.ec2.internal")),
    ("node-cordoned", "node-left-cordoned", Some("Node/ip-10-0-64-15.ec2.internal")),
    ("node-notready", "node-not-ready", Some("Node/ip-10-0-64-18.ec2.internal")),
    ("default-gp2", "storage-class-gp2", None),
    ("immediate-binding", "storage-class-binds-immediately", None),
    ("single-replica", "single-replica", None),
    // A single pod is the cause; a budget for it would only block drains.
    ("no-pdb", "single-replica", None),
    ("no-requests", "requests-missing", None),
    ("no-probes", "readiness-probe-missing", None),
    ("latest-tag", "image-tag-latest", None),
    ("secret-in-env", "secret-in-env", None),
    ("static-aws-keys", "static-aws-keys", None),
    ("secret-in-configmap", "secret-in-configmap", None),
    ("http-only", "alb-http-only", None),
    ("no-netpol", "network-policy-missing", None),
    ("no-quota", "quota-missing", None),
    ("pdb-blocks-drain", "pdb-blocks-drain", None),
    ("pdb-overlap", "pdbs-overlap", None),
    ("pdb-selects-nothing", "pdb-selects-nothing", None),
    ("service-selects-nothing", "service-selects-nothing", None),
    ("max-unavailable-100", "rollout-drops-capacity", None),
    ("hpa-no-target", "autoscaler-target-missing", None),
    ("hpa-min-eq-max", "autoscaler-cannot-scale", None),
    ("externalsecret-not-synced", "external-secret-not-synced", None),
    // The class is what to mend.
    ("gp2-volume", "storage-class-gp2", Some("StorageClass/gp2")),
    ("single-replica-stateful", "readiness-probe-missing", None),
    ("missing-headless-service", "headless-service-missing", None),
    ("stateful-on-spot", "stateful-on-spot", None),
    ("unused-pvc", "claim-unused", None),
    ("pending-pvc", "claim-unused", None),
    ("cron-no-deadline", "job-deadline-missing", None),
    ("cron-quota", "quota-refuses-pods", None),
    ("cron-fails", "job-failed", None),
    ("job-failed", "job-failed", None),
    ("quota-tight", "quota-too-small", None),
    ("worker-grace-5s", "worker-grace-short", None),
    ("irsa-not-pod-identity", "irsa-instead-of-pod-identity", None),
    ("anti-affinity-exceeds-nodes", "placement-exceeds-nodes", None),
    ("crashloop", "pods-not-running", None),
    ("oomkilled", "pods-not-running", None),
    ("image-pull", "pods-not-running", None),
    ("not-ready", "pods-not-running", None),
    ("pending-cpu", "requests-larger-than-node", None),
    ("pending-selector", "pods-not-running", None),
    ("bare-pod", "bare-pod", None),
    ("privileged", "privileged-container", None),
    ("probe-port", "probe-port-unknown", None),
    ("netpol-blocks-dns", "network-policy-blocks-dns", None),
    ("cluster-admin-default-sa", "rbac-cluster-admin-binding", None),
];

/// The dump holds no usage, which this one is told by.
const NOT_IN_THE_DUMP: &str = "oversized";

struct Nowhere;

impl Places for Nowhere {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        let one = |path: &Path| Location {
            file: String::new(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            path: path.to_string(),
            role: Role::Primary,
            note: None,
            approximate: false,
            snippet: None,
        };
        wanted.iter().map(|it| one(it.1)).collect()
    }
}

#[derive(serde::Deserialize)]
struct Flaw {
    flaw: String,
    object: String,
}

#[test]
fn every_planted_flaw_is_found_on_its_object() {
    let Some(folder) = std::env::var_os("SEATRIAL_CORPUS").map(|it| PathBuf::from(it).join("corpus/recordings/shop")) else {
        eprintln!("skipped: SEATRIAL_CORPUS does not name the shared folder");
        return;
    };
    let flaws: Vec<Flaw> = serde_json::from_reader(File::open(folder.join("FLAWS.json")).expect("FLAWS.json")).expect("a list of flaws");
    let findings = findings(File::open(folder.join("all.json")).expect("all.json"));
    let mut missed = String::new();
    for it in flaws.iter().filter(|it| it.flaw != NOT_IN_THE_DUMP) {
        let Some((_, check, elsewhere)) = FOUND_BY.iter().find(|by| by.0 == it.flaw) else {
            let _ = writeln!(missed, "{}: no check is said to find it", it.flaw);
            continue;
        };
        let object = elsewhere.unwrap_or(&it.object);
        let (kind, name) = (object.split('/').next().unwrap_or_default(), object.rsplit('/').next().unwrap_or_default());
        if !findings.iter().any(|it| it.check == *check && it.object.kind == kind && it.object.name == name) {
            let _ = writeln!(missed, "{} on {object}: {check} does not find it", it.flaw);
        }
    }
    assert!(missed.is_empty(), "{missed}");
}

fn findings(dump: File) -> Vec<Finding> {
    let now = "2026-11-22T15:00:00Z".parse().unwrap_or_default();
    let mut snapshot = Snapshot::empty(Scope::Cluster, now);
    snapshot.files.push(SourceFile { path: "all.json".to_owned(), rendered_from: None });
    let mut part = Part::default();
    let file = FileRef { id: 0, path: "all.json" };
    read_json(file, dump, &Options::new(Version::minor(36)), &mut part).expect("readable").expect("JSON");
    part.into_snapshot(&mut snapshot);
    evaluate(&snapshot, &Settings::default(), &Policy::default(), &all(), &Nowhere).findings
}
