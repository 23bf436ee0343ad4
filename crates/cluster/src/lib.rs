//! Reads a Kubernetes API into the model: lists, discovery, measurements; GET and nothing else.

mod api;
mod connect;
mod discovery;
mod eks;
mod fault;
mod helm;
mod list;
mod measure;
mod plugin;
mod read;
mod resources;

pub use api::{Api, Patience};
pub use connect::{Access, ConnectError, Connection, connect, first_contact};
pub use eks::{EksName, eks_name_of_nodes};
pub use fault::Fault;
pub use list::ObjectTexts;
pub use read::{Progress, Reading, Wanted, read};
pub use resources::{RESOURCES, Resource, Rule, rbac, resources_of};
