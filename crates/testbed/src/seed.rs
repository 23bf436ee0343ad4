//! What a testbed holds: nodes, definitions, metrics, the cluster's own add-ons, every scenario, and an estate of any size.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::api::Api;
use crate::nodes::Machine;
use crate::plane::Plane;
use crate::{definitions, estate, identity, metrics, nodes, scenario};

/// How much of it.
#[derive(Clone, Debug)]
pub struct Content {
    /// The nodes' machines; the scenarios need six.
    pub machines: Vec<Machine>,
    /// Pods altogether, once the estate is there; 0: no estate.
    pub pods: usize,
}

/// Fills a plane and waits until everything is as it should be.
pub async fn fill(plane: &Plane, content: &Content) -> Result<()> {
    let api = plane.api()?;
    api.apply(&viewers()).await?;
    api.create_all(nodes::objects(&content.machines, &plane.wish.version)).await.context("cannot create the nodes")?;
    let definitions = tokio::task::spawn_blocking(definitions::read).await??;
    definitions::define(&api, definitions).await?;
    announce_neighbours(&api, plane).await?;
    for it in &content.machines {
        api.wait(&format!("/api/v1/nodes/{}", it.name()), Duration::from_secs(60), "the node is ready", has("Ready")).await?;
    }
    scenario::play_all(&api).await?;
    if content.pods > 0 {
        estate::create(&api, content.pods).await?;
    }
    Ok(())
}

/// Whether an object has that condition, and it is true.
pub fn has(condition: &str) -> impl Fn(&Value) -> bool {
    move |it| it["status"]["conditions"].as_array().is_some_and(|all| all.iter().any(|it| it["type"] == condition && it["status"] == "True"))
}

/// The user of the context `viewer` may read what RBAC's own role `view` allows.
fn viewers() -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "testbed-viewers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "testbed:viewers"}],
    })
}

async fn announce_neighbours(api: &Api, plane: &Plane) -> Result<()> {
    let authority = fs::read_to_string(plane.folder.join("certificates/ca.crt")).context("cannot read the authority's certificate")?;
    let mut objects = metrics::objects(plane.ports.neighbours, &authority);
    objects.push(identity::webhook(plane.ports.neighbours, &authority));
    api.apply_all(objects).await?;
    let path = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io";
    api.wait(path, Duration::from_secs(60), "metrics.k8s.io is served", has("Available")).await.map(drop)
}
