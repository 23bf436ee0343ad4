//! Sessions with a cluster: a small API server in the test, the real program, and Ctrl-C.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::server::{Asked, Reply, Server};
use crate::session::{CLEAN, Folder, found};

const CORE: [&str; 16] = [
    "pods",
    "services",
    "replicationcontrollers",
    "resourcequotas",
    "limitranges",
    "persistentvolumes",
    "persistentvolumeclaims",
    "namespaces",
    "serviceaccounts",
    "secrets",
    "configmaps",
    "nodes",
    "events",
    "endpoints",
    "podtemplates",
    "bindings",
];

fn discovery(groups: &[(&str, &[&str])]) -> Reply {
    let resource = |it: &&str| json!({ "resource": it, "scope": if matches!(*it, "nodes" | "namespaces" | "persistentvolumes") { "Cluster" } else { "Namespaced" }, "verbs": ["list"] });
    let group = |(name, all): &(&str, &[&str])| json!({ "metadata": { "name": name }, "versions": [{ "version": "v1", "freshness": "Current", "resources": all.iter().map(resource).collect::<Vec<_>>() }] });
    Reply::ok(json!({ "kind": "APIGroupDiscoveryList", "items": groups.iter().map(group).collect::<Vec<_>>() }).to_string())
}

/// One privileged pod whose ConfigMap holds a secret, and nothing else.
fn answer(asked: &Asked) -> Reply {
    let list =
        |kind: &str, items: Value| Reply::ok(json!({ "kind": kind, "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": items }).to_string());
    match asked.path.as_str() {
        "/api" => discovery(&[("", &CORE)]),
        "/apis" => discovery(&[("apps", &["deployments", "daemonsets", "replicasets", "statefulsets"]), ("batch", &["jobs", "cronjobs"])]),
        "/version" => Reply::ok(r#"{"gitVersion":"v1.36.1"}"#),
        "/metrics" => Reply::ok("apiserver_request_total 1\n"),
        "/api/v1/pods" => list(
            "PodList",
            json!([{ "metadata": { "name": "db", "namespace": "shop", "uid": "1" }, "spec": { "containers": [{ "name": "c", "image": "x", "securityContext": { "privileged": true } }] } }]),
        ),
        "/api/v1/secrets" => {
            list("SecretList", json!([{ "metadata": { "name": "s", "namespace": "shop", "uid": "2" }, "data": { "password": "aHVudGVyMg==" } }]))
        }
        _ => list("SomeList", json!([])),
    }
}

fn with_server(server: &Server) -> Folder {
    let folder = Folder::with(&[("a.yaml", CLEAN)]);
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters: [{{name: c, cluster: {{server: '{}'}}}}]\ncontexts: [{{name: test, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {{token: t}}}}]\n",
        server.address
    );
    folder.write("kubeconfig", text.as_bytes());
    folder
}

#[test]
fn without_a_path_the_cluster_of_the_context_is_read() {
    let server = Server::start(answer);
    let folder = with_server(&server);
    let ran = folder.run(&["check", "--kubeconfig", "kubeconfig", "--no-aws", "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "progress is for terminals");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(found(&report).contains(&"privileged-container".to_owned()));
    let finding = report["findings"].as_array().unwrap().iter().find(|it| it["check"] == "privileged-container").unwrap();
    assert_eq!((finding["locations"][0]["file"].as_str(), finding["locations"][0]["line"].as_u64()), (Some("/api/v1/namespaces/shop/pods/db"), Some(0)));
    assert!(!ran.out.contains("aHVudGVyMg"), "a secret's value is in the report");
    assert!(server.asked().iter().all(|it| it.method == "GET"));
    // The other group has what the API server does not serve: that is said, and is no pass.
    let unknown = report["coverage"]["checks"]["unknown"].to_string();
    assert!(unknown.contains("the API server does not list poddisruptionbudgets.policy"), "{unknown}");
}

#[test]
fn another_namespace_is_not_reported_and_strict_wants_everything_read() {
    let folder = with_server(&Server::start(answer));
    let base = ["check", "--kubeconfig", "kubeconfig", "--no-aws", "--only", "privileged-container"];
    assert_eq!(folder.run(&base).code, 1);
    assert_eq!(folder.run(&[&base[..], &["-n", "shop"]].concat()).code, 1);
    let slip = folder.run(&[&base[..], &["-n", "shopp"]].concat());
    assert_eq!(slip.code, 2, "a slip of the finger is no clean namespace: {}", slip.err);
    assert!(slip.err.contains("no object is in namespace `shopp`") && slip.err.contains("there are: shop"), "{}", slip.err);
    assert_eq!(folder.run(&["check", "--kubeconfig", "kubeconfig", "--no-aws", "--only", "pdb-missing", "--strict"]).code, 3);
}

#[test]
fn what_is_about_files_and_what_is_about_clusters_do_not_mix() {
    let folder = with_server(&Server::start(answer));
    for (arguments, said) in [
        (&["check", "a.yaml", "--context", "test"][..], "--context is about a running cluster, and files are named"),
        (&["check", "--kubeconfig", "kubeconfig", "--fix"], "--fix is about files, and a running cluster is only ever read"),
        (&["check", "--kubeconfig", "kubeconfig", "--context", "prod"], "the kubeconfig has no context `prod`"),
        (&["check", "--kubeconfig", "nothing"], "the kubeconfig cannot be used"),
        (&["check"], "there is no kubeconfig"),
    ] {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    assert!(folder.run(&["check"]).err.contains("help: "));
}

#[cfg(unix)]
#[test]
fn ctrl_c_judges_what_was_read() {
    let hangs = |asked: &Asked| if asked.path == "/api/v1/services" { Reply::Hang } else { answer(asked) };
    let server = Server::start(hangs);
    let folder = with_server(&server);
    let start = |arguments: &[&str]| folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let child = start(&["check", "--kubeconfig", "kubeconfig", "--no-aws", "--format", "json"]);
    // The last list that is asked for besides the one that hangs: the metrics and all others are then under way.
    while server.asked().iter().filter(|it| it.path.starts_with("/apis/batch") || it.path == "/api/v1/services").count() < 3 {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(found(&report).contains(&"privileged-container".to_owned()), "what was read is judged");
    assert!(report["coverage"]["checks"]["unknown"].to_string().contains("services not read: interrupted"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
}

#[test]
fn rules_of_the_team_judge_a_running_cluster() {
    let rules = "\
rules:
- {id: image-without-registry, title: An image of no registry, severity: high, match: {kinds: [Pod]}, forEach: containers, condition: \"item.image.contains('/')\"}
- {id: password-told, title: A password that is not masked, severity: high, match: {kinds: [Secret]}, condition: 'object.data.password == \"****\"'}
- {id: bucket-public, title: A public bucket, severity: high, match: {kinds: [Bucket]}, condition: '!object.spec.public'}
- {id: budget-loose, title: A loose budget, severity: high, match: {kinds: [PodDisruptionBudget]}, condition: 'has(object.spec.minAvailable)'}
";
    let server = Server::start(answer);
    let folder = with_server(&server);
    folder.write("seatrial.yaml", rules.as_bytes());
    let ran = folder.run(&[
        "check",
        "--kubeconfig",
        "kubeconfig",
        "--no-aws",
        "--format",
        "json",
        "--only",
        "image-without-registry,password-told,bucket-public,budget-loose",
    ]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {} {}", ran.out, ran.err));
    assert_eq!(found(&report), ["image-without-registry"]);
    assert_eq!(report["findings"][0]["object"]["container"], "c");
    let unknown = |id: &str| {
        let all = report["coverage"]["checks"]["unknown"].as_array().unwrap();
        all.iter().find(|it| it["check"] == id).unwrap_or_else(|| panic!("{id} is not UNKNOWN: {all:?}"))["reason"].to_string()
    };
    assert!(unknown("bucket-public").contains("objects of kind Bucket are not among what was read of the cluster"));
    assert!(unknown("budget-loose").contains("the API server does not list poddisruptionbudgets.policy"));
    let judged = |id: &str| report["rows"].as_array().unwrap().iter().any(|it| it["checks"].to_string().contains(id) && it["verdict"] == "pass");
    assert!(judged("password-told"), "its Secret is judged, and its value masked: {}", report["rows"]);
    let alone = folder.run(&["check", "--kubeconfig", "kubeconfig", "--no-aws", "--format", "json", "--only", "bucket-public"]);
    assert!(alone.out.contains("objects of kind Bucket are not among what was read of the cluster"), "as beside other rules: {}", alone.out);
    let mut lists: Vec<String> = server.asked().iter().map(|it| it.path.clone()).filter(|it| it.starts_with("/api/v1/")).collect();
    lists.dedup();
    assert_eq!(lists, ["/api/v1/pods", "/api/v1/secrets"], "only what the chosen rules are about is read");
}

#[test]
fn a_recording_of_a_cluster_gives_the_report_that_the_cluster_gave() {
    let server = Server::start(answer);
    let folder = with_server(&server);
    let flags = ["--kubeconfig", "kubeconfig", "--no-aws"];
    assert_eq!(folder.run(&[&["record", "-o", "all.trial"], &flags[..]].concat()).code, 0);
    for chosen in [&[][..], &["--only", "privileged-container,claim-unused"], &["--profile", "pedantic"]] {
        let live = folder.run(&[&["check", "--format", "json"], chosen, &flags[..]].concat());
        let recorded = folder.run(&[&["check", "--format", "json", "all.trial"], chosen].concat());
        assert_eq!((live.code, live.out), (recorded.code, recorded.out), "{chosen:?}");
    }
}
