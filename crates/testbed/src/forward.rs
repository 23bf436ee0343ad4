//! Passing a request on to another server, and its answer back as it comes.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::{Context, Result};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::connect::Connections;

/// What is sent back; an error in it breaks the connection off.
pub type Body = BoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// Headers that are between two neighbours only. Source: RFC 9110, section 7.6.1.
const NEIGHBOURLY: [&str; 7] = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/// Sends a request, whose body was read, to `base` and gives the answer, whose body was not.
pub async fn forward(connections: &Connections, base: &str, head: &hyper::http::request::Parts, body: Bytes) -> Result<Response<Incoming>> {
    let path = head.uri.path_and_query().map_or("/", |it| it.as_str());
    let mut request = Request::builder().method(head.method.clone()).uri(format!("{base}{path}"));
    for (name, value) in head.headers.iter().filter(|it| !NEIGHBOURLY.contains(&it.0.as_str())) {
        request = request.header(name, value);
    }
    connections.request(request.body(Full::new(body))?).await.with_context(|| format!("{base} does not answer"))
}

/// An answer to be sent back, with its body as it comes.
pub fn passed_on(answer: Response<Incoming>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    for it in NEIGHBOURLY {
        head.headers.remove(it);
    }
    Response::from_parts(head, body.map_err(Into::into).boxed())
}

/// An answer of our own.
pub fn answer(status: StatusCode, content_type: &'static str, text: String) -> Response<Body> {
    let body: Body = Full::new(Bytes::from(text)).map_err(|it: Infallible| match it {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static(content_type));
    response
}

/// Reads a request's body.
pub async fn whole(request: Request<Incoming>) -> Result<(hyper::http::request::Parts, Bytes)> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.context("the request broke off")?.to_bytes();
    Ok((head, body))
}

/// Answers every request on a listener, for ever. An error breaks its connection off without an answer.
pub async fn listen<S, F>(listener: TcpListener, serve: S) -> Result<()>
where
    S: Fn(Arc<Connection>, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>>> + Send + 'static,
{
    loop {
        let (stream, _) = listener.accept().await.context("cannot accept")?;
        let connection = Arc::new(Connection::of(&stream)?);
        let serve = serve.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| serve(Arc::clone(&connection), request));
            // That the connection ended badly is what was asked for, or the other side's doing.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A handle to a connection's socket.
pub struct Connection(std::os::fd::OwnedFd);

impl Connection {
    fn of(stream: &TcpStream) -> Result<Self> {
        use std::os::fd::AsFd as _;
        Ok(Self(stream.as_fd().try_clone_to_owned().context("cannot keep the socket")?))
    }

    /// Makes its end be a reset instead of an orderly close.
    pub fn ends_by_reset(&self) -> Result<()> {
        socket2::SockRef::from(&self.0).set_linger(Some(std::time::Duration::ZERO)).context("cannot set the socket's linger time")
    }
}
