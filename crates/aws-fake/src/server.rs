//! The server: HTTP/1.1 on 127.0.0.1, faults before answers.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use seatrial_aws::Call;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::answer::{self, Written};
use crate::request::{Members, Wire, signed_for, understand};
use crate::{Faults, World};

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// IAM action.
    pub action: String,
    /// Its members.
    pub members: Members,
}

struct State {
    world: World,
    faults: Faults,
    /// How often each fault that ends has been played.
    played: BTreeMap<String, u32>,
    seen: Vec<Seen>,
    strange: Vec<String>,
}

/// A running account. It ends when it is dropped.
pub struct Fake {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Fake {
    /// Starts one on a free port.
    pub async fn start(world: World, faults: Faults) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State { world, faults, played: BTreeMap::new(), seen: Vec::new(), strange: Vec::new() }));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let state = shared.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| respond(state.clone(), request));
                    // A client that goes away is its own business.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, state, task })
    }

    /// What `AWS_ENDPOINT_URL` must be.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Other faults from now on; what came so far is forgotten.
    pub fn set(&self, faults: Faults) {
        let mut state = lock(&self.state);
        state.faults = faults;
        state.played.clear();
        state.seen.clear();
    }

    /// Requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.state).seen.clone()
    }

    /// Requests that no declared call makes, or that are not signed.
    pub fn strange(&self) -> Vec<String> {
        lock(&self.state).strange.clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn respond(state: Arc<Mutex<State>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|it| it.to_bytes()).unwrap_or_default();
    let header = |name: &str| head.headers.get(name).and_then(|it| it.to_str().ok());
    let wire = Wire {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        target: header("x-amz-target"),
        authorization: header("authorization").unwrap_or_default(),
        body: std::str::from_utf8(&body).unwrap_or_default(),
    };
    let written = match understand(&wire) {
        Some((call, members)) if header("x-amz-date").is_some() => {
            let delay = lock(&state).faults.slow.get(&call.action()).copied();
            if let Some(delay) = delay {
                tokio::time::sleep(delay).await;
            }
            play(&mut lock(&state), call, members)
        }
        _ => {
            let what = format!("{} {} for {:?}: {:?} {}", wire.method, wire.path, signed_for(wire.authorization), wire.target, wire.body);
            lock(&state).strange.push(what);
            Written { status: 404, kind: "text/html", body: "<html>no such route</html>".to_owned() }
        }
    };
    let response = Response::builder().status(written.status).header("content-type", written.kind).body(Full::new(Bytes::from(written.body)));
    Ok(response.unwrap_or_default())
}

fn play(state: &mut State, call: &'static Call, members: Members) -> Written {
    let action = call.action();
    state.seen.push(Seen { action: action.clone(), members: members.clone() });
    let html = |status| Written { status, kind: "text/html", body: "<html><body>Bad Gateway</body></html>".to_owned() };
    let faults = state.faults.clone();
    if let Some(code) = faults.credentials {
        return answer::error(call, 403, code, "The security token included in the request is expired");
    }
    if faults.deny.contains(&action) {
        return answer::denied(call);
    }
    if faults.html.contains(&action) {
        return html(502);
    }
    if faults.empty_refusal.contains(&action) || faults.empty.contains(&action) {
        return Written { status: if faults.empty.contains(&action) { 200 } else { 400 }, kind: "text/plain", body: String::new() };
    }
    let mut due = |kind: &str, times: Option<&u32>| {
        let played = state.played.entry(format!("{kind} {action}")).or_default();
        let is_due = times.is_some_and(|it| *played < *it);
        *played += u32::from(is_due);
        is_due
    };
    if due("throttle", faults.throttle.get(&action)) {
        return answer::throttled(call);
    }
    if due("fail", faults.fail.get(&action)) {
        return answer::error(call, 500, "InternalFailure", "try again");
    }
    let cut = due("cut", faults.cut.get(&action));
    let Some(answer) = state.world.answer(call, &members) else { return answer::missing(call) };
    let mut written = answer::success(call, &paged(call, &members, answer, faults.page));
    if cut {
        let half = (0..=written.body.len() / 2).rev().find(|at| written.body.is_char_boundary(*at)).unwrap_or(0);
        written.body.truncate(half);
    }
    written
}

/// One page of an answer, and the token of the next one.
fn paged(call: &Call, members: &Members, mut answer: Value, size: Option<usize>) -> Value {
    let (Some(paging), Some(list), Some(size)) = (call.paging, call.must, size) else { return answer };
    let Some(all) = answer.get(list).and_then(Value::as_array).cloned() else { return answer };
    let token = members.get(paging.send).map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
    let from: usize = token.and_then(|it| it.strip_prefix("page-")?.parse().ok()).unwrap_or(0);
    let to = (from + size).min(all.len());
    answer[list] = all.get(from..to).unwrap_or_default().to_vec().into();
    if to < all.len() {
        answer[paging.read] = format!("page-{to}").into();
    }
    answer
}
