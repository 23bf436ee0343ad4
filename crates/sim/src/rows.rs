//! Cached rows: for each request shape what every node answers, and for each spread mask how many nodes a domain has.
//!
//! A row entry is valid while the node's version is the one it was made at, so a bind costs nothing here and a visit at most one evaluation.

use std::collections::HashMap;
use std::sync::Arc;

use crate::counts::Population;
use crate::filter::node_resources_fit;
use crate::ids::{KeyId, MaskId, NONE, NodeId, ShapeId};
use crate::nodes::Nodes;
use crate::requests::Request;
use crate::score::{node_resources_balanced_allocation as balanced, node_resources_fit as least};
use crate::topology::Topology;
use crate::version::Rules;

/// The pod does not fit.
pub(crate) const NO_FIT: u16 = u16::MAX;

#[derive(Clone, Debug, Default)]
struct Row {
    version: Vec<u32>,
    /// Both scores: NodeResourcesFit in the low byte, NodeResourcesBalancedAllocation in the high one; or [`NO_FIT`].
    value: Vec<u16>,
}

/// Rows by shape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Row>,
}

impl Rows {
    /// Makes room for the row of a shape.
    pub(crate) fn prepare(&mut self, shape: ShapeId, nodes: usize) {
        if self.rows.len() <= shape.index() {
            self.rows.resize_with(shape.index() + 1, Row::default);
        }
        let row = &mut self.rows[shape.index()];
        if row.version.len() < nodes {
            row.version.resize(nodes, 0);
            row.value.resize(nodes, NO_FIT);
        }
    }

    /// The answer of a node.
    #[inline]
    pub(crate) fn value(&mut self, shape: ShapeId, request: &Request, node: NodeId, nodes: &Nodes, rules: Rules) -> u16 {
        let row = &mut self.rows[shape.index()];
        let at = node.index();
        if row.version[at] != nodes.version[at] {
            row.version[at] = nodes.version[at];
            row.value[at] = evaluate(request, node, nodes, rules);
        }
        row.value[at]
    }
}

fn evaluate(request: &Request, node: NodeId, nodes: &Nodes, rules: Rules) -> u16 {
    let usage = &nodes.usage[node.index()];
    if !node_resources_fit::fits(request, usage, &nodes.scalars[node.index()]) {
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
