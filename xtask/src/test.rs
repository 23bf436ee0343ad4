//! `cargo xtask test`: the whole test suite, with its counterparts on the PATH and a testbed that runs.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result, bail};
use seatrial_testbed::here;

use crate::counterparts;
use crate::testbed::ForTests;

/// Tests that talk to a control plane, `tests/live` of their packages: run again on the older one, and built as for the newest.
const LIVE: [&str; 3] = ["--workspace", "--test", "live"];

/// Runs it, or only what the arguments (of `cargo test`) choose.
pub fn run(chosen: Vec<OsString>) -> Result<()> {
    let counterparts = counterparts::prepare()?;
    let mut path = counterparts.bin.into_os_string();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    let found = [("PATH", path), ("SEATRIAL_BOTOCORE", counterparts.botocore.into_os_string())];
    let mut missing = counterparts.skipped;
    let [newest, older] = counterparts::MINORS;
    let testbed = started(newest, true, &mut missing)?;
    let mut arguments: Vec<OsString> = vec!["test".into(), "--locked".into()];
    let everything = chosen.is_empty();
    arguments.extend(if everything { vec!["--workspace".into()] } else { chosen });
    cargo(arguments, &found, testbed.as_ref())?;
    drop(testbed);

    if everything && let Some(testbed) = started(older, false, &mut missing)? {
        eprintln!("\nand once more on Kubernetes {older}");
        let arguments = ["test", "--locked"].iter().chain(&LIVE).map(OsString::from).collect();
        cargo(arguments, &found, Some(&testbed)).with_context(|| format!("on Kubernetes {older}"))?;
    }
    if !missing.is_empty() {
        eprintln!("\n{} counterparts were missing, and the tests that need them said so:", missing.len());
        missing.iter().for_each(|it| eprintln!("  {it}"));
    }
    Ok(())
}

/// A testbed, where there can be one. With `CI=true` there must be.
fn started(minor: &str, aws: bool, missing: &mut Vec<String>) -> Result<Option<ForTests>> {
    match ForTests::start(minor, aws) {
        Ok(it) => Ok(Some(it)),
        Err(error) if std::env::var("CI").is_ok_and(|it| it == "true") => Err(error.context(format!("no testbed of version {minor}"))),
        Err(error) => {
            eprintln!("skipped testbed {minor}: {error:#}");
            missing.push(format!("testbed {minor}: {error:#}"));
            Ok(None)
        }
    }
}

fn cargo(arguments: Vec<OsString>, found: &[(&str, OsString)], testbed: Option<&ForTests>) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).envs(found.iter().cloned());
    if let Some(it) = testbed {
        command.env(here::KUBECONFIG, it.kubeconfig());
        if let Some(endpoint) = it.endpoint() {
            command.env(here::AWS, endpoint);
        }
    }
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("tests failed");
    }
    Ok(())
}
