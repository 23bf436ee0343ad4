//! kubectl as the witness: of every kind the same objects, with the same fields.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use seatrial_cluster::{RESOURCES, Resource};
use seatrial_manifest::json::read_json;
use seatrial_manifest::read::{FileRef, Options, Part};
use seatrial_model::{Cluster, Need, Origin, Snapshot};
use seatrial_testbed::api::Api;
use seatrial_testbed::here;
use serde_json::{Value, json};

use crate::{request, run, snapshot};

/// Every object of every resource that the server has and the product reads, as `kubectl get -A -o json` gives them; as a plain client does where
/// there is no kubectl.
fn witnessed(kubeconfig: &Path) -> BTreeMap<&'static Resource, Vec<Value>> {
    let api = Api::from_kubeconfig(kubeconfig, None).expect("the testbed's kubeconfig");
    let there = run(api.resources());
    let served: Vec<(&Resource, &seatrial_testbed::api::Resource)> = RESOURCES
        .iter()
        .filter_map(|it| there.iter().find(|other| other.plural == it.plural && group_of(&other.api_version) == it.group).map(|other| (it, other)))
        .collect();
    let mut lists: BTreeMap<&'static Resource, Vec<Value>> = BTreeMap::new();
    let by_kubectl = by_kubectl(kubeconfig, served.iter().map(|it| it.0.full_name()).collect());
    for (resource, it) in served {
        let items = match &by_kubectl {
            Some(items) => items
                .iter()
                .filter(|item| item["kind"] == resource.kind && group_of(item["apiVersion"].as_str().unwrap_or("")) == resource.group)
                .cloned()
                .collect(),
            None => run(api.list(&it.path())),
        };
        // Typed lists leave their items without identity.
        let named = items.into_iter().map(|mut item| {
            item["kind"] = json!(resource.kind);
            item["apiVersion"] = json!(it.api_version);
            item
        });
        lists.insert(resource, named.collect());
    }
    lists
}

/// All of them in one call. `None` where there is no kubectl.
fn by_kubectl(kubeconfig: &Path, names: Vec<String>) -> Option<Vec<Value>> {
    let output = Command::new("kubectl").arg("--kubeconfig").arg(kubeconfig).args(["get", &names.join(","), "-A", "-o", "json"]).output().ok()?;
    assert!(output.status.success(), "kubectl get: {}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("kubectl writes JSON");
    answer["items"].as_array().cloned()
}

fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |it| it.0)
}

fn names_of(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|it| format!("{}/{}", it["metadata"]["namespace"].as_str().unwrap_or(""), it["metadata"]["name"].as_str().unwrap_or(""))).collect()
}

fn names_in(cluster: &Cluster, resource: &Resource) -> BTreeSet<String> {
    let all = cluster.handles().filter(|it| it.kind.as_str() == resource.kind && group_of(it.api_version) == resource.group);
    all.map(|it| format!("{}/{}", it.meta.namespace.as_deref().unwrap_or(""), it.meta.name)).collect()
}

/// What was seen before a snapshot, the snapshot, and what was seen after it. What is the same before and after must be in the snapshot just so.
struct Look {
    before: BTreeMap<&'static Resource, Vec<Value>>,
    snapshot: Snapshot,
    after: BTreeMap<&'static Resource, Vec<Value>>,
}

fn look(kubeconfig: &Path) -> Look {
    let before = witnessed(kubeconfig);
    let snapshot = snapshot(&request(kubeconfig.to_owned()));
    Look { before, snapshot, after: witnessed(kubeconfig) }
}

#[test]
fn the_snapshot_holds_what_kubectl_lists() {
    let Some(kubeconfig) = here::plane() else { return };
    let Look { before, snapshot, after } = look(&kubeconfig);
    assert!(before.len() > 45 && before.values().map(Vec::len).sum::<usize>() > 600, "the testbed is full: {}", before.len());
    let mut wrong = Vec::new();
    for (resource, items) in &before {
        let (earlier, later, read) = (names_of(items), names_of(&after[resource]), names_in(&snapshot.cluster, resource));
        wrong.extend(earlier.intersection(&later).filter(|it| !read.contains(*it)).map(|it| format!("{} {it} was not read", resource.full_name())));
        wrong.extend(read.iter().filter(|it| !earlier.contains(*it) && !later.contains(*it)).map(|it| format!("{} {it} is not there", resource.full_name())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(snapshot.unread, []);
}

#[test]
fn its_fields_are_those_that_kubectl_shows() {
    let Some(kubeconfig) = here::plane() else { return };
    let Look { before, snapshot, after } = look(&kubeconfig);
    // An object that did not change meanwhile has the same version.
    let version = |it: &Value| format!("{}@{}", it["metadata"]["uid"], it["metadata"]["resourceVersion"]);
    let earlier: BTreeSet<String> = before.values().flatten().map(version).collect();
    let items: Vec<&Value> = after.iter().filter(|it| it.0.need != Need::Usage).flat_map(|it| it.1).filter(|it| earlier.contains(&version(it))).collect();
    assert!(items.len() > 600, "only {} objects are at rest", items.len());
    let text = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    let mut part = Part::default();
    let options = Options::new(snapshot.meta.server_version.expect("the server tells its version"));
    read_json(FileRef { id: 0, path: "kubectl" }, text.as_bytes(), &options, &mut part).expect("memory").expect("JSON");
    let (shown, read) = (comparable(part.cluster), comparable(snapshot.cluster));
    assert!(shown.len() > 600);
    let missing: Vec<&String> = shown.keys().filter(|it| !read.contains_key(*it)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let differing: Vec<(&String, &String)> =
        shown.iter().filter_map(|(name, it)| read.get(name).filter(|other| *other != it).map(|other| (it, other))).collect();
    assert!(differing.is_empty(), "{} differ, such as {:#?}", differing.len(), &differing[..differing.len().min(3)]);
}

/// Each object by its name, without the place that it was read from.
fn comparable(mut cluster: Cluster) -> BTreeMap<String, String> {
    cluster.finish();
    cluster.set_origins(Origin::api(0));
    let mut objects = BTreeMap::new();
    let Value::Object(lists) = serde_json::to_value(&cluster).expect("a cluster is JSON") else { panic!("a map of lists") };
    for (list, items) in lists {
        for it in items.as_array().into_iter().flatten() {
            objects.insert(format!("{list} {} {}/{}", it["kind"], it["meta"]["namespace"], it["meta"]["name"]), it.to_string());
        }
    }
    objects
}
