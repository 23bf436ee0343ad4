//! Makes declared calls: signs, sends, retries, follows pages.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use crate::call::{Call, Service};
use crate::endpoint::{Endpoint, partition};
use crate::failure::Failure;
use crate::protocol::{self, Members, Written};
use crate::retry::{Pace, Retry, Verdict, judge};
use crate::setup::Setup;

/// Calls under way at once.
const CONCURRENT: usize = 16;
/// No answer is that large; one that is, is not AWS'.
const LARGEST_BODY: usize = 64 << 20;
/// One call with all its tries may not take longer.
const WHOLE_CALL: Duration = Duration::from_secs(120);
/// Credentials are asked for again that long before they end.
const REFRESH: Duration = Duration::from_secs(120);
/// A list with more pages than this goes round in circles.
const MOST_PAGES: usize = 2_000;

/// A connection to one account in one region.
pub struct Client {
    setup: Setup,
    credentials: tokio::sync::Mutex<Option<Credentials>>,
    slots: Semaphore,
    paces: Mutex<BTreeMap<&'static str, Pace>>,
    /// How far AWS' clock is ahead of this machine's, in seconds.
    skew: Mutex<i64>,
    account: tokio::sync::OnceCell<Result<String, Failure>>,
}

impl Client {
    /// Calls that use this set-up.
    pub fn new(setup: Setup) -> Self {
        Self {
            setup,
            credentials: tokio::sync::Mutex::new(None),
            slots: Semaphore::new(CONCURRENT),
            paces: Mutex::new(BTreeMap::new()),
            skew: Mutex::new(0),
            account: tokio::sync::OnceCell::new(),
        }
    }

    /// The region that is read.
    pub fn region(&self) -> &str {
        &self.setup.region
    }

    /// The account that the credentials belong to.
    pub async fn account(&self) -> Result<&str, Failure> {
        let asked = self.account.get_or_init(|| async {
            let it = self.call(&crate::calls::sts::GET_CALLER_IDENTITY, Members::new()).await?;
            Ok(it["Account"].as_str().unwrap_or_default().to_owned())
        });
        asked.await.as_deref().map_err(Clone::clone)
    }

    /// Makes one call and gives what it declares to keep.
    pub async fn call(&self, call: &'static Call, members: Members) -> Result<Value, Failure> {
        self.call_in(&self.setup.region, call, members).await
    }

    /// As [`Client::call`], in another region.
    pub async fn call_in(&self, region: &str, call: &'static Call, members: Members) -> Result<Value, Failure> {
        debug_assert!(members.keys().all(|it| is_declared(call, it)), "{} sends what it does not declare: {members:?}", call.operation);
        let written = protocol::write(call, &members);
        let endpoint = self.endpoint(call.service, region);
        let _slot = self.slots.acquire().await;
        let tries = self.tries(call, &written, &endpoint);
        tokio::time::timeout(WHOLE_CALL, tries).await.unwrap_or_else(|_| {
            let why = format!("not within {} seconds", WHOLE_CALL.as_secs());
            Err(Failure::Unreachable { operation: call.operation, host: endpoint.url.clone(), why })
        })
    }

    /// Makes a call as often as it has pages, and gives the elements of its list.
    pub async fn list(&self, call: &'static Call, members: Members) -> Result<Vec<Value>, Failure> {
        let Some(list) = call.must else { return Err(Failure::undecodable(call, "no list is declared for it")) };
        let mut all = Vec::new();
        for page in self.pages(call, members).await? {
            match page.get(list) {
                Some(Value::Array(some)) => all.extend(some.iter().cloned()),
                // An empty element of XML.
                Some(Value::String(text)) if text.trim().is_empty() => {}
                _ => return Err(Failure::undecodable(call, format!("its {list} is no list"))),
            }
        }
        Ok(all)
    }

    /// Makes a call as often as it has pages.
    pub async fn pages(&self, call: &'static Call, mut members: Members) -> Result<Vec<Value>, Failure> {
        let Some(paging) = call.paging else { return Ok(vec![self.call(call, members).await?]) };
        if let Some((name, size)) = paging.size {
            members.insert(name.to_owned(), size.into());
        }
        let mut all: Vec<Value> = Vec::new();
        let mut last = String::new();
        for _ in 0..MOST_PAGES {
            let page = self.call(call, members.clone()).await?;
            let token = page.get(paging.read).and_then(Value::as_str).unwrap_or_default().to_owned();
            all.push(page);
            if token.is_empty() {
                return Ok(all);
            }
            if token == last {
                return Err(Failure::undecodable(call, "its next page is the same page again"));
            }
            members.insert(paging.send.to_owned(), token.clone().into());
            last = token;
        }
        Err(Failure::undecodable(call, format!("it has more than {MOST_PAGES} pages")))
    }

    fn endpoint(&self, service: &Service, region: &str) -> Endpoint {
        let usual = Endpoint::of(service, region);
        match self.setup.endpoint_url(service) {
            Some(url) => usual.moved_to(&url),
            None => usual,
        }
    }

    async fn tries(&self, call: &'static Call, written: &Written, endpoint: &Endpoint) -> Result<Value, Failure> {
        let mut retry = Retry::new(self.setup.attempts);
        loop {
            self.wait_for_turn(call.service).await;
            let verdict = match self.send(call, written, endpoint).await {
                Ok((status, _, body)) if (200..300).contains(&status) => match protocol::read(call, &body) {
                    Ok(it) => {
                        self.pace(call.service, Pace::ease);
                        return Ok(it);
                    }
                    // A proxy in between may have cut it off: once more.
                    Err(failure) => Verdict::Again(failure),
                },
                Ok((status, header, body)) => judge(call, status, &header, &body, &endpoint.url, self.resources(call).await),
                Err(Sent::Credentials(why)) => return Err(Failure::Credentials(why)),
                Err(Sent::Nothing(why)) => Verdict::Again(Failure::Unreachable { operation: call.operation, host: endpoint.url.clone(), why }),
            };
            let delay = match verdict {
                Verdict::Final(failure) => return Err(failure),
                Verdict::Skewed(failure, date) => {
                    if !self.learn_time(date.as_deref()) {
                        return Err(failure);
                    }
                    retry.next(false).ok_or(failure)?
                }
                Verdict::Again(failure) => retry.next(false).ok_or(failure)?,
                Verdict::Throttled => {
                    self.pace(call.service, Pace::slow_down);
                    let failure = Failure::Throttled { operation: call.operation, attempts: retry.tried() };
                    retry.next(true).ok_or(failure)?
                }
            };
            tokio::time::sleep(delay).await;
        }
    }

    /// The resources to name in a remedy. Asked of STS only where another call has been refused.
    async fn resources(&self, call: &Call) -> Vec<String> {
        let account = if call.service.name == "sts" { None } else { self.account.get().and_then(|it| it.as_deref().ok()) };
        crate::permissions::fill(call.resources, &self.setup.region, account, self.setup.cluster_name.as_deref())
    }

    async fn wait_for_turn(&self, service: &Service) {
        let turn = self.paces.lock().ok().and_then(|mut all| all.entry(service.name).or_default().turn(Instant::now()));
        if let Some(turn) = turn {
            sleep_until(turn).await;
        }
    }

    fn pace(&self, service: &Service, change: fn(&mut Pace)) {
        if let Ok(mut all) = self.paces.lock() {
            change(all.entry(service.name).or_default());
        }
    }

    /// Whether the answer's date explains the refusal; the clock is then set by it.
    fn learn_time(&self, date: Option<&str>) -> bool {
        let Some(theirs) = date.and_then(|it| jiff::fmt::rfc2822::parse(it).ok()) else { return false };
        let ours = jiff::Timestamp::try_from(self.now()).map_or(0, jiff::Timestamp::as_second);
        let ahead = theirs.timestamp().as_second() - ours;
        let Ok(mut skew) = self.skew.lock() else { return false };
        *skew += ahead;
        // A minute would not have been refused.
        ahead.abs() >= 60
    }

    fn now(&self) -> SystemTime {
        let skew = self.skew.lock().map_or(0, |it| *it);
        let now = SystemTime::now();
        let by = Duration::from_secs(skew.unsigned_abs());
        if skew < 0 { now.checked_sub(by) } else { now.checked_add(by) }.unwrap_or(now)
    }

    async fn send(&self, call: &Call, written: &Written, endpoint: &Endpoint) -> Result<(u16, Header, Vec<u8>), Sent> {
        let request = self.signed(call, written, endpoint).await?;
        let response = self.setup.connector.call(request).await.map_err(|error| Sent::Nothing(words(&error)))?;
        let status = response.status().as_u16();
        let header = Header::of(&response);
        let body = body_of(response).await.map_err(Sent::Nothing)?;
        Ok((status, header, body))
    }

    async fn signed(&self, call: &Call, written: &Written, endpoint: &Endpoint) -> Result<HttpRequest, Sent> {
        let credentials = self.credentials().await.map_err(Sent::Credentials)?;
        let uri = format!("{}{}", endpoint.url, written.target);
        let wrong = |error: &dyn std::fmt::Display| Sent::Nothing(format!("the request cannot be made: {error}"));
        let identity = credentials.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&endpoint.region)
            .name(call.service.signing)
            .time(self.now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| wrong(&error))?
            .into();
        let headers = written.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let body = SignableBody::Bytes(written.body.as_bytes());
        let signable = SignableRequest::new(written.method, uri.as_str(), headers.clone(), body).map_err(|error| wrong(&error))?;
        let (instructions, _) = sign(signable, &params).map_err(|error| wrong(&error))?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(written.body.as_str()));
        request.set_method(written.method).map_err(|error| wrong(&error))?;
        request.set_uri(uri.as_str()).map_err(|error| wrong(&error))?;
        for (name, value) in headers.chain(instructions.headers()) {
            request.headers_mut().try_insert(name.to_owned(), value.to_owned()).map_err(|error| wrong(&error))?;
        }
        let agent = concat!("seatrial/", env!("CARGO_PKG_VERSION"));
        request.headers_mut().try_insert("user-agent", agent).map_err(|error| wrong(&error))?;
        Ok(request)
    }

    async fn credentials(&self) -> Result<Credentials, String> {
        let mut kept = self.credentials.lock().await;
        let fresh = kept.as_ref().filter(|it| it.expiry().is_none_or(|at| at > SystemTime::now() + REFRESH));
        if let Some(it) = fresh {
            return Ok(it.clone());
        }
        let provider: &SharedCredentialsProvider = self.setup.credentials.as_ref().ok_or("the profile names none")?;
        let it = provider.provide_credentials().await.map_err(|error| words(&error))?;
        *kept = Some(it.clone());
        Ok(it)
    }

    /// The partition of the region.
    pub fn partition(&self) -> &'static str {
        partition(&self.setup.region).name
    }
}

/// Why nothing came back.
enum Sent {
    Credentials(String),
    Nothing(String),
}

/// What is read of an answer's headers.
#[derive(Default)]
pub struct Header {
    /// The error's name in the JSON protocols.
    pub error: Option<String>,
    /// AWS' clock.
    pub date: Option<String>,
}

impl Header {
    fn of(response: &HttpResponse) -> Self {
        let get = |name: &str| response.headers().get(name).map(str::to_owned);
        Self { error: get("x-amzn-errortype"), date: get("date") }
    }
}

async fn body_of(response: HttpResponse) -> Result<Vec<u8>, String> {
    let mut stream = ByteStream::new(response.into_body());
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| words(&error))?;
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(format!("its answer is larger than {} MiB", LARGEST_BODY >> 20));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// An error with what caused it, in one line.
fn words(error: &dyn std::error::Error) -> String {
    let mut all = vec![error.to_string()];
    let mut at = error.source();
    while let Some(it) = at {
        let text = it.to_string();
        if !all.iter().any(|seen| seen.contains(&text)) {
            all.push(text);
        }
        at = it.source();
    }
    all.join(": ")
}

fn is_declared(call: &Call, member: &str) -> bool {
    let of_paging = call.paging.is_some_and(|it| it.send == member || it.size.is_some_and(|(name, _)| name == member));
    of_paging || call.send.contains(&member)
}
