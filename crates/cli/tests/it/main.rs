//! Sessions with the real program: files in, text and an exit code out.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod bad_input;
mod diff;
mod exit_codes;
mod large;
mod live;
mod options;
mod record;
mod rules;
mod secrets;
mod session;
mod shells;
