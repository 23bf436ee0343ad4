//! Dense 32-bit identities: every table of the simulation is an array indexed by one of these.

macro_rules! id {
    ($($(#[$m:meta])* $name:ident),* $(,)?) => {$(
        $(#[$m])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the table.
            #[allow(dead_code, reason = "some ids are only compared")]
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            #[allow(dead_code, reason = "some tables are only read")]
            pub(crate) fn at(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    )*};
}

id! {
    /// A node; removed nodes keep their id.
    NodeId,
    /// A pod; deleted pods keep their id.
    PodId,
    /// Pods that the scheduler cannot tell apart.
    ClassId,
    /// A PersistentVolumeClaim.
    ClaimId,
    /// A disruption budget.
    BudgetId,
    /// A named resource other than cpu, memory, ephemeral storage and pods.
    ResourceId,
    /// A topology key (a node label) that some constraint names.
    KeyId,
    /// A set of pods described by namespaces and labels.
    PodSetId,
    /// A per-domain count of the pods of a set.
    CounterId,
    /// An inter-pod affinity term that placed pods own.
    TermId,
    /// A set of nodes that a spread constraint counts in.
    MaskId,
    /// A request for resources, shared by all pods that ask the same.
    ShapeId,
    /// A list of tolerations.
    TolerationsId,
    /// A node selector with required node affinity.
    AffinityId,
    /// Preferred node affinity.
    PreferencesId,
    /// The images of a pod.
    ImagesId,
    /// Tolerations and required node affinity together.
    StaticId,
    /// The answers of all nodes to a request shape with tolerations and affinity.
    RowId,
    /// A volume as the attach limit counts it.
    VolumeId,
    /// A CSI driver.
    DriverId,
}

/// "No such thing" in tables of raw ids.
pub(crate) const NONE: u32 = u32::MAX;
