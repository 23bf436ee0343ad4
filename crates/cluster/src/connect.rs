//! From a kubeconfig as users have it to an API server: contexts, plugins, proxies, impersonation; or from inside a pod.

use std::path::PathBuf;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use kube_client::Config;
use kube_client::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};

use crate::api::{Api, Patience};
use crate::eks::{EksName, eks_name};
use crate::fault::{Fault, chain};

/// Which cluster, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// In place of `$KUBECONFIG` and `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// In place of the current context.
    pub context: Option<String>,
    /// User to impersonate.
    pub user: Option<String>,
    /// Groups to impersonate.
    pub groups: Vec<String>,
}

/// An API server that can be asked.
pub struct Connection {
    /// The way to it.
    pub api: Api,
    /// The context's name; `in-cluster` inside a pod.
    pub context: String,
    /// Address of the API server.
    pub server: String,
    /// What the kubeconfig tells of the EKS cluster behind it.
    pub eks: EksName,
}

/// Why there is no API server to ask.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nothing names a cluster.
    #[error("there is no kubeconfig ({0}), and this is no pod of a cluster")]
    NoKubeconfig(String),
    /// The kubeconfig names no current context, and neither does the call.
    #[error("the kubeconfig has no current context")]
    NoContext(Vec<String>),
    /// The context that was asked for is not there.
    #[error("the kubeconfig has no context `{0}`")]
    NoSuchContext(String, Vec<String>),
    /// The kubeconfig cannot be used.
    #[error("the kubeconfig cannot be used")]
    Kubeconfig(#[source] KubeconfigError),
    /// Signing in failed.
    #[error("cannot sign in to {server}")]
    SignIn {
        /// The API server.
        server: String,
        /// Why.
        #[source]
        source: Fault,
    },
}

impl ConnectError {
    /// The next action.
    pub fn help(&self) -> String {
        match self {
            Self::NoKubeconfig(_) => {
                "write one (`aws eks update-kubeconfig --name CLUSTER`), name it (`--kubeconfig FILE`), or name files to check (`seatrial check deploy/`), \
                 or try `seatrial check --demo`"
                    .to_owned()
            }
            Self::NoContext(all) | Self::NoSuchContext(_, all) if all.is_empty() => "write one: aws eks update-kubeconfig --name CLUSTER".to_owned(),
            Self::NoContext(all) | Self::NoSuchContext(_, all) => format!("name one with `--context`: {}", all.join(", ")),
            Self::Kubeconfig(_) => "`kubectl config view` shows what is in it".to_owned(),
            Self::SignIn { .. } => "try `kubectl auth whoami`; with AWS credentials, `aws sts get-caller-identity`".to_owned(),
        }
    }
}

/// Reads the kubeconfig and signs in; makes no request to the API server yet.
///
/// # Errors
/// There is no kubeconfig or no such context, or no credentials can be had.
pub async fn connect(access: &Access, patience: Patience) -> Result<Connection, ConnectError> {
    let (mut config, context, eks) = match kubeconfig(access)? {
        Some(kubeconfig) => from_kubeconfig(kubeconfig, access).await?,
        None => {
            let config = Config::incluster().map_err(|_| ConnectError::NoKubeconfig(searched(access)))?;
            (config, "in-cluster".to_owned(), EksName::default())
        }
    };
    if let Some(user) = &access.user {
        config.auth_info.impersonate = Some(user.clone());
    }
    if !access.groups.is_empty() {
        config.auth_info.impersonate_groups = Some(access.groups.clone());
    }
    // Retries are made where whole answers are judged, see `Api`.
    config.default_retry = false;
    config.connect_timeout = Some(Duration::from_secs(10));
    // `Api` watches over silence itself, on answers and on their parts.
    config.read_timeout = None;
    // Packing costs both sides more than a loopback device does.
    config.disable_compression |= config.cluster_url.host().is_some_and(|it| matches!(it, "127.0.0.1" | "localhost" | "[::1]"));
    let server = config.cluster_url.to_string().trim_end_matches('/').to_owned();
    let api = Api::new(config, patience).await.map_err(|source| ConnectError::SignIn { server: server.clone(), source })?;
    Ok(Connection { api, context, server, eks })
}

/// The kubeconfig that `kubectl` would take; none where there is no file.
fn kubeconfig(access: &Access) -> Result<Option<Kubeconfig>, ConnectError> {
    let paths: Vec<PathBuf> = match (&access.kubeconfig, std::env::var_os("KUBECONFIG").filter(|it| !it.is_empty())) {
        (Some(path), _) => return Kubeconfig::read_from(path).map(Some).map_err(ConnectError::Kubeconfig),
        // Of a list, files that do not exist are passed over.
        (None, Some(list)) => std::env::split_paths(&list).filter(|it| !it.as_os_str().is_empty() && it.exists()).collect(),
        (None, None) => std::env::home_dir().map(|it| it.join(".kube").join("config")).filter(|it| it.exists()).into_iter().collect(),
    };
    let mut merged: Option<Kubeconfig> = None;
    for path in paths {
        let next = Kubeconfig::read_from(path).map_err(ConnectError::Kubeconfig)?;
        merged = Some(match merged {
            Some(before) => before.merge(next).map_err(ConnectError::Kubeconfig)?,
            None => next,
        });
    }
    Ok(merged)
}

fn searched(access: &Access) -> String {
    match (&access.kubeconfig, std::env::var_os("KUBECONFIG").filter(|it| !it.is_empty())) {
        (Some(path), _) => path.display().to_string(),
        (None, Some(list)) => format!("KUBECONFIG={}", list.display()),
        (None, None) => "~/.kube/config".to_owned(),
    }
}

async fn from_kubeconfig(kubeconfig: Kubeconfig, access: &Access) -> Result<(Config, String, EksName), ConnectError> {
    let mut names: Vec<String> = kubeconfig.contexts.iter().map(|it| it.name.clone()).collect();
    names.sort();
    let wanted = access.context.clone().or_else(|| kubeconfig.current_context.clone().filter(|it| !it.is_empty()));
    let Some(context) = wanted else { return Err(ConnectError::NoContext(names)) };
    if !names.contains(&context) {
        return Err(ConnectError::NoSuchContext(context, names));
    }
    let eks = eks_name(&kubeconfig, &context);
    let proxy = kubeconfig
        .contexts
        .iter()
        .find(|it| it.name == context)
        .and_then(|it| it.context.as_ref())
        .and_then(|it| kubeconfig.clusters.iter().find(|cluster| cluster.name == it.cluster))
        .and_then(|it| it.cluster.as_ref()?.proxy_url.clone())
        .filter(|it| !it.is_empty());
    let options = KubeConfigOptions { context: Some(context.clone()), ..KubeConfigOptions::default() };
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(ConnectError::Kubeconfig)?;
    if proxy.is_none() {
        // The library asks NO_PROXY about the proxy, not about the server. A proxy of the kubeconfig counts whatever NO_PROXY says, as in kubectl.
        config.proxy_url = proxy_of_environment(&config.cluster_url);
    }
    Ok((config, context, eks))
}

/// The proxy that the environment names for a server; none for this machine itself, as in kubectl.
fn proxy_of_environment(server: &http::Uri) -> Option<http::Uri> {
    let host = server.host()?.trim_matches(['[', ']']);
    let is_this_machine = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback());
    let found = Matcher::from_env().intercept(server).filter(|_| !is_this_machine)?;
    // The matcher has taken the user off the address: it comes back from the variable itself.
    let with_user = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"]
        .iter()
        .filter_map(|it| std::env::var(it).ok()?.parse::<http::Uri>().ok())
        .find(|it| it.host() == found.uri().host() && it.port_u16() == found.uri().port_u16());
    Some(with_user.unwrap_or_else(|| found.uri().clone()))
}

/// The words of a failed first contact.
pub fn first_contact(connection: &Connection, fault: &Fault) -> String {
    format!("cannot read from {} (context {}): {}", connection.server, connection.context, chain(fault))
}
