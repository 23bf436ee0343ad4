//! Workloads that do not work: pods that fit nowhere, that crash, that lack their image, that are killed, that never get ready, a claim without a volume.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;

/// Where they are.
pub const NAMESPACE: &str = "broken";

/// Name of a Deployment of two, its fate, the reason that its pods show.
const FATES: [(&str, &str, &str); 4] = [
    ("crashing", "crash-loop", "CrashLoopBackOff"),
    ("imageless", "no-image", "ImagePullBackOff"),
    ("hungry", "out-of-memory", "CrashLoopBackOff"),
    ("sleepy", "not-ready", ""),
];

/// Makes them and waits until each shows what is wrong with it.
pub async fn play(api: &Api) -> Result<()> {
    api.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})).await?;
    let mut objects: Vec<Value> = FATES.iter().map(|it| deployment(it.0, Some(it.1), &json!({"cpu": "50m", "memory": "64Mi"}), &json!({}))).collect();
    objects.push(deployment("too-large", None, &json!({"cpu": "64", "memory": "512Gi"}), &json!({})));
    objects.push(deployment(
        "nowhere",
        None,
        &json!({"cpu": "50m", "memory": "64Mi"}),
        &json!({"nodeSelector": {"node.kubernetes.io/instance-type": "p5.48xlarge"}}),
    ));
    let volume = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "classless"}}]});
    objects.push(deployment("volumeless", None, &json!({"cpu": "50m", "memory": "64Mi"}), &volume));
    objects.push(json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "classless", "namespace": NAMESPACE},
        "spec": {"storageClassName": "io9", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
    }));
    api.apply_all(objects).await?;

    for (name, _, reason) in FATES {
        pods(api, name, reason, |it| reason.is_empty() && it["status"]["phase"] == "Running" || waits_for(it, reason)).await?;
    }
    for name in ["too-large", "nowhere", "volumeless"] {
        pods(api, name, "Unschedulable", is_unschedulable).await?;
    }
    Ok(())
}

fn deployment(name: &str, fate: Option<&str>, requests: &Value, rest: &Value) -> Value {
    let mut labels = json!({"app.kubernetes.io/name": name});
    if let Some(fate) = fate {
        labels["testbed.seatrial.dev/fate"] = json!(fate);
    }
    let mut pod = rest.clone();
    pod["containers"] = json!([{"name": "app", "image": format!("registry.example.com/{name}:1.0.0"), "resources": {"requests": requests}}]);
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    })
}

async fn pods(api: &Api, name: &str, reason: &str, are_so: impl Fn(&Value) -> bool) -> Result<()> {
    let path = format!("/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=app.kubernetes.io/name={name}");
    let all = |it: &Value| it["items"].as_array().is_some_and(|all| all.len() == 2 && all.iter().all(&are_so));
    api.wait(&path, Duration::from_secs(60), &format!("the pods of {name} show {reason}"), all).await.map(drop)
}

fn waits_for(pod: &Value, reason: &str) -> bool {
    pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == reason
}

fn is_unschedulable(pod: &Value) -> bool {
    pod["status"]["conditions"].as_array().is_some_and(|all| all.iter().any(|it| it["type"] == "PodScheduled" && it["reason"] == "Unschedulable"))
}
