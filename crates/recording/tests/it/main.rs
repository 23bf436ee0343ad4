//! What is written reads back, and nothing else reads at all.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod damage;
mod random;
mod round_trip;
