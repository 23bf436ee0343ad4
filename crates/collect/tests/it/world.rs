//! A cluster out of the demo's manifests, served as an API server serves one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use seatrial_cluster::{RESOURCES, Resource};
use seatrial_collect::{Access, Interrupt, Patience, Request, collect};
use seatrial_manifest::de::TreeDeserializer;
use seatrial_manifest::tree::parse;
use seatrial_model::{Need, Snapshot};
use serde::Deserialize;
use serde_json::Value;

use crate::server::{Asked, Reply, Server};

/// Resources of the whole cluster; all others stand in namespaces.
const CLUSTER_WIDE: [&str; 28] = [
    "ingressclasses",
    "ingressclassparams",
    "gatewayclasses",
    "ciliumclusterwidenetworkpolicies",
    "globalnetworkpolicies",
    "adminnetworkpolicies",
    "baselineadminnetworkpolicies",
    "clusternetworkpolicies",
    "apiservices",
    "clustertriggerauthentications",
    "priorityclasses",
    "nodepools",
    "ec2nodeclasses",
    "storageclasses",
    "persistentvolumes",
    "volumesnapshotclasses",
    "csinodes",
    "csidrivers",
    "volumeattachments",
    "namespaces",
    "clusterroles",
    "clusterrolebindings",
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
    "customresourcedefinitions",
    "clusterexternalsecrets",
    "clustersecretstores",
    "nodes",
];

/// Objects by resource.
#[derive(Clone, Default)]
pub struct World {
    lists: BTreeMap<String, Vec<Value>>,
}

/// The path of a resource's list.
pub fn path_of(it: &Resource) -> String {
    if it.group.is_empty() { format!("/api/v1/{}", it.plural) } else { format!("/apis/{}/v1/{}", it.group, it.plural) }
}

impl World {
    /// The demo's cluster.
    pub fn demo() -> Self {
        let mut world = Self::default();
        for text in [include_str!("../../../cli/demo/cluster.yaml"), include_str!("../../../cli/demo/shop.yaml")] {
            let (trees, error) = parse(text);
            assert_eq!(error, None);
            for tree in &trees {
                let value = Value::deserialize(TreeDeserializer::new(tree, tree.root(), &[])).expect("an object");
                for it in value["items"].as_array().cloned().unwrap_or_else(|| vec![value]) {
                    world.add(it);
                }
            }
        }
        world
    }

    /// Pods alone, `pod-0000` and so on.
    pub fn of_pods(count: usize) -> Self {
        let pod = |at: usize| serde_json::json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": format!("pod-{at:04}"), "namespace": "shop", "uid": format!("u{at}") }, "spec": { "containers": [{ "name": "c" }] } });
        let mut world = Self::default();
        (0..count).for_each(|at| world.add(pod(at)));
        world
    }

    /// Adds an object to the list of its kind.
    pub fn add(&mut self, mut it: Value) {
        let kind = it["kind"].as_str().expect("a kind").to_owned();
        let api_version = it["apiVersion"].as_str().expect("an apiVersion").to_owned();
        let group = api_version.rsplit_once('/').map_or("", |it| it.0);
        // A cluster keeps no such objects.
        if matches!(group, "seatrial.dev" | "helm.sh") {
            return;
        }
        let resource = RESOURCES.iter().find(|it| it.kind == kind && it.group == group).unwrap_or_else(|| panic!("nothing reads {api_version} {kind}"));
        let namespaced = !CLUSTER_WIDE.contains(&resource.plural);
        if namespaced && it["metadata"]["namespace"].is_null() {
            it["metadata"]["namespace"] = "default".into();
        }
        // Typed lists leave their items without identity, lists of custom kinds do not.
        if !resource.is_extension() {
            let fields = it.as_object_mut().expect("an object");
            fields.remove("kind");
            fields.remove("apiVersion");
        }
        self.lists.entry(path_of(resource)).or_default().push(it);
    }

    /// A server of nothing else.
    pub fn serve(self) -> Server {
        Server::start(move |asked| self.answer(asked))
    }

    /// Answers as an API server does.
    pub fn answer(&self, asked: &Asked) -> Reply {
        match asked.path.as_str() {
            "/api" => Reply::ok(discovery(|group| group.is_empty())),
            "/apis" => Reply::ok(discovery(|group| !group.is_empty())),
            "/version" => Reply::ok(r#"{"gitVersion":"v1.36.3-eks-1a2b3c"}"#),
            "/metrics" => Reply::ok(
                "apiserver_request_total 7\napiserver_requested_deprecated_apis{group=\"policy\",removed_release=\"1.25\",resource=\"poddisruptionbudgets\",subresource=\"\",version=\"v1beta1\"} 1\n",
            ),
            path if path.ends_with("/proxy/stats/summary") => Reply::status(403, "nodes/proxy is forbidden"),
            path => self.list(path, asked),
        }
    }

    fn list(&self, path: &str, asked: &Asked) -> Reply {
        let (whole, namespace) = match path.split_once("/namespaces/").and_then(|(root, rest)| Some((root, rest.split_once('/')?))) {
            Some((root, (namespace, plural))) => (format!("{root}/{plural}"), Some(namespace)),
            None => (path.to_owned(), None),
        };
        let Some(resource) = RESOURCES.iter().find(|it| path_of(it) == whole) else { return Reply::status(404, "not found") };
        let none = Vec::new();
        let items: Vec<&Value> =
            self.lists.get(&whole).unwrap_or(&none).iter().filter(|it| namespace.is_none_or(|ns| it["metadata"]["namespace"] == ns)).collect();
        let from: usize = asked.parameter("continue").map_or(0, |it| it.trim_start_matches("at=/+ ").parse().expect("a token of ours"));
        let limit = asked.parameter("limit").map_or(usize::MAX, |it| it.parse().expect("a number"));
        let to = items.len().min(from.saturating_add(limit));
        let next = if to < items.len() { format!("at=/+ {to}") } else { String::new() };
        let mut text = format!(
            r#"{{"kind":"{}List","apiVersion":"{}","metadata":{{"resourceVersion":"42","continue":"{next}"}},"items":["#,
            resource.kind,
            api_version(resource)
        );
        for (at, it) in items[from..to].iter().enumerate() {
            write!(text, "{}{it}", if at > 0 { "," } else { "" }).expect("memory");
        }
        text.push_str("]}");
        Reply::ok(text)
    }
}

fn api_version(it: &Resource) -> String {
    if it.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", it.group) }
}

fn discovery(wanted: impl Fn(&str) -> bool) -> String {
    let mut groups: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for it in RESOURCES.iter().filter(|it| wanted(it.group)) {
        let scope = if CLUSTER_WIDE.contains(&it.plural) { "Cluster" } else { "Namespaced" };
        groups.entry(it.group).or_default().push(serde_json::json!({ "resource": it.plural, "scope": scope, "verbs": ["get", "list"] }));
    }
    let items: Vec<Value> = groups
        .into_iter()
        .map(|(group, resources)| serde_json::json!({ "metadata": { "name": group }, "versions": [{ "version": "v1", "freshness": "Current", "resources": resources }] }))
        .collect();
    serde_json::json!({ "kind": "APIGroupDiscoveryList", "items": items }).to_string()
}

/// A kubeconfig for a server, with `user` as the user's fields in YAML.
pub fn kubeconfig(server: &Server, user: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("kubeconfig-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters: [{{name: c, cluster: {{server: '{}'}}}}]\ncontexts: [{{name: test, context: {{cluster: c, user: u}}}}]\nusers:\n- name: u\n  user: {user}\n",
        server.address
    );
    std::fs::write(&file, text).expect("a temporary folder");
    file
}

/// Everything of Kubernetes, asked without much patience.
pub fn request(server: &Server) -> Request {
    Request {
        access: Access { kubeconfig: Some(kubeconfig(server, "{token: good}")), ..Access::default() },
        namespace: None,
        texts_of: Default::default(),
        needs: Need::ALL.iter().copied().filter(|it| !it.is_aws()).collect(),
        aws: None,
        patience: Patience {
            attempts: 4,
            first_pause: Duration::from_millis(2),
            longest_pause: Duration::from_millis(50),
            idle: Duration::from_secs(10),
            ..Patience::default()
        },
    }
}

/// Reads everything of a server.
pub fn snapshot(server: &Server) -> Snapshot {
    collect(&request(server), &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}")).snapshot
}
