//! Admission: what limit ranges fill in, and what they and quotas refuse.

use std::sync::Arc;

use seatrial_model::{PodSpec, Text};

use super::Rehearsal;
use crate::controllers::limit_range::{apply, violation};
use crate::controllers::quota::{excess, pod_usage};

impl Rehearsal {
    /// The specification with the namespace's defaults.
    ///
    /// # Errors
    /// When a limit of the namespace forbids such a pod.
    pub(super) fn with_limit_ranges(&self, namespace: &Text, spec: &Arc<PodSpec>) -> Result<Arc<PodSpec>, String> {
        let items: Vec<_> = self.limit_ranges.iter().filter(|it| it.0 == *namespace).flat_map(|it| &it.1).collect();
        if items.is_empty() {
            return Ok(spec.clone());
        }
        let filled = apply(spec, &items);
        match violation(&filled, &items) {
            Some(why) => Err(why),
            None => Ok(Arc::new(filled)),
        }
    }

    /// Whether the quotas of the namespace leave room for one more pod.
    ///
    /// Source: kubernetes pkg/quota/v1/evaluator/core/pods.go, plugin/pkg/admission/resourcequota.
    pub(super) fn within_quota(&self, namespace: &Text, spec: &PodSpec) -> Result<(), String> {
        for (_, quota) in self.quotas.iter().filter(|it| it.0 == *namespace && it.1.matches(spec)) {
            let used = self.in_namespace(namespace).map(|it| self.state.spec(it.0)).filter(|it| quota.matches(it)).map(|it| pod_usage(it, None));
            excess(quota, used, spec)?;
        }
        Ok(())
    }
}
