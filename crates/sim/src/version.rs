//! Which rules a Kubernetes version follows: the default profile's formulas and messages by minor version.

use seatrial_model::Version;

/// The default scheduler profile of one Kubernetes version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    minor: u16,
}

impl Rules {
    /// The rules of `version`.
    pub const fn of(version: Version) -> Self {
        Self { minor: version.minor }
    }

    /// Balanced allocation scores the improvement that the pod brings, not the state it leaves.
    ///
    /// Source: kubernetes CHANGELOG-1.36 (#135573), pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.
    pub const fn balance_is_relative(self) -> bool {
        self.minor >= 36
    }

    /// The message of TaintToleration names the taint.
    ///
    /// Source: kubernetes v1.34 and v1.35 pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.
    pub const fn names_the_taint(self) -> bool {
        self.minor < 35
    }

    /// DynamicResources is part of the profile and comments on every failure.
    ///
    /// Source: kubernetes v1.34 pkg/features/kube_features.go (DynamicResourceAllocation is on by default).
    pub const fn dynamic_resources(self) -> bool {
        self.minor >= 34
    }

    /// Preemption is not tried on nodes that would be too small even if they were empty.
    ///
    /// Source: kubernetes v1.34 pkg/scheduler/framework/plugins/noderesources/fit.go Filter.
    pub const fn too_small_is_final(self) -> bool {
        self.minor >= 34
    }

    /// Pod-level resources override those of the containers.
    ///
    /// Source: kubernetes v1.34 pkg/features/kube_features.go (PodLevelResources is on by default).
    pub const fn pod_level_resources(self) -> bool {
        self.minor >= 34
    }

    /// What the kubelet has allocated and actuated counts beside what the specification asks.
    ///
    /// Source: kubernetes v1.33 pkg/features/kube_features.go (InPlacePodVerticalScaling is on by default).
    pub const fn in_place_resize(self) -> bool {
        self.minor >= 33
    }

    /// The same for pod-level resources.
    ///
    /// Source: kubernetes v1.36 pkg/features/kube_features.go (InPlacePodLevelResourcesVerticalScaling).
    pub const fn in_place_pod_resize(self) -> bool {
        self.minor >= 36
    }

    /// ImageLocality counts image volumes.
    ///
    /// Source: kubernetes v1.36 pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
    pub const fn image_volumes_score(self) -> bool {
        self.minor >= 36
    }

    /// An idle scheduler takes pods out of their back-off.
    ///
    /// Source: kubernetes v1.33 pkg/features/kube_features.go (SchedulerPopFromBackoffQ is on by default).
    pub const fn pops_from_backoff(self) -> bool {
        self.minor >= 33
    }
}
