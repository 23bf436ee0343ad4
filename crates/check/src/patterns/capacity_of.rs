//! Spot and on-demand capacity, as nodes and pods name it.

use seatrial_model::Object;
use seatrial_model::kinds::nodes::{Node, is_spot};

pub(crate) use seatrial_model::kinds::nodes::{CAPACITY as KEYS, is_spot_word};

/// Whether the node is spot capacity.
pub(crate) fn is_spot_node(node: &Object<Node>) -> bool {
    is_spot(&node.meta.labels)
}
