//! From what the user named to a Snapshot and its texts.

#[cfg(feature = "live")]
mod live;
mod read;
mod recorded;
pub mod rendered;
mod take;
mod walk;

use std::collections::BTreeSet;

use jiff::Timestamp;
use rayon::prelude::*;
use seatrial_manifest::read::{Options, Part};
use seatrial_model::{Need, Scope, Snapshot, SourceFile, Version};

use crate::args::{RenderArgs, SourceArgs};
use crate::error::Error;
use crate::texts::{Text, Texts};
use walk::Input;
pub use walk::kustomization_in;

/// Where a snapshot comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Files, folders, globs, `-`.
    pub paths: Vec<String>,
    /// How charts among them are rendered.
    pub render: RenderArgs,
    /// The embedded demo.
    pub demo: bool,
    /// The running cluster, where nothing else is named.
    pub cluster: Option<ClusterSource>,
}

/// Which cluster, and what is needed of it.
#[derive(Clone, Debug, Default)]
#[cfg_attr(not(feature = "live"), allow(dead_code, reason = "told apart from files all the same"))]
pub struct ClusterSource {
    /// The flags that name it.
    pub args: SourceArgs,
    /// What is needed; nothing else is asked for.
    pub needs: BTreeSet<Need>,
    /// Kinds whose objects' texts are needed, too.
    pub texts_of: BTreeSet<&'static str>,
}

impl Source {
    /// What the flags and the further `paths` of a verb name; `needs` is what it needs of a running cluster.
    ///
    /// # Errors
    /// Flags of a running cluster stand beside files.
    pub fn of(paths: &[String], args: &SourceArgs, needs: BTreeSet<Need>) -> Result<Self, Error> {
        let paths: Vec<String> = paths.iter().chain(&args.from).cloned().collect();
        let named = !paths.is_empty() || args.demo;
        if let (true, Some(flag)) = (named, args.cluster_flag()) {
            return Err(Error::Usage(format!("{flag} is about a running cluster, and files are named: leave one of them out")));
        }
        Ok(Self {
            paths,
            render: args.render.clone(),
            demo: args.demo,
            cluster: (!named).then(|| ClusterSource { args: args.clone(), needs, texts_of: BTreeSet::new() }),
        })
    }
}

/// A snapshot, the texts behind it, and notes on how the inputs were taken.
pub struct Collected {
    /// What was read.
    pub snapshot: Snapshot,
    /// Where it was read.
    pub texts: Texts,
    /// Notes for the coverage line.
    pub notes: Vec<String>,
}

/// The embedded demo: a three-zone EKS shop with typical flaws.
pub const DEMO: &[(&str, &str)] = &[
    ("demo/cluster.yaml", include_str!("../demo/cluster.yaml")),
    ("demo/shop.yaml", include_str!("../demo/shop.yaml")),
    ("demo/account.yaml", include_str!("../demo/account.yaml")),
];

/// Reads everything that `source` names.
///
/// # Errors
/// A named path does not exist, or nothing was named. What exists but cannot be read is in the snapshot's `unread`.
pub fn collect(source: &Source, target: Version) -> Result<Collected, Error> {
    match &source.cluster {
        #[cfg(feature = "live")]
        Some(cluster) => live::collect(cluster),
        #[cfg(not(feature = "live"))]
        Some(_) => Err(Error::NoInput),
        None => collect_files(source, target),
    }
}

fn collect_files(source: &Source, target: Version) -> Result<Collected, Error> {
    let mut inputs = Vec::new();
    let mut notes = Vec::new();
    if source.demo {
        inputs.extend(DEMO.iter().map(|(path, text)| Input::Embedded { path: (*path).to_owned(), text }));
    }
    for path in &source.paths {
        walk::expand(path, &mut inputs, &mut notes)?;
    }
    let mut options = Options::new(target);
    let mut texts = Texts::default();
    let ids: Vec<u32> = inputs.iter().map(|it| texts.add(SourceFile { path: it.display(), rendered_from: None }, Text::Kept(String::new()))).collect();
    let request = rendered::Request {
        values: &source.render.values,
        sets: &source.render.sets,
        release: source.render.release.as_deref(),
        namespace: source.render.release_namespace.as_deref(),
        target,
    };
    let mut read: Vec<read::Read> = inputs.par_iter().zip(&ids).map(|(input, id)| read::input(input, *id, &request, &options)).collect();
    if learn(&mut options, &read) {
        // What a file defines may stand in another: objects of those kinds are judged once more.
        inputs.par_iter().zip(&ids).zip(&mut read).for_each(|((input, id), it)| read::again(input, *id, it, &options));
    }
    let mut part = Part::default();
    let mut recordings = Vec::new();
    for (id, it) in ids.into_iter().zip(read) {
        part.append(it.part);
        recordings.extend(it.recording.map(|it| (id, it)));
        if let Some(text) = it.text {
            texts.set(id, text);
        }
        if let Some(rendered) = it.rendered {
            notes.push(format!("{} rendered with {}", rendered.root, rendered.tool));
            part.append(take::rendered(rendered, &mut texts, &options));
        }
    }
    take::drop_repeated_ignores(&mut part, &texts);
    if part.tally.patches > 0 {
        notes.push(format!("{} files are patches of a kustomization: check its root to see them applied", part.tally.patches));
    }
    if part.tally.other_documents > 0 {
        notes.push(format!("{} documents are not Kubernetes objects and were left alone", part.tally.other_documents));
    }
    for (id, it) in recordings {
        part.append(recorded::take(it, id, target, &mut texts, &mut notes));
    }
    let scope = if part.from_cluster { Scope::Cluster } else { Scope::Manifests };
    let mut snapshot = Snapshot::empty(scope, Timestamp::now());
    snapshot.files = texts.source_files();
    part.into_snapshot(&mut snapshot);
    Ok(Collected { snapshot, texts, notes })
}

/// Learns the kinds that the inputs define; whether there are any.
fn learn(options: &mut Options, read: &[read::Read]) -> bool {
    let defines = |it: &&read::Read| !it.part.cluster.custom_resource_definitions.is_empty() || it.rendered.is_some();
    for it in read.iter().filter(defines) {
        if let Some(Text::Kept(text)) = &it.text {
            options.learn(text);
        }
        if let Some(rendered) = &it.rendered {
            options.learn(&rendered.text);
        }
    }
    read.iter().any(|it| !it.part.cluster.custom_resource_definitions.is_empty())
}
