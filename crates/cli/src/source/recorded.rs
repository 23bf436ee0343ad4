//! What a recording holds, taken as if its inputs had been read again.

use std::convert::Infallible;
use std::sync::Arc;

use seatrial_manifest::read::{Header, Part};
use seatrial_model::cluster::{Fields, Fill};
use seatrial_model::{Account, Need, Object, Origin, Scope, Snapshot, Version};
use seatrial_recording::Recording;

use crate::texts::{Known, Text, Texts};

/// The recording that was read as input `id`: its first file takes that number, the others get new ones.
pub fn take(recording: Recording, id: u32, target: Version, texts: &mut Texts, notes: &mut Vec<String>) -> Part {
    let Recording { snapshot, target: judged_for, notes: told, mut places } = recording;
    notes.extend(told);
    if judged_for != target {
        notes.push(format!("a recording's documents were judged for {judged_for} when they were read: for {target}, record with --target-version {target}"));
    }
    let Snapshot { meta, mut cluster, account, gaps, listed, files, mut problems, unread, mut ignores, tally } = snapshot;
    let numbers: Vec<u32> =
        files.into_iter().enumerate().map(|(at, file)| if at == 0 { texts.rename(id, file) } else { texts.add(file, Text::Gone) }).collect();
    if numbers.is_empty() {
        texts.drop_last(id);
    }
    let number = |file: u32| numbers.get(file as usize).copied().unwrap_or(id);
    if numbers.iter().enumerate().any(|(at, it)| at != *it as usize) {
        let Ok(()) = cluster.fill(&mut Renumber(&number));
        problems.iter_mut().for_each(|it| it.origin.file = number(it.origin.file));
        ignores.iter_mut().for_each(|it| it.file = number(it.file));
        places.iter_mut().for_each(|it| it.origin.file = number(it.origin.file));
    }
    let known = Arc::new(Known::of(places));
    numbers.iter().for_each(|it| texts.set(*it, Text::Recorded(Arc::clone(&known))));
    // What manifests do not hold another input may: only what is not even then there is a gap.
    let gaps = if meta.scope == Scope::Manifests { gaps.into_iter().filter(|it| !it.0.is_live()).collect() } else { gaps };
    Part {
        cluster,
        account: (account != Account::default()).then_some(account),
        problems,
        unread,
        ignores,
        listed,
        gaps,
        tally,
        from_cluster: meta.scope == Scope::Cluster,
        header: Some(Header { taken_at: Some(meta.taken_at), scope: None, server_version: meta.server_version, namespaces: meta.namespaces }),
    }
}

/// Gives the files that objects were read from new numbers.
struct Renumber<'a, F>(&'a F);

impl<F: Fn(u32) -> u32> Fill for Renumber<'_, F> {
    type Error = Infallible;

    fn list<T: Fields>(&mut self, _: &'static str, _: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Infallible> {
        for Origin { file, .. } in list.iter_mut().filter_map(|it| it.origin.as_mut()) {
            *file = (self.0)(*file);
        }
        Ok(())
    }
}
