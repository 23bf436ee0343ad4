//! Making the edits of one document, and proving that they did what they should.

use std::collections::BTreeMap;

use seatrial_model::Path;

use super::data::Data;
use super::error::Refusal;
use super::layout::Document;
use super::order::{Act, Task, ordered};
use super::splice::{Splice, spliced};
use super::style::Habits;
use super::{remove, set};
use crate::tree::parse;

/// An edit that was refused: its index, its path, and why.
pub(super) type Failed = (usize, Path, Refusal);

/// The document's text after all `tasks`.
pub(super) fn document(text: &str, tasks: Vec<Task>) -> Result<String, Failed> {
    let tasks = ordered(tasks)?;
    match attempt(text, &tasks) {
        // Which of several edits is to blame shows when each is tried alone.
        Err((_, _, Refusal::WouldCorrupt)) if tasks.len() > 1 => {
            let alone = tasks.iter().find_map(|it| attempt(text, std::slice::from_ref(it)).err());
            Err(alone.unwrap_or_else(|| blame(&tasks, Refusal::WouldCorrupt)))
        }
        other => other,
    }
}

fn blame(tasks: &[Task], why: Refusal) -> Failed {
    tasks.first().map_or((0, Path::root(), why.clone()), |it| (it.edit, it.path.clone(), why))
}

fn attempt(text: &str, tasks: &[Task]) -> Result<String, Failed> {
    let mut edited = text.to_owned();
    let mut expected = None;
    for round in rounds(tasks) {
        let doc = Document::read(&edited).map_err(|why| blame(&round, if expected.is_none() { why } else { Refusal::WouldCorrupt }))?;
        let expected = expected.get_or_insert_with(|| Data::of(&doc.tree, doc.tree.root()));
        let habits = Habits::of(&doc);
        let mut splices = Vec::new();
        for task in &round {
            splices.extend(planned(&doc, &habits, task, expected).map_err(|why| (task.edit, task.path.clone(), why))?);
        }
        edited = spliced(&edited, splices, &habits).ok_or_else(|| blame(&round, Refusal::WouldCorrupt))?;
    }
    let (trees, error) = parse(&edited);
    let is_faithful = match (&trees[..], error, &expected) {
        ([tree], None, Some(expected)) => tree.duplicate_keys.is_empty() && Data::of(tree, tree.root()) == *expected,
        _ => tasks.is_empty(),
    };
    if is_faithful { Ok(edited) } else { Err(blame(tasks, Refusal::WouldCorrupt)) }
}

/// Edits of different items of a List do not touch each other: one reading serves one edit of each, which keeps the cost of long Lists linear.
fn rounds(tasks: &[Task]) -> Vec<Vec<Task>> {
    if tasks.iter().any(|it| it.item.is_none()) {
        return tasks.iter().map(|it| vec![it.clone()]).collect();
    }
    let mut done: BTreeMap<Option<u32>, usize> = BTreeMap::new();
    let mut rounds: Vec<Vec<Task>> = Vec::new();
    for task in tasks {
        let round = done.entry(task.item).or_insert(0);
        if rounds.len() == *round {
            rounds.push(Vec::new());
        }
        rounds[*round].push(task.clone());
        *round += 1;
    }
    rounds
}

/// The splices of one edit; `expected` is changed as the text shall be.
fn planned(doc: &Document<'_>, habits: &Habits, task: &Task, expected: &mut Data) -> Result<Vec<Splice>, Refusal> {
    match &task.act {
        Act::Set(data) if expected.at(&task.path.0) == Some(data) => Ok(Vec::new()),
        Act::Set(data) => {
            let splices = set::set(doc, habits, &task.path, data.clone())?;
            expected.set(&task.path.0, data.clone());
            Ok(ended(doc, splices, data))
        }
        Act::Append(data) => {
            let splices = set::append(doc, habits, &task.path, data.clone())?;
            let end = match expected.at(&task.path.0) {
                Some(Data::List(items)) => items.len(),
                _ => 0,
            };
            expected.set(&task.path.index(end).0, data.clone());
            Ok(ended(doc, splices, data))
        }
        Act::Remove => {
            let splices = remove::remove(doc, habits, &task.path, task.floor())?;
            expected.remove(&task.path.0, task.floor());
            Ok(splices)
        }
    }
}

/// A block scalar at the very end needs its last line ended: readers differ on whether it has a break otherwise.
fn ended(doc: &Document<'_>, mut splices: Vec<Splice>, data: &Data) -> Vec<Splice> {
    if data.has_breaks()
        && let Some(last) = splices.iter_mut().filter(|it| it.to == doc.text.len() && it.text.contains('\n')).last()
    {
        last.text.push('\n');
    }
    splices
}

/// The line of what is written of `path`.
pub(super) fn line(text: &str, path: &Path) -> u32 {
    parse(text).0.first().map_or(1, |it| it.place(path).line)
}
