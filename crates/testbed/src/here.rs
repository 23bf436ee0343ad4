//! How tests find a testbed that runs, and what they say when there is none.

use std::path::PathBuf;

/// Names the administrator's kubeconfig of a running, seeded plane.
pub const KUBECONFIG: &str = "SEATRIAL_TESTBED";
/// Names the address of running, seeded AWS emulators: what `AWS_ENDPOINT_URL` leads to.
pub const AWS: &str = "SEATRIAL_TESTBED_AWS";

/// The kubeconfig of the plane that `cargo xtask test` started. `None`, with words, where a test runs alone.
///
/// # Panics
/// Where there is none and `CI=true`: there nothing may be skipped.
pub fn plane() -> Option<PathBuf> {
    named(KUBECONFIG, "a control plane").map(PathBuf::from)
}

/// The address of the AWS emulators that `cargo xtask test` started. `None`, with words, where a test runs alone.
///
/// # Panics
/// Where there is none and `CI=true`: there nothing may be skipped.
pub fn aws() -> Option<String> {
    named(AWS, "AWS emulators")
}

fn named(variable: &str, what: &str) -> Option<String> {
    let found = std::env::var(variable).ok().filter(|it| !it.is_empty());
    if found.is_none() {
        let said = format!(
            "skipped: no {variable}, so there are no {what} to test with\nhelp: `cargo xtask test`, or `cargo xtask testbed up --aws` and what it prints"
        );
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{said}");
        eprintln!("{said}");
    }
    found
}
