//! YAML's events as a tree.

use saphyr_parser::{Event, Parser, ScalarStyle, Span as ParserSpan, StrInput};

use super::{Entry, Node, NodeId, ParseError, Span, Style, Tree, Value, fail, limits, narrow, outdented};

/// Reads every document; on an error the documents before it are kept.
pub(super) fn parse(text: &str) -> (Vec<Tree<'_>>, Option<ParseError>) {
    let (trees, error) = read(text);
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

pub(super) fn read(text: &str) -> (Vec<Tree<'_>>, Option<ParseError>) {
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

fn span_of(span: &ParserSpan) -> Span {
    Span { line: narrow(span.start.line()), column: narrow(span.start.col()) + 1, end_line: narrow(span.end.line()), end_column: narrow(span.end.col()) + 1 }
}

/// A tree in the making.
#[derive(Default)]
pub(super) struct Builder<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    anchors: Vec<(usize, NodeId)>,
    duplicate_keys: Vec<NodeId>,
    shadowed: Vec<NodeId>,
}

/// A list or map whose end has not come yet.
pub(super) struct Open {
    pub(super) id: NodeId,
    pub(super) children: Vec<NodeId>,
    pub(super) is_map: bool,
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

    pub(super) fn finish(mut self, root: NodeId) -> Tree<'t> {
        self.shadowed.sort_unstable();
        Tree { nodes: self.nodes, root, duplicate_keys: self.duplicate_keys, shadowed: self.shadowed }
    }

    pub(super) fn push(&mut self, span: Span, value: Value<'t>, anchor: usize) -> Result<NodeId, ParseError> {
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

    pub(super) fn check_depth(&self, open: &[Open], span: Span) -> Result<(), ParseError> {
        if open.len() > limits::DEPTH {
            return Err(fail(span, format!("nested deeper than {} levels", limits::DEPTH)));
        }
        Ok(())
    }

    /// Gives a list or map its children and its true end: block ends are reported after the blank lines that follow.
    pub(super) fn close(&mut self, it: Open, end: Span) -> NodeId {
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

    pub(super) fn entries(&mut self, children: &[NodeId]) -> Vec<Entry> {
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

/// Block scalars are reported up to the start of the line after them.
fn block_end(span: Span) -> Span {
    if span.end_column == 1 && span.end_line > span.line { Span { end_line: span.end_line - 1, end_column: u32::MAX, ..span } } else { span }
}
