//! The testbed is what it claims to be: a real server with the scenarios in it, canaries that can be found, and faults that happen.

mod acts;
mod canaries;
mod faults;
mod plane;

use std::future::Future;

/// Runs a test's future.
fn run<T>(test: impl Future<Output = anyhow::Result<T>>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(test).unwrap_or_else(|error| panic!("{error:#}"))
}
