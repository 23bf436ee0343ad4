//! Any text as the condition of a rule: refused, or judged; never a panic that gets out, and never a stack that ends.
#![no_main]

#[path = "../../crates/rules/tests/it/entry.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(init: {
    // What the CEL library panics at is caught, and makes the rule UNKNOWN; the fuzzer's own hook would end the run.
    std::panic::set_hook(Box::new(|_| {}));
}, |data: &[u8]| entry::condition(data));
