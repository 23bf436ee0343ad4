//! Real programs that tests run against: built or installed where that is possible, named where it is not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{target, top};

/// What could be had.
pub struct Counterparts {
    /// Folder with the built programs, to go first on the PATH.
    pub bin: PathBuf,
    /// Folder with botocore's service models.
    pub botocore: PathBuf,
    /// What could not be had, and why.
    pub skipped: Vec<String>,
}

/// A Go program with a pinned version.
struct GoTool {
    /// Folder below `testbed/tools` with its go.mod and go.sum.
    folder: &'static str,
    package: &'static str,
    /// Where it goes below the folder of programs.
    name: &'static str,
    /// Kubernetes' programs know their version only from the linker.
    version: Option<&'static str>,
}

const fn tool(folder: &'static str, package: &'static str, name: &'static str) -> GoTool {
    GoTool { folder, package, name, version: None }
}

const fn kubernetes(folder: &'static str, package: &'static str, name: &'static str, version: &'static str) -> GoTool {
    GoTool { folder, package, name, version: Some(version) }
}

/// What charts and overlays are rendered with.
const RENDERERS: [GoTool; 2] = [tool("helm", "helm.sh/helm/v4/cmd/helm", "helm"), tool("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", "kustomize")];

/// What every control plane needs besides Kubernetes itself.
const GROUND: [GoTool; 2] = [tool("etcd", "go.etcd.io/etcd/server/v3", "etcd"), tool("kwok", "sigs.k8s.io/kwok/cmd/kwok", "kwok")];

/// The newest minor version that this Go can build, first; and an older one that EKS still supports.
pub const MINORS: [&str; 2] = ["1.36", "1.34"];

const PLANES: [GoTool; 6] = [
    kubernetes("plane-1.36", "k8s.io/kubernetes/cmd/kube-apiserver", "plane-1.36/kube-apiserver", "1.36.3"),
    kubernetes("plane-1.36", "k8s.io/kubernetes/cmd/kube-controller-manager", "plane-1.36/kube-controller-manager", "1.36.3"),
    kubernetes("plane-1.36", "k8s.io/kubernetes/cmd/kube-scheduler", "plane-1.36/kube-scheduler", "1.36.3"),
    kubernetes("plane-1.34", "k8s.io/kubernetes/cmd/kube-apiserver", "plane-1.34/kube-apiserver", "1.34.4"),
    kubernetes("plane-1.34", "k8s.io/kubernetes/cmd/kube-controller-manager", "plane-1.34/kube-controller-manager", "1.34.4"),
    kubernetes("plane-1.34", "k8s.io/kubernetes/cmd/kube-scheduler", "plane-1.34/kube-scheduler", "1.34.4"),
];

/// Builds and installs what is missing. With `CI=true` nothing may be missing.
pub fn prepare() -> Result<Counterparts> {
    let bin = folder()?;
    let mut skipped = Vec::new();
    for it in &RENDERERS {
        if let Err(error) = go_tool(&bin, it) {
            skipped.push(format!("{}: {error:#}", it.name));
        }
    }
    for minor in MINORS {
        if let Err(error) = plane(minor) {
            skipped.push(format!("control plane {minor}: {error:#}"));
        }
    }
    if let Err(error) = browser() {
        skipped.push(format!("browser: {error:#}"));
    }
    let models = target().join("counterparts/botocore");
    if let Err(error) = botocore(&models) {
        skipped.push(format!("botocore: {error:#}"));
    }
    for it in &skipped {
        eprintln!("skipped {it}");
    }
    if !skipped.is_empty() && std::env::var("CI").is_ok_and(|it| it == "true") {
        bail!("with CI=true no counterpart may be missing");
    }
    Ok(Counterparts { bin, botocore: models, skipped })
}

/// Builds what a control plane of that minor version needs and gives the folder of programs.
pub fn plane(minor: &str) -> Result<PathBuf> {
    if !MINORS.contains(&minor) {
        bail!("no control plane of version {minor}\nhelp: there are {}", MINORS.join(" and "));
    }
    let bin = folder()?;
    let of_minor = format!("plane-{minor}");
    for it in GROUND.iter().chain(PLANES.iter().filter(|it| it.folder == of_minor)) {
        go_tool(&bin, it).with_context(|| format!("cannot build {}", it.name))?;
    }
    Ok(bin)
}

/// Installs the AWS emulators into a Python environment and gives its folder.
pub fn aws() -> Result<PathBuf> {
    let environment = folder()?.join("aws");
    let lock = top().join("testbed/aws/requirements.txt");
    let wanted = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let recipe = environment.join("recipe");
    if std::fs::read_to_string(&recipe).is_ok_and(|it| it == wanted) {
        return Ok(environment);
    }
    eprintln!("installing the AWS emulators");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment)).context("help: install Python 3.11 or newer with its venv module")?;
    run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]).arg(&lock))?;
    std::fs::write(&recipe, wanted).with_context(|| format!("cannot write {}", recipe.display()))?;
    Ok(environment)
}

fn folder() -> Result<PathBuf> {
    let bin = target().join("counterparts");
    std::fs::create_dir_all(&bin).with_context(|| format!("cannot create {}", bin.display()))?;
    Ok(bin)
}

fn go_tool(bin: &Path, it: &GoTool) -> Result<()> {
    let module = top().join("testbed/tools").join(it.folder);
    let built = bin.join(it.name);
    let linker = it.version.map_or_else(|| "-s -w".to_owned(), stamp);
    // What it was built from is kept beside it: file times say nothing in a fresh clone.
    let lock = module.join("go.sum");
    let recipe = format!("{}\n{linker}\n{}", it.package, std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?);
    let recipe_file = built.with_extension("recipe");
    if built.exists() && std::fs::read_to_string(&recipe_file).is_ok_and(|it| it == recipe) {
        return Ok(());
    }
    eprintln!("building {} (minutes the first time, cached afterwards)", it.name);
    run(Command::new("go")
        .current_dir(&module)
        .env("GOFLAGS", "-mod=readonly")
        .env("GOTOOLCHAIN", "local")
        .args(["build", "-trimpath", "-buildvcs=false", "-ldflags", &linker, "-o"])
        .arg(&built)
        .arg(it.package))?;
    std::fs::write(&recipe_file, recipe).with_context(|| format!("cannot write {}", recipe_file.display()))
}

/// Linker flags that tell a program of Kubernetes its version. Source: kubernetes hack/lib/version.sh.
fn stamp(version: &str) -> String {
    let package = "k8s.io/component-base/version";
    let mut parts = version.split('.');
    let (major, minor) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    format!("-s -w -X {package}.gitVersion=v{version} -X {package}.gitMajor={major} -X {package}.gitMinor={minor} -X {package}.gitTreeState=clean")
}

/// The models of AWS' services that its own kits are made of, and its reference of IAM's actions: data only, nothing of it is run.
fn botocore(folder: &Path) -> Result<()> {
    let lock = top().join("testbed/aws/botocore.txt");
    let wanted = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let installed = folder.join("installed.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|it| it == wanted) {
        return Ok(());
    }
    eprintln!("installing botocore's service models and the reference of IAM's actions");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--upgrade", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--target"]);
    run(pip.arg(folder).arg("-r").arg(&lock))?;
    std::fs::write(&installed, wanted).with_context(|| format!("cannot write {}", installed.display()))
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
