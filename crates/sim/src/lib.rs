//! kube-scheduler-faithful placement on dense ids, preemption, eviction and the controllers in virtual time.
//!
//! The default profile of EKS, exactly, by Kubernetes version. Nothing here reads a file, a clock, the environment or the network;
//! results depend on the seed alone, never on threads.

mod budgets;
pub mod controllers;
mod counts;
mod cycle;
mod evict;
mod explain;
mod filter;
mod ids;
mod inspect;
mod load;
mod nodes;
mod plan;
mod planner;
mod pods;
mod podsets;
mod ports;
mod preempt;
mod random;
mod requests;
mod rows;
mod schedule;
mod score;
mod selectors;
mod state;
mod statics;
mod storage;
mod topology;
mod undo;
mod version;
mod volumes;

pub use budgets::{Budget, BudgetStatus};
pub use evict::{Eviction, Health};
pub use explain::{Reasons, Relaxation};
pub use filter::node_resources_fit::Shortage;
pub use filter::{Plugin, Status};
pub use ids::{BudgetId, NodeId, PodId};
pub use load::is_preempted;
pub use nodes::{NodeFacts, Usage};
pub use pods::{Owner, PodFacts};
pub use ports::HostPort;
pub use preempt::{Attempt, Candidate};
pub use random::Draws;
pub use requests::{Request, RequestOptions, container_requests, is_pod_level, is_scalar, pod_requests};
pub use schedule::{Comparison, FitError, Outcome, Placement, Scheduler, feasible_nodes_to_find};
pub use score::{MAX_NODE_SCORE, PluginScores, default_normalize_score};
pub use selectors::term_matches;
pub use state::State;
pub use statics::normalized_image;
pub use undo::Mark;
pub use version::Rules;
pub use volumes::EBS_ZONE;
