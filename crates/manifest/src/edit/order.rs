//! Which edits contradict each other, and the order that keeps every path true to the document as it was read.

use std::collections::BTreeMap;

use seatrial_model::{Change, Edit, Path, Step};

use super::data::Data;
use super::error::Refusal;

/// An edit of a document's text, ready to be made.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// Index among the edits that were given.
    pub(super) edit: usize,
    /// The item of a List that it is about.
    pub(super) item: Option<u32>,
    /// The field, from the document's root.
    pub(super) path: Path,
    pub(super) act: Act,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    Set(Data),
    Append(Data),
    Remove,
}

impl Task {
    /// `None` for an edit that creates an object.
    pub(super) fn new(index: usize, edit: &Edit) -> Option<Result<Self, Refusal>> {
        let (path, act) = match &edit.change {
            Change::Set { path, yaml } => (path, Data::read(yaml).map(Act::Set)),
            Change::Append { path, yaml } => (path, Data::read(yaml).map(Act::Append)),
            Change::Remove { path } => (path, Ok(Act::Remove)),
            Change::Create { .. } => return None,
        };
        let items = Step::Key("items".into());
        let item = edit.origin.item.filter(|_| path.0.first() != Some(&items));
        let mut steps: Vec<Step> = item.into_iter().flat_map(|it| [items.clone(), Step::Index(it)]).collect();
        steps.extend(path.0.iter().cloned());
        Some(act.map(|act| Self { edit: index, item, path: Path(steps), act }))
    }

    /// How many steps lead to the object.
    pub(super) fn floor(&self) -> usize {
        if self.item.is_some() { 2 } else { 0 }
    }
}

/// Orders the tasks of one document: what adds comes first, what takes out last and from the back, so that list indices stay true.
pub(super) fn ordered(tasks: Vec<Task>) -> Result<Vec<Task>, (usize, Path, Refusal)> {
    let mut by_path: BTreeMap<Path, Vec<Task>> = BTreeMap::new();
    for task in tasks {
        let same = by_path.entry(task.path.clone()).or_default();
        if same.iter().any(|it| it.act == task.act) {
            continue;
        }
        if let Some(other) = same.iter().find(|it| !matches!((&it.act, &task.act), (Act::Append(_), Act::Append(_)))) {
            return Err((task.edit, task.path, Refusal::Conflict(other.edit)));
        }
        same.push(task);
    }
    let mut kept = Vec::new();
    for (path, tasks) in &by_path {
        match ancestor(&by_path, path) {
            None => kept.extend(tasks.iter().cloned()),
            Some(it) if it.act == Act::Remove && tasks.iter().all(|it| it.act == Act::Remove) => {}
            Some(it) => return Err((tasks.first().map_or(0, |it| it.edit), path.clone(), Refusal::Conflict(it.edit))),
        }
    }
    let (mut removals, mut others): (Vec<Task>, Vec<Task>) = kept.into_iter().partition(|it| it.act == Act::Remove);
    others.sort_by_key(|it| it.edit);
    removals.sort_by(|a, b| b.path.cmp(&a.path));
    others.extend(removals);
    Ok(others)
}

/// The task that settles a block around `path`.
fn ancestor<'a>(by_path: &'a BTreeMap<Path, Vec<Task>>, path: &Path) -> Option<&'a Task> {
    let around = (0..path.0.len()).filter_map(|depth| by_path.get(&Path(path.0[..depth].to_vec())));
    around.flatten().find(|it| !matches!(it.act, Act::Append(_)))
}
