//! Table Infrastructure: nodes, subnets, registries.

cards! {
    nodes_in_one_zone,
}
