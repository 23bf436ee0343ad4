//! A proxy before a real API server that fails as it is told: refusals, time-outs, resets, lists that expire half-way.
//!
//! It speaks plain HTTP to its clients and has the administrator's certificate for the server, so that what a client sees is the server's own
//! answer or the fault, nothing else. It keeps what was asked of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use http_body_util::BodyExt as _;
use http_body_util::channel::Channel;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::api::Api;
use crate::forward::{self, Body, Connection};
use crate::kubeconfig;

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 429 with `Retry-After` in seconds.
    TooManyRequests(u32),
    /// Any status, as the API server words it, with its reason: `(500, "InternalError")`.
    Status(u16, &'static str),
    /// 401: the token has expired.
    ExpiredToken,
    /// 403, as RBAC words it.
    Forbidden,
    /// 410: what the `continue` token stands for is gone.
    ExpiredList,
    /// No answer; the connection stays open this long.
    Silence(Duration),
    /// The connection is reset before an answer.
    Reset,
    /// The connection is reset after so many bytes of the real answer's body.
    ResetAfter(usize),
    /// The real answer, so late.
    Slow(Duration),
    /// 200, and a page of HTML: what a portal or a broken load balancer says.
    Html,
    /// 200, and only so many bytes of the real answer, properly ended.
    CutOff(usize),
}

/// When it goes wrong.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The request's path begins so.
    pub path: String,
    /// And its query has this in it; empty: any.
    pub query: String,
    /// How many of the first such requests pass.
    pub after: usize,
    /// How many fail then; `usize::MAX`: all.
    pub times: usize,
    /// How.
    pub fault: Fault,
}

impl Rule {
    /// Every request whose path begins so fails.
    pub fn always(path: &str, fault: Fault) -> Self {
        Self { path: path.to_owned(), query: String::new(), after: 0, times: usize::MAX, fault }
    }

    /// Only the first so many fail.
    pub fn first(times: usize, path: &str, fault: Fault) -> Self {
        Self { times, ..Self::always(path, fault) }
    }

    /// Only later pages of a list fail, so many of them.
    pub fn later_pages(times: usize, path: &str, fault: Fault) -> Self {
        Self { times, query: "continue=".to_owned(), ..Self::always(path, fault) }
    }
}

/// A running proxy; it ends when it is dropped.
pub struct Proxy {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    state: Arc<Mutex<State>>,
    ends: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    rules: Vec<(Rule, usize)>,
    seen: Vec<(String, String)>,
    failed: BTreeMap<String, usize>,
}

impl Proxy {
    /// Starts one on a free port before the server of a kubeconfig.
    pub fn start(upstream: &Path) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("cannot listen")?;
        listener.set_nonblocking(true).context("cannot listen")?;
        let url = format!("http://{}", listener.local_addr().context("cannot listen")?);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("cannot start the runtime")?;
        let api = Api::from_kubeconfig(upstream, None)?;
        let state = Arc::new(Mutex::new(State::default()));
        let (ends, ended) = oneshot::channel::<()>();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                let serve = move |connection: Arc<Connection>, request| serve(api.clone(), Arc::clone(&shared), connection, request);
                tokio::select! {
                    _ = ended => {}
                    _ = forward::listen(listener, serve) => {}
                }
            });
            // Who is being kept waiting is not waited for.
            runtime.shutdown_background();
        });
        Ok(Self { url, state, ends: Some(ends), thread: Some(thread) })
    }

    /// Fails so from now on, and no longer as before. What was seen is forgotten.
    pub fn set(&self, rules: Vec<Rule>) {
        *lock(&self.state) = State { rules: rules.into_iter().map(|it| (it, 0)).collect(), ..State::default() };
    }

    /// What was asked of it: method and path with query.
    pub fn seen(&self) -> Vec<(String, String)> {
        lock(&self.state).seen.clone()
    }

    /// How many requests failed by its doing, by path.
    pub fn failed(&self) -> BTreeMap<String, usize> {
        lock(&self.state).failed.clone()
    }

    /// Writes a kubeconfig that leads to it.
    pub fn kubeconfig(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join("proxied.kubeconfig");
        kubeconfig::write_plain(&path, &self.url)?;
        Ok(path)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(ends) = self.ends.take() {
            let _ = ends.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Notes a request and says whether, and how, it fails.
    fn judge(&mut self, method: &str, path: &str, query: &str) -> Option<Fault> {
        self.seen.push((method.to_owned(), format!("{path}{}{query}", if query.is_empty() { "" } else { "?" })));
        for (rule, met) in &mut self.rules {
            // An empty `continue=` is that of a first page.
            let of_query = rule.query.is_empty()
                || query.split('&').any(|it| it.starts_with(&rule.query) && it.len() > rule.query.len() || it == rule.query && !it.ends_with('='));
            if !path.starts_with(&rule.path) || !of_query {
                continue;
            }
            *met += 1;
            if *met > rule.after && *met - rule.after <= rule.times {
                *self.failed.entry(path.to_owned()).or_default() += 1;
                return Some(rule.fault.clone());
            }
        }
        None
    }
}

async fn serve(api: Api, state: Arc<Mutex<State>>, connection: Arc<Connection>, request: Request<Incoming>) -> Result<Response<Body>> {
    let path = request.uri().path().to_owned();
    let fault = lock(&state).judge(request.method().as_str(), &path, request.uri().query().unwrap_or(""));
    let (head, body) = forward::whole(request).await?;
    let Some(fault) = fault else {
        return match forward::forward(api.connections(), api.base(), &head, body).await {
            Ok(answer) => Ok(forward::passed_on(answer)),
            Err(error) => Ok(status(502, "BadGateway", &format!("{error:#}"))),
        };
    };
    Ok(match fault {
        Fault::TooManyRequests(seconds) => {
            let mut response = status(429, "TooManyRequests", "the server has received too many requests and has asked us to try again later");
            response.headers_mut().insert("retry-after", seconds.into());
            response
        }
        Fault::Status(code, reason) => status(code, reason, "an error on the server has prevented the request from succeeding"),
        Fault::ExpiredToken => status(401, "Unauthorized", "Unauthorized"),
        Fault::Forbidden => status(403, "Forbidden", &format!("{path} is forbidden: User \"proxied\" cannot list this resource at the cluster scope")),
        Fault::ExpiredList => status(410, "Expired", "The provided continue parameter is too old to display a consistent list result."),
        Fault::Html => forward::answer(StatusCode::OK, "text/html", "<html><body><h1>It works!</h1></body></html>".to_owned()),
        Fault::Silence(patience) => {
            tokio::time::sleep(patience).await;
            anyhow::bail!("silence was asked for");
        }
        Fault::Reset => {
            connection.ends_by_reset()?;
            anyhow::bail!("a reset was asked for");
        }
        Fault::Slow(delay) => {
            tokio::time::sleep(delay).await;
            forward::passed_on(forward::forward(api.connections(), api.base(), &head, body).await?)
        }
        Fault::CutOff(bytes) => {
            let (mut head, whole) = answered(&api, &head, body).await?;
            head.headers.remove("content-length");
            let part = whole.slice(..bytes.min(whole.len()));
            Response::from_parts(head, http_body_util::Full::new(part).map_err(|it| match it {}).boxed())
        }
        Fault::ResetAfter(bytes) => {
            let (head, whole) = answered(&api, &head, body).await?;
            let part = whole.slice(..bytes.min(whole.len()));
            let (mut sender, body) = Channel::<Bytes, Box<dyn std::error::Error + Send + Sync>>::new(1);
            tokio::spawn(async move {
                let sent = sender.send_data(part).await;
                // So that the part leaves before the reset throws away what has not.
                tokio::time::sleep(Duration::from_millis(20)).await;
                if sent.is_ok() && connection.ends_by_reset().is_ok() {
                    sender.abort("a reset was asked for".into());
                }
            });
            Response::from_parts(head, body.boxed())
        }
    })
}

/// The real answer, whole.
async fn answered(api: &Api, head: &hyper::http::request::Parts, body: Bytes) -> Result<(hyper::http::response::Parts, Bytes)> {
    let (head, body) = forward::passed_on(forward::forward(api.connections(), api.base(), head, body).await?).into_parts();
    let whole = body.collect().await.map_err(|error| anyhow::anyhow!("{error}"))?.to_bytes();
    Ok((head, whole))
}

/// A refusal in the API server's own form.
fn status(code: u16, reason: &str, message: &str) -> Response<Body> {
    let body = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code});
    forward::answer(StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), "application/json", body.to_string())
}
