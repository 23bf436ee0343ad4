//! What the testbed runs besides the control plane: the metrics server and the EBS driver, in one process.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::api::Api;
use crate::ebs::Ebs;
use crate::{metrics, storage};

/// Where to find the plane, and what to show to those who ask.
#[derive(Clone, Debug)]
pub struct Options {
    /// Of the plane's administrator.
    pub kubeconfig: PathBuf,
    /// The metrics server's certificate, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// Its port.
    pub port: u16,
    /// Where the account is that the volumes are made in; without one their ids are made up.
    pub aws: Option<String>,
}

/// Serves until the process ends.
pub async fn run(options: &Options) -> Result<()> {
    let api = Api::from_kubeconfig(&options.kubeconfig, None)?;
    let ebs = options.aws.as_deref().map(Ebs::at).transpose()?;
    let driver = storage::drive(&api, async |claim, node| match &ebs {
        Some(ebs) => made(ebs, claim, node).await,
        None => Ok(storage::made_up(&storage::name_of(claim))),
    });
    let metrics = metrics::serve(&options.kubeconfig, &options.certificate, &options.key, options.port);
    tokio::try_join!(driver, metrics).map(drop)
}

async fn made(ebs: &Ebs, claim: &Value, node: &Value) -> Result<String> {
    let text = |it: &Value| it.as_str().unwrap_or("").to_owned();
    let (namespace, name) = (text(&claim["metadata"]["namespace"]), text(&claim["metadata"]["name"]));
    let size = text(&claim["spec"]["resources"]["requests"]["storage"]);
    let gib = size.strip_suffix("Gi").and_then(|it| it.parse().ok()).with_context(|| format!("{namespace}/{name} wants {size}, which is not in Gi"))?;
    let zone = text(&node["metadata"]["labels"]["topology.kubernetes.io/zone"]);
    let provider = text(&node["spec"]["providerID"]);
    let instance = provider.rsplit('/').next().context("a node without an instance")?;
    ebs.make((&namespace, &name), gib, &zone, instance).await
}
