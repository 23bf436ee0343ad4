//! Five applications that follow the guide entirely: the golden ones of `seatrial-check`, living.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::{Api, prefix};
use crate::{canary, yaml};

const APPLICATIONS: [&str; 6] = [
    include_str!("../../../check/tests/golden/platform.yaml"),
    include_str!("../../../check/tests/golden/stateless_web.yaml"),
    include_str!("../../../check/tests/golden/stateful.yaml"),
    include_str!("../../../check/tests/golden/worker.yaml"),
    include_str!("../../../check/tests/golden/cron.yaml"),
    include_str!("../../../check/tests/golden/multi_tier.yaml"),
];

/// The address that the load balancer of its Ingresses has in the golden account.
const LOAD_BALANCER: &str = "k8s-shop-1.us-east-1.elb.amazonaws.com";

/// Applies them and plays the controllers that no one runs here: External Secrets, KEDA, the EBS driver, the load balancer's.
pub async fn play(api: &Api) -> Result<()> {
    let mut objects = Vec::new();
    for text in APPLICATIONS {
        objects.extend(yaml::values(text)?);
    }
    api.apply_all(objects.clone()).await?;
    for it in &objects {
        match it["kind"].as_str() {
            Some("ExternalSecret") => synced(api, it).await?,
            Some("SecretStore" | "ClusterSecretStore") => ready(api, it, "Valid").await?,
            Some("ScaledObject") => scaled(api, it).await?,
            Some("Ingress") => {
                let status = json!({"status": {"loadBalancer": {"ingress": [{"hostname": LOAD_BALANCER}]}}});
                api.merge(&format!("{}/status", api.path(it).await?), &status).await?;
            }
            _ => {}
        }
    }
    for it in &objects {
        if matches!(it["kind"].as_str(), Some("Deployment" | "StatefulSet")) {
            all_run(api, it).await?;
        }
    }
    Ok(())
}

/// Waits until as many pods are ready as the object wants.
pub async fn all_run(api: &Api, object: &Value) -> Result<()> {
    let name = object["metadata"]["name"].as_str().unwrap_or("");
    let path = api.path(object).await?;
    let run = |it: &Value| {
        let (wanted, ready) = (it["spec"]["replicas"].as_u64(), it["status"]["readyReplicas"].as_u64());
        it["status"]["observedGeneration"] == it["metadata"]["generation"] && ready.unwrap_or(0) == wanted.unwrap_or(0)
    };
    api.wait(&path, Duration::from_secs(120), &format!("all pods of {name} run"), run).await.map(drop)
}

/// The Secret that External Secrets would have made of it.
async fn synced(api: &Api, external: &Value) -> Result<()> {
    let (name, namespace) = (&external["metadata"]["name"], &external["metadata"]["namespace"]);
    let target = external["spec"]["target"]["name"].as_str().or_else(|| name.as_str()).unwrap_or("");
    let keys = external["spec"]["data"].as_array().into_iter().flatten().filter_map(|it| it["secretKey"].as_str());
    let data: serde_json::Map<String, Value> = keys.map(|it| (it.to_owned(), json!(canary::word("synced")))).collect();
    let made = api.get(&api.path(external).await?).await?;
    api.apply(&json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "stringData": data,
        "metadata": {"name": target, "namespace": namespace, "labels": {"reconcile.external-secrets.io/managed": "true"}, "ownerReferences": [{
            "apiVersion": external["apiVersion"], "kind": "ExternalSecret", "name": name, "uid": made["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
        }]},
    }))
    .await?;
    ready(api, external, "SecretSynced").await
}

async fn ready(api: &Api, object: &Value, reason: &str) -> Result<()> {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let status =
        json!({"status": {"conditions": [{"type": "Ready", "status": "True", "reason": reason, "message": "as it should be", "lastTransitionTime": now}]}});
    api.merge(&format!("{}/status", api.path(object).await?), &status).await.map(drop)
}

/// KEDA keeps at least the least.
async fn scaled(api: &Api, scaler: &Value) -> Result<()> {
    let target = &scaler["spec"]["scaleTargetRef"];
    let namespace = scaler["metadata"]["namespace"].as_str().unwrap_or("default");
    let plural = if target["kind"] == "StatefulSet" { "statefulsets" } else { "deployments" };
    let path = format!("{}/namespaces/{namespace}/{plural}/{}/scale", prefix("apps/v1"), target["name"].as_str().unwrap_or(""));
    api.merge(&path, &json!({"spec": {"replicas": scaler["spec"]["minReplicaCount"]}})).await.map(drop)
}
