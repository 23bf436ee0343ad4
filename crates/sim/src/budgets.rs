//! Disruption budgets as the scheduler and the eviction API read them.

use std::collections::BTreeMap;

use seatrial_model::{IntOrString, LabelSelector, Labels, Text};

/// A PodDisruptionBudget.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budget {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Pods it protects; `None` none, empty all of the namespace.
    pub selector: Option<LabelSelector>,
    /// `spec.minAvailable`.
    pub min_available: Option<IntOrString>,
    /// `spec.maxUnavailable`.
    pub max_unavailable: Option<IntOrString>,
    /// `spec.unhealthyPodEvictionPolicy: AlwaysAllow`.
    pub always_allow_unhealthy: bool,
    /// What the controller says.
    pub status: BudgetStatus,
}

/// The status of a budget.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BudgetStatus {
    /// Whether the controller has seen the specification in force.
    pub observed: bool,
    /// Pods that may be disrupted now.
    pub disruptions_allowed: i64,
    /// Healthy pods.
    pub current_healthy: i64,
    /// Healthy pods wanted.
    pub desired_healthy: i64,
    /// Pods counted.
    pub expected_pods: i64,
    /// Pods whose eviction was granted, with when (virtual milliseconds).
    pub disrupted: BTreeMap<Text, i64>,
}

impl Budget {
    /// Whether the budget protects a pod of this namespace with these labels.
    pub fn protects(&self, namespace: &str, labels: &Labels) -> bool {
        self.namespace == *namespace && self.selector.as_ref().is_some_and(|it| it.matches(labels))
    }
}
