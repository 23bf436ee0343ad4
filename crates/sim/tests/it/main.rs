//! The laws of the simulation, and its agreement with a slow reference.

mod autoscalers;
mod batch;
mod capacity;
mod clusters;
mod differential;
mod laws;
mod reference;
mod rehearsal_laws;
mod timelines;
mod town;
