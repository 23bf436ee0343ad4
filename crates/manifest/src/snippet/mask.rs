//! What of a document is not shown as it is.

use seatrial_model::{Literal, MASK, names_a_secret, secret_from};

use crate::tree::{NodeId, Span, Tree, Value};

/// Kinds whose `data` and `stringData` hold secrets, also inside of them (templates of secrets).
const SECRET_KINDS: [&str; 5] = ["Secret", "ExternalSecret", "ClusterExternalSecret", "SealedSecret", "PushSecret"];

/// A scalar that is not shown as it is.
pub(super) struct Mask {
    pub(super) span: Span,
    /// Whether a value of several lines is masked as a whole; else only its lines that give it away.
    whole: bool,
    /// Whether its first line is only the `|` or `>` of a block.
    block: bool,
}

impl Mask {
    pub(super) fn apply(&self, number: u32, line: String) -> String {
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
pub(super) struct Around<'a> {
    /// The key or variable whose value it is.
    owner: &'a str,
    /// Whether it is inside an object of a kind that holds secrets.
    secret_kind: bool,
    /// Whether everything in it is secret.
    secret: bool,
}

pub(super) struct Masks<'a, 't> {
    pub(super) tree: &'a Tree<'t>,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) found: &'a mut Vec<Mask>,
}

impl<'a> Masks<'a, '_> {
    pub(super) fn walk(&mut self, id: NodeId, around: Around<'a>) {
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

/// Comments hold old values now and then.
pub(super) fn without_secret_comment(line: &str) -> String {
    let starts = line.match_indices('#').map(|it| it.0).find(|at| *at == 0 || line[..*at].ends_with([' ', '\t']));
    match starts.and_then(|at| Some(at + secret_from(&line[at..])?)) {
        Some(at) => format!("{}{MASK}", &line[..at.max(line.find('#').map_or(0, |it| it + 1))]),
        None => line.to_owned(),
    }
}
