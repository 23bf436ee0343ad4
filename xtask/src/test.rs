//! `cargo xtask test`: the whole test suite, with its counterparts on the PATH.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::counterparts;

/// Runs it.
pub fn run() -> Result<()> {
    let counterparts = counterparts::prepare()?;
    let mut path = counterparts.bin.into_os_string();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--workspace", "--locked"]).env("PATH", path);
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("tests failed");
    }
    if !counterparts.skipped.is_empty() {
        eprintln!("\n{} counterparts were missing, and the tests that need them said so:", counterparts.skipped.len());
        counterparts.skipped.iter().for_each(|it| eprintln!("  {it}"));
    }
    Ok(())
}
