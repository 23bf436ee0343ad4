//! Any bytes as a stream of JSON.
#![no_main]

#[path = "../../crates/manifest/tests/entry/mod.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::read_json(data));
