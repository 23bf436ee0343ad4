//! From a rendered document to the lines of its chart's templates, and to the values behind them.

mod align;
mod expression;
mod flow;
mod template;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::{Path, Step};

use super::{SourcePlace, SourceTexts, ValuePlace, columns};
use crate::tree::{Span, Tree, parse};
use flow::Flow;
pub use flow::Templates;
use template::Dot;
use values::Values;

/// A chart's files.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// Templates, values and `Chart.yaml` of the chart and of the charts below it.
    pub texts: &'a SourceTexts,
    /// The chart's folder as it is shown.
    pub root: &'a str,
    /// Values files that the user gave; the last one wins.
    pub values: &'a [String],
}

/// One document's way back to its template.
pub struct Trace<'a> {
    file: &'a str,
    rendered: Vec<&'a str>,
    tree: Option<Tree<'a>>,
    steps: Vec<Option<usize>>,
    flow: Flow<'a, 'a>,
    parents: Vec<Option<usize>>,
    unique: BTreeSet<usize>,
    values: Values<'a>,
}

/// The templates of a chart, read once for all its documents.
pub fn templates<'a>(chart: &Chart<'a>) -> Templates<'a> {
    let is_template = |it: &str| it.contains("/templates/") || it.starts_with("templates/");
    chart.texts.iter().filter(|(file, _)| is_template(file)).map(|(file, text)| (file.as_str(), template::read(text))).collect()
}

impl<'a> Trace<'a> {
    /// Aligns `document` (its own text alone) with the template `file`.
    pub fn new(chart: &Chart<'a>, templates: &'a Templates<'a>, file: &'a str, document: &'a str) -> Self {
        let rendered: Vec<&str> = document.lines().collect();
        let flow = match templates.contains_key(file) {
            true => flow::of(templates, file),
            false => Flow::default(),
        };
        let parents: Vec<Option<usize>> = (0..flow.steps.len()).map(|it| parent_step(&flow, it)).collect();
        let unique = unique(&flow, &parents);
        let values = Values::new(chart.texts, &values_files(chart, file));
        let words: Vec<Option<BTreeSet<String>>> = flow.steps.iter().map(|it| words(it.line, &values)).collect();
        let steps = align::align(&rendered, &flow, &words);
        Self { file, rendered, tree: parse(document).0.into_iter().next(), steps, flow, parents, unique, values }
    }

    /// The source of `path`, a path from the document's root.
    pub fn place(&self, path: &Path) -> Option<SourcePlace> {
        let tree = self.tree.as_ref()?;
        let span = tree.place(path);
        let at = (span.line as usize).checked_sub(1)?;
        let step = self.steps.get(at).copied().flatten()?;
        let line = self.flow.steps[step].line;
        let end_column = if span.end_line == span.line { span.end_column } else { u32::MAX };
        let source = columns::on_line(self.rendered[at], span.column, end_column, line.text, line.number);
        Some(SourcePlace {
            file: self.flow.steps[step].file.to_owned(),
            span: source,
            proved: self.is_proved(at, step),
            values: self.values_of(tree, path, span, step),
        })
    }

    /// The template lines behind the rendered lines `from..=to`: file, first and last.
    pub fn lines(&self, from: u32, to: u32) -> Option<(u32, u32)> {
        let mine = (from..=to).filter_map(|it| self.steps.get(it.checked_sub(1)? as usize).copied().flatten());
        let numbers: Vec<u32> = mine.map(|it| self.flow.steps[it]).filter(|it| it.file == self.file).map(|it| it.line.number).collect();
        Some((*numbers.iter().min()?, *numbers.iter().max()?))
    }

    /// A literal line that stands once in its blocks, below lines of which the same is true or which were aligned with each other.
    fn is_proved(&self, at: usize, step: usize) -> bool {
        if !self.flow.steps[step].line.is_literal() || !self.unique.contains(&step) {
            return false;
        }
        match (parent(&self.rendered, at), self.parents[step]) {
            (Some(above), Some(expected)) => self.steps[above] == Some(expected) || self.flow.steps[step].depth > 0,
            _ => true,
        }
    }

    fn values_of(&self, tree: &Tree<'_>, path: &Path, span: Span, step: usize) -> Vec<ValuePlace> {
        let scalar = tree.find(path).and_then(|it| tree.text(it));
        let mut at = step;
        // `resources:` stands alone, and what is below it is written by the next line.
        if self.flow.steps[step].line.is_literal()
            && scalar.is_none()
            && self.rendered.get(span.line as usize - 1).is_some_and(|it| it.trim_end().ends_with(':'))
        {
            let next = (step + 1..self.flow.steps.len()).take(3).find(|it| self.flow.steps[*it].line.outputs().next().is_some());
            at = next.filter(|it| self.flow.steps[*it].line.is_bare() && self.flow.steps[*it].depth == self.flow.steps[step].depth).unwrap_or(step);
        }
        let rest = self.below(tree, path, at);
        let line = self.flow.steps[at].line;
        let mut found = Vec::new();
        for output in line.outputs() {
            for value in expression::values(output, &line.dot, &line.variables) {
                let Dot::Value { keys, each } = value else { continue };
                let rest: &[Step] = if each || !line.is_multi() { &[] } else { &rest };
                found.extend(self.values.place(&keys, rest, scalar));
            }
        }
        keep_likely(found)
    }

    /// The steps of `path` below the first one that the flow's step wrote.
    fn below(&self, tree: &Tree<'_>, path: &Path, step: usize) -> Vec<Step> {
        let wrote = |depth: &usize| {
            let span = tree.place(&Path(path.0[..*depth].to_vec()));
            self.steps.get(span.line as usize - 1).copied().flatten() == Some(step)
        };
        let first = (1..=path.0.len()).find(wrote);
        let opens = !self.flow.steps[step].line.is_bare();
        first.map_or_else(Vec::new, |it| path.0[if opens { it } else { it - 1 }..].to_vec())
    }
}

/// The words of the values that a line's actions write as a block.
fn words(line: &template::Line<'_>, values: &Values<'_>) -> Option<BTreeSet<String>> {
    let blocks = line.outputs().filter(|it| line.is_multi() && !it.contains("include ") && !it.contains("tpl "));
    let named = blocks.flat_map(|it| expression::values(it, &line.dot, &line.variables));
    let found: Vec<BTreeSet<String>> = named.filter_map(|it| if let Dot::Value { keys, .. } = it { values.words(&keys) } else { None }).collect();
    (!found.is_empty()).then(|| found.into_iter().flatten().collect())
}

/// Values that are the rendered text, else all of them: an image is made of several.
fn keep_likely(found: Vec<ValuePlace>) -> Vec<ValuePlace> {
    let proved: Vec<ValuePlace> = found.iter().filter(|it| it.proved).cloned().collect();
    let mut kept = if proved.is_empty() { found } else { proved };
    kept.truncate(3);
    kept
}

/// Values files of the chart that holds `file`, those that win first, each with the keys of that chart in it.
fn values_files<'a>(chart: &Chart<'a>, file: &'a str) -> Vec<(&'a str, Vec<&'a str>)> {
    let inside = file.strip_prefix(chart.root).unwrap_or(file).trim_start_matches('/');
    let mut pieces = inside.split('/');
    let mut names = Vec::new();
    while pieces.next() == Some("charts") {
        names.extend(pieces.next());
    }
    let mut files: Vec<(&str, Vec<&str>)> = chart.values.iter().rev().map(|it| (it.as_str(), names.clone())).collect();
    for depth in 0..=names.len() {
        let folder: String = names[..depth].iter().map(|it| format!("charts/{it}/")).collect();
        let name = super::join(chart.root, &format!("{folder}values.yaml"));
        files.extend(chart.texts.get_key_value(name.as_str()).map(|(name, _)| (name.as_str(), names[depth..].to_vec())));
    }
    files
}

/// Steps whose chain of lines, from the outermost block inwards, stands once.
fn unique(flow: &Flow<'_, '_>, parents: &[Option<usize>]) -> BTreeSet<usize> {
    let mut chains: Vec<String> = Vec::with_capacity(parents.len());
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, parent) in parents.iter().enumerate() {
        let above = parent.map_or("", |it| chains[it].as_str());
        let chain = format!("{above}\n{}", flow.steps[at].line.text.trim());
        places.entry(chain.clone()).or_default().push(at);
        chains.push(chain);
    }
    places.into_values().filter(|it| it.len() == 1).flatten().collect()
}

/// The line that opens the block of step `at`.
fn parent_step(flow: &Flow<'_, '_>, at: usize) -> Option<usize> {
    let text = |it: usize| flow.steps[it].line.text;
    let mine = indent(text(at));
    let same = |it: &usize| flow.steps[*it].file == flow.steps[at].file && flow.steps[*it].depth == flow.steps[at].depth;
    let opens = |it: &usize| !flow.steps[*it].line.is_bare() && !text(*it).trim().is_empty() && indent(text(*it)) < mine;
    (0..at).rev().take_while(|it| flow.steps[*it].depth > flow.steps[at].depth || same(it)).filter(same).find(opens)
}

fn parent(lines: &[&str], at: usize) -> Option<usize> {
    let mine = indent(lines[at]);
    (0..at).rev().find(|it| !lines[*it].trim().is_empty() && !lines[*it].trim_start().starts_with('#') && indent(lines[*it]) < mine)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests;
