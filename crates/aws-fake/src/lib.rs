//! An account of AWS for tests, on 127.0.0.1: routes and encodings come from the same declarations that the reader calls, answers from a [`World`].
//!
//! It exists for what no emulator of others has: faults, permissions, pages that end in the middle, and services that none of them plays.

mod account;
mod answer;
mod request;
mod server;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use server::{Fake, Seen};
pub use world::{Entry, World};

/// What goes wrong, by IAM action (`eks:ListAddons`).
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Denied.
    pub deny: BTreeSet<String>,
    /// Throttled that many times, then answered.
    pub throttle: BTreeMap<String, u32>,
    /// HTTP 500 with the service's own error, that many times.
    pub fail: BTreeMap<String, u32>,
    /// HTTP 502 with a page of HTML, always: a proxy in between.
    pub html: BTreeSet<String>,
    /// HTTP 400 without a body, always.
    pub empty_refusal: BTreeSet<String>,
    /// HTTP 200 without a body, always.
    pub empty: BTreeSet<String>,
    /// A success whose body ends in the middle, that many times.
    pub cut: BTreeMap<String, u32>,
    /// Answered only after that long.
    pub slow: BTreeMap<String, Duration>,
    /// Pages of so many elements, whatever was asked for.
    pub page: Option<usize>,
    /// The name of an error of bad credentials (`ExpiredTokenException`), for every call.
    pub credentials: Option<&'static str>,
}
