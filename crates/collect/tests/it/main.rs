//! Reading clusters that misbehave: every fault is either overcome or leaves a gap, and none makes a verdict better.

mod faults;
mod scope;
mod server;
mod signing_in;
mod verdicts;
mod world;
