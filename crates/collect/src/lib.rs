//! From needs to calls to a redacted Snapshot: the cluster first, then the AWS account around it.
//!
//! Collecting never fails as a whole once the API server answers: what is not read is a gap. The async world ends here.

mod interrupt;
mod snapshot;

use std::collections::{BTreeSet, HashMap};

pub use seatrial_cluster::{Access, ObjectTexts, Patience, RESOURCES, Rule, rbac};
use seatrial_cluster::{ConnectError, Fault, Wanted, connect, first_contact, read};
use seatrial_model::{Need, Snapshot};

pub use interrupt::Interrupt;

/// What to collect from where.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Which cluster, and as whom.
    pub access: Access,
    /// The namespace to be content with where the whole cluster may not be listed.
    pub namespace: Option<String>,
    /// What is needed; nothing else is asked for.
    pub needs: BTreeSet<Need>,
    /// The AWS account; `None` to leave it alone.
    pub aws: Option<Aws>,
    /// How patient the API server is asked.
    pub patience: Patience,
    /// Kinds whose objects' texts are wanted, too, for rules that are run on texts; of Secrets without values.
    pub texts_of: BTreeSet<&'static str>,
}

/// Where the AWS facts come from; what is not said is taken from the kubeconfig and the nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aws {
    /// Profile of the AWS configuration.
    pub profile: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Name of the cluster in EKS.
    pub cluster_name: Option<String>,
}

/// Where something was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The Kubernetes API.
    Kubernetes,
    /// The AWS account.
    Aws,
}

/// Hears what was read so far: where, what, and how many of it.
pub type Progress<'a> = &'a (dyn Fn(From, &str, usize) + Sync);

/// A snapshot and what is to be said of how it was taken.
pub struct Collected {
    /// What was read.
    pub snapshot: Snapshot,
    /// The kubeconfig's context.
    pub context: String,
    /// How many lists were read.
    pub lists: usize,
    /// Texts of objects by the number of their file; they are no part of the snapshot, and nothing writes them anywhere.
    pub texts: HashMap<u32, ObjectTexts>,
}

/// Why nothing at all was collected.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no API server to ask.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The API server gives no answer.
    #[error("{0}")]
    FirstContact(String, Fault),
    /// The operating system gives no threads or sockets.
    #[error("cannot start reading")]
    Start(#[source] std::io::Error),
}

impl Error {
    /// The next action.
    pub fn help(&self) -> String {
        match self {
            Self::Connect(it) => it.help(),
            Self::FirstContact(_, Fault::Unauthorized(_)) => "sign in again; `kubectl auth whoami` shows whom the API server sees".to_owned(),
            Self::FirstContact(..) => "try `kubectl version`: is the address right, the VPN up, the endpoint open to this machine?".to_owned(),
            Self::Start(_) => "look at the limits of this shell: ulimit -a".to_owned(),
        }
    }
}

/// Collects what is needed. Returns early with what was read when `interrupt` was asked to stop.
///
/// # Errors
/// There is no cluster to ask, or it does not answer.
pub fn collect(request: &Request, progress: Progress<'_>, interrupt: &Interrupt) -> Result<Collected, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Error::Start)?;
    let collected = runtime.block_on(run(request, progress, interrupt));
    // A reader may still wait for bytes that nobody wants any more.
    runtime.shutdown_background();
    collected
}

async fn run(request: &Request, progress: Progress<'_>, interrupt: &Interrupt) -> Result<Collected, Error> {
    let taken_at = jiff::Timestamp::now();
    let connection = connect(&request.access, request.patience).await?;
    let wanted = Wanted { needs: request.needs.clone(), namespace: request.namespace.clone(), texts_of: request.texts_of.clone() };
    let stop = interrupt.receiver();
    let hear = |what: &str, count: usize| progress(From::Kubernetes, what, count);
    let mut reading = match read(&connection.api, &wanted, &hear, &stop).await {
        Ok(it) => it,
        Err(fault) => return Err(Error::FirstContact(first_contact(&connection, &fault), fault)),
    };
    let (lists, texts) = (reading.lists, std::mem::take(&mut reading.texts));
    reading.part.cluster.finish();
    let account = snapshot::account(request, &connection.eks, &mut reading, progress, stop).await;
    Ok(Collected { snapshot: snapshot::assemble(taken_at, &request.needs, reading, account), context: connection.context, lists, texts })
}
