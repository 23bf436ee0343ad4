//! One address for two AWS emulators: a request goes to the one that knows its service, by the scope of its signature.

use std::sync::Arc;

use anyhow::{Context, Result};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response, StatusCode};
use tokio::net::TcpListener;

use crate::connect::{Connections, connections, tls};
use crate::forward::{self, Body, Connection};

/// Services that ministack answers better; moto has the rest.
const OF_MINISTACK: [&str; 4] = ["eks", "backup", "dlm", "servicequotas"];

/// Where the emulators are, on 127.0.0.1.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is named by its server")]
pub struct Emulators {
    pub moto: u16,
    pub ministack: u16,
}

/// Serves on 127.0.0.1 until the process ends.
pub async fn serve(port: u16, emulators: Emulators) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("cannot listen on port {port}"))?;
    let connections = connections(tls(None, None, None)?);
    forward::listen(listener, move |_: Arc<Connection>, request| pass(connections.clone(), emulators, request)).await
}

async fn pass(connections: Connections, emulators: Emulators, request: Request<Incoming>) -> Result<Response<Body>> {
    let (head, body) = forward::whole(request).await?;
    let service = service(&head.headers, head.uri.query()).unwrap_or("");
    let port = if OF_MINISTACK.contains(&service) { emulators.ministack } else { emulators.moto };
    match forward::forward(&connections, &format!("http://127.0.0.1:{port}"), &head, body).await {
        Ok(answer) => Ok(forward::passed_on(answer)),
        Err(error) => Ok(forward::answer(StatusCode::BAD_GATEWAY, "text/plain", format!("{error:#}\n"))),
    }
}

/// The service for which a request was signed: the fourth part of the scope. Source: Signature Version 4, `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn service<'r>(headers: &'r HeaderMap, query: Option<&'r str>) -> Option<&'r str> {
    let signed = headers.get("authorization").and_then(|it| it.to_str().ok());
    if let Some(it) = signed.and_then(|it| it.split("Credential=").nth(1)) {
        return it.split('/').nth(3);
    }
    let presigned = query?.split('&').find_map(|it| it.strip_prefix("X-Amz-Credential="))?;
    presigned.split("%2F").nth(3).or_else(|| presigned.split('/').nth(3))
}

#[cfg(test)]
mod tests {
    use super::service;
    use hyper::HeaderMap;
    use hyper::header::HeaderValue;

    #[test]
    fn the_scope_names_the_service() {
        let mut headers = HeaderMap::new();
        let signed = "AWS4-HMAC-SHA256 Credential=AKID/20261124/us-east-1/eks/aws4_request, SignedHeaders=host, Signature=00";
        headers.insert("authorization", HeaderValue::from_static(signed));
        assert_eq!(service(&headers, None), Some("eks"));
        let presigned = "Action=GetCallerIdentity&X-Amz-Credential=AKID%2F20261124%2Fus-east-1%2Fsts%2Faws4_request";
        assert_eq!(service(&HeaderMap::new(), Some(presigned)), Some("sts"));
        assert_eq!(service(&HeaderMap::new(), None), None);
    }
}
