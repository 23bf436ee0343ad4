//! The lines that a template can write, in order, with the bodies of included defines in place.

use std::collections::BTreeMap;

use super::template::{Dot, Line, Template};

/// Includes inside includes are followed this deep.
const DEEPEST: usize = 6;
/// A flow is cut here: templates that include in circles never end.
const LONGEST: usize = 20_000;

/// One line of the flow.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a, 't> {
    /// The template file.
    pub file: &'a str,
    /// The line.
    pub line: &'a Line<'t>,
    /// Indentation that the includes around it add is not known; 0 for lines of the template itself.
    pub depth: usize,
}

/// What a template can write.
#[derive(Default)]
pub struct Flow<'a, 't> {
    /// Its lines.
    pub steps: Vec<Step<'a, 't>>,
    /// First and last step of its loops.
    pub loops: Vec<(usize, usize)>,
}

/// Templates by file.
pub type Templates<'t> = BTreeMap<&'t str, Template<'t>>;

/// Where each define stands: file, first and last line (indices, the lines of `define` and `end` left out).
type Defines<'a> = BTreeMap<&'a str, (&'a str, usize, usize)>;

/// The flow of one file.
pub fn of<'a, 't>(templates: &'a Templates<'t>, file: &'a str) -> Flow<'a, 't> {
    let mut flow = Flow::default();
    if let Some(template) = templates.get(file) {
        let defines = defines(templates);
        add(&mut flow, templates, &defines, (file, 0, template.lines.len()), 0, None);
    }
    flow
}

fn defines<'a>(templates: &'a Templates<'_>) -> Defines<'a> {
    let mut found = Defines::new();
    for (file, template) in templates {
        for (at, line) in template.lines.iter().enumerate() {
            if let Some(name) = line.define {
                let it = found.entry(name).or_insert((file, at, at));
                if it.0 == *file {
                    it.2 = at + 1;
                }
            }
        }
    }
    found
}

fn add<'a, 't>(flow: &mut Flow<'a, 't>, templates: &'a Templates<'t>, defines: &Defines<'a>, of: (&'a str, usize, usize), depth: usize, inside: Option<&str>) {
    let (file, from, to) = of;
    let Some(template) = templates.get(file) else { return };
    let first = flow.steps.len();
    let mut at_step = vec![0; to.saturating_sub(from) + 1];
    for (at, line) in template.lines.iter().enumerate().take(to).skip(from) {
        at_step[at - from] = flow.steps.len();
        if line.define != inside || flow.steps.len() >= LONGEST {
            continue;
        }
        flow.steps.push(Step { file, line, depth });
        let body = line.includes().filter(|_| depth < DEEPEST && line.dot != Dot::Other).and_then(|name| Some((name, *defines.get(name)?)));
        if let Some((name, body)) = body {
            add(flow, templates, defines, body, depth + 1, Some(name));
        }
    }
    at_step[to.saturating_sub(from)] = flow.steps.len();
    let inner = template.loops.iter().filter(|it| it.0 >= from && it.1 < to);
    let loops: Vec<(usize, usize)> = inner.map(|it| (at_step[it.0 - from], at_step[it.1 - from])).filter(|it| it.0 >= first && it.1 > it.0).collect();
    flow.loops.extend(loops);
}
