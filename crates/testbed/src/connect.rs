//! Connections over HTTP and HTTPS, with the certificates of one user.

use std::sync::Arc;

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Connections to an HTTP or HTTPS server.
pub type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Settings that trust one authority and show one certificate.
pub fn tls(authority: Option<&[u8]>, certificate: Option<&[u8]>, key: Option<&[u8]>) -> Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(pem) = authority {
        for it in CertificateDer::pem_slice_iter(pem) {
            roots.add(it.context("the authority is not PEM")?)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?.with_root_certificates(roots);
    let (Some(certificate), Some(key)) = (certificate, key) else { return Ok(builder.with_no_client_auth()) };
    let chain = CertificateDer::pem_slice_iter(certificate).collect::<Result<Vec<_>, _>>().context("the certificate is not PEM")?;
    Ok(builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key).context("the key is not PEM")?)?)
}

/// Connections over HTTP and HTTPS.
pub fn connections(tls: rustls::ClientConfig) -> Connections {
    let connector = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
    Client::builder(TokioExecutor::new()).build(connector)
}
