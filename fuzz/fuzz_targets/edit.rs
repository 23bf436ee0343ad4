//! Edits of any text: refused, or faithful.
#![no_main]

#[path = "../../crates/manifest/tests/entry/mod.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::edit(data));
