//! What people and failures do to a cluster: cordon, drain, kill a node, roll out. The real server and controllers answer.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::api::Api;

/// What became of a drain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Pods that were evicted, `namespace/name`.
    pub evicted: Vec<String>,
    /// Pods whose eviction a budget refused, with the server's words.
    pub refused: Vec<(String, String)>,
}

/// Lets no new pod onto a node, or lets them again.
pub async fn cordon(api: &Api, node: &str, closed: bool) -> Result<()> {
    api.merge(&format!("/api/v1/nodes/{node}"), &json!({"spec": {"unschedulable": closed}})).await.map(drop)
}

/// Cordons a node and asks once for the eviction of each of its pods, as `kubectl drain --ignore-daemonsets` does before it asks again.
/// With a namespace only of that one's pods: others may be somebody else's test.
pub async fn drain(api: &Api, node: &str, namespace: Option<&str>) -> Result<Drained> {
    cordon(api, node, true).await?;
    let mut drained = Drained::default();
    let within = namespace.map_or_else(String::new, |it| format!("/namespaces/{it}"));
    for pod in api.list(&format!("/api/v1{within}/pods?fieldSelector=spec.nodeName={node}")).await? {
        let owner = pod["metadata"]["ownerReferences"][0]["kind"].as_str().unwrap_or("");
        if owner == "DaemonSet" || matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed")) {
            continue;
        }
        let name = pod["metadata"]["name"].as_str().context("a pod without a name")?;
        let namespace = pod["metadata"]["namespace"].as_str().context("a pod without a namespace")?;
        let path = format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction");
        let eviction = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}});
        let (status, answer) = api.send(Method::POST, &path, "application/json", serde_json::to_vec(&eviction)?).await?;
        let it = format!("{namespace}/{name}");
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
                let cause = &answer["details"]["causes"][0]["message"];
                drained.refused.push((it, cause.as_str().or_else(|| answer["message"].as_str()).unwrap_or("").to_owned()));
            }
            it_went if it_went.is_success() || it_went == StatusCode::NOT_FOUND => drained.evicted.push(it),
            other => bail!("POST {path}: {other}: {}", String::from_utf8_lossy(&answer)),
        }
    }
    Ok(drained)
}

/// Stops a node's kubelet, or starts it again: without one its lease runs out, and the controllers notice after their grace period.
pub async fn kubelet(api: &Api, node: &str, alive: bool) -> Result<()> {
    let state = if alive { "alive" } else { "dead" };
    api.merge(&format!("/api/v1/nodes/{node}"), &json!({"metadata": {"annotations": {"testbed.seatrial.dev/kubelet": state}}})).await.map(drop)
}

/// Changes the image of a Deployment's first container and the fate of its new pods (`None`: they run).
pub async fn roll_out(api: &Api, namespace: &str, name: &str, image: &str, fate: Option<&str>) -> Result<()> {
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
    let deployment = api.get(&path).await?;
    let mut container = deployment["spec"]["template"]["spec"]["containers"][0].clone();
    container["image"] = json!(image);
    // A merge patch replaces lists whole, and null removes.
    let template = json!({"metadata": {"labels": {"testbed.seatrial.dev/fate": fate}}, "spec": {"containers": [container]}});
    api.merge(&path, &json!({"spec": {"template": template}})).await.map(drop)
}

/// Waits until a Deployment's controller has seen its last change and as many updated pods are ready as wished.
pub async fn until_updated(api: &Api, namespace: &str, name: &str, ready: u64) -> Result<Value> {
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
    let so = |it: &Value| {
        let status = &it["status"];
        status["observedGeneration"] == it["metadata"]["generation"]
            && status["updatedReplicas"].as_u64() == Some(ready)
            && status["readyReplicas"].as_u64() == Some(ready)
            && status["replicas"].as_u64() == Some(ready)
    };
    api.wait(&path, Duration::from_secs(60), &format!("{namespace}/{name} is rolled out"), so).await
}
