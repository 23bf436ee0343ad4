//! Two budgets that let no drain pass: one asks for every pod, one covers pods that are not ready.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;

/// Where they are.
pub const NAMESPACE: &str = "blocked";

/// Makes them and waits until the controller has counted: no disruption allowed.
pub async fn play(api: &Api) -> Result<()> {
    api.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})).await?;
    let mut objects = Vec::new();
    for (name, fate, allowed) in [("all-needed", None, json!({"minAvailable": "100%"})), ("never-ready", Some("not-ready"), json!({"maxUnavailable": 1}))] {
        objects.extend(workload(name, fate, allowed));
    }
    api.apply_all(objects).await?;
    for name in ["all-needed", "never-ready"] {
        let path = format!("/apis/policy/v1/namespaces/{NAMESPACE}/poddisruptionbudgets/{name}");
        let blocked = |it: &Value| {
            it["status"]["expectedPods"] == 3 && it["status"]["disruptionsAllowed"] == 0 && (name != "all-needed" || it["status"]["currentHealthy"] == 3)
        };
        api.wait(&path, Duration::from_secs(60), &format!("the budget {name} allows no disruption"), blocked).await?;
    }
    Ok(())
}

fn workload(name: &str, fate: Option<&str>, allowed: Value) -> [Value; 2] {
    let selector = json!({"matchLabels": {"app.kubernetes.io/name": name}});
    let mut labels = json!({"app.kubernetes.io/name": name});
    if let Some(fate) = fate {
        labels["testbed.seatrial.dev/fate"] = json!(fate);
    }
    let mut budget = allowed;
    budget["selector"] = selector.clone();
    [
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": {
            "replicas": 3, "selector": selector,
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{
                "name": "app", "image": format!("registry.example.com/{name}:1.0.0"), "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
            }]}},
        }}),
        json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": budget}),
    ]
}
