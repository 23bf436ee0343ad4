//! Autoscalers that act: one scales out under load and reaches its limit, one has no figures to act on.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;

/// Where they are.
pub const NAMESPACE: &str = "scaling";

/// Makes them and waits until the loaded one has grown to its limit, and the blind one says so.
pub async fn play(api: &Api) -> Result<()> {
    api.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})).await?;
    let mut objects = Vec::new();
    objects.extend(workload("loaded", &json!({"requests": {"cpu": "100m", "memory": "64Mi"}})));
    // Without a request there is nothing that a utilisation could be a part of.
    objects.extend(workload("blind", &json!({})));
    api.apply_all(objects).await?;
    let condition = |it: &Value, kind: &str, status: &str| {
        it["status"]["conditions"].as_array().is_some_and(|all| all.iter().any(|it| it["type"] == kind && it["status"] == status))
    };
    let path = |name: &str| format!("/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers/{name}");
    api.wait(&path("loaded"), Duration::from_secs(90), "the loaded autoscaler reaches its limit", |it| {
        it["status"]["currentReplicas"] == 6 && condition(it, "ScalingLimited", "True")
    })
    .await?;
    api.wait(&path("blind"), Duration::from_secs(90), "the blind autoscaler says so", |it| condition(it, "ScalingActive", "False")).await?;
    Ok(())
}

fn workload(name: &str, resources: &Value) -> [Value; 2] {
    let labels = json!({"app.kubernetes.io/name": name});
    [
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels, "annotations": {"testbed.seatrial.dev/cpu": "180m"}},
                "spec": {"containers": [{"name": "app", "image": format!("registry.example.com/{name}:1.0.0"), "resources": resources}]},
            },
        }}),
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}, "minReplicas": 2, "maxReplicas": 6,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}],
            "behavior": {"scaleUp": {"stabilizationWindowSeconds": 0, "policies": [{"type": "Pods", "value": 10, "periodSeconds": 1}]}},
        }}),
    ]
}
