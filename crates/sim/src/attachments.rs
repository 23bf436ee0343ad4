//! Which claims of a pod can be attached to one node at a time.

use crate::ids::{ClaimId, PodId};
use crate::state::State;

impl State {
    /// Claims of a pod whose volume one node at a time can have: every one that is not shared by its access modes.
    ///
    /// Source: kubernetes pkg/volume/util IsMultiAttachAllowed.
    pub fn exclusive_claims(&self, pod: PodId) -> Vec<ClaimId> {
        let class = self.pods.class_of(pod);
        if !class.has_volumes {
            return Vec::new();
        }
        let shared = |id: &ClaimId| self.storage.claims[id.index()].spec.access_modes.iter().any(|it| matches!(&**it, "ReadWriteMany" | "ReadOnlyMany"));
        let claims = self.storage.claims_of(&class.spec, &class.namespace, &self.pods.record(pod).name);
        claims.filter_map(Result::ok).filter(|it| !shared(it)).collect()
    }

    /// `namespace/name` of a claim.
    pub fn claim_name(&self, id: ClaimId) -> String {
        let claim = &self.storage.claims[id.index()];
        format!("{}/{}", claim.namespace, claim.name)
    }

    /// Whether a claim of this namespace and name exists.
    pub fn has_claim(&self, namespace: &str, name: &str) -> bool {
        self.storage.claim(&namespace.into(), &name.into()).is_some()
    }

    /// Whether a node exists still.
    pub fn is_present(&self, node: crate::ids::NodeId) -> bool {
        self.nodes.present.get(node.index()).copied().unwrap_or(false)
    }
}
