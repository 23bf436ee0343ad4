//! What is to be rehearsed, and how.

use seatrial_model::IntOrString;
use seatrial_sim::controllers::latencies::Latencies;

/// How machines are lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loss {
    /// The instances are gone, and AWS says so: their Node objects are deleted.
    #[default]
    Terminated,
    /// They cannot be reached, and nothing says that they are gone: hung kubelets, a zone cut off.
    Partition,
}

/// One request: the same fields for every drill; each reads those that it knows.
#[derive(Clone, Debug)]
pub struct Request {
    /// Names of zones, nodes, pods (`namespace/name`), workloads (`namespace/name`) or node groups.
    pub targets: Vec<String>,
    /// Every target, one after another, each from the state as it is.
    pub each: bool,
    /// The two nodes whose loss hurts most.
    pub worst_pair: bool,
    /// How machines are lost.
    pub loss: Loss,
    /// Do it although pods cannot be evicted.
    pub force: bool,
    /// Nodes of a group that are updated at a time.
    pub max_unavailable: Option<IntOrString>,
    /// Factor of `scale`; without, to the autoscaler's maximum, or twice as many.
    pub times: Option<u32>,
    /// Seeds: ties of the scheduler and the order in which nodes are evicted differ.
    pub seeds: u64,
    /// Durations.
    pub latencies: Latencies,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            each: false,
            worst_pair: false,
            loss: Loss::default(),
            force: false,
            max_unavailable: None,
            times: None,
            seeds: 10,
            latencies: Latencies::default(),
        }
    }
}
