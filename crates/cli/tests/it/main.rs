//! Sessions with the real program: files in, text and an exit code out.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod alternatives;
mod bad_input;
#[cfg(feature = "live")]
mod cluster;
mod diff;
mod drill;
mod exit_codes;
mod large;
mod options;
#[cfg(feature = "live")]
mod permissions;
mod record;
mod rules;
mod secrets;
#[cfg(feature = "live")]
#[path = "../../../collect/tests/it/server.rs"]
#[allow(dead_code, reason = "the server that the reader of clusters is tested with can do more than is needed here")]
mod server;
mod session;
mod shells;
