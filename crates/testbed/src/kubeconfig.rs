//! The file by which clients find the plane: one context for each user, the current one named as `aws eks update-kubeconfig` names it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::CLUSTER_ARN;
use crate::pki::Pki;

/// Writes it for these users; the first one's context is the current one, and is called by the cluster's ARN.
pub fn write(path: &Path, server: &str, pki: &Pki, users: &[&str]) -> Result<()> {
    let authority = encoded(&pki.certificate("ca"))?;
    let mut contexts = Vec::new();
    let mut credentials = Vec::new();
    for (index, user) in users.iter().enumerate() {
        let context = if index == 0 { CLUSTER_ARN } else { user };
        contexts.push(json!({"name": context, "context": {"cluster": CLUSTER_ARN, "user": user}}));
        credentials.push(json!({"name": user, "user": {
            "client-certificate-data": encoded(&pki.certificate(user))?,
            "client-key-data": encoded(&pki.key(user))?,
        }}));
    }
    save(
        path,
        &json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CLUSTER_ARN, "cluster": {"server": server, "certificate-authority-data": authority}}],
            "users": credentials,
            "contexts": contexts,
            "current-context": CLUSTER_ARN,
        }),
    )
}

/// Writes one that leads to another address, without credentials: for a proxy that has its own.
pub fn write_plain(path: &Path, server: &str) -> Result<()> {
    save(
        path,
        &json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CLUSTER_ARN, "cluster": {"server": server}}],
            "users": [{"name": "proxied", "user": {}}],
            "contexts": [{"name": CLUSTER_ARN, "context": {"cluster": CLUSTER_ARN, "user": "proxied"}}],
            "current-context": CLUSTER_ARN,
        }),
    )
}

fn save(path: &Path, config: &Value) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, serde_json::to_vec_pretty(config)?).with_context(|| format!("cannot write {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).with_context(|| format!("cannot protect {}", path.display()))
}

fn encoded(path: &Path) -> Result<String> {
    Ok(STANDARD.encode(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?))
}
