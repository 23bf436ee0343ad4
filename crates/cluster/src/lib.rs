//! Reads a Kubernetes API into the model: lists, discovery, measurements; GET and nothing else.

mod resources;

pub use resources::{RESOURCES, Resource, Rule, rbac, resources_of};
