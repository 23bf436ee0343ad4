//! Which runbook belongs to a workload.

use seatrial_model::cluster::find;
use seatrial_model::{Object, Workload};

use crate::Cx;

/// The annotation and its value: the workload's own, its pods' or its namespace's.
pub(crate) fn runbook_of<'a>(cx: &Cx<'a>, workload: &'a Object<Workload>) -> Option<(&'a str, &'a str)> {
    // Namespaces have no namespace of their own: they are filed under `default`.
    let namespace = find(&cx.cluster.namespaces, "default", workload.meta.ns());
    let places = [Some(&workload.meta.annotations), Some(&workload.template.metadata.annotations), namespace.map(|it| &it.meta.annotations)];
    let keys = &cx.settings.runbook_annotations;
    places.into_iter().flatten().find_map(|annotations| keys.iter().find_map(|key| Some((key.as_str(), annotations.get(key)?.as_str()))))
}
