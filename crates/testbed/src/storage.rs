//! Plays the EBS driver: makes a volume for every claim that waits for one, in the zone of the node that the scheduler chose.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::api::Api;

/// The provisioner whose claims are served.
const DRIVER: &str = "ebs.csi.aws.com";

/// Looks for work four times a second, for ever. `make` makes the volume of a claim for a node, and gives its id.
pub async fn drive(api: &Api, make: impl AsyncFn(&Value, &Value) -> Result<String>) -> Result<()> {
    loop {
        if let Err(error) = once(api, &make).await {
            // The log is all that there is to say it to; the next look may find the server again.
            eprintln!("{error:#}");
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn once(api: &Api, make: &impl AsyncFn(&Value, &Value) -> Result<String>) -> Result<()> {
    let claims = api.list("/api/v1/persistentvolumeclaims").await?;
    for claim in claims.iter().filter(|it| it["status"]["phase"] == "Pending" && it["spec"]["volumeName"].is_null()) {
        let notes = &claim["metadata"]["annotations"];
        let (Some(DRIVER), Some(node)) = (notes["volume.kubernetes.io/storage-provisioner"].as_str(), notes["volume.kubernetes.io/selected-node"].as_str())
        else {
            continue;
        };
        let node = api.get(&format!("/api/v1/nodes/{node}")).await?;
        let zone = node["metadata"]["labels"]["topology.kubernetes.io/zone"].as_str().context("a node without a zone")?;
        let name = volume_name(claim);
        if api.get(&format!("/api/v1/persistentvolumes/{name}")).await.is_ok() {
            continue;
        }
        let class = api.get(&format!("/apis/storage.k8s.io/v1/storageclasses/{}", claim["spec"]["storageClassName"].as_str().unwrap_or(""))).await?;
        api.create(&volume(claim, &class, &make(claim, &node).await?, zone)).await?;
    }
    for it in api.list("/api/v1/persistentvolumes").await? {
        if it["status"]["phase"] == "Released" && it["spec"]["persistentVolumeReclaimPolicy"] == "Delete" && it["spec"]["csi"]["driver"] == DRIVER {
            api.delete(&format!("/api/v1/persistentvolumes/{}", it["metadata"]["name"].as_str().unwrap_or(""))).await?;
        }
    }
    Ok(())
}

/// `namespace/name`.
pub fn name_of(claim: &Value) -> String {
    format!("{}/{}", claim["metadata"]["namespace"].as_str().unwrap_or(""), claim["metadata"]["name"].as_str().unwrap_or(""))
}

/// The same id for the same claim, for a plane without an account.
pub fn made_up(claim: &str) -> String {
    // FNV-1a, 64 bits.
    let hash = claim.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("vol-0{hash:016x}")
}

fn volume_name(claim: &Value) -> String {
    format!("pvc-{}", claim["metadata"]["uid"].as_str().unwrap_or(""))
}

fn volume(claim: &Value, class: &Value, id: &str, zone: &str) -> Value {
    let of = &claim["metadata"];
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": volume_name(claim), "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER}},
        "spec": {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "persistentVolumeReclaimPolicy": class["reclaimPolicy"],
            "storageClassName": class["metadata"]["name"],
            "volumeMode": "Filesystem",
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": of["name"], "namespace": of["namespace"], "uid": of["uid"]},
            "csi": {"driver": DRIVER, "volumeHandle": id, "fsType": "ext4"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}]}]}},
        },
    })
}
