//! One file per rehearsal, judged on the simulation: what is lost, drained, rolled out or scaled, who keeps serving, what blocks, what mends it.

mod blocked;
mod card;
mod compare;
mod cron;
mod drills;
mod judge;
mod latency;
mod needs;
mod overview;
mod picture;
mod recovery;
mod refusal;
mod request;
mod say;
mod stage;
mod trial;
mod watch;
mod world;

pub use card::Card;
pub use compare::compare;
pub use drills::{all, find};
pub use latency::{LISTED, set as set_latency};
pub use overview::{overview, rehearse};
pub use refusal::Refusal;
pub use request::{Loss, Request};
pub use seatrial_sim::controllers::latencies::Latencies;
pub use world::{NEEDS, NodeSet, World};
