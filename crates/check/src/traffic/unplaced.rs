//! Objects that leave their namespace to `kubectl -n` or to an overlay: they may stand in any, so that a reference to their name is not dangling.

use seatrial_model::cluster::{find, find_all, in_namespace};
use seatrial_model::{Cluster, Object, Workload};

/// The object of this name in `ns`, else one whose namespace is not written; for a referring object without a namespace one of any namespace.
pub fn find_or_unplaced<'a, T>(list: &'a [Object<T>], ns: Option<&str>, name: &str) -> Option<&'a Object<T>> {
    // Unplaced objects are sorted under `default`.
    let unplaced = || find_all(list, "default", name).iter().find(|it| it.meta.namespace.is_none());
    match ns {
        Some(ns) => find(list, ns, name).or_else(unplaced),
        None => unplaced().or_else(|| list.iter().find(|it| it.meta.name == name)),
    }
}

/// Workloads that may stand in `ns`: those whose namespace is not written; for an object without a namespace, all.
pub fn unplaced_workloads<'a>(cluster: &'a Cluster, ns: Option<&str>) -> impl Iterator<Item = &'a Object<Workload>> {
    let candidates = if ns.is_some() { in_namespace(&cluster.workloads, "default") } else { &cluster.workloads };
    let anywhere = ns.is_none();
    candidates.iter().filter(move |it| it.meta.controller().is_none() && (anywhere || it.meta.namespace.is_none()))
}
