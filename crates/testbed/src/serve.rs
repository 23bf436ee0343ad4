//! What the testbed runs besides the control plane: the metrics server and the EBS driver, in one process.

use std::path::PathBuf;

use anyhow::Result;

use crate::api::Api;
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
}

/// Serves until the process ends.
pub async fn run(options: &Options) -> Result<()> {
    let api = Api::from_kubeconfig(&options.kubeconfig, None)?;
    let driver = storage::drive(&api, async |claim, _| Ok(storage::made_up(&storage::name_of(claim))));
    let metrics = metrics::serve(&options.kubeconfig, &options.certificate, &options.key, options.port);
    tokio::try_join!(driver, metrics).map(drop)
}
