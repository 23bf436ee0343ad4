//! An estate of many small teams: Deployments of twenty pods until there are as many pods as wished.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;

/// Pods of one Deployment.
const REPLICAS: usize = 20;
/// How long the scheduler and the controllers may take for thousands of pods on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);
/// Deployments of one team's namespace.
const APPLICATIONS: usize = 10;

/// Adds to the pods that there are as many as are missing to `pods`, and waits until they run.
pub async fn create(api: &Api, pods: usize) -> Result<()> {
    let pods = pods.saturating_sub(api.list("/api/v1/pods").await?.len());
    let applications = pods.div_ceil(REPLICAS);
    let namespaces: Vec<Value> = (0..applications.div_ceil(APPLICATIONS))
        .map(|team| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": team_name(team), "labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}))
        .collect();
    api.create_all(namespaces).await?;
    let objects = (0..applications).flat_map(|index| application(index, REPLICAS.min(pods - index * REPLICAS))).collect();
    api.create_all(objects).await?;
    for index in 0..applications {
        let path = format!("/apis/apps/v1/namespaces/{}/deployments/app-{index}", team_name(index / APPLICATIONS));
        let wanted = REPLICAS.min(pods - index * REPLICAS);
        api.wait(&path, PATIENCE, "the estate's pods run", |it| it["status"]["readyReplicas"].as_u64() == Some(wanted as u64)).await?;
    }
    Ok(())
}

fn team_name(team: usize) -> String {
    format!("team-{team:03}")
}

fn application(index: usize, replicas: usize) -> [Value; 3] {
    let name = format!("app-{index}");
    let metadata = json!({"name": name, "namespace": team_name(index / APPLICATIONS), "labels": {"app.kubernetes.io/name": name}});
    let labels = json!({"app.kubernetes.io/name": name, "app.kubernetes.io/version": "1.0.0"});
    let selector = json!({"matchLabels": {"app.kubernetes.io/name": name}});
    let container = json!({
        "name": "app", "image": format!("{}.dkr.ecr.us-east-1.amazonaws.com/estate/{name}:1.0.{index}", crate::ACCOUNT),
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}},
        "env": [{"name": "LOG_LEVEL", "value": "info"}],
    });
    [
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {
            "replicas": replicas, "selector": selector,
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container], "topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector},
            ]}},
        }}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {
            "selector": {"app.kubernetes.io/name": name}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        }}),
        json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": {"maxUnavailable": 1, "selector": selector}}),
    ]
}
