//! Any text shown, with its secrets masked.
#![no_main]

#[path = "../../crates/manifest/tests/entry/mod.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::snippet(data));
