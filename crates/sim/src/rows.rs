//! Cached rows: for each request shape, with tolerations and affinity, what every node answers, and for each spread mask how many nodes a domain has.
//!
//! A change of a node is one entry in a log. A row that is used marks the entries since its last use as stale, and a visit evaluates what is
//! stale: a bind costs nothing here, and nodes that are never visited are never evaluated.

use std::collections::HashMap;
use std::sync::Arc;

use crate::counts::Population;
use crate::filter::node_resources_fit;
use crate::ids::{KeyId, MaskId, NONE, NodeId, RowId, ShapeId, StaticId};
use crate::nodes::Nodes;
use crate::requests::Request;
use crate::score::{node_resources_balanced_allocation as balanced, node_resources_fit as least};
use crate::topology::Topology;
use crate::version::Rules;

/// The pod does not fit.
pub(crate) const NO_FIT: u16 = u16::MAX;
/// To be evaluated.
const STALE: u16 = u16::MAX - 1;
/// The log starts afresh at this length; rows that missed entries are stale as a whole.
const LONGEST_LOG: usize = 1 << 20;

#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// Both scores: NodeResourcesFit in the low byte, NodeResourcesBalancedAllocation in the high one; or [`NO_FIT`] or [`STALE`].
    value: Vec<u16>,
    /// How many entries of the log it has seen.
    seen: usize,
}

/// What a row answers.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) request: &'a Request,
    /// Nodes that the pod tolerates and whose labels suit it.
    pub(crate) allowed: &'a [bool],
    pub(crate) nodes: &'a Nodes,
    pub(crate) rules: Rules,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Row>,
    by_key: HashMap<(ShapeId, StaticId), RowId>,
    /// Nodes in the order in which they changed, and how many entries were dropped before the first.
    log: Vec<NodeId>,
    dropped: usize,
}

impl Rows {
    /// A node has changed.
    #[inline]
    pub(crate) fn touch(&mut self, node: NodeId) {
        if self.log.len() == LONGEST_LOG {
            self.dropped += self.log.len();
            self.log.clear();
        }
        self.log.push(node);
    }

    /// The row of a shape on the nodes that a pod may use.
    pub(crate) fn row(&mut self, shape: ShapeId, allowed: StaticId) -> RowId {
        let next = RowId::at(self.rows.len());
        let id = *self.by_key.entry((shape, allowed)).or_insert(next);
        if id == next {
            self.rows.push(Row::default());
        }
        id
    }

    /// Brings a row up to date.
    pub(crate) fn prepare(&mut self, id: RowId, nodes: usize) {
        let row = &mut self.rows[id.index()];
        if row.seen < self.dropped {
            row.value.fill(STALE);
        }
        row.value.resize(nodes, STALE);
        for node in &self.log[row.seen.saturating_sub(self.dropped)..] {
            row.value[node.index()] = STALE;
        }
        row.seen = self.dropped + self.log.len();
    }

    /// The answer of a node, from a row that is up to date.
    #[inline]
    pub(crate) fn value(&mut self, id: RowId, question: Question<'_>, node: NodeId) -> u16 {
        self.rows[id.index()].value(question, node)
    }

    /// Lends a row for a search; no node may change before it is given back.
    pub(crate) fn take(&mut self, id: RowId) -> Row {
        std::mem::take(&mut self.rows[id.index()])
    }

    /// Takes the row back.
    pub(crate) fn give(&mut self, id: RowId, row: Row) {
        self.rows[id.index()] = row;
    }
}

impl Row {
    /// The answer of a node.
    #[inline]
    pub(crate) fn value(&mut self, question: Question<'_>, node: NodeId) -> u16 {
        let value = self.value[node.index()];
        if value == STALE { self.evaluate(question, node) } else { value }
    }

    #[cold]
    fn evaluate(&mut self, question: Question<'_>, node: NodeId) -> u16 {
        let fresh = evaluate(question, node);
        self.value[node.index()] = fresh;
        fresh
    }
}

fn evaluate(question: Question<'_>, node: NodeId) -> u16 {
    let Question { request, allowed, nodes, rules } = question;
    let usage = &nodes.usage[node.index()];
    if !allowed[node.index()] || !node_resources_fit::fits(request, usage, &nodes.scalars[node.index()]) {
        return NO_FIT;
    }
    let fit = least::score(request, usage) as u16;
    let balanced = balanced::score(request, usage, rules) as u16;
    fit | (balanced << 8)
}

/// The scores of a row entry: NodeResourcesFit, NodeResourcesBalancedAllocation.
#[inline]
pub(crate) fn scores(value: u16) -> (i64, i64) {
    (i64::from(value & 0xff), i64::from(value >> 8))
}

/// Nodes per domain of a key within a mask.
#[derive(Clone, Debug, Default)]
pub(crate) struct Populations {
    by_mask: HashMap<(MaskId, KeyId), (u32, Arc<Population>)>,
}

impl Populations {
    /// Nodes per domain, counted afresh when nodes changed since (`epoch`).
    pub(crate) fn get(&mut self, mask: MaskId, key: KeyId, epoch: u32, topology: &Topology, nodes: &Nodes) -> Arc<Population> {
        if let Some((at, found)) = self.by_mask.get(&(mask, key))
            && *at == epoch
        {
            return found.clone();
        }
        let mut count: Vec<u32> = vec![0; topology.keys[key.index()].value.len()];
        for node in (0..nodes.len()).map(NodeId::at).filter(|it| nodes.present[it.index()] && topology.in_mask(mask, *it)) {
            let domain = topology.domain(key, node);
            if domain != NONE {
                count[domain as usize] += 1;
            }
        }
        let inhabited = count.iter().filter(|it| **it > 0).count();
        let count = Arc::new(Population { nodes: count, inhabited });
        self.by_mask.insert((mask, key), (epoch, count.clone()));
        count
    }
}
