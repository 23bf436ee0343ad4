//! Which line of a template each rendered line comes from.
//!
//! The most likely monotonic walk through the template (Viterbi): literal lines must be equal, lines with actions must fit around them,
//! loops may go back, lines that write several lines may stay, and what fits nowhere costs. Lines that stand once on both sides are anchors:
//! the walk is made between them, so that its cost stays near the length of the text.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::{Flow, Step};
use super::template::{Line, Piece};

/// Between two anchors, larger products of rendered and template lines are not aligned.
const LARGEST: usize = 12_000_000;
const NEVER: f32 = -1e9;
const UNMATCHED: f32 = -3.0;
const FREE: f32 = 0.4;
const KNOWN: f32 = 2.0;
const FOREIGN: f32 = -1.5;
const SKIP: f32 = 0.3;
const SKIP_LINE: f32 = 0.004;
const GO_BACK: f32 = 0.8;

/// For each rendered line the step of the flow that wrote it, where one fits.
///
/// `words`: for each step the words of the values that its actions write, where they are known.
pub fn align(rendered: &[&str], flow: &Flow<'_, '_>, words: &[Option<BTreeSet<String>>]) -> Vec<Option<usize>> {
    let mut found = vec![None; rendered.len()];
    let written: Vec<usize> = (0..rendered.len()).filter(|at| is_content(rendered[*at])).collect();
    let lines: Vec<&str> = written.iter().map(|at| rendered[*at]).collect();
    let (mut row, mut step) = (0, 0);
    let anchors = anchors(&lines, flow);
    for next in anchors.into_iter().map(Some).chain([None]) {
        let (to_row, to_step) = next.unwrap_or((lines.len(), flow.steps.len()));
        let part = Part { flow, words, from: step, to: to_step, open_start: step == 0, open_end: next.is_none() };
        for (at, it) in written[row..to_row].iter().zip(part.walk(&lines[row..to_row])) {
            found[*at] = it;
        }
        if let Some((row, step)) = next {
            found[written[row]] = Some(step);
        }
        // A step that writes several lines may go on behind the anchor, so the part begins with the anchor itself.
        (row, step) = ((to_row + 1).min(lines.len()), to_step);
    }
    found
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line != "---" && !line.starts_with("# Source: ")
}

/// Literal lines that stand once in the text and once in the template, in the order of both: the longest such row.
fn anchors(lines: &[&str], flow: &Flow<'_, '_>) -> Vec<(usize, usize)> {
    let mut places: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, step) in flow.steps.iter().enumerate().filter(|(_, it)| it.line.is_literal()) {
        places.entry(step.line.text.trim()).or_default().1.push(at);
    }
    for (at, line) in lines.iter().enumerate() {
        if let Some(it) = places.get_mut(line.trim()) {
            it.0.push(at);
        }
    }
    let in_loop = |step: usize| flow.loops.iter().any(|it| (it.0..=it.1).contains(&step));
    let mut once: Vec<(usize, usize)> = Vec::new();
    for (text, it) in places {
        if let (&[row], &[step]) = (it.0.as_slice(), it.1.as_slice())
            && text.len() > 3
            && !in_loop(step)
        {
            once.push((row, step));
        }
    }
    once.sort_unstable();
    longest_rising(&once)
}

/// The longest part of `pairs` (sorted by their first) whose second numbers rise.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, it) in pairs.iter().enumerate() {
        let place = tails.partition_point(|tail| pairs[*tail].1 < it.1);
        before.push(place.checked_sub(1).map(|it| tails[it]));
        match tails.get_mut(place) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut found = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(at) = next {
        found.push(pairs[at]);
        next = before[at];
    }
    found.reverse();
    found
}

/// A stretch of the flow between two anchors.
struct Part<'a, 'f, 't> {
    flow: &'a Flow<'f, 't>,
    words: &'a [Option<BTreeSet<String>>],
    from: usize,
    to: usize,
    /// Whether no anchor stands before it.
    open_start: bool,
    /// Whether no anchor stands behind it.
    open_end: bool,
}

impl Part<'_, '_, '_> {
    fn walk(&self, lines: &[&str]) -> Vec<Option<usize>> {
        let count = self.to - self.from;
        if lines.is_empty() || count == 0 || lines.len().saturating_mul(count) > LARGEST {
            return vec![None; lines.len()];
        }
        let loops: Vec<(usize, usize)> =
            self.flow.loops.iter().filter(|it| it.0 >= self.from && it.1 < self.to).map(|it| (it.0 - self.from, it.1 - self.from)).collect();
        let distance = |at: usize, counts: bool| if counts { SKIP_LINE * at as f32 } else { 0.0 };
        let mut score: Vec<f32> = (0..count).map(|at| -distance(at, !self.open_start)).collect();
        let mut came: Vec<u32> = Vec::with_capacity(lines.len() * count);
        let mut fits: Vec<bool> = Vec::with_capacity(lines.len() * count);
        for (row, line) in lines.iter().enumerate() {
            let (entry, from) = if row == 0 { (score.clone(), (0..count).map(narrow).collect()) } else { enter(&score, &loops) };
            let mut next = vec![NEVER; count];
            for at in 0..count {
                let step = &self.flow.steps[self.from + at];
                let words = self.words.get(self.from + at).and_then(Option::as_ref);
                let go = emission(line, step, words).map_or(NEVER, |it| entry[at] + it);
                let stay = if row > 0 && step.line.is_multi() { score[at] + free(line, step, words) } else { NEVER };
                let choices = [(go, from[at], true), (stay, narrow(at), true), (score[at] + UNMATCHED, narrow(at), false)];
                let best = choices.into_iter().fold((NEVER * 2.0, narrow(at), false), |a, b| if b.0 > a.0 { b } else { a });
                next[at] = best.0;
                came.push(best.1);
                fits.push(best.2);
            }
            score = next;
        }
        for (at, it) in score.iter_mut().enumerate() {
            *it -= distance(count - 1 - at, !self.open_end);
        }
        let found = trace_back(lines.len(), count, &score, &came, &fits);
        found.into_iter().map(|it| it.map(|it| it + self.from)).collect()
    }
}

fn trace_back(rows: usize, count: usize, score: &[f32], came: &[u32], fits: &[bool]) -> Vec<Option<usize>> {
    let mut at = (0..count).max_by(|a, b| score[*a].total_cmp(&score[*b])).unwrap_or(0);
    let mut found = vec![None; rows];
    for row in (0..rows).rev() {
        found[row] = fits[row * count + at].then_some(at);
        at = came[row * count + at] as usize;
    }
    found
}

/// The best score with which each step can be entered, and from where: forward from any step before it, back inside a loop.
fn enter(score: &[f32], loops: &[(usize, usize)]) -> (Vec<f32>, Vec<u32>) {
    let count = score.len();
    let mut entry = vec![NEVER; count];
    let mut from: Vec<u32> = (0..count).map(narrow).collect();
    let mut best = (NEVER, 0usize);
    for at in 0..count {
        if best.0 > NEVER {
            (entry[at], from[at]) = (best.0 - SKIP, narrow(best.1));
        }
        best.0 -= SKIP_LINE;
        // On equal terms the closer step is the likelier one.
        if score[at] >= best.0 {
            best = (score[at], at);
        }
    }
    for &(first, last) in loops {
        let last = last.min(count - 1);
        let Some(back) = (first..=last).max_by(|a, b| score[*a].total_cmp(&score[*b])) else { continue };
        for at in first..=back {
            let value = score[back] - GO_BACK - SKIP_LINE * (at - first) as f32;
            if value > entry[at] {
                (entry[at], from[at]) = (value, narrow(back));
            }
        }
    }
    (entry, from)
}

fn narrow(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

/// How well a rendered line fits a template line; `None` where it cannot have been written by it.
fn emission(rendered: &str, step: &Step<'_, '_>, words: Option<&BTreeSet<String>>) -> Option<f32> {
    let line = step.line;
    let text = rendered.trim();
    let outputs = line.outputs().next().is_some();
    if line.is_bare() {
        return outputs.then(|| free(rendered, step, words));
    }
    let same_indent = step.depth > 0 || indent(rendered) == indent(line.text);
    let bonus = if same_indent { 1.0 } else { 0.0 };
    if line.is_literal() {
        return (line.text.trim() == text).then(|| 6.0 + bonus + 0.1 * text.len().min(30) as f32);
    }
    pattern(line, text).map(|literal| if literal < 3 { 1.0 + bonus } else { 4.0 + bonus + 0.1 * literal.min(30) as f32 })
}

/// How well a line fits an action that writes whole lines: it is no less indented than told, and its words are those of the values.
fn free(rendered: &str, step: &Step<'_, '_>, words: Option<&BTreeSet<String>>) -> f32 {
    let told = step.line.outputs().find_map(|it| it.rsplit_once("indent ")?.1.split([' ', ')']).next()?.parse::<usize>().ok());
    if step.depth == 0 && told.is_some_and(|it| indent(rendered) < it) {
        return NEVER;
    }
    let Some(words) = words else { return FREE };
    let line = rendered.trim().trim_start_matches("- ").trim_end_matches(':');
    let is_known = |it: &str| words.contains(it.trim().trim_matches(['"', '\'']));
    match line.split_once(": ") {
        Some((key, value)) if is_known(key) && is_known(value) => KNOWN + 1.0,
        Some((key, _)) if is_known(key) => KNOWN,
        None if is_known(line) => KNOWN,
        _ => FOREIGN,
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether the literal pieces of a line stand in `text` in order, first and last where they belong; how many characters they have.
fn pattern(line: &Line<'_>, text: &str) -> Option<usize> {
    let mut rest = text;
    let mut literal = 0;
    let mut free = false;
    let last = line.pieces.len() - 1;
    for (at, piece) in line.pieces.iter().enumerate() {
        let Piece::Text(piece) = piece else {
            free = true;
            continue;
        };
        let piece = if at == 0 { piece.trim_start() } else { piece };
        let piece = if at == last { piece.trim_end() } else { piece };
        if piece.trim().is_empty() {
            continue;
        }
        // Space before an action that writes nothing, or a line break, is trimmed away.
        let short = piece.trim_end();
        let from = if free { rest.find(short)? } else { rest.strip_prefix(short).map(|_| 0)? };
        rest = &rest[from + short.len()..];
        literal += short.len();
        free = false;
    }
    (free || rest.trim().is_empty()).then_some(literal)
}
