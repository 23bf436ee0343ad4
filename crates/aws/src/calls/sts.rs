//! Security Token Service: who asks.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static STS: Service =
    Service { name: "sts", id: "STS", iam: "sts", signing: "sts", prefix: "sts", version: "2011-06-15", protocol: Protocol::Query, global: false };

calls! {
    /// Needs no permission: AWS answers it even where a policy denies it.
    GET_CALLER_IDENTITY = Call::new(&STS, "GetCallerIdentity").must("Account").keep(&["Account", "Arn"]);
}
