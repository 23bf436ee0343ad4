//! Real programs that tests run against: built or installed where that is possible, named where it is not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{target, top};

/// What could be had.
pub struct Counterparts {
    /// Folder with the built programs, to go first on the PATH.
    pub bin: PathBuf,
    /// What could not be had, and why.
    pub skipped: Vec<String>,
}

/// Go programs with pinned versions: folder below `testbed/tools`, package, name.
const GO_TOOLS: [(&str, &str, &str); 2] = [("helm", "helm.sh/helm/v4/cmd/helm", "helm"), ("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", "kustomize")];

/// Builds and installs what is missing. With `CI=true` nothing may be missing.
pub fn prepare() -> Result<Counterparts> {
    let bin = target().join("counterparts");
    std::fs::create_dir_all(&bin).with_context(|| format!("cannot create {}", bin.display()))?;
    let mut skipped = Vec::new();
    for (folder, package, name) in GO_TOOLS {
        if let Err(error) = go_tool(&bin, folder, package, name) {
            skipped.push(format!("{name}: {error:#}"));
        }
    }
    if let Err(error) = browser() {
        skipped.push(format!("browser: {error:#}"));
    }
    for it in &skipped {
        eprintln!("skipped {it}");
    }
    if !skipped.is_empty() && std::env::var("CI").is_ok_and(|it| it == "true") {
        bail!("with CI=true no counterpart may be missing");
    }
    Ok(Counterparts { bin, skipped })
}

fn go_tool(bin: &Path, folder: &str, package: &str, name: &str) -> Result<()> {
    let module = top().join("testbed/tools").join(folder);
    let built = bin.join(name);
    let lock = module.join("go.sum");
    let newer = |a: &Path, b: &Path| Some(a.metadata().ok()?.modified().ok()? > b.metadata().ok()?.modified().ok()?);
    if newer(&built, &lock) == Some(true) {
        return Ok(());
    }
    eprintln!("building {name} (minutes the first time, cached afterwards)");
    run(Command::new("go")
        .current_dir(&module)
        .env("GOFLAGS", "-mod=readonly")
        .env("GOTOOLCHAIN", "local")
        .arg("build")
        .arg("-trimpath")
        .arg("-o")
        .arg(&built)
        .arg(package))
}

/// Chromium, and the scripts that drive it.
fn browser() -> Result<()> {
    if !is_there("chromium", "--version") {
        eprintln!("installing chromium");
        run(Command::new("apt-get").args(["update", "-qq"]))?;
        run(Command::new("apt-get").args(["install", "-y", "-qq", "chromium"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    let folder = top().join("testbed/browser");
    if !folder.join("node_modules/axe-core").is_dir() {
        run(Command::new("npm").current_dir(&folder).args(["ci", "--silent", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

fn is_there(program: &str, flag: &str) -> bool {
    Command::new(program).arg(flag).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|it| it.success())
}

fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{shown} failed: {}", said.lines().rev().find(|it| !it.trim().is_empty()).unwrap_or(""));
    }
    Ok(())
}
