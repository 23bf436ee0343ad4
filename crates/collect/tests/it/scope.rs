//! What is asked for, and of how much of the cluster.

use std::sync::{Arc, Mutex};

use seatrial_cluster::resources_of;
use seatrial_collect::{Interrupt, collect};
use seatrial_model::Need;

use crate::server::{Reply, Server};
use crate::world::{World, path_of, request, snapshot};

#[test]
fn only_what_is_needed_is_listed() {
    let server = World::demo().serve();
    let mut request = request(&server);
    request.needs = [Need::Pods, Need::ServerVersion].into();
    let collected = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}"));
    let mut paths: Vec<_> = server.asked().into_iter().map(|it| it.path).collect();
    paths.sort();
    assert_eq!(paths, ["/api", "/api/v1/pods", "/apis", "/version"]);
    assert_eq!(collected.snapshot.has(Need::Secrets).expect_err("not asked for").why, "no selected check asks for it");
}

#[test]
fn what_a_need_takes_is_read_with_it_and_missed_with_it() {
    // A pod that nobody owns is a workload.
    let server = World::of_pods(3).serve();
    let mut of_workloads = request(&server);
    of_workloads.needs = [Need::Workloads].into();
    let collected = collect(&of_workloads, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(collected.snapshot.cluster.workloads.len(), 3);
    let world = World::of_pods(3);
    let server = Server::start(move |asked| if asked.path.ends_with("/pods") { Reply::status(403, "forbidden") } else { world.answer(asked) });
    let mut request = request(&server);
    request.needs = [Need::Workloads, Need::VolumeUsage, Need::AwsRepositories, Need::AwsVolumes].into();
    let snapshot = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}")).snapshot;
    for need in [Need::Workloads, Need::VolumeUsage, Need::AwsRepositories] {
        assert!(snapshot.has(need).expect_err("a gap").why.contains("pods, which were not read: list pods: HTTP 403"), "{need:?}: {:?}", snapshot.has(need));
    }
    assert!(snapshot.has(Need::AwsVolumes).expect_err("a gap").why.contains("--no-aws"));
}

#[test]
fn without_any_list_that_tells_it_a_need_is_a_gap_in_the_account_too() {
    let refused: Arc<Mutex<Vec<String>>> = Arc::default();
    let (world, now) = (World::demo(), Arc::clone(&refused));
    let server =
        Server::start(move |asked| if now.lock().expect("not poisoned").contains(&asked.path) { Reply::status(403, "forbidden") } else { world.answer(asked) });
    let mut request = request(&server);
    for &need in Need::ALL {
        request.needs = [need].into();
        for list in need.told_by() {
            *refused.lock().expect("not poisoned") = resources_of(*list).map(path_of).collect();
            let snapshot = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}")).snapshot;
            let why = &snapshot.has(need).expect_err("a gap").why;
            assert!(why.contains("which were not read") && why.contains("HTTP 403"), "{need:?} without {list:?}: {why}");
            assert!(!need.is_aws() || snapshot.account.gap(need).is_some_and(|it| it.why == *why), "{need:?} without {list:?} stands in the account");
        }
    }
}

#[test]
fn helm_releases_are_read_from_the_secrets_alone() {
    let server = World::demo().serve();
    let mut request = request(&server);
    request.needs = [Need::HelmReleases].into();
    let collected = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}"));
    assert!(server.asked().iter().all(|it| !it.path.starts_with("/api/") || it.path == "/api/v1/secrets"));
    assert!(collected.snapshot.has(Need::HelmReleases).is_ok());
}

#[test]
fn who_may_see_one_namespace_reads_that() {
    let world = World::demo();
    let server = Server::start(move |asked| {
        let discovery = matches!(asked.path.as_str(), "/api" | "/apis" | "/version");
        if discovery || asked.path.contains("/namespaces/storefront/") { world.answer(asked) } else { Reply::status(403, "forbidden") }
    });
    let mut request = request(&server);
    assert!(snapshot(&server).has(Need::Workloads).is_err(), "without a namespace nothing is guessed");
    request.namespace = Some("storefront".to_owned());
    let snapshot = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}")).snapshot;
    assert_eq!(snapshot.meta.namespaces.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["storefront"]);
    assert!(!snapshot.cluster.workloads.is_empty() && snapshot.cluster.workloads.iter().all(|it| it.meta.ns() == "storefront"));
    assert!(snapshot.has(Need::Nodes).is_err(), "what stands in no namespace stays unread");
}

#[test]
fn an_extension_that_is_absent_has_no_objects_and_one_that_is_down_is_a_gap() {
    let world = World::demo();
    let server = Server::start(move |asked| match world.answer(asked) {
        Reply::Text(200, headers, text) if asked.path == "/apis" => {
            let mut answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let groups = answer["items"].as_array_mut().expect("groups");
            groups.retain(|it| it["metadata"]["name"] != "keda.sh");
            for it in groups.iter_mut().filter(|it| it["metadata"]["name"] == "metrics.k8s.io") {
                it["versions"] = serde_json::json!([{ "version": "v1beta1", "freshness": "Stale" }]);
            }
            Reply::Text(200, headers, answer.to_string())
        }
        it => it,
    });
    let snapshot = snapshot(&server);
    assert!(snapshot.has(Need::ScaledObjects).is_ok() && snapshot.cluster.scaled_objects.is_empty());
    assert!(snapshot.has(Need::Usage).expect_err("a gap").why.contains("not available"));
}

#[test]
fn equal_clusters_give_equal_bytes() {
    let server = World::demo().serve();
    let text = || {
        let mut it = snapshot(&server);
        it.meta.taken_at = jiff::Timestamp::UNIX_EPOCH;
        serde_json::to_string(&it).expect("a snapshot")
    };
    assert!(text() == text(), "two readings of one cluster differ");
}
