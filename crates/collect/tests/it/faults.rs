//! Faults of single requests: overcome where they pass, a gap where they stay.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use seatrial_collect::{Interrupt, collect};
use seatrial_model::{Known, Need, Snapshot};

use crate::server::{Asked, Reply, Server};
use crate::world::{World, request, snapshot};

const PODS: &str = "/api/v1/pods";

/// What is answered in place of a page.
type Fault = dyn Fn(&Asked) -> Reply + Send + Sync;

/// The names of the pods, in the order of the snapshot.
fn pods(snapshot: &Snapshot) -> Vec<String> {
    snapshot.cluster.pods.iter().map(|it| it.meta.name.to_string()).collect()
}

fn all_pods(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("pod-{at:04}")).collect()
}

/// A world of 1,234 pods, whose `nth` request for pods (from 0) is answered by `fault` where that has an answer.
fn faulty(fault: impl Fn(usize, &Asked) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let world = World::of_pods(1234);
    let count = AtomicUsize::new(0);
    Server::start(move |asked| {
        let reply = (asked.path == PODS).then(|| fault(count.fetch_add(1, Ordering::SeqCst), asked)).flatten();
        reply.unwrap_or_else(|| world.answer(asked))
    })
}

fn text_of(reply: Reply) -> String {
    match reply {
        Reply::Text(_, _, text) => text,
        _ => panic!("not a text"),
    }
}

#[test]
fn pages_make_one_list() {
    let server = faulty(|_, _| None);
    let snapshot = snapshot(&server);
    assert_eq!(pods(&snapshot), all_pods(1234));
    let asked: Vec<_> = server.asked().into_iter().filter(|it| it.path == PODS).map(|it| it.parameter("continue")).collect();
    assert_eq!(asked, [None, Some("at=/+ 500".to_owned()), Some("at=/+ 1000".to_owned())]);
    assert!(snapshot.unread.is_empty() && snapshot.has(Need::Pods).is_ok());
}

#[test]
fn nothing_but_get_is_ever_sent() {
    let server = faulty(|_, _| None);
    snapshot(&server);
    assert!(server.asked().len() > 60);
    assert!(server.asked().iter().all(|it| it.method == "GET"));
}

#[test]
fn a_list_that_expires_half_way_begins_anew() {
    let server = faulty(|nth, _| (nth == 2).then(|| Reply::status(410, "expired")));
    assert_eq!(pods(&snapshot(&server)), all_pods(1234));
}

#[test]
fn a_list_that_always_expires_comes_in_one_piece() {
    let server = faulty(|_, asked| asked.parameter("continue").map(|_| Reply::status(410, "expired")));
    assert_eq!(pods(&snapshot(&server)), all_pods(1234));
    let last = server.asked().into_iter().rfind(|it| it.path == PODS).expect("asked");
    assert_eq!(last.query, "");
}

#[test]
fn passing_refusals_are_waited_out() {
    for code in [429, 500, 502, 503, 504] {
        let server = faulty(move |nth, _| (nth < 2).then(|| Reply::Text(code, vec![("retry-after", "0".to_owned())], String::new())));
        assert_eq!(pods(&snapshot(&server)), all_pods(1234), "{code}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again_and_counts_once() {
    let world = World::of_pods(1234);
    for from in [10, 5_000, 40_000] {
        let inner = world.clone();
        let server = faulty(move |nth, asked| (nth == 1).then(|| Reply::Cut(text_of(inner.answer(asked)), from)));
        assert_eq!(pods(&snapshot(&server)), all_pods(1234), "after {from} bytes");
        let inner = world.clone();
        let server = faulty(move |nth, asked| (nth == 1).then(|| Reply::Short(text_of(inner.answer(asked)), from)));
        assert_eq!(pods(&snapshot(&server)), all_pods(1234), "short after {from} bytes");
    }
}

#[test]
fn what_stays_broken_is_a_gap_and_never_a_shorter_list() {
    let world = World::of_pods(1234);
    let cases: Vec<(&str, Box<Fault>)> = vec![
        ("HTTP 500", Box::new(|_| Reply::status(500, "etcd is gone"))),
        ("HTTP 429", Box::new(|_| Reply::status(429, "slow down"))),
        ("HTTP 404", Box::new(|_| Reply::status(404, "not found"))),
        ("no answer within", Box::new(|_| Reply::Hang)),
        ("cannot be read", Box::new(|_| Reply::ok("<html>a portal</html>"))),
        ("cannot be read", Box::new(|_| Reply::ok(r#"{"kind":"Status","status":"Success"}"#))),
        ("broke off", {
            let world = world.clone();
            Box::new(move |asked| Reply::Cut(text_of(world.answer(asked)), 20_000))
        }),
        ("cannot be read", Box::new(move |asked| Reply::Short(text_of(world.answer(asked)), 20_000))),
    ];
    for (words, answer) in cases {
        // The first page comes, the second one fails.
        let server = faulty(move |_, asked| asked.parameter("continue").map(|_| answer(asked)));
        let mut request = request(&server);
        if words == "no answer within" {
            request.patience.idle = Duration::from_millis(800);
        }
        let snapshot = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}")).snapshot;
        let gap = snapshot.has(Need::Pods).expect_err("a gap");
        assert!(gap.why.contains(words) && gap.why.starts_with("list pods: "), "{words}: {}", gap.why);
        assert!(!gap.remedy.is_empty());
        assert!(snapshot.cluster.pods.is_empty(), "{words}: part of a list is none");
        assert!(snapshot.has(Need::Nodes).is_ok());
    }
}

#[test]
fn a_refused_list_names_the_rule_that_would_allow_it() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/apis/apps/v1/replicasets" | "/apis/batch/v1/jobs" => Reply::status(403, "jobs is forbidden: User dev cannot list resource"),
        _ => World::default().answer(asked),
    });
    let snapshot = snapshot(&server);
    let gap = snapshot.has(Need::Workloads).expect_err("a gap");
    assert_eq!(gap.why, "list replicasets.apps, jobs.batch: HTTP 403: jobs is forbidden: User dev cannot list resource");
    assert_eq!(gap.remedy, r#"grant it: apiGroups: ["apps"], resources: [replicasets], verbs: [list]; apiGroups: ["batch"], resources: [jobs], verbs: [list]"#);
}

#[test]
fn measurements_that_are_refused_are_gaps() {
    let mut world = World::demo();
    world.add(serde_json::json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "db-0", "namespace": "data", "uid": "u" },
        "spec": { "nodeName": "n1", "containers": [{ "name": "c" }], "volumes": [{ "name": "d", "persistentVolumeClaim": { "claimName": "d" } }] } }));
    let server = Server::start(move |asked| world.answer(asked));
    let snapshot = snapshot(&server);
    let gap = snapshot.has(Need::VolumeUsage).expect_err("a gap");
    assert!(gap.why.contains("HTTP 403") && gap.remedy.contains("nodes/proxy"), "{gap:?}");
    let Known::Yes(calls) = &snapshot.account.deprecated_calls else { panic!("the metrics were served") };
    assert_eq!((calls.len(), calls[0].resource.as_str()), (1, "poddisruptionbudgets"));
    let foreign = Server::start(|asked| if asked.path == "/metrics" { Reply::ok("up 1\n") } else { World::default().answer(asked) });
    let gap = crate::world::snapshot(&foreign).has(Need::DeprecatedCalls).expect_err("a gap").clone();
    assert!(gap.why.contains("not the metrics of an API server"), "{gap:?}");
}

#[test]
fn ctrl_c_keeps_what_was_read() {
    let server = faulty(|_, _| Some(Reply::Hang));
    let mut request = request(&server);
    request.patience.idle = Duration::from_secs(60);
    let interrupt = Arc::new(Interrupt::never());
    let stopper = Arc::clone(&interrupt);
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(1500));
        stopper.stop();
    });
    let snapshot = collect(&request, &|_, _, _| {}, &interrupt).unwrap_or_else(|error| panic!("{error}")).snapshot;
    assert_eq!(snapshot.has(Need::Pods).expect_err("a gap").why, "interrupted");
    assert!(snapshot.has(Need::Nodes).is_ok());
}

#[test]
fn a_server_that_is_not_there_is_an_error_with_a_way_out() {
    let server = Server::start(|_| Reply::Hang);
    let mut request = request(&server);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let text = std::fs::read_to_string(request.access.kubeconfig.as_ref().expect("written")).expect("written");
    let file = request.access.kubeconfig.as_ref().expect("written").with_extension("nobody");
    std::fs::write(&file, text.replace(&server.address, &format!("http://{nobody}"))).expect("a temporary folder");
    request.access.kubeconfig = Some(file);
    let error = collect(&request, &|_, _, _| {}, &Interrupt::never()).err().expect("an error");
    assert!(error.to_string().contains("Connection refused") && error.to_string().contains("context test"), "{error}");
    assert!(error.help().contains("kubectl version"));
    let silent = Server::start(|_| Reply::Hang);
    let mut request = crate::world::request(&silent);
    request.patience.idle = Duration::from_millis(300);
    let error = collect(&request, &|_, _, _| {}, &Interrupt::never()).err().expect("an error");
    assert!(error.to_string().contains("no answer within"));
}
