//! `kustomize build`, and the resources and patches behind what it wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seatrial_manifest::split::documents;
use seatrial_manifest::trace::kustomize::{FILES, Origin, identity, origins, references};
use seatrial_manifest::trace::{SourceTexts, join};
use seatrial_manifest::tree::{NodeId, parse};

use super::run::{Failure, Program};
use super::{Back, RenderError, Rendered, Renderer, Request, read_source, shown};

/// Kustomize on the PATH, else the one in kubectl.
#[derive(Clone, Debug)]
pub struct Kustomize {
    /// `kustomize`.
    pub own: Program,
    /// `kubectl`.
    pub kubectl: Program,
}

impl Default for Kustomize {
    fn default() -> Self {
        Self { own: Program::named("kustomize"), kubectl: Program::named("kubectl") }
    }
}

impl Renderer for Kustomize {
    fn render(&self, root: &Path, _: &Request<'_>) -> Result<Rendered, RenderError> {
        let name = shown(root);
        let mut sources = SourceTexts::new();
        read_root(&mut sources, &name);
        // Both take as long as the larger part of a second on large roots: side by side.
        let (text, annotated) = std::thread::scope(|scope| {
            let annotated = scope.spawn(|| self.annotated(root));
            (self.build(&root.display().to_string()), annotated.join().unwrap_or_default())
        });
        let text = text.map_err(|it| error(&name, root, &sources, it))?;
        let origins = origins_of(&name, root, &text, &annotated);
        Ok(Rendered { tool: "kustomize", root: name, text, sources, back: Back::Kustomize { origins } })
    }
}

impl Kustomize {
    fn build(&self, root: &str) -> Result<String, Failure> {
        match self.own.run(&["build".to_owned(), root.to_owned()]) {
            Err(Failure::NotFound) => self.kubectl.run(&["kustomize".to_owned(), root.to_owned()]),
            other => other,
        }
    }

    /// The same build with a note on each object of where it comes from: through a kustomization of our own around the root, so that neither
    /// the user's files nor the text that is checked are touched. Empty where it cannot be had: places are then only approximate.
    fn annotated(&self, root: &Path) -> Annotated {
        let built = || {
            let root = root.canonicalize().ok()?;
            let folder = Folder::new().ok()?;
            let from = folder.0.canonicalize().ok()?;
            let relative = relative(&from, &root)?;
            let text = format!("resources: [{}]\nbuildMetadata: [originAnnotations]\n", serde_json::to_string(&relative).ok()?);
            std::fs::write(folder.0.join("kustomization.yaml"), text).ok()?;
            let text = self.build(&folder.0.display().to_string()).ok()?;
            Some(Annotated { from, text })
        };
        built().unwrap_or_default()
    }
}

/// A build with origins, and the folder that their paths start from.
#[derive(Default)]
struct Annotated {
    from: PathBuf,
    text: String,
}

/// A temporary folder that goes away with this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("seatrial-origins-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        // Not `create_dir_all`: a folder that someone else put there is not written into.
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Best effort: what is left behind stands in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The way from one full path to another.
fn relative(from: &Path, to: &Path) -> Option<String> {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - same).map(Some);
    let down = to[same..].iter().map(|it| it.as_os_str().to_str());
    let pieces: Option<Vec<&str>> = up.chain(down).collect();
    pieces.map(|it| it.join("/"))
}

/// The origin of each document of `text` by its number, paths as they are shown.
fn origins_of(name: &str, root: &Path, text: &str, annotated: &Annotated) -> BTreeMap<u32, Origin> {
    let known = origins(&annotated.text);
    let Ok(full_root) = root.canonicalize() else { return BTreeMap::new() };
    let from = annotated.from.to_string_lossy();
    let show = |it: &str| relative(&full_root, Path::new(&join(&from, it))).map_or_else(|| it.to_owned(), |it| join(name, &it));
    let find = |document: &str| {
        let mine = identity(document)?;
        let found = known.iter().find(|it| it.0 == mine).map(|it| &it.1)?;
        Some(match found {
            Origin::File(path) => Origin::File(show(path)),
            Origin::Generated(path) => Origin::Generated(show(path)),
            Origin::Remote => Origin::Remote,
        })
    };
    documents(text).iter().filter_map(|it| Some((it.document, find(it.text)?))).collect()
}

/// The file that a document is shown to come from.
pub fn file_of(rendered: &Rendered, origin: Option<&Origin>) -> String {
    match origin {
        Some(Origin::File(path) | Origin::Generated(path)) => path.clone(),
        _ => FILES.iter().map(|it| join(&rendered.root, it)).find(|it| rendered.sources.contains_key(it)).unwrap_or_else(|| rendered.root.clone()),
    }
}

/// The kustomizations of the root and below it, and the local files that they name.
fn read_root(sources: &mut SourceTexts, name: &str) {
    let mut waiting = vec![name.to_owned()];
    while let Some(it) = waiting.pop() {
        if !Path::new(&it).is_dir() {
            let path = PathBuf::from(&it);
            read_source(sources, it, &path);
            continue;
        }
        let file = FILES.iter().map(|file| join(&it, file)).find(|it| Path::new(it).is_file());
        let Some(file) = file.filter(|it| !sources.contains_key(it)) else { continue };
        read_source(sources, file.clone(), Path::new(&file));
        waiting.extend(sources.get(&file).map(|text| references(&it, text)).unwrap_or_default());
    }
}

fn error(name: &str, root: &Path, sources: &SourceTexts, failure: Failure) -> RenderError {
    let said = match failure {
        Failure::NotFound => {
            let remedy = format!("install one of them, or check what it writes: kustomize build {name} | seatrial check -");
            return RenderError::whole(name, format!("a Kustomize root, and neither kustomize nor kubectl was found on the PATH: {remedy}"));
        }
        Failure::Ended(why) => return RenderError::whole(name, format!("{why}; to see why: kustomize build {name}")),
        Failure::Said(said) => said.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let said = said.strip_prefix("Error: ").unwrap_or(&said);
    let full = root.canonicalize().unwrap_or_default();
    let show = |it: &str| relative(&full, Path::new(it)).map_or_else(|| it.to_owned(), |it| join(name, &it));
    let folder = between(said, "recursed accumulation of path '", "'").map_or_else(|| name.to_owned(), show);
    let named = between(said, "accumulating resources from '", "'").or_else(|| between(said, "from path(", ")"));
    let absent = between(said, "evalsymlink failure on '", "'").filter(|_| said.contains("no such file")).map(show);
    let reason = if said.contains("cycle detected") {
        format!("kustomize build failed: `{}` leads back to itself; break the circle", named.unwrap_or(name))
    } else if said.contains("must specify --enable-helm") {
        format!(
            "it inflates Helm charts, which kustomize does not do unless told to; check what it writes: kustomize build --enable-helm {name} | seatrial check -"
        )
    } else if let Some(it) = &absent {
        format!("kustomize build failed: {it} does not exist; add the file, or take its entry out")
    } else {
        let said = said.replace(&format!("{}/", full.display()), "").replace(&full.display().to_string(), name);
        format!("kustomize build failed: {said}; to see it: kustomize build {name}")
    };
    let target = absent.or_else(|| named.map(|it| join(&folder, it)));
    match target.and_then(|it| entry(sources, &folder, &it)) {
        Some((file, line, column)) => RenderError { file, line, column, reason },
        None => RenderError::whole(name, reason),
    }
}

/// The innermost text between two others.
fn between<'s>(said: &'s str, before: &str, after: &str) -> Option<&'s str> {
    let from = said.rfind(before)? + before.len();
    Some(&said[from..from + said[from..].find(after)?])
}

/// Where the kustomization of `folder` names the file or folder `target`.
fn entry(sources: &SourceTexts, folder: &str, target: &str) -> Option<(String, u32, u32)> {
    let (file, kustomization) = FILES.iter().find_map(|it| sources.get_key_value(join(folder, it).as_str()))?;
    let (trees, _) = parse(kustomization);
    let tree = trees.first()?;
    // Generators write `key=file`.
    let names = |it: &str| !it.is_empty() && join(folder, it.rsplit('=').next().unwrap_or(it)) == target;
    let at = (0..u32::try_from(tree.len()).ok()?).map(NodeId).find(|it| tree.text(*it).is_some_and(names))?;
    let span = tree.node(at).span;
    Some((file.clone(), span.line, span.column))
}
