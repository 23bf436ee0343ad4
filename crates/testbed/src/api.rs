//! A plain client of the Kubernetes API: the witness that shares no code with what it witnesses.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri};
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};

use crate::connect::{Connections, connections, tls};

/// Calls that may be under way at once when many objects are written.
const AT_ONCE: usize = 16;

/// One API server, as one user. Clones share their connections.
#[derive(Clone)]
pub struct Api {
    connections: Connections,
    base: String,
    bearer: Option<String>,
    plurals: Arc<Mutex<BTreeMap<String, Vec<Resource>>>>,
}

/// A resource as discovery names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `apps/v1`, or `v1` of the core group.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// `deployments`.
    pub plural: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Whether it can be listed.
    pub listed: bool,
}

impl Resource {
    /// The path of its list in all namespaces: `/apis/apps/v1/deployments`.
    pub fn path(&self) -> String {
        format!("{}/{}", prefix(&self.api_version), self.plural)
    }
}

impl Api {
    /// Connects as a context of a kubeconfig says (`None`: the current one). Certificates and tokens must stand in the file.
    pub fn from_kubeconfig(path: &Path, context: Option<&str>) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let config = crate::yaml::values(&text)?.into_iter().next().context("the kubeconfig is empty")?;
        let name = context.or_else(|| config["current-context"].as_str()).context("the kubeconfig has no current context")?;
        let chosen = named(&config["contexts"], name, "context")?;
        let cluster = named(&config["clusters"], chosen["cluster"].as_str().unwrap_or(""), "cluster")?;
        let user = named(&config["users"], chosen["user"].as_str().unwrap_or(""), "user")?;
        let decoded = |of: &Value, field: &str| -> Result<Option<Vec<u8>>> {
            let text = of[field].as_str();
            text.map(|it| base64::engine::general_purpose::STANDARD.decode(it).with_context(|| format!("{field} is not base64"))).transpose()
        };
        let tls = tls(
            decoded(&cluster, "certificate-authority-data")?.as_deref(),
            decoded(&user, "client-certificate-data")?.as_deref(),
            decoded(&user, "client-key-data")?.as_deref(),
        )?;
        let server = cluster["server"].as_str().context("the cluster has no server")?;
        Ok(Self::new(server, tls, user["token"].as_str().map(ToOwned::to_owned)))
    }

    /// Talks to a server with prepared TLS settings.
    pub fn new(base: &str, tls: rustls::ClientConfig, bearer: Option<String>) -> Self {
        Self { connections: connections(tls), base: base.trim_end_matches('/').to_owned(), bearer, plurals: Arc::default() }
    }

    /// The server's address without a final slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The connections themselves, for what is not the Kubernetes API.
    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Sends one request and reads the whole answer, whatever its status.
    pub async fn send(&self, method: Method, path: &str, content_type: &str, body: Vec<u8>) -> Result<(StatusCode, Bytes)> {
        let uri: Uri = format!("{}{path}", self.base).parse().with_context(|| format!("{path} is no path"))?;
        let mut request = Request::builder().method(&method).uri(uri).header("accept", "application/json");
        if !body.is_empty() {
            request = request.header("content-type", content_type);
        }
        if let Some(token) = &self.bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = self.connections.request(request.body(Full::new(Bytes::from(body)))?).await.with_context(|| format!("{method} {path}"))?;
        let status = response.status();
        let body = response.into_body().collect().await.with_context(|| format!("{method} {path}: the answer broke off"))?;
        Ok((status, body.to_bytes()))
    }

    /// Reads one object or list.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.json(Method::GET, path, "application/json", Vec::new()).await
    }

    /// All items of a list, page by page.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let mut page = self.get(&format!("{path}{separator}limit=500&continue={next}")).await?;
            if let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) {
                items.extend(found);
            }
            match page["metadata"]["continue"].as_str() {
                Some(token) if !token.is_empty() => next = token.to_owned(),
                _ => return Ok(items),
            }
        }
    }

    /// Creates one object; one that is there already stays as it is.
    pub async fn create(&self, object: &Value) -> Result<()> {
        let path = self.collection(object).await?;
        let (status, answer) = self.send(Method::POST, &path, "application/json", serde_json::to_vec(object)?).await?;
        if status.is_success() || status == StatusCode::CONFLICT { Ok(()) } else { Err(refused("POST", &path, status, &answer)) }
    }

    /// Makes one object be as given, by server-side apply.
    pub async fn apply(&self, object: &Value) -> Result<Value> {
        let path = format!("{}?fieldManager=testbed&force=true", self.path(object).await?);
        self.json(Method::PATCH, &path, "application/apply-patch+yaml", serde_json::to_vec(object)?).await
    }

    /// Applies many objects, several at once: namespaces and definitions first.
    pub async fn apply_all(&self, objects: Vec<Value>) -> Result<()> {
        let (first, rest): (Vec<Value>, Vec<Value>) = objects
            .into_iter()
            .partition(|it| matches!(it["kind"].as_str(), Some("Namespace" | "CustomResourceDefinition" | "PriorityClass" | "StorageClass")));
        for part in [first, rest] {
            self.each(part, |api, object| async move { api.apply(&object).await.map(drop) }).await?;
        }
        Ok(())
    }

    /// Creates many objects, several at once.
    pub async fn create_all(&self, objects: Vec<Value>) -> Result<()> {
        self.each(objects, |api, object| async move { api.create(&object).await }).await
    }

    /// Replaces parts of one object, or of a subresource of it: `path` ends in the name, or in `/status`.
    pub async fn merge(&self, path: &str, part: &Value) -> Result<Value> {
        self.json(Method::PATCH, path, "application/merge-patch+json", serde_json::to_vec(part)?).await
    }

    /// Deletes one object or a whole list; what is not there is deleted already.
    pub async fn delete(&self, path: &str) -> Result<()> {
        let (status, answer) = self.send(Method::DELETE, path, "application/json", Vec::new()).await?;
        if status.is_success() || status == StatusCode::NOT_FOUND { Ok(()) } else { Err(refused("DELETE", path, status, &answer)) }
    }

    /// Asks again until the answer at a path is as wished; fails after `patience` with what was seen last.
    pub async fn wait(&self, path: &str, patience: Duration, what: &str, is_so: impl Fn(&Value) -> bool) -> Result<Value> {
        let until = Instant::now() + patience;
        loop {
            let seen = self.get(path).await;
            if let Ok(value) = &seen
                && is_so(value)
            {
                return seen;
            }
            if Instant::now() > until {
                let seen = seen.map_or_else(|error| format!("{error:#}"), |it| it["status"].to_string());
                bail!("{what}: not within {} s\n{path} was last: {seen}", patience.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Where an object is: its list's path and its name.
    pub async fn path(&self, object: &Value) -> Result<String> {
        let name = object["metadata"]["name"].as_str().context("an object without a name")?;
        Ok(format!("{}/{name}", self.collection(object).await?))
    }

    /// Every resource that the server serves, each in the version that it prefers.
    pub async fn resources(&self) -> Result<Vec<Resource>> {
        let mut versions = vec!["v1".to_owned()];
        let groups = self.get("/apis").await?;
        versions
            .extend(groups["groups"].as_array().into_iter().flatten().filter_map(|it| it["preferredVersion"]["groupVersion"].as_str().map(ToOwned::to_owned)));
        let mut all = Vec::new();
        for version in versions {
            all.extend(self.served(&version).await?);
        }
        Ok(all)
    }

    async fn served(&self, api_version: &str) -> Result<Vec<Resource>> {
        if let Some(known) = self.plurals.lock().await.get(api_version) {
            return Ok(known.clone());
        }
        let answer = self.get(&prefix(api_version)).await?;
        let found: Vec<Resource> = answer["resources"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|it| it["name"].as_str().is_some_and(|name| !name.contains('/')))
            .map(|it| Resource {
                api_version: api_version.to_owned(),
                kind: it["kind"].as_str().unwrap_or("").to_owned(),
                plural: it["name"].as_str().unwrap_or("").to_owned(),
                namespaced: it["namespaced"].as_bool().unwrap_or(false),
                listed: it["verbs"].as_array().is_some_and(|verbs| verbs.iter().any(|verb| verb == "list")),
            })
            .collect();
        self.plurals.lock().await.insert(api_version.to_owned(), found.clone());
        Ok(found)
    }

    async fn collection(&self, object: &Value) -> Result<String> {
        let api_version = object["apiVersion"].as_str().context("an object without apiVersion")?;
        let kind = object["kind"].as_str().context("an object without kind")?;
        let served = self.served(api_version).await?;
        let it = served.iter().find(|it| it.kind == kind).ok_or_else(|| anyhow!("the server has no {kind} in {api_version}"))?;
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default");
        let place = if it.namespaced { format!("/namespaces/{namespace}") } else { String::new() };
        Ok(format!("{}{place}/{}", prefix(api_version), it.plural))
    }

    async fn json(&self, method: Method, path: &str, content_type: &str, body: Vec<u8>) -> Result<Value> {
        let (status, answer) = self.send(method.clone(), path, content_type, body).await?;
        if !status.is_success() {
            return Err(refused(method.as_str(), path, status, &answer));
        }
        serde_json::from_slice(&answer).with_context(|| format!("{method} {path}: the answer is not JSON"))
    }

    /// Does the same with each object, several at once, and gives the first failure.
    pub async fn each<F>(&self, objects: Vec<Value>, act: impl Fn(Self, Value) -> F) -> Result<()>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = tokio::task::JoinSet::new();
        for object in objects {
            let name = format!("{} {}", object["kind"].as_str().unwrap_or(""), object["metadata"]["name"].as_str().unwrap_or(""));
            let permit = Arc::clone(&permits).acquire_owned().await?;
            let done = act(self.clone(), object);
            running.spawn(async move {
                let result = done.await.with_context(|| name);
                drop(permit);
                result
            });
        }
        while let Some(done) = running.join_next().await {
            done??;
        }
        Ok(())
    }
}

/// The path of an API version: `/api/v1`, `/apis/apps/v1`.
pub fn prefix(api_version: &str) -> String {
    if api_version.contains('/') { format!("/apis/{api_version}") } else { format!("/api/{api_version}") }
}

fn named(list: &Value, name: &str, field: &str) -> Result<Value> {
    let it = list.as_array().into_iter().flatten().find(|it| it["name"] == name);
    it.map(|it| it[field].clone()).with_context(|| format!("the kubeconfig has no {field} {name}"))
}

fn refused(method: &str, path: &str, status: StatusCode, answer: &[u8]) -> anyhow::Error {
    let said = serde_json::from_slice::<Value>(answer).ok().and_then(|it| it["message"].as_str().map(ToOwned::to_owned));
    anyhow!("{method} {path}: {status}: {}", said.unwrap_or_else(|| String::from_utf8_lossy(answer).chars().take(200).collect()))
}
