//! One resource, read to its end: page by page, all of them showing one state of the cluster.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::BodyExt;
use kube_client::client::Body;
use seatrial_manifest::json::ListMeta;
use seatrial_manifest::json::live::{Live, read_list};
use seatrial_manifest::read::{FileRef, Options, Part};
use seatrial_model::{MASK, Text};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::api::{Api, JSON};
use crate::discovery::root;
use crate::fault::{Fault, chain};
use crate::helm;
use crate::resources::Resource;

/// How often a list that changed too fast is begun anew before it is asked for in one piece.
const MOST_RESTARTS: u32 = 3;

/// Texts of one resource's objects by namespace and name, as the API server gave them.
pub type ObjectTexts = HashMap<(Text, Text), String>;

/// A resource at its place, ready to be listed.
#[derive(Debug)]
pub struct Planned {
    /// The resource.
    pub resource: &'static Resource,
    /// Its version.
    pub version: String,
    /// Whether its objects stand in namespaces.
    pub namespaced: bool,
    /// Number of the snapshot's file that stands for it.
    pub file: u32,
    /// Whether Helm releases are wanted of these Secrets.
    pub helm: bool,
    /// Where the texts of objects are put, if they are wanted.
    pub texts: Option<Mutex<ObjectTexts>>,
}

impl Planned {
    /// The path of one object, with `{namespace}` and `{name}` in their places.
    pub fn template(&self) -> String {
        let namespace = if self.namespaced { "/namespaces/{namespace}" } else { "" };
        format!("{}{namespace}/{}/{{name}}", root(self.resource.group, &self.version), self.resource.plural)
    }

    /// The path of the list, of the whole cluster or of one namespace.
    pub fn path(&self, namespace: Option<&str>) -> String {
        let namespace = namespace.filter(|_| self.namespaced).map(|it| format!("/namespaces/{it}")).unwrap_or_default();
        format!("{}{namespace}/{}", root(self.resource.group, &self.version), self.resource.plural)
    }

    /// `apps/v1`.
    fn api_version(&self) -> String {
        if self.resource.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.resource.group, self.version) }
    }
}

/// Everything of one resource. `progress` hears the number of objects after each page.
pub async fn list(
    api: &Api,
    planned: &Arc<Planned>,
    namespace: Option<&str>,
    options: &Arc<Options>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Part, Fault> {
    let mut restarts = 0;
    'anew: loop {
        let mut whole = Part::default();
        let mut next = String::new();
        loop {
            // The last attempt is one answer: it cannot expire half-way.
            let limit = if restarts < MOST_RESTARTS { format!("?limit={}", api.patience.page) } else { "?".to_owned() };
            let token = if next.is_empty() { String::new() } else { format!("&continue={}", escaped(&next)) };
            let path = format!("{}{limit}{token}", planned.path(namespace));
            let page = api.get(path.trim_end_matches('?'), JSON, |body| read_page(api, body, planned, options)).await;
            match page {
                Ok((part, meta)) => {
                    whole.append(part);
                    progress(usize::try_from(whole.tally.objects).unwrap_or(usize::MAX));
                    if meta.next.is_empty() {
                        return Ok(whole);
                    }
                    next = meta.next;
                }
                Err(Fault::Gone) if restarts < MOST_RESTARTS => {
                    restarts += 1;
                    continue 'anew;
                }
                Err(fault) => return Err(fault),
            }
        }
    }
}

/// Reads a page as it comes: the bytes are objects of the model before the last of them is here.
async fn read_page(api: &Api, mut body: Body, planned: &Arc<Planned>, options: &Arc<Options>) -> Result<(Part, ListMeta), Fault> {
    let (sender, receiver) = mpsc::channel::<io::Result<bytes::Bytes>>(8);
    let (planned, options) = (Arc::clone(planned), Arc::clone(options));
    let reader = tokio::task::spawn_blocking(move || {
        let mut part = Part::default();
        let (template, api_version) = (planned.template(), planned.api_version());
        let live = Live {
            file: FileRef { id: planned.file, path: &template },
            api_version: &api_version,
            kind: planned.resource.kind,
            options: &options,
            inspect: &|head, text, part| {
                if planned.helm {
                    helm::inspect(head, text, planned.file, part);
                }
                if let Some(texts) = &planned.texts {
                    let key = (head.metadata.ns().into(), head.metadata.name.clone());
                    let text = if planned.resource.kind == "Secret" { without_values(text) } else { Some(text.to_owned()) };
                    texts.lock().unwrap_or_else(PoisonError::into_inner).extend(text.map(|it| (key, it)));
                }
            },
        };
        let end = read_list(&live, Incoming { receiver, bytes: bytes::Bytes::new() }, &mut part);
        (part, end)
    });
    let idle = api.patience.idle;
    let fault = loop {
        match timeout(idle, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data()
                    && sender.send(Ok(data)).await.is_err()
                {
                    break None;
                }
            }
            Ok(Some(Err(error))) => break Some(Fault::Broken(chain(&error))),
            Ok(None) => break None,
            Err(_) => break Some(Fault::TimedOut(idle)),
        }
    };
    if fault.is_some() {
        // The reader ends with an error of its own; this one is the cause.
        let _ = sender.send(Err(io::ErrorKind::ConnectionAborted.into())).await;
    }
    drop(sender);
    let (part, end) = reader.await.map_err(|error| Fault::Malformed(format!("reading failed: {error}")))?;
    match (fault, end) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(Fault::Broken(error.to_string())),
        (None, Ok(Err(error))) => Err(Fault::Malformed(format!("line {}: {}", error.line, error.message))),
        (None, Ok(Ok(meta))) => Ok((part, meta)),
    }
}

/// A Secret with its keys and without its values, which kubectl repeats in an annotation.
fn without_values(secret: &str) -> Option<String> {
    let mut secret: Value = serde_json::from_str(secret).ok()?;
    let mut mask = |pointer: &str, which: fn(&str) -> bool| {
        let values = secret.pointer_mut(pointer).and_then(Value::as_object_mut);
        values.into_iter().flatten().filter(|it| which(it.0)).for_each(|it| *it.1 = MASK.into());
    };
    mask("/data", |_| true);
    mask("/stringData", |_| true);
    mask("/metadata/annotations", |it| it == "kubectl.kubernetes.io/last-applied-configuration");
    Some(secret.to_string())
}

/// The bytes of an answer, for a reader that waits for them.
struct Incoming {
    receiver: mpsc::Receiver<io::Result<bytes::Bytes>>,
    bytes: bytes::Bytes,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.bytes.is_empty() {
            match self.receiver.blocking_recv() {
                Some(bytes) => self.bytes = bytes?,
                None => return Ok(0),
            }
        }
        let len = self.bytes.len().min(buffer.len());
        buffer[..len].copy_from_slice(&self.bytes.split_to(len));
        Ok(len)
    }
}

/// A token as part of a query.
fn escaped(token: &str) -> String {
    let mut text = String::with_capacity(token.len());
    for byte in token.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
