//! Charts and Kustomize roots, rendered by their own programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use seatrial_model::{RenderedFrom, SourceFile, Version};

/// What a renderer wrote.
pub struct Rendered {
    /// Its files.
    pub files: Vec<(SourceFile, String)>,
    /// A note for the coverage line.
    pub note: String,
}

/// `helm template` of a chart.
pub fn helm(root: &Path, values: &[PathBuf], target: Version) -> Result<Rendered, String> {
    let name = root.file_name().and_then(|it| it.to_str()).filter(|it| !it.is_empty()).unwrap_or("release");
    let mut command = Command::new("helm");
    command.arg("template").arg(name).arg(root).arg("--skip-tests").arg("--kube-version").arg(format!("{target}.0"));
    for it in values {
        command.arg("--values").arg(it);
    }
    let text = run(command, "helm", "install helm, or give what `helm template` writes")?;
    Ok(one_file(root, "helm", text))
}

/// `kustomize build`, else `kubectl kustomize`, of a root.
pub fn kustomize(root: &Path) -> Result<Rendered, String> {
    let mut command = Command::new("kustomize");
    command.arg("build").arg(root);
    let text = match run(command, "kustomize", "") {
        Err(reason) if reason.contains("not found") => {
            let mut command = Command::new("kubectl");
            command.arg("kustomize").arg(root);
            run(command, "kubectl", "install kustomize or kubectl, or give what `kustomize build` writes")?
        }
        other => other?,
    };
    Ok(one_file(root, "kustomize", text))
}

fn one_file(root: &Path, tool: &str, text: String) -> Rendered {
    let from = RenderedFrom { tool: tool.to_owned(), root: root.display().to_string() };
    let path = format!("{} ({tool})", root.display());
    Rendered { note: format!("{} rendered with {tool}", root.display()), files: vec![(SourceFile { path, rendered_from: Some(from) }, text)] }
}

fn run(mut command: Command, program: &str, remedy: &str) -> Result<String, String> {
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{program} not found on the PATH: {remedy}"),
        _ => format!("{program} cannot be started: {error}"),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> = said.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
        return Err(format!("{program} failed: {}", said.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{program} wrote something that is not UTF-8"))
}
