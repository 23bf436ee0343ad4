//! What the testbed runs besides the control plane: the metrics server, the identity webhook and the EBS driver, in one process.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::api::Api;
use crate::ebs::Ebs;
use crate::forward::{self, Body};
use crate::{identity, metrics, storage};

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
    tokio::try_join!(driver, listen(&api, options)).map(drop)
}

async fn listen(api: &Api, options: &Options) -> Result<()> {
    let chain = CertificateDer::pem_file_iter(&options.certificate).and_then(Iterator::collect).context("the certificate is not PEM")?;
    let key = PrivateKeyDer::from_pem_file(&options.key).context("the key is not PEM")?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls =
        rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let port = options.port;
    let listener = TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("cannot listen on port {port}"))?;
    loop {
        let (stream, _) = listener.accept().await.context("cannot accept")?;
        let acceptor = acceptor.clone();
        let api = api.clone();
        tokio::spawn(async move {
            // Who breaks off the handshake or the connection has no one to tell.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(move |request| answer(api.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(api: Api, request: Request<Incoming>) -> Result<Response<Body>> {
    let (head, body) = forward::whole(request).await?;
    let (status, answer) = match head.uri.path() {
        identity::PATH => (StatusCode::OK, identity::review(&serde_json::from_slice(&body).context("not an AdmissionReview")?)?),
        path => metrics::answer(&api, path, head.uri.query()).await,
    };
    Ok(forward::answer(status, "application/json", answer.to_string()))
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
