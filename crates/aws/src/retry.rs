//! What a refusal means, how long to wait before the next try, and how fast to go on.

use std::time::Duration;

use tokio::time::Instant;

use crate::call::Call;
use crate::client::Header;
use crate::failure::Failure;
use crate::protocol;

/// What to do about an answer that is no success.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing will change.
    Final(Failure),
    /// It may work the next time.
    Again(Failure),
    /// Too many calls.
    Throttled,
    /// The clocks differ too much; AWS' date, if it told it.
    Skewed(Failure, Option<String>),
}

/// Tries of one call. Waits grow twofold and are spread at random, so that calls refused together do not come again together.
pub struct Retry {
    attempts: u32,
    errors: u32,
    throttles: u32,
}

const FIRST_WAIT: Duration = Duration::from_millis(80);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// A throttled call is no failed one: it is tried that much more often.
const PATIENCE: u32 = 6;

impl Retry {
    /// So many tries in all, the first one included.
    pub fn new(attempts: u32) -> Self {
        Self { attempts: attempts.max(1), errors: 0, throttles: 0 }
    }

    /// Tries so far.
    pub fn tried(&self) -> u32 {
        self.errors + self.throttles + 1
    }

    /// How long to wait before the next try; `None` when it has been tried often enough.
    pub fn next(&mut self, throttled: bool) -> Option<Duration> {
        if throttled {
            self.throttles += 1
        } else {
            self.errors += 1
        }
        let enough = self.errors >= self.attempts || self.throttles >= self.attempts + PATIENCE;
        let doublings = (self.errors + self.throttles - 1).min(10);
        let most = (FIRST_WAIT * 2_u32.pow(doublings)).min(LONGEST_WAIT);
        (!enough).then(|| most.mul_f64(0.5 + fraction() / 2.0))
    }
}

/// Between 0 and 1, different for calls made at the same time. Nothing depends on it being unpredictable.
fn fraction() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(0_u8);
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

/// How fast calls to one service follow each other: as they come, until it throttles; then slower, and slowly faster again.
#[derive(Default)]
pub struct Pace {
    interval: Duration,
    next: Option<Instant>,
}

const FIRST_INTERVAL: Duration = Duration::from_millis(40);
const LONGEST_INTERVAL: Duration = Duration::from_secs(2);

impl Pace {
    /// When the next call may be made; `None` for at once.
    pub fn turn(&mut self, now: Instant) -> Option<Instant> {
        if self.interval.is_zero() {
            return None;
        }
        let at = self.next.map_or(now, |it| it.max(now));
        self.next = Some(at + self.interval);
        (at > now).then_some(at)
    }

    /// After a throttled call.
    pub fn slow_down(&mut self) {
        self.interval = (self.interval * 2).clamp(FIRST_INTERVAL, LONGEST_INTERVAL);
    }

    /// After one that succeeded.
    pub fn ease(&mut self) {
        self.interval = if self.interval < FIRST_INTERVAL / 4 { Duration::ZERO } else { self.interval.mul_f64(0.9) };
    }
}

const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "SlowDown",
    "EC2ThrottledException",
    "ProvisionedThroughputExceededException",
];
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "Client.UnauthorizedOperation",
    "AuthorizationError",
    "UnauthorizedException",
    "NotAuthorized",
];
const BAD_CREDENTIALS: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "AuthFailure",
    "IncompleteSignature",
];
const SKEWED: &[&str] =
    &["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException", "SignatureDoesNotMatch", "Client.RequestExpired"];
const PASSING: &[&str] =
    &["RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable", "Unavailable"];
/// Words at the end of codes for what does not exist.
const MISSING: &[&str] =
    &["NotFound", "NotFoundException", "NoSuchEntity", "NoSuchEntityException", "QueueDoesNotExist", "NonExistentQueue", "NoSuchResourceException"];

/// What an answer that is no success means.
pub fn judge(call: &Call, status: u16, header: &Header, body: &[u8], host: &str, resources: Vec<String>) -> Verdict {
    let operation = call.operation;
    let Some((code, message)) = protocol::error_of(call, header.error.as_deref(), body) else {
        let why = format!("HTTP {status} that names no error; it begins with {}", protocol::begin(body));
        return match status {
            429 => Verdict::Throttled,
            403 => Verdict::Final(Failure::Refused { operation, code: "HTTP 403".to_owned(), message: format!("it begins with {}", protocol::begin(body)) }),
            500.. => Verdict::Again(Failure::Unreachable { operation, host: host.to_owned(), why }),
            _ => Verdict::Again(Failure::undecodable(call, why)),
        };
    };
    let is = |list: &[&str]| list.contains(&code.as_str());
    let refused = || Failure::Refused { operation, code: code.clone(), message: message.clone() };
    if is(THROTTLED) || status == 429 {
        return Verdict::Throttled;
    }
    if is(DENIED) {
        return Verdict::Final(Failure::Denied { action: call.action(), resources });
    }
    if is(BAD_CREDENTIALS) {
        return Verdict::Final(Failure::Credentials(if message.is_empty() { code } else { message }));
    }
    if is(SKEWED) {
        return Verdict::Skewed(Failure::Credentials(format!("{code}: {message}")), header.date.clone());
    }
    if MISSING.iter().any(|it| code.ends_with(it)) || code == "RepositoryPolicyNotFoundException" {
        return Verdict::Final(Failure::Missing { operation, code });
    }
    if is(PASSING) || status >= 500 {
        return Verdict::Again(Failure::Unreachable { operation, host: host.to_owned(), why: format!("{code}: {message}") });
    }
    Verdict::Final(refused())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::eks::DESCRIBE_CLUSTER;

    fn verdict(status: u16, body: &str) -> Verdict {
        judge(&DESCRIBE_CLUSTER, status, &Header::default(), body.as_bytes(), "https://eks", vec!["arn".to_owned()])
    }

    #[test]
    fn refusals_are_told_apart() {
        assert!(
            matches!(verdict(403, r#"{"__type":"AccessDeniedException"}"#), Verdict::Final(Failure::Denied { action, .. }) if action == "eks:DescribeCluster")
        );
        assert!(matches!(verdict(404, r#"{"__type":"ResourceNotFoundException"}"#), Verdict::Final(Failure::Missing { .. })));
        assert!(matches!(verdict(400, r#"{"__type":"ThrottlingException"}"#), Verdict::Throttled));
        assert!(matches!(verdict(403, r#"{"__type":"ExpiredTokenException"}"#), Verdict::Final(Failure::Credentials(_))));
        assert!(matches!(verdict(400, r#"{"__type":"InvalidParameterException"}"#), Verdict::Final(Failure::Refused { .. })));
        assert!(matches!(verdict(400, ""), Verdict::Again(Failure::Undecodable { .. })));
        assert!(matches!(verdict(502, "<html>"), Verdict::Again(Failure::Unreachable { .. })));
    }

    #[test]
    fn tries_end_and_waits_grow_within_bounds() {
        let mut retry = Retry::new(3);
        let waits: Vec<Duration> = std::iter::from_fn(|| retry.next(false)).collect();
        assert_eq!(waits.len(), 2);
        let mut retry = Retry::new(3);
        let waits: Vec<Duration> = std::iter::from_fn(|| retry.next(true)).collect();
        assert_eq!(waits.len(), 8);
        assert!(waits.iter().all(|it| *it <= LONGEST_WAIT) && waits[7] > waits[0] * 4);
    }

    #[test]
    fn a_throttled_service_is_called_slower_and_recovers() {
        let now = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.turn(now), None);
        pace.slow_down();
        assert_eq!((pace.turn(now), pace.turn(now)), (None, Some(now + FIRST_INTERVAL)));
        (0..40).for_each(|_| pace.ease());
        assert_eq!(pace.turn(now), None);
    }
}
