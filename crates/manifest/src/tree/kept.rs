//! A tree without its text, for those who keep the text and want its places again without reading it anew.

use std::borrow::Cow;

use super::{Entry, Node, NodeId, Span, Style, Tree, Value};

/// What [`Tree::kept`] leaves of a tree: scalars are ranges of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    nodes: Vec<(Span, Shape)>,
    root: NodeId,
    duplicate_keys: Vec<NodeId>,
    shadowed: Vec<NodeId>,
}

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    /// A scalar that stands in the text as it reads: where, and how many bytes.
    Written(u32, u32, Style),
    /// A scalar whose quotes or escapes were resolved.
    Resolved(Box<str>, Style),
    Sequence(Vec<NodeId>),
    Mapping(Vec<Entry>),
    Alias(NodeId),
}

impl Tree<'_> {
    /// Lets go of `text`, which the tree must have been read from; `None` if it was not, or is too long to be counted in 32 bits.
    pub fn kept(self, text: &str) -> Option<Kept> {
        let start = text.as_ptr() as usize;
        let mut nodes = Vec::with_capacity(self.nodes.len());
        for Node { span, value } in self.nodes {
            let shape = match value {
                Value::Scalar { text: Cow::Borrowed(it), style } => {
                    let from = (it.as_ptr() as usize).checked_sub(start)?;
                    text.get(from..from + it.len()).filter(|found| *found == it)?;
                    Shape::Written(u32::try_from(from).ok()?, u32::try_from(it.len()).ok()?, style)
                }
                Value::Scalar { text: Cow::Owned(it), style } => Shape::Resolved(it.into_boxed_str(), style),
                Value::Sequence(items) => Shape::Sequence(items),
                Value::Mapping(entries) => Shape::Mapping(entries),
                Value::Alias(target) => Shape::Alias(target),
            };
            nodes.push((span, shape));
        }
        Some(Kept { nodes, root: self.root, duplicate_keys: self.duplicate_keys, shadowed: self.shadowed })
    }
}

impl Kept {
    /// The tree again; `text` must be the one that [`Tree::kept`] let go of. `None` where it is shorter.
    pub fn tree<'t>(&self, text: &'t str) -> Option<Tree<'t>> {
        let mut nodes = Vec::with_capacity(self.nodes.len());
        for (span, shape) in &self.nodes {
            let value = match shape {
                Shape::Written(from, len, style) => {
                    let from = *from as usize;
                    Value::Scalar { text: Cow::Borrowed(text.get(from..from + *len as usize)?), style: *style }
                }
                Shape::Resolved(it, style) => Value::Scalar { text: Cow::Owned(it.to_string()), style: *style },
                Shape::Sequence(items) => Value::Sequence(items.clone()),
                Shape::Mapping(entries) => Value::Mapping(entries.clone()),
                Shape::Alias(target) => Value::Alias(*target),
            };
            nodes.push(Node { span: *span, value });
        }
        Some(Tree { nodes, root: self.root, duplicate_keys: self.duplicate_keys.clone(), shadowed: self.shadowed.clone() })
    }

    /// How many nodes it has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn a_kept_tree_is_the_tree_again() {
        for text in [
            "a: 1\nb: [x, 'it''s', \"tab\\t\", é]\nc: &c {d: |\n  two\n  lines\n}\n",
            "c: &c\n  d: |\n    two\n    lines\n  e: >-\n    folded\n    text\nf: *c\nf: plain over\n  two lines\ng:\n- \n- ~\n",
            "{\"a\": [1, \"b\\u0041\", null]}",
        ] {
            let (trees, _) = parse(text);
            for tree in trees {
                let kept = tree.clone().kept(text).expect("read from it");
                assert_eq!(kept.tree(text), Some(tree), "{text}");
            }
        }
        // Only JSON's scalars point into their text: YAML's parser copies them.
        let moved = "{\"a\": 1}".to_owned();
        assert_eq!(parse("{\"a\": 1}").0.remove(0).kept(&moved), None, "another text is noticed");
    }
}
