//! `helm template`, and the templates behind what it wrote.

use std::path::Path;

use seatrial_manifest::trace::{SourceTexts, join};
use walkdir::WalkDir;

use super::run::{Failure, Program};
use super::{Back, RenderError, Rendered, Renderer, Request, read_source, shown};

/// Helm on the PATH.
#[derive(Clone, Debug)]
pub struct Helm(pub Program);

impl Default for Helm {
    fn default() -> Self {
        Self(Program::named("helm"))
    }
}

impl Renderer for Helm {
    fn render(&self, root: &Path, request: &Request<'_>) -> Result<Rendered, RenderError> {
        let name = shown(root);
        let missing = request.values.iter().find(|it| !it.is_file());
        if let Some(it) = missing {
            return Err(RenderError::whole(&it.display().to_string(), "this values file does not exist".to_owned()));
        }
        let text = self.0.run(&arguments(root, request)).map_err(|it| error(&name, it))?;
        let values: Vec<String> = request.values.iter().map(|it| shown(it)).collect();
        let mut sources = SourceTexts::new();
        for (shown, path) in values.iter().zip(request.values) {
            read_source(&mut sources, shown.clone(), path);
        }
        read_chart(&mut sources, &name, root);
        Ok(Rendered { tool: "helm", root: name, text, sources, back: Back::Helm { values } })
    }
}

fn arguments(root: &Path, request: &Request<'_>) -> Vec<String> {
    let release = request.release.map_or_else(|| release_name(root), str::to_owned);
    let mut arguments: Vec<String> = vec!["template".to_owned(), release, root.display().to_string()];
    arguments.extend(["--skip-tests", "--include-crds", "--kube-version"].map(str::to_owned));
    arguments.push(format!("{}.0", request.target));
    if let Some(it) = request.namespace {
        arguments.extend(["--namespace".to_owned(), it.to_owned()]);
    }
    arguments.extend(request.values.iter().flat_map(|it| ["--values".to_owned(), it.display().to_string()]));
    arguments.extend(request.sets.iter().flat_map(|it| ["--set".to_owned(), it.clone()]));
    arguments
}

/// The chart's folder as a release name: lower case, digits and dashes.
fn release_name(root: &Path) -> String {
    let full = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let name = full.file_name().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name: String = name.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).take(53).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "release".to_owned() } else { name.to_owned() }
}

/// Templates, definitions and values of the chart and of the unpacked charts below it.
fn read_chart(sources: &mut SourceTexts, name: &str, root: &Path) {
    for entry in WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_map(Result::ok) {
        let Some(below) = entry.path().strip_prefix(root).ok().and_then(|it| it.to_str()) else { continue };
        let wanted = below.contains("templates/") || below.contains("crds/") || below.ends_with("values.yaml") || below.ends_with("Chart.yaml");
        if wanted && entry.file_type().is_file() {
            read_source(sources, join(name, below), entry.path());
        }
    }
}

/// The template that a document's `# Source:` line names: the chart's name there stands for its folder.
pub fn template_of(root: &str, document: &str) -> Option<String> {
    let source = document.lines().take(4).find_map(|it| it.strip_prefix("# Source: "))?;
    let below = source.trim().split_once('/')?.1;
    Some(join(root, below))
}

fn error(root: &str, failure: Failure) -> RenderError {
    let said = match failure {
        Failure::NotFound => {
            let remedy = format!("install it, or check what it writes: helm template {root} | seatrial check -");
            return RenderError::whole(root, format!("a Helm chart, and helm was not found on the PATH: {remedy}"));
        }
        Failure::Ended(why) => return RenderError::whole(root, format!("{why}; to see why: helm template {root} --debug")),
        Failure::Said(said) => said,
    };
    let lines = said.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with("level=") && !it.starts_with("Use --debug"));
    let said = lines.collect::<Vec<_>>().join(" ");
    let said = said.strip_prefix("Error: ").unwrap_or(&said);
    let place = place(root, said);
    let reason = format!("helm template failed: {}; {}", place.as_ref().map_or(said, |it| it.message), remedy(root, said));
    match place {
        Some(it) => RenderError { file: it.file, line: it.line, column: it.column, reason },
        None => RenderError::whole(root, reason),
    }
}

fn remedy(root: &str, said: &str) -> String {
    let says = |it: &str| said.contains(it);
    if says("missing in charts/ directory") {
        format!("run: helm dependency build {root}")
    } else if says("library charts are not installable") {
        "check a chart that uses it".to_owned()
    } else if says("incompatible with Kubernetes") {
        "judge for a version that it supports: --target-version".to_owned()
    } else if says("nil pointer") || says("execution error") || says("specifications of the schema") {
        "give the values that it needs: -f FILE or --set KEY=VALUE".to_owned()
    } else {
        format!("to see more: helm template {root} --debug")
    }
}

struct Place<'s> {
    file: String,
    line: u32,
    column: u32,
    message: &'s str,
}

/// The innermost `chart/templates/file:line:column` that Helm names, and what it says of it.
fn place<'s>(root: &str, said: &'s str) -> Option<Place<'s>> {
    let words = said.match_indices("/templates/").filter_map(|(at, _)| {
        let from = said[..at].rfind([' ', '(', '"']).map_or(0, |it| it + 1);
        let to = said[at..].find([' ', ')', '"']).map_or(said.len(), |it| at + it);
        let is_place = !said[..from].ends_with('"');
        is_place.then_some((from, to))
    });
    let (from, to) = words.last()?;
    let mut parts = said[from..to].trim_end_matches(':').split(':');
    let file = join(root, parts.next()?.split_once('/')?.1);
    let mut number = || parts.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let (line, column) = (number(), number());
    let message = said[to..].trim_start_matches([')', ':', ' ', ';']).trim();
    // Helm counts columns from 0.
    Some(Place { file, line, column: if column > 0 { column + 1 } else { 0 }, message: if message.is_empty() { said } else { message } })
}
