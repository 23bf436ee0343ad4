//! The lines around a place, with whatever may be a secret masked.
//!
//! What is secret is decided on the document's tree, not on its lines, so that block scalars, flow style and JSON are masked alike.

use std::collections::BTreeSet;

use seatrial_model::{Literal, names_a_secret};

use crate::split::documents;
use crate::tree::{NodeId, Span, Tree, Value, parse};

/// What stands in the place of a secret.
const MASK: &str = "****";
/// Longer lines are cut: a minified JSON dump has lines of megabytes.
const LONGEST_LINE: usize = 240;
/// Kinds whose `data` and `stringData` hold secrets, also inside of them (templates of secrets).
const SECRET_KINDS: [&str; 5] = ["Secret", "ExternalSecret", "ClusterExternalSecret", "SealedSecret", "PushSecret"];

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

/// A scalar that is not shown as it is.
struct Mask {
    span: Span,
    /// Whether a value of several lines is masked as a whole; else only its lines that give it away.
    whole: bool,
    /// Whether its first line is only the `|` or `>` of a block.
    block: bool,
}

impl Mask {
    fn apply(&self, number: u32, line: String) -> String {
        if number == self.span.line && self.block {
            return line;
        }
        let indent = line.len() - line.trim_start().len();
        if !self.whole {
            return match secret_from(line.trim_start()) {
                Some(at) => format!("{}{MASK}", &line[..indent + at]),
                None => line,
            };
        }
        let from = if number == self.span.line { byte_of(&line, self.span.column) } else { indent };
        let to = if number == self.span.end_line { byte_of(&line, self.span.end_column) } else { line.len() };
        // A mask to its left may have shortened the line: then everything behind is masked.
        if from <= to && to <= line.len() { format!("{}{MASK}{}", &line[..from], &line[to..]) } else { format!("{}{MASK}", &line[..indent]) }
    }
}

/// The byte at which a column (1-based, in characters) begins.
fn byte_of(line: &str, column: u32) -> usize {
    line.char_indices().nth(column.saturating_sub(1) as usize).map_or(line.len(), |it| it.0)
}

/// What stands around a value.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    /// The key or variable whose value it is.
    owner: &'a str,
    /// Whether it is inside an object of a kind that holds secrets.
    secret_kind: bool,
    /// Whether everything in it is secret.
    secret: bool,
}

struct Masks<'a, 't> {
    tree: &'a Tree<'t>,
    from: u32,
    to: u32,
    found: &'a mut Vec<Mask>,
}

impl<'a> Masks<'a, '_> {
    fn walk(&mut self, id: NodeId, around: Around<'a>) {
        let node = self.tree.node(id);
        if node.span.line > self.to || node.span.end_line < self.from {
            return;
        }
        match &node.value {
            Value::Alias(_) => {}
            Value::Scalar { text, .. } => self.scalar(node.span, text, around),
            Value::Sequence(items) => self.sequence(items, around),
            Value::Mapping(_) => self.mapping(id, around),
        }
    }

    fn sequence(&mut self, items: &[NodeId], around: Around<'a>) {
        // Elements stand in written order: those before the wanted lines are skipped without a look.
        let first = items.partition_point(|it| self.tree.node(*it).span.end_line < self.from);
        for at in first..items.len() {
            if self.tree.node(items[at]).span.line > self.to {
                break;
            }
            // `--password`, `hunter2`
            let before = at.checked_sub(1).and_then(|it| self.tree.text(items[it])).unwrap_or("");
            let is_flag = before.starts_with('-') && !before.contains('=') && !before.contains(' ');
            let owner = if is_flag { before } else { around.owner };
            self.walk(items[at], Around { owner, ..around });
        }
    }

    fn mapping(&mut self, id: NodeId, around: Around<'a>) {
        let tree = self.tree;
        let text_of = |key: &str| tree.entries(id).iter().find(|it| tree.text(it.key) == Some(key)).and_then(|it| tree.text(it.value)).unwrap_or("");
        let kind = text_of("kind");
        let secret_kind = around.secret_kind || SECRET_KINDS.contains(&kind);
        let name = text_of("name");
        for it in tree.entries(id) {
            let key = tree.text(it.key).unwrap_or("");
            // An ExternalSecret's own `data` is a list of references.
            let is_references = key == "data" && kind.is_empty() && !tree.items(it.value).is_empty();
            let holds_secrets = secret_kind && matches!(key, "data" | "stringData" | "encryptedData") && !is_references;
            let secret = around.secret || holds_secrets || key == "kubectl.kubernetes.io/last-applied-configuration";
            let owner = if key == "value" && !name.is_empty() { name } else { key };
            self.walk(it.value, Around { owner, secret_kind, secret });
        }
    }

    fn scalar(&mut self, span: Span, text: &str, around: Around<'_>) {
        if text.is_empty() {
            return;
        }
        let looks = Literal::classify(around.owner, text).looks_like().is_some();
        let by_line = text.lines().any(|it| secret_from(it).is_some());
        if !around.secret && !looks && !by_line {
            return;
        }
        let several = text.trim_end().contains('\n');
        let whole = around.secret || !several || !by_line || names_a_secret(around.owner) || text.contains("PRIVATE KEY");
        // A block scalar's span begins at its `|`; a quoted value of several lines begins with its text.
        let block = span.end_line > span.line && span.end_column == u32::MAX;
        self.found.push(Mask { span, whole: whole || !block, block });
    }
}

/// Where in a line a secret begins: after `name =`, `name:` or `--name ` whose name says so, or the line as a whole.
fn secret_from(line: &str) -> Option<usize> {
    for (at, _) in line.match_indices(['=', ':']) {
        let left = line[..at].trim_end().trim_end_matches(['"', '\'']);
        let name = left.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).next().unwrap_or("");
        let right = line[at + 1..].trim_start();
        if is_secret(name, right) {
            return Some(line.len() - right.len());
        }
    }
    for (at, word) in line.split(' ').scan(0, |at, word| Some((std::mem::replace(at, *at + word.len() + 1), word))) {
        let rest = line.get(at + word.len() + 1..).unwrap_or("").trim_start();
        if word.starts_with('-') && !rest.starts_with('-') && is_secret(word, rest) {
            return Some(line.len() - rest.len());
        }
    }
    Literal::classify("", line).looks_like().is_some().then_some(0)
}

fn is_secret(name: &str, value: &str) -> bool {
    let opens_a_block = value.starts_with(['{', '[', '|', '>', '&', '*', '=', ':']);
    !value.is_empty() && !opens_a_block && !value.starts_with(MASK) && names_a_secret(name) && {
        let word = value.split([' ', ',', '"', '\'']).find(|it| !it.is_empty()).unwrap_or("");
        Literal::classify(name, word).looks_like().is_some()
    }
}

/// Comments hold old values now and then.
fn without_secret_comment(line: &str) -> String {
    let starts = line.match_indices('#').map(|it| it.0).find(|at| *at == 0 || line[..*at].ends_with([' ', '\t']));
    match starts.and_then(|at| Some(at + secret_from(&line[at..])?)) {
        Some(at) => format!("{}{MASK}", &line[..at.max(line.find('#').map_or(0, |it| it + 1))]),
        None => line.to_owned(),
    }
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
