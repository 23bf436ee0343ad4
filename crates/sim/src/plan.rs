//! How pods of one class are scheduled: everything that can be looked up once, before any node is visited.

use seatrial_model::Text;

use crate::ids::{AffinityId, CounterId, ImagesId, KeyId, MaskId, PreferencesId, RowId, ShapeId, StaticId, TolerationsId};

/// One topology spread constraint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) key: KeyId,
    pub(crate) is_hostname: bool,
    pub(crate) max_skew: i64,
    pub(crate) min_domains: i64,
    pub(crate) mask: MaskId,
    /// Pods by domain; `None` for an empty selector, which counts nothing.
    pub(crate) counter: Option<CounterId>,
    /// Whether the pod itself is selected.
    pub(crate) selects_itself: bool,
}

/// One of the pod's own inter-pod terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OwnTerm {
    pub(crate) key: KeyId,
    pub(crate) counter: CounterId,
    /// Positive attracts; unused for required terms.
    pub(crate) weight: i64,
}

/// The plan of a class.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Plan {
    pub(crate) shape: Option<ShapeId>,
    pub(crate) allowed: Option<StaticId>,
    pub(crate) row: Option<RowId>,
    pub(crate) tolerations: Option<TolerationsId>,
    pub(crate) affinity: Option<AffinityId>,
    /// `spec.nodeName` of a pod that is not bound.
    pub(crate) node_name: Option<Text>,
    /// Only these nodes are visited: every required term names its nodes.
    pub(crate) pinned: Option<Vec<Text>>,
    pub(crate) preferences: Option<PreferencesId>,
    pub(crate) images: Option<ImagesId>,
    /// Images that no node had when the plan was made.
    pub(crate) absent_images: Vec<Text>,
    pub(crate) hard: Vec<Spread>,
    pub(crate) soft: Vec<Spread>,
    /// Soft constraints leave out nodes that lack one of the keys (not so for the system's defaults).
    pub(crate) soft_needs_all_keys: bool,
    pub(crate) affinity_terms: Vec<OwnTerm>,
    /// The pod satisfies its own affinity, so it may be the first of its kind.
    pub(crate) attracts_itself: bool,
    pub(crate) anti_terms: Vec<OwnTerm>,
    pub(crate) preferred_terms: Vec<OwnTerm>,
    /// Scheduling gates hold the pod back.
    pub(crate) gated: bool,
}
