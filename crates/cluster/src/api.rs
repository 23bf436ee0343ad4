//! The way to the API server: the one place that makes requests, and it makes GET requests only.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use http::header::{ACCEPT, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use kube_client::client::{AuthError, Body};
use kube_client::{Client, Config, Error as KubeError};
use tokio::time::{sleep, timeout};

use crate::fault::{Fault, chain};
use crate::plugin;

/// Kubernetes' JSON.
pub const JSON: &str = "application/json";
/// More than any single answer that is kept whole: discovery with thousands of kinds has 3 MB.
const LARGEST_ANSWER: usize = 64 << 20;
/// How often the credentials are asked for anew in one run.
const MOST_SIGN_INS: u32 = 3;

/// How patient a run is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often a request is made before it counts as failed.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles with each further one.
    pub first_pause: Duration,
    /// No pause is longer, whatever the server wishes.
    pub longest_pause: Duration,
    /// How long no byte may come.
    pub idle: Duration,
    /// How many resources are listed at a time.
    pub lists_at_once: usize,
    /// Objects on a page.
    pub page: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(20),
            idle: Duration::from_secs(30),
            lists_at_once: 8,
            page: 500,
        }
    }
}

/// An API server and the way to be let in.
pub struct Api {
    config: Config,
    /// How often was signed in, and with what.
    client: RwLock<(u32, Client)>,
    signing_in: tokio::sync::Mutex<()>,
    sign_ins: AtomicU32,
    /// How patient it is asked.
    pub patience: Patience,
}

impl Api {
    /// Makes ready to ask: reads certificates and runs the credential plugin, but makes no request yet.
    ///
    /// # Errors
    /// The credentials or certificates cannot be had.
    pub async fn new(config: Config, patience: Patience) -> Result<Self, Fault> {
        let client = sign_in(config.clone()).await?;
        Ok(Self { config, client: RwLock::new((0, client)), signing_in: tokio::sync::Mutex::new(()), sign_ins: AtomicU32::new(0), patience })
    }

    /// Asks for `path` until `consume` is content with the answer, or asking again cannot help.
    pub(crate) async fn get<T, F>(&self, path: &str, accept: &str, consume: impl Fn(Body) -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let mut attempt = 1;
        let mut renewed = false;
        loop {
            let (sign_in, client) = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
            let fault = match self.once(client, path, accept).await {
                Ok(body) => match consume(body).await {
                    Ok(it) => return Ok(it),
                    Err(fault) => fault,
                },
                Err(fault) => fault,
            };
            if matches!(fault, Fault::Unauthorized(_)) && !renewed {
                // A token may have run out meanwhile: once more with a fresh one.
                renewed = true;
                self.sign_in_after(sign_in, fault).await?;
                continue;
            }
            // Waiting out a server that says nothing takes long enough; one that is not there is known soon.
            let most = match fault {
                Fault::TimedOut(_) => self.patience.attempts.min(2),
                Fault::Unreachable(_) => self.patience.attempts.min(4),
                _ => self.patience.attempts,
            };
            if !fault.is_passing() || attempt >= most {
                return Err(fault);
            }
            sleep(self.pause(attempt, &fault, path)).await;
            attempt += 1;
        }
    }

    /// A whole answer of bounded size.
    pub(crate) async fn text(&self, path: &str, accept: &str) -> Result<Vec<u8>, Fault> {
        let idle = self.patience.idle;
        self.get(path, accept, |body| async move {
            let whole = timeout(idle, Limited::new(body, LARGEST_ANSWER).collect()).await.map_err(|_| Fault::TimedOut(idle))?;
            Ok(whole.map_err(|error| Fault::Broken(chain(&*error)))?.to_bytes().to_vec())
        })
        .await
    }

    async fn once(&self, client: Client, path: &str, accept: &str) -> Result<Body, Fault> {
        let request = Request::get(path).header(ACCEPT, accept).body(Body::empty()).map_err(|error| Fault::Malformed(error.to_string()))?;
        let idle = self.patience.idle;
        let response = timeout(idle, client.send(request)).await.map_err(|_| Fault::TimedOut(idle))?.map_err(|error| fault_of(&error))?;
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        Err(timeout(idle, refusal(response)).await.unwrap_or(Fault::TimedOut(idle)))
    }

    /// Signs in again, unless another request did so since `seen`.
    async fn sign_in_after(&self, seen: u32, fault: Fault) -> Result<(), Fault> {
        let _one_at_a_time = self.signing_in.lock().await;
        if self.client.read().unwrap_or_else(PoisonError::into_inner).0 != seen {
            return Ok(());
        }
        if self.sign_ins.fetch_add(1, Ordering::Relaxed) >= MOST_SIGN_INS {
            return Err(fault);
        }
        let client = sign_in(self.config.clone()).await?;
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = (seen + 1, client);
        Ok(())
    }

    /// Doubling pauses, spread by the path so that all lists do not come back at once; or what the server wishes.
    fn pause(&self, attempt: u32, fault: &Fault, path: &str) -> Duration {
        let doubled = self.patience.first_pause.saturating_mul(1 << (attempt - 1).min(16));
        let spread = path.bytes().fold(u32::from(attempt as u8), |sum, it| sum.wrapping_mul(31).wrapping_add(u32::from(it))) % 50;
        let own = doubled + doubled * spread / 100;
        own.max(fault.retry_after().unwrap_or_default()).min(self.patience.longest_pause)
    }
}

/// Runs the credential plugin, if there is one: that blocks.
async fn sign_in(mut config: Config) -> Result<Client, Fault> {
    let runtime = tokio::runtime::Handle::current();
    let made = tokio::task::spawn_blocking(move || {
        let _inside = runtime.enter();
        plugin::resolve(&mut config.auth_info)?;
        Client::try_from(config).map_err(|error| fault_of(&error))
    })
    .await;
    made.unwrap_or_else(|error| Err(Fault::Credentials(format!("signing in failed: {error}"))))
}

fn fault_of(error: &KubeError) -> Fault {
    match error {
        KubeError::Auth(it) => Fault::Credentials(credentials(it)),
        KubeError::Service(it) => match it.downcast_ref::<AuthError>() {
            Some(it) => Fault::Credentials(credentials(it)),
            None => Fault::Unreachable(chain(&**it)),
        },
        KubeError::HyperError(it) => Fault::Broken(chain(it)),
        it => Fault::Unreachable(chain(it)),
    }
}

fn credentials(error: &AuthError) -> String {
    match error {
        AuthError::ReadTokenFile(error, path) => format!("the token file {} cannot be read: {error}", path.display()),
        // In own words: the library's may repeat what it was given.
        AuthError::InvalidBearerToken(_) | AuthError::InvalidBasicAuth(_) => {
            "the token or password of the kubeconfig has characters that no header may have".to_owned()
        }
        AuthError::AuthExecRun { .. } | AuthError::AuthExecParse(_) => "the credential helper of the kubeconfig failed".to_owned(),
        it => chain(it),
    }
}

/// What the server says when it does not give what was asked for.
async fn refusal(response: Response<Body>) -> Fault {
    #[derive(serde::Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Status {
        message: String,
        details: Option<Details>,
    }
    #[derive(serde::Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Details {
        retry_after_seconds: Option<u64>,
    }
    let status = response.status();
    let header = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok()?.trim().parse().ok());
    let bytes = Limited::new(response.into_body(), 64 << 10).collect().await.map(|it| it.to_bytes()).unwrap_or_default();
    let said: Status = serde_json::from_slice(&bytes).unwrap_or_default();
    let message = if said.message.is_empty() { status.canonical_reason().unwrap_or("no reason given").to_owned() } else { one_line(&said.message) };
    match status {
        StatusCode::FORBIDDEN => Fault::Forbidden(message),
        StatusCode::UNAUTHORIZED => Fault::Unauthorized(message),
        StatusCode::GONE => Fault::Gone,
        StatusCode::NOT_FOUND => Fault::NotFound,
        _ => Fault::Refused {
            status: status.as_u16(),
            message,
            retry_after: header.or(said.details.and_then(|it| it.retry_after_seconds)).map(Duration::from_secs),
        },
    }
}

/// Messages may come from an extension's web server: short, and nothing that moves a terminal's cursor.
fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text,
    }
}
