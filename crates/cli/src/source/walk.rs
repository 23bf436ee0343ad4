//! From an argument to the files, charts and Kustomize roots behind it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seatrial_manifest::tree;
use walkdir::WalkDir;

use crate::error::Error;

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file; `named` when the user named it and it must hold objects.
    File {
        /// Its path.
        path: PathBuf,
        /// Whether the user named it.
        named: bool,
    },
    /// Standard input.
    Stdin,
    /// A Helm chart's folder.
    Chart(PathBuf),
    /// A Kustomize root's folder.
    Kustomization(PathBuf),
    /// Part of the demo.
    Embedded {
        /// Its name.
        path: String,
        /// Its text.
        text: &'static str,
    },
    /// A file that a kustomization applies as a patch.
    Patch(PathBuf),
    /// Something that could not be walked.
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Input {
    /// The path as it is shown.
    pub fn display(&self) -> String {
        match self {
            Self::File { path, .. } | Self::Chart(path) | Self::Kustomization(path) | Self::Patch(path) | Self::Unreadable { path, .. } => {
                path.display().to_string()
            }
            Self::Stdin => "-".to_owned(),
            Self::Embedded { path, .. } => path.clone(),
        }
    }
}

const KUSTOMIZATION_FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The inputs behind one argument.
pub fn expand(argument: &str, inputs: &mut Vec<Input>, notes: &mut Vec<String>) -> Result<(), Error> {
    if argument == "-" {
        inputs.push(Input::Stdin);
        return Ok(());
    }
    let path = Path::new(argument);
    let meta = match std::fs::metadata(path) {
        Ok(it) => it,
        Err(_) if argument.contains(['*', '?', '[']) => return expand_glob(argument, inputs, notes),
        Err(source) => return Err(Error::Read { path: path.to_owned(), source }),
    };
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or("");
    match meta.is_dir() {
        false if KUSTOMIZATION_FILES.contains(&name) => inputs.push(Input::Kustomization(folder.to_owned())),
        false if name == "Chart.yaml" => inputs.push(Input::Chart(folder.to_owned())),
        false => inputs.push(Input::File { path: path.to_owned(), named: true }),
        true if path.join("Chart.yaml").is_file() => inputs.push(Input::Chart(path.to_owned())),
        true if kustomization_in(path).is_some() => inputs.push(Input::Kustomization(path.to_owned())),
        true => walk(path, inputs, notes),
    }
    Ok(())
}

fn expand_glob(pattern: &str, inputs: &mut Vec<Input>, notes: &mut Vec<String>) -> Result<(), Error> {
    let paths = glob::glob(pattern).map_err(|error| Error::Usage(format!("`{pattern}` is not a pattern: {error}")))?;
    let mut found: Vec<PathBuf> = paths.filter_map(Result::ok).collect();
    found.sort();
    if found.is_empty() {
        return Err(Error::Usage(format!("no file matches `{pattern}`")));
    }
    found.iter().try_for_each(|it| expand(&it.to_string_lossy(), inputs, notes))
}

/// The kustomization file of a folder.
pub fn kustomization_in(folder: &Path) -> Option<PathBuf> {
    KUSTOMIZATION_FILES.iter().map(|it| folder.join(it)).find(|it| it.is_file())
}

/// Every YAML and JSON file below a folder; charts as a whole; patches told apart.
fn walk(root: &Path, inputs: &mut Vec<Input>, notes: &mut Vec<String>) {
    let recording = recording_in(root);
    if let Some(files) = recording {
        inputs.extend(files.into_iter().map(|path| Input::File { path, named: false }));
        return;
    }
    let mut files = Vec::new();
    let mut patches = BTreeSet::new();
    let mut roots = Vec::new();
    let mut entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(it) => it,
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                let reason = match error.loop_ancestor() {
                    Some(ancestor) => format!("a symbolic link leads back to {}", ancestor.display()),
                    None => error.io_error().map_or_else(|| error.to_string(), ToString::to_string),
                };
                inputs.push(Input::Unreadable { path, reason });
                continue;
            }
        };
        let path = entry.path();
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_dir() {
            if entry.depth() > 0 && (name.starts_with('.') || name == "node_modules") {
                entries.skip_current_dir();
            } else if path.join("Chart.yaml").is_file() {
                inputs.push(Input::Chart(path.to_owned()));
                entries.skip_current_dir();
            }
        } else if KUSTOMIZATION_FILES.contains(&&*name) {
            let folder = path.parent().unwrap_or(root);
            patches.extend(patches_of(path, folder));
            roots.push(folder.display().to_string());
        } else if is_manifest(path) {
            files.push(path.to_owned());
        }
    }
    for path in files {
        // Asked only where there are patches: it costs a look at each folder above the file.
        let is_patch = !patches.is_empty() && path.canonicalize().is_ok_and(|it| patches.contains(&it));
        inputs.push(if is_patch { Input::Patch(path) } else { Input::File { path, named: false } });
    }
    if let Some(first) = roots.first() {
        notes.push(format!("{} Kustomize roots below {} were read file by file; to see one rendered: seatrial check {first}", roots.len(), root.display()));
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().and_then(|it| it.to_str()).is_some_and(|it| matches!(it, "yaml" | "yml" | "json"))
}

/// The files of a recording: one typed list a resource where there are such, else everything in one List.
fn recording_in(folder: &Path) -> Option<Vec<PathBuf>> {
    let lists = folder.join("resources");
    let all = folder.join("all.json");
    if lists.is_dir() && folder.join("api").is_dir() {
        let mut files: Vec<PathBuf> = std::fs::read_dir(lists).ok()?.filter_map(|it| Some(it.ok()?.path())).filter(|it| is_manifest(it)).collect();
        files.sort();
        return Some(files);
    }
    (all.is_file() && folder.join("meta.json").is_file()).then(|| vec![all])
}

/// Files that a kustomization names as patches, values or configuration: not objects of their own.
fn patches_of(file: &Path, folder: &Path) -> Vec<PathBuf> {
    let Ok(text) = std::fs::read_to_string(file) else { return Vec::new() };
    let (trees, _) = tree::parse(&text);
    let Some(tree) = trees.first() else { return Vec::new() };
    let root = tree.root();
    let mut named: Vec<&str> = Vec::new();
    for list in ["patches", "patchesJson6902", "replacements", "patchesStrategicMerge", "configurations", "transformers", "crds"] {
        for &item in tree.child(root, list).map(|it| tree.items(it)).unwrap_or_default() {
            named.extend(tree.child(item, "path").and_then(|it| tree.text(it)).or_else(|| tree.text(item)));
        }
    }
    for &chart in tree.child(root, "helmCharts").map(|it| tree.items(it)).unwrap_or_default() {
        named.extend(tree.child(chart, "valuesFile").and_then(|it| tree.text(it)));
    }
    named.into_iter().filter(|it| !it.contains('\n')).filter_map(|it| folder.join(it).canonicalize().ok()).collect()
}
