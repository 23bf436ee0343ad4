//! Reading a real control plane: what is read is what is there, nothing secret comes along, and faults on the way are told.

mod faults;
mod secrets;
mod witness;

use std::path::PathBuf;
use std::time::Duration;

use seatrial_collect::{Access, Collected, Error, Interrupt, Patience, Request, collect};
use seatrial_model::{Need, Snapshot};

/// Everything of Kubernetes, by the current context of a kubeconfig, asked without much patience.
fn request(kubeconfig: PathBuf) -> Request {
    Request {
        access: Access { kubeconfig: Some(kubeconfig), ..Access::default() },
        namespace: None,
        texts_of: Default::default(),
        needs: Need::ALL.iter().copied().filter(|it| !it.is_aws()).collect(),
        aws: None,
        patience: Patience {
            attempts: 4,
            first_pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(100),
            idle: Duration::from_secs(20),
            ..Patience::default()
        },
    }
}

fn asked(request: &Request) -> Result<Collected, Error> {
    collect(request, &|_, _, _| {}, &Interrupt::never())
}

fn snapshot(request: &Request) -> Snapshot {
    asked(request).unwrap_or_else(|error| panic!("{error}: {}", error.help())).snapshot
}

fn run<T>(test: impl Future<Output = anyhow::Result<T>>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(test).unwrap_or_else(|error| panic!("{error:#}"))
}
