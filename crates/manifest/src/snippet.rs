//! The lines around a place, with whatever may be a secret masked.
//!
//! What is secret is decided on the document's tree, not on its lines, so that block scalars, flow style and JSON are masked alike.

mod mask;

use std::collections::BTreeSet;

use mask::{Around, Masks, without_secret_comment};

use seatrial_model::{MASK, secret_from};

use crate::split::documents;
use crate::tree::{Tree, parse};

/// Longer lines are cut: a minified JSON dump has lines of megabytes.
const LONGEST_LINE: usize = 240;

/// The lines of a document.
pub struct Lines<'t> {
    text: &'t str,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// The lines of `text`.
    pub fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|it| it + 1)).filter(|it| *it < text.len()).collect();
        Self { text, starts }
    }

    /// A line (1-based) without its end.
    fn line(&self, number: u32) -> Option<&'t str> {
        let at = number.checked_sub(1)? as usize;
        let from = *self.starts.get(at)?;
        let to = self.starts.get(at + 1).copied().unwrap_or(self.text.len());
        Some(self.text[from..to].trim_end_matches(['\n', '\r']))
    }

    /// The column after the last character of a line.
    pub fn end_of(&self, number: u32) -> u32 {
        self.line(number).map_or(1, |it| u32::try_from(it.chars().count()).unwrap_or(u32::MAX - 1) + 1)
    }

    /// Whether a line can be shown: the lines of a minified dump say nothing to a reader.
    pub fn is_readable(&self, number: u32) -> bool {
        self.line(number).is_some_and(|it| it.len() <= LONGEST_LINE)
    }

    /// Lines `from..=to` of the document that `tree` was read from, masked and cut to a sensible length.
    pub fn shown(&self, tree: &Tree<'_>, from: u32, to: u32) -> String {
        let mut masks = Vec::new();
        Masks { tree, from, to, found: &mut masks }.walk(tree.root(), Around::default());
        let mut out = String::new();
        for number in from..=to {
            let Some(line) = self.line(number) else { break };
            let mut line = line.to_owned();
            for it in masks.iter().filter(|it| it.span.line <= number && number <= it.span.end_line) {
                line = it.apply(number, line);
            }
            out.push_str(&cut(&without_secret_comment(&line)));
            out.push('\n');
        }
        out
    }
}

/// Lines `from..=to` (1-based) of a text that is not YAML, such as a template: a line with a secret is masked as a whole.
/// None where the first of them says nothing to a reader.
pub fn of_template(text: &str, from: u32, to: u32) -> Option<String> {
    let lines = Lines::new(text);
    if !lines.is_readable(from) {
        return None;
    }
    let secret = secret_lines(text);
    let shown = (from..=to).filter_map(|number| Some((number, lines.line(number)?))).map(|(number, line)| {
        let indent = line.len() - line.trim_start().len();
        if secret.contains(&number) { format!("{}{MASK}\n", &line[..indent]) } else { format!("{}\n", cut(line)) }
    });
    Some(shown.collect())
}

/// The lines (1-based) of a file that are not to be shown as they are.
pub fn secret_lines(text: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for chunk in documents(text) {
        let shift = chunk.line - 1;
        let (trees, error) = parse(chunk.text);
        if let ([tree], None) = (&trees[..], error) {
            let lines = Lines::new(chunk.text);
            let mut masks = Vec::new();
            Masks { tree, from: 1, to: u32::MAX, found: &mut masks }.walk(tree.root(), Around::default());
            for it in &masks {
                let shown_as_is = |number: &u32| lines.line(*number).is_none_or(|line| it.apply(*number, line.to_owned()) == line);
                found.extend((it.span.line..=it.span.end_line).filter(|it| !shown_as_is(it)).map(|it| it + shift));
            }
        }
        let secret_kind = chunk.text.contains("Secret");
        let is_read = trees.len() == 1;
        for (number, line) in (chunk.line..).zip(chunk.text.lines()) {
            // Of a text that is not read, it is not known what is secret.
            let unknown = !is_read && (secret_kind || secret_from(line).is_some());
            if unknown || without_secret_comment(line) != line {
                found.insert(number);
            }
        }
    }
    found
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, from: u32, to: u32) -> String {
        let (trees, error) = parse(text);
        assert_eq!(error, None, "{text}");
        Lines::new(text).shown(&trees[0], from, to)
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        for text in [
            "env:\n- name: DB_PASSWORD\n  value: hunter2\n",
            "env:\n- value: hunter2\n  name: DB_PASSWORD\n",
            "env: [{name: DB_PASSWORD, value: hunter2}]\n",
            "args: [\"--password=hunter2\"]\n",
            "args: [--password, hunter2]\n",
            "args:\n- --password\n- hunter2\n",
            "command: [sh, -c, 'mysql --password hunter2 -e x']\n",
            "command: [sh, -c, 'PGPASSWORD=hunter2 psql']\n",
            "data:\n  db.password: hunter2\n",
            "kind: Secret\nstringData:\n  anything: hunter2\n",
            "kind: Secret\nstringData:\n  anything: |\n    hunter2\n",
            "stringData:\n  anything: >-\n    a\n\n    hunter2\nkind: Secret\n",
            "kind: Secret\nstringData: {anything: \"a\n  hunter2\n  b\"}\n",
            "kind: Secret\nstringData: {a: hunter2, b: hunter2, é: hunter2}\n",
            "kind: List\nitems:\n- kind: Secret\n  data: {a: hunter2}\n",
            "{\"kind\":\"Secret\",\"data\":{\"a\":\"hunter2\"}}\n",
            "kind: ExternalSecret\nspec: {target: {template: {data: {dsn: hunter2}}}}\n",
            "data:\n  app.ini: |\n    password=hunter2\n",
            "data:\n  app.ini: |\n    password = hunter2 with blanks\n",
            "data:\n  app.json: '{\"user\": \"x\", \"password\": \"hunter2\"}'\n",
            "metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"a\":\"hunter2\"}\n",
            "postgresql: {auth: {postgresPassword: hunter2}}\n",
            "url: postgres://app:hunter2@db/app\n",
            "a: 1 # password: hunter2\n",
            "# password: hunter2\na: 1\n",
            "password: &p hunter2\nagain: *p\n",
        ] {
            let shown = lines(text, 1, 99);
            assert!(!shown.contains("hunter2"), "{text}{shown}");
            assert!(shown.contains(MASK), "{text}{shown}");
            for line in 1..=u32::try_from(text.lines().count()).expect("small") {
                assert!(!lines(text, line, line).contains("hunter2"), "line {line} of {text}");
            }
        }
    }

    #[test]
    fn harmless_lines_stay() {
        for text in [
            "kind: Deployment\nmetadata: {name: api}\nspec:\n  replicas: 3 # was 2\n",
            "volumes:\n- name: s\n  secret: {secretName: x}\n",
            "env:\n- name: PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}\n",
            "automountServiceAccountToken: false\n",
            "data:\n  app.ini: |\n    user=x\n    timeout=5\n",
        ] {
            assert_eq!(lines(text, 1, 99), text);
        }
    }

    #[test]
    fn of_several_lines_only_those_that_give_it_away_are_masked() {
        let text = "data:\n  app.ini: |\n    user=x\n    password=hunter2\n    host=y\n";
        assert_eq!(lines(text, 2, 99), "  app.ini: |\n    user=x\n    password=****\n    host=y\n");
    }
}
