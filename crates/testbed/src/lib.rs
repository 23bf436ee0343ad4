//! Real counterparts on 127.0.0.1 for tests: a Kubernetes control plane with what lives in it, AWS emulators, and a proxy that injects faults.
//!
//! `cargo xtask testbed up` starts it; tests find it by the environment variable [`here::KUBECONFIG`]. What it is not: no kubelet, no network,
//! no container runs (kwok moves the pods), NetworkPolicies are admitted but not enforced, and nobody makes load balancers or volumes.

pub mod act;
pub mod api;
pub mod canary;
mod component;
pub mod connect;
pub mod definitions;
mod ebs;
pub mod emulators;
mod estate;
mod forward;
pub mod front;
pub mod here;
mod identity;
pub mod kubeconfig;
mod metrics;
pub mod nodes;
pub mod pki;
pub mod plane;
pub mod process;
pub mod proxy;
pub mod scenario;
pub mod seed;
pub mod serve;
pub mod storage;
pub mod yaml;

/// The cluster's name, as in its ARN.
pub const CLUSTER: &str = "shop-prod";
/// The current context's name, as `aws eks update-kubeconfig` would write it.
pub const CLUSTER_ARN: &str = "arn:aws:eks:us-east-1:111122223333:cluster/shop-prod";
/// The account that the cluster is in.
pub const ACCOUNT: &str = "111122223333";
/// The region that the cluster is in.
pub const REGION: &str = "us-east-1";
