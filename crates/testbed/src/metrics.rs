//! A metrics server of our own: metrics.k8s.io as the aggregation layer asks for it, so that autoscalers really act.
//!
//! What a pod uses is written on it: the annotations `testbed.seatrial.dev/cpu` and `testbed.seatrial.dev/memory`, as quantities for each of
//! its containers; without them a container uses 60 % of what it requests. Only running pods have figures, as with the real one.

use anyhow::Result;
use hyper::StatusCode;
use serde_json::{Value, json};

use crate::api::Api;

const GROUP_VERSION: &str = "metrics.k8s.io/v1beta1";

/// The objects that announce the server: the Service that leads to this machine, and the APIService.
pub fn objects(port: u16, authority: &str) -> Vec<Value> {
    use base64::Engine as _;
    vec![
        json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "metrics-server", "namespace": "kube-system"},
            "spec": {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": port}]},
        }),
        json!({
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1beta1.metrics.k8s.io"},
            "spec": {
                "group": "metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
                "service": {"name": "metrics-server", "namespace": "kube-system", "port": port},
                "caBundle": base64::engine::general_purpose::STANDARD.encode(authority),
            },
        }),
    ]
}

/// Answers a request by its path and query.
pub async fn answer(api: &Api, path: &str, query: Option<&str>) -> (StatusCode, Value) {
    let selector = query.unwrap_or("").split('&').find(|it| it.starts_with("labelSelector="));
    match body(api, path, selector).await {
        Ok(Some(body)) => (StatusCode::OK, body),
        Ok(None) => (StatusCode::NOT_FOUND, failure(404, "NotFound", "there are no figures of it")),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, failure(500, "InternalError", &format!("{error:#}"))),
    }
}

async fn body(api: &Api, path: &str, selector: Option<&str>) -> Result<Option<Value>> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let query = selector.map_or_else(String::new, |it| format!("?{it}"));
    Ok(Some(match parts.as_slice() {
        ["apis"] => json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": [group()]}),
        ["apis", "metrics.k8s.io"] => group(),
        ["apis", "metrics.k8s.io", "v1beta1"] => json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": GROUP_VERSION, "resources": [
            {"name": "nodes", "singularName": "", "namespaced": false, "kind": "NodeMetrics", "verbs": ["get", "list"]},
            {"name": "pods", "singularName": "", "namespaced": true, "kind": "PodMetrics", "verbs": ["get", "list"]},
        ]}),
        ["apis", "metrics.k8s.io", "v1beta1", "nodes"] => list("NodeMetricsList", api.list(&format!("/api/v1/nodes{query}")).await?.iter().map(of_node)),
        ["apis", "metrics.k8s.io", "v1beta1", "nodes", name] => of_node(&api.get(&format!("/api/v1/nodes/{name}")).await?),
        ["apis", "metrics.k8s.io", "v1beta1", "pods"] => list("PodMetricsList", api.list(&format!("/api/v1/pods{query}")).await?.iter().filter_map(of_pod)),
        ["apis", "metrics.k8s.io", "v1beta1", "namespaces", namespace, "pods"] => {
            list("PodMetricsList", api.list(&format!("/api/v1/namespaces/{namespace}/pods{query}")).await?.iter().filter_map(of_pod))
        }
        ["apis", "metrics.k8s.io", "v1beta1", "namespaces", namespace, "pods", name] => {
            return Ok(of_pod(&api.get(&format!("/api/v1/namespaces/{namespace}/pods/{name}")).await?));
        }
        ["livez" | "readyz" | "healthz"] => json!("ok"),
        _ => return Ok(None),
    }))
}

fn group() -> Value {
    let version = json!({"groupVersion": GROUP_VERSION, "version": "v1beta1"});
    json!({"kind": "APIGroup", "apiVersion": "v1", "name": "metrics.k8s.io", "versions": [version], "preferredVersion": version})
}

fn list(kind: &str, items: impl Iterator<Item = Value>) -> Value {
    json!({"kind": kind, "apiVersion": GROUP_VERSION, "metadata": {}, "items": items.collect::<Vec<_>>()})
}

fn of_node(node: &Value) -> Value {
    metrics("NodeMetrics", node, json!({"usage": {"cpu": "1200m", "memory": "6Gi"}}))
}

fn of_pod(pod: &Value) -> Option<Value> {
    if pod["status"]["phase"] != "Running" {
        return None;
    }
    let written = |what: &str| pod["metadata"]["annotations"][format!("testbed.seatrial.dev/{what}")].as_str().map(ToOwned::to_owned);
    let usage = |container: &Value| {
        let of = |what: &str| written(what).unwrap_or_else(|| usual(container["resources"]["requests"][what].as_str()));
        json!({"cpu": of("cpu"), "memory": of("memory")})
    };
    let containers: Vec<Value> = pod["spec"]["containers"].as_array().into_iter().flatten().map(|it| json!({"name": it["name"], "usage": usage(it)})).collect();
    Some(metrics("PodMetrics", pod, json!({"containers": containers})))
}

/// 60 % of a request: a number and its unit. Without one next to nothing, in a form that both resources have.
fn usual(request: Option<&str>) -> String {
    let request = request.unwrap_or("0");
    let digits = request.find(|it: char| !it.is_ascii_digit()).unwrap_or(request.len());
    let number: u64 = request[..digits].parse().unwrap_or(0);
    match &request[digits..] {
        "" => format!("{}m", number * 600),
        "m" => format!("{}m", number * 6 / 10),
        "Gi" => format!("{}Mi", number * 1024 * 6 / 10),
        unit => format!("{}{unit}", number * 6 / 10),
    }
}

fn metrics(kind: &str, of: &Value, mut rest: Value) -> Value {
    rest["kind"] = json!(kind);
    rest["apiVersion"] = json!(GROUP_VERSION);
    rest["metadata"] = json!({"name": of["metadata"]["name"], "creationTimestamp": of["metadata"]["creationTimestamp"], "labels": of["metadata"]["labels"]});
    if let Some(namespace) = of["metadata"]["namespace"].as_str() {
        rest["metadata"]["namespace"] = json!(namespace);
    }
    rest["timestamp"] = json!(jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    rest["window"] = json!("15s");
    rest
}

fn failure(code: u16, reason: &str, message: &str) -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message})
}
