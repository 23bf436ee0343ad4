//! A YAML or JSON document as a tree that knows the place of every token.

mod json;
mod outdented;

use std::borrow::Cow;
use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as ParserSpan, StrInput};
use seatrial_model::{Path, Step};

use crate::scalar::{Scalar, resolve};

/// Limits that keep a hostile document from costing more than it is worth.
pub mod limits {
    /// How deep blocks may nest.
    pub const DEPTH: usize = 256;
    /// How many nodes a document may have.
    pub const NODES: usize = 4_000_000;
    /// How many nodes a document may have once its aliases are followed.
    pub const EXPANDED: usize = 8_000_000;
}

/// From where to where, 1-based lines and columns in characters; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
}

/// Index of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// One value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// Where the value stands, without comments around it.
    pub span: Span,
    /// What it is.
    pub value: Value<'t>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// A plain or quoted scalar.
    Scalar {
        /// Its text, quotes and escapes resolved.
        text: Cow<'t, str>,
        /// How it is written.
        style: Style,
    },
    /// A list.
    Sequence(Vec<NodeId>),
    /// A map, in written order.
    Mapping(Vec<Entry>),
    /// The same value as the anchored node.
    Alias(NodeId),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: it may be a number, a boolean or null.
    Plain,
    /// Quoted, block, or tagged `!!str`: always a string.
    String,
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key's scalar.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
}

/// Why a text is not YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
    /// In words.
    pub message: String,
}

/// One document.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    root: NodeId,
    /// Keys that stand twice in one map: the second one.
    pub duplicate_keys: Vec<NodeId>,
    /// Keys that a later one of the same map stands for, sorted.
    shadowed: Vec<NodeId>,
}

/// Reads every document of `text`. On an error the documents before it are kept.
pub fn parse(text: &str) -> (Vec<Tree<'_>>, Option<ParseError>) {
    match json::parse(text) {
        Some(Ok(tree)) => (vec![tree], None),
        Some(Err(error)) => (Vec::new(), Some(error)),
        None => parse_yaml(text),
    }
}

fn parse_yaml(text: &str) -> (Vec<Tree<'_>>, Option<ParseError>) {
    let (trees, error) = read_yaml(text);
    match (trees, error.map(|it| at_the_tab(text, it))) {
        (trees, Some(error)) if outdented::is_outdented(&error) => match outdented::parse(text, error.clone()) {
            Some(read) => read,
            None => (trees, Some(error)),
        },
        read => read,
    }
}

/// An error about a tab is placed where what the tab broke begins: the tab itself is what to look at.
fn at_the_tab(text: &str, error: ParseError) -> ParseError {
    if !error.message.contains("tab") {
        return error;
    }
    let lines = (1..).zip(text.lines()).skip(error.line.saturating_sub(1) as usize);
    let indented = lines.filter_map(|(number, line)| Some((number, line[..line.len() - line.trim_start().len()].find('\t')?))).next();
    match indented {
        Some((line, at)) => ParseError { line, column: narrow(at) + 1, message: "a tab in the indentation: YAML takes blanks only".to_owned() },
        None => error,
    }
}

fn read_yaml(text: &str) -> (Vec<Tree<'_>>, Option<ParseError>) {
    let mut parser = Parser::new(StrInput::new(text));
    let mut documents = Vec::new();
    let error = loop {
        match parser.next_event() {
            None | Some(Ok((Event::StreamEnd, _))) => break None,
            Some(Ok((Event::DocumentStart(_), _))) => match Builder::default().document(&mut parser) {
                Ok(Some(tree)) => documents.push(tree),
                Ok(None) => {}
                Err(error) => break Some(error),
            },
            Some(Ok(_)) => {}
            Some(Err(error)) => break Some(scan_error(&error)),
        }
    };
    (documents, error)
}

fn scan_error(error: &saphyr_parser::ScanError) -> ParseError {
    let at = error.marker();
    ParseError { line: narrow(at.line()).max(1), column: narrow(at.col()) + 1, message: error.info().to_owned() }
}

fn narrow(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

fn span_of(span: &ParserSpan) -> Span {
    Span { line: narrow(span.start.line()), column: narrow(span.start.col()) + 1, end_line: narrow(span.end.line()), end_column: narrow(span.end.col()) + 1 }
}

#[derive(Default)]
struct Builder<'t> {
    nodes: Vec<Node<'t>>,
    anchors: Vec<(usize, NodeId)>,
    duplicate_keys: Vec<NodeId>,
    shadowed: Vec<NodeId>,
}

/// A list or map whose end has not come yet.
struct Open {
    id: NodeId,
    children: Vec<NodeId>,
    is_map: bool,
}

impl<'t> Builder<'t> {
    /// Reads events up to the document's end; `None` for an empty document.
    fn document(mut self, parser: &mut Parser<'t, StrInput<'t>>) -> Result<Option<Tree<'t>>, ParseError> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        loop {
            let (event, span) = match parser.next_event() {
                None => break,
                Some(Err(error)) => return Err(scan_error(&error)),
                Some(Ok(it)) => it,
            };
            let span = span_of(&span);
            let id = match event {
                Event::DocumentEnd | Event::StreamEnd => break,
                Event::Scalar(text, style, anchor, tag) => {
                    let is_string = tag.is_some_and(|it| it.suffix == "str") || style != ScalarStyle::Plain;
                    let span = if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) { block_end(span) } else { span };
                    self.push(span, Value::Scalar { text, style: if is_string { Style::String } else { Style::Plain } }, anchor)?
                }
                Event::Alias(anchor) => {
                    let target = self.anchors.iter().rev().find(|(it, _)| *it == anchor).map(|(_, id)| *id);
                    let target = target.ok_or_else(|| fail(span, "alias without an anchor".to_owned()))?;
                    self.push(span, Value::Alias(target), 0)?
                }
                Event::SequenceStart(anchor, _) => {
                    let id = self.push(span, Value::Sequence(Vec::new()), anchor)?;
                    open.push(Open { id, children: Vec::new(), is_map: false });
                    self.check_depth(&open, span)?;
                    continue;
                }
                Event::MappingStart(anchor, _) => {
                    let id = self.push(span, Value::Mapping(Vec::new()), anchor)?;
                    open.push(Open { id, children: Vec::new(), is_map: true });
                    self.check_depth(&open, span)?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some(it) => self.close(it, span),
                    None => continue,
                },
                _ => continue,
            };
            match open.last_mut() {
                Some(it) => it.children.push(id),
                None => root = Some(id),
            }
        }
        let Some(root) = root else { return Ok(None) };
        let mut tree = self.finish(root);
        if tree.get(root).is_null() {
            return Ok(None);
        }
        tree.check_expansion()?;
        tree.nodes.shrink_to_fit();
        Ok(Some(tree))
    }

    fn finish(mut self, root: NodeId) -> Tree<'t> {
        self.shadowed.sort_unstable();
        Tree { nodes: self.nodes, root, duplicate_keys: self.duplicate_keys, shadowed: self.shadowed }
    }

    fn push(&mut self, span: Span, value: Value<'t>, anchor: usize) -> Result<NodeId, ParseError> {
        if self.nodes.len() >= limits::NODES {
            return Err(fail(span, format!("more than {} values in one document", limits::NODES)));
        }
        let id = NodeId(narrow(self.nodes.len()));
        self.nodes.push(Node { span, value });
        if anchor > 0 {
            self.anchors.push((anchor, id));
        }
        Ok(id)
    }

    fn check_depth(&self, open: &[Open], span: Span) -> Result<(), ParseError> {
        if open.len() > limits::DEPTH {
            return Err(fail(span, format!("nested deeper than {} levels", limits::DEPTH)));
        }
        Ok(())
    }

    /// Gives a list or map its children and its true end: block ends are reported after the blank lines that follow.
    fn close(&mut self, it: Open, end: Span) -> NodeId {
        let start = self.nodes[it.id.0 as usize].span;
        let last = it.children.last().map(|id| self.nodes[id.0 as usize].span);
        let written_end = (end.end_line, end.end_column);
        let flow = (end.line, end.column) != written_end;
        let (end_line, end_column) = match last {
            Some(span) if !flow => (span.end_line, span.end_column),
            _ => written_end.max((start.end_line, start.end_column)),
        };
        let value = if it.is_map { Value::Mapping(self.entries(&it.children)) } else { Value::Sequence(it.children) };
        let node = &mut self.nodes[it.id.0 as usize];
        node.span = Span { end_line, end_column, ..start };
        node.value = value;
        it.id
    }

    fn entries(&mut self, children: &[NodeId]) -> Vec<Entry> {
        let entries: Vec<Entry> = children.chunks_exact(2).map(|it| Entry { key: it[0], value: it[1] }).collect();
        let mut keys: Vec<(&str, NodeId)> = entries.iter().filter_map(|it| Some((self.key_text(it.key)?, it.key))).collect();
        keys.sort_unstable();
        let doubled: Vec<(NodeId, NodeId)> = keys.windows(2).filter(|it| it[0].0 == it[1].0 && it[0].0 != "<<").map(|it| (it[0].1, it[1].1)).collect();
        self.shadowed.extend(doubled.iter().map(|it| it.0));
        self.duplicate_keys.extend(doubled.iter().map(|it| it.1));
        entries
    }

    fn key_text(&self, id: NodeId) -> Option<&str> {
        match &self.nodes[id.0 as usize].value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }
}

fn fail(span: Span, message: String) -> ParseError {
    ParseError { line: span.line, column: span.column, message }
}

/// Block scalars are reported up to the start of the line after them.
fn block_end(span: Span) -> Span {
    if span.end_column == 1 && span.end_line > span.line { Span { end_line: span.end_line - 1, end_column: u32::MAX, ..span } } else { span }
}

impl<'t> Tree<'t> {
    /// The document's value.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// A node as it is written (an alias is not followed).
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    /// A node, aliases followed.
    pub fn get(&self, id: NodeId) -> &Node<'t> {
        self.node(self.resolve(id))
    }

    /// The node that an alias stands for, or the node itself.
    pub fn resolve(&self, mut id: NodeId) -> NodeId {
        while let Value::Alias(target) = self.node(id).value {
            id = target;
        }
        id
    }

    /// Whether a later key of the same map stands for this one.
    pub fn is_shadowed(&self, key: NodeId) -> bool {
        self.shadowed.binary_search(&key).is_ok()
    }

    /// How many nodes are written.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the document is empty.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The scalar's text.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.get(id).value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The scalar's value as Kubernetes' reader of YAML takes it.
    pub fn scalar(&self, id: NodeId) -> Option<Scalar<'_>> {
        match &self.get(id).value {
            Value::Scalar { text, style } => Some(resolve(text, *style)),
            _ => None,
        }
    }

    /// Entries of a map as they are written; empty for anything else. `<<` is not followed: see [`Tree::merged`].
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match &self.get(id).value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Entries of a map with `<<` followed; what is written beside it wins.
    pub fn merged(&self, id: NodeId) -> Cow<'_, [Entry]> {
        let written = self.entries(id);
        if !written.iter().any(|it| self.text(it.key) == Some("<<")) {
            return Cow::Borrowed(written);
        }
        let mut all: Vec<Entry> = written.iter().copied().filter(|it| self.text(it.key) != Some("<<")).collect();
        let mut seen: BTreeSet<Option<&str>> = all.iter().map(|it| self.text(it.key)).collect();
        for merge in written.iter().filter(|it| self.text(it.key) == Some("<<")) {
            let sources = match &self.get(merge.value).value {
                Value::Sequence(items) => items.clone(),
                _ => vec![merge.value],
            };
            for entry in sources.into_iter().flat_map(|it| self.merged(it).into_owned()) {
                if seen.insert(self.text(entry.key)) {
                    all.push(entry);
                }
            }
        }
        Cow::Owned(all)
    }

    /// Elements of a list; empty for anything else.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.get(id).value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The entry of `key` in a map (the last one, as decoders take it).
    pub fn entry(&self, id: NodeId, key: &str) -> Option<Entry> {
        self.merged(id).iter().rev().find(|it| self.text(it.key) == Some(key)).copied()
    }

    /// The value of `key` in a map.
    pub fn child(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entry(id, key).map(|it| it.value)
    }

    /// The path of the entry with this key, found by walking what is written before it.
    pub fn path_of_key(&self, key: NodeId) -> Path {
        let mut path = Path::root();
        let mut at = self.root;
        loop {
            let next = match &self.node(at).value {
                Value::Mapping(entries) => match entries.iter().find(|it| it.key == key) {
                    Some(it) => return path.key(self.text(it.key).unwrap_or("")),
                    // Nodes are numbered in written order: the entry that holds the key is the last one to start before it.
                    None => entries.iter().rfind(|it| it.value <= key).map(|it| (it.value, path.key(self.text(it.key).unwrap_or("")))),
                },
                Value::Sequence(items) => items.iter().rposition(|it| *it <= key).map(|index| (items[index], path.index(index))),
                _ => None,
            };
            match next {
                Some((value, longer)) => (at, path) = (value, longer),
                None => return path,
            }
        }
    }

    /// The value at `path`.
    pub fn find(&self, path: &Path) -> Option<NodeId> {
        match self.nearest(path) {
            Place::Here { value, .. } => Some(value),
            Place::Block { .. } => None,
        }
    }

    /// The value at `path`, or the smallest written block that should contain it.
    pub fn nearest(&self, path: &Path) -> Place {
        let mut at = self.root;
        let mut key = None;
        for (depth, step) in path.0.iter().enumerate() {
            let next = match step {
                Step::Key(name) => self.entry(at, name).map(|it| (it.value, Some(it.key))),
                Step::Index(index) => self.items(at).get(*index as usize).map(|it| (*it, None)),
            };
            match next {
                Some((value, of)) => (at, key) = (value, of),
                None => return Place::Block { value: at, key, depth },
            }
        }
        Place::Here { value: at, key }
    }

    /// Where to point for `path`: at key and value where it is written, else at the block that should contain it
    /// (a list element by its first entry, the document by the object's name).
    pub fn place(&self, path: &Path) -> Span {
        match self.nearest(path) {
            Place::Here { value, key: Some(key) } => self.key_to_value(key, value),
            Place::Here { value, key: None } => self.head(value),
            Place::Block { key: Some(key), .. } => self.node(key).span,
            Place::Block { value, key: None, .. } => self.head(value),
        }
    }

    /// Where to point for an entry of a map.
    pub fn place_of_entry(&self, entry: Entry) -> Span {
        self.key_to_value(entry.key, entry.value)
    }

    /// A key with its value when that fits on the key's line, else the key.
    fn key_to_value(&self, key: NodeId, value: NodeId) -> Span {
        let (from, to) = (self.node(key).span, self.node(value).span);
        if to.end_line == from.line { Span { end_line: to.end_line, end_column: to.end_column, ..from } } else { from }
    }

    /// What names a block: the object's `metadata.name`, an element's first entry, else its own first line.
    fn head(&self, id: NodeId) -> Span {
        if id == self.root {
            let name = self.child(id, "metadata").and_then(|it| self.entry(it, "name").or_else(|| self.entry(it, "generateName")));
            if let Some(it) = name.or_else(|| self.entry(id, "kind")) {
                return self.key_to_value(it.key, it.value);
            }
        }
        let named = self.entry(id, "name").or_else(|| self.entries(id).first().copied());
        match named {
            Some(it) => self.key_to_value(it.key, it.value),
            None => self.node(id).span,
        }
    }

    /// Refuses documents whose aliases multiply beyond reason.
    fn check_expansion(&self) -> Result<(), ParseError> {
        if !self.nodes.iter().any(|it| matches!(it.value, Value::Alias(_))) {
            return Ok(());
        }
        // Children come after their parents, so sizes are known when counting backwards; an alias points backwards.
        let mut depth = 0usize;
        let mut memo: Vec<u64> = vec![0; self.nodes.len()];
        let total = self.expanded(self.root, &mut memo, &mut depth)?;
        if total > limits::EXPANDED as u64 {
            let at = self.node(self.root).span;
            return Err(fail(at, format!("its aliases expand to more than {} values", limits::EXPANDED)));
        }
        Ok(())
    }

    fn expanded(&self, id: NodeId, memo: &mut [u64], depth: &mut usize) -> Result<u64, ParseError> {
        let at = id.0 as usize;
        if memo[at] == u64::MAX {
            return Err(fail(self.node(id).span, "an alias contains itself".to_owned()));
        }
        if memo[at] > 0 {
            return Ok(memo[at]);
        }
        *depth += 1;
        if *depth > 4 * limits::DEPTH {
            return Err(fail(self.node(id).span, format!("nested deeper than {} levels through aliases", 4 * limits::DEPTH)));
        }
        memo[at] = u64::MAX;
        let mut total = 1u64;
        match &self.node(id).value {
            Value::Scalar { .. } => {}
            Value::Alias(target) => total = total.saturating_add(self.expanded(*target, memo, depth)?),
            Value::Sequence(items) => {
                for it in items {
                    total = total.saturating_add(self.expanded(*it, memo, depth)?);
                }
            }
            Value::Mapping(entries) => {
                for it in entries {
                    total = total.saturating_add(self.expanded(it.key, memo, depth)?);
                    total = total.saturating_add(self.expanded(it.value, memo, depth)?);
                }
            }
        }
        *depth -= 1;
        memo[at] = total.min(u64::MAX - 1);
        Ok(total)
    }
}

/// How far a path could be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// All the way.
    Here {
        /// The value.
        value: NodeId,
        /// Its key, where the last step was one.
        key: Option<NodeId>,
    },
    /// Up to a block that lacks the next step.
    Block {
        /// The block.
        value: NodeId,
        /// The block's key.
        key: Option<NodeId>,
        /// How many steps were followed.
        depth: usize,
    },
}

impl Node<'_> {
    /// Whether the value is null or empty.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, style: Style::Plain } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Tree<'_> {
        let (mut trees, error) = parse(text);
        assert_eq!(error, None);
        trees.remove(0)
    }

    #[test]
    fn places_are_token_accurate() {
        let tree = one("kind: Pod\nspec:\n  containers:\n  - name: app\n    image: x:1\n");
        let image = tree.place(&Path::of("spec.containers[0].image"));
        assert_eq!((image.line, image.column, image.end_column), (5, 5, 15));
        let missing = tree.place(&Path::of("spec.containers[0].resources.limits"));
        assert_eq!((missing.line, missing.column), (4, 5), "the container's name");
    }

    #[test]
    fn merge_keys_and_aliases_are_followed() {
        let tree = one("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n");
        let b = tree.child(tree.root(), "b").unwrap();
        assert_eq!(tree.child(b, "x").and_then(|it| tree.text(it)), Some("3"));
        assert_eq!(tree.child(b, "y").and_then(|it| tree.text(it)), Some("2"));
    }

    #[test]
    fn alias_bombs_and_deep_nests_are_refused() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let refs = vec![format!("*a{}", level - 1); 10].join(",");
            bomb.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        assert!(parse(&bomb).1.is_some_and(|it| it.message.contains("expand")));
        let deep = "[".repeat(10_000);
        assert!(parse(&deep).1.is_some());
    }

    #[test]
    fn documents_before_an_error_are_kept() {
        let (trees, error) = parse("a: 1\n---\nb: [1\n---\nc: 2\n");
        assert_eq!(trees.len(), 1);
        assert_eq!(error.map(|it| it.line >= 3), Some(true));
    }

    #[test]
    fn duplicate_keys_are_noted() {
        let tree = one("a: 1\nb: 2\na: 3\n");
        assert_eq!(tree.duplicate_keys.len(), 1);
        assert_eq!(tree.node(tree.duplicate_keys[0]).span.line, 3);
    }
}
