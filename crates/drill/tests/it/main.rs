//! Each drill on a cluster where its answer is known, and on one where a simpler tool would cry wolf.

mod bad_input;
mod compared;
mod delays;
mod empty_pools;
mod gaps;
mod growth;
mod losses;
mod operations;
mod scaling;
mod timelines;
mod town;
