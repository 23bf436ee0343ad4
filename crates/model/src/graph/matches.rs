//! Selecting objects and the workloads whose pods they select.

use std::collections::HashMap;

use crate::meta::Object;
use crate::selector::LabelSelector;
use crate::text::{Labels, Text};
use crate::workload::Workload;

/// Pairs of selecting objects and workloads, both ways, by their places in the cluster's lists.
#[derive(Default)]
pub(super) struct Matches {
    of_workload: HashMap<usize, Vec<usize>>,
    workloads: HashMap<usize, Vec<usize>>,
}

impl Matches {
    /// Pairs of selecting objects and workloads of one namespace, through an index on each selector's rarest label.
    pub(super) fn find<T>(workloads: &[Object<Workload>], selecting: &[Object<T>], selector: impl Fn(&Object<T>) -> Option<LabelSelector>) -> Self {
        let mut how_common: HashMap<(&str, &Text, &Text), u32> = HashMap::new();
        for it in workloads {
            for (key, value) in it.pod_labels().iter() {
                *how_common.entry((it.meta.ns(), key, value)).or_default() += 1;
            }
        }
        let selectors: Vec<Option<LabelSelector>> = selecting.iter().map(selector).collect();
        let mut by_label: HashMap<(&str, &Text, &Text), Vec<usize>> = HashMap::new();
        let mut by_namespace: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (it, selector)) in selecting.iter().zip(&selectors).enumerate() {
            let Some(selector) = selector else { continue };
            let ns = it.meta.ns();
            let rarest = selector.match_labels.iter().min_by_key(|(k, v)| how_common.get(&(ns, *k, *v)).copied().unwrap_or(0));
            match rarest {
                Some((key, value)) => by_label.entry((ns, key, value)).or_default().push(at),
                None => by_namespace.entry(ns).or_default().push(at),
            }
        }
        let mut found = Self::default();
        for (w, workload) in workloads.iter().enumerate().filter(|(_, it)| it.meta.controller().is_none()) {
            let ns = workload.meta.ns();
            let labels: &Labels = workload.pod_labels();
            let candidates = labels.iter().filter_map(|(k, v)| by_label.get(&(ns, k, v))).chain(by_namespace.get(ns)).flatten();
            for &at in candidates {
                if selectors[at].as_ref().is_some_and(|it| it.matches(labels)) {
                    found.of_workload.entry(w).or_default().push(at);
                    found.workloads.entry(at).or_default().push(w);
                }
            }
        }
        for list in found.of_workload.values_mut() {
            list.sort_unstable();
        }
        found
    }

    /// What selects the workload's pods.
    pub(super) fn of(&self, workload: usize) -> Option<&Vec<usize>> {
        self.of_workload.get(&workload)
    }

    /// The workloads whose pods are selected.
    pub(super) fn workloads_of(&self, selecting: usize) -> Option<&Vec<usize>> {
        self.workloads.get(&selecting)
    }
}
