//! Spot and on-demand capacity, as nodes and pods name it.

use seatrial_model::Object;
use seatrial_model::kinds::nodes::Node;

/// Node labels that say how the capacity was bought: managed node groups, Karpenter and Auto Mode, eksctl.
pub(crate) const KEYS: &[&str] =
    &["eks.amazonaws.com/capacityType", "karpenter.sh/capacity-type", "alpha.eksctl.io/instance-lifecycle", "node.kubernetes.io/lifecycle"];

/// Whether the label's value means spot.
pub(crate) fn is_spot_word(value: &str) -> bool {
    value.eq_ignore_ascii_case("spot") || value.eq_ignore_ascii_case("Ec2Spot")
}

/// Whether the node is spot capacity.
pub(crate) fn is_spot_node(node: &Object<Node>) -> bool {
    KEYS.iter().any(|it| node.meta.label(it).is_some_and(is_spot_word))
}
