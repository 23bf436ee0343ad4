//! Any text as YAML: objects, places and suppressions; never a panic.
#![no_main]

#[path = "../../crates/manifest/tests/entry/mod.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::read_yaml(data));
