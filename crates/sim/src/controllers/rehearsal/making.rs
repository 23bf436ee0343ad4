//! Making pods: what admission adds, which claims come with them, and what can refuse them.

use std::sync::Arc;

use seatrial_model::kinds::storage::PersistentVolumeClaim;
use seatrial_model::pod::{ClaimTemplate, Toleration};
use seatrial_model::{Meta, Object, PodSpec};

use super::{Life, Rehearsal};
use crate::controllers::latencies::DEFAULT_TOLERATION;
use crate::pods::{Owner, PodFacts};

impl Rehearsal {
    /// `Kind namespace/name` of a controller.
    pub fn set_name(&self, set: usize) -> String {
        let it = &self.sets[set];
        format!("{} {}/{}", it.kind, it.namespace, it.name)
    }

    /// Makes a pod of a controller; false where admission refuses it.
    pub(super) fn make(&mut self, at: usize, name: String) -> bool {
        let spec = self.sets[at].spec.clone();
        self.make_of(at, name, spec)
    }

    pub(super) fn make_of(&mut self, at: usize, name: String, spec: Arc<PodSpec>) -> bool {
        let spec = match self.admitted(at, &spec) {
            Ok(spec) => spec,
            Err(why) => {
                let object = self.set_name(at);
                self.note("FailedCreate", object, why);
                return false;
            }
        };
        let set = self.sets[at].clone();
        self.serial += 1;
        // A StatefulSet's pods keep their names: they are not new ones.
        self.made += usize::from(&*set.kind != "StatefulSet");
        let api_version = if &*set.kind == "Job" { "batch/v1" } else { "apps/v1" };
        let owner = Owner { api_version: api_version.into(), kind: set.kind.clone(), name: set.name.clone() };
        let mut spec = spec;
        if &*set.kind == "StatefulSet" {
            let templates = self.policies.get(&at).map(|it| it.claims.clone()).unwrap_or_default();
            templates.iter().for_each(|it| self.make_claim(&set.namespace, &name, it));
            spec = with_claims(&spec, &name);
        }
        let empty_dir = spec.volumes.iter().any(|it| it.empty_dir.is_some());
        let facts = PodFacts { namespace: set.namespace, name: name.into(), labels: set.labels, owner: Some(owner), spec, ..PodFacts::default() };
        let pod = self.state.add_pod(&facts);
        let life = Life { set: Some(at), daemon: &*set.kind == "DaemonSet", empty_dir, created: self.now, ..Life::default() };
        self.enter(pod, life);
        self.note_pod("PodCreated", pod, "made by its controller");
        true
    }

    /// The specification as the API server stores it, or why it refuses the pod.
    fn admitted(&mut self, at: usize, spec: &Arc<PodSpec>) -> Result<Arc<PodSpec>, String> {
        let namespace = self.sets[at].namespace.clone();
        let admitted = match self.stored.get(&at).filter(|it| Arc::ptr_eq(&it.0, spec)) {
            Some((_, stored)) => stored.clone(),
            None => {
                let seconds = self.delay(&DEFAULT_TOLERATION) / 1000;
                let stored = tolerating(&self.with_limit_ranges(&namespace, spec)?, seconds);
                self.stored.insert(at, (spec.clone(), stored.clone()));
                stored
            }
        };
        self.within_quota(&namespace, &admitted)?;
        Ok(admitted)
    }

    /// A StatefulSet makes the claims that its pods lack.
    fn make_claim(&mut self, namespace: &str, pod: &str, template: &ClaimTemplate) {
        let name = format!("{}-{pod}", template.metadata.name);
        if self.state.has_claim(namespace, &name) {
            return;
        }
        let claim = PersistentVolumeClaim { spec: template.spec.clone(), ..PersistentVolumeClaim::default() };
        let meta = Meta { name: name.into(), namespace: Some(namespace.into()), ..Meta::default() };
        let object = Object { api_version: "v1".into(), kind: "PersistentVolumeClaim".into(), meta, origin: None, it: claim };
        self.state.put_claim(&object);
    }
}

/// Admission lets every pod stay so many seconds (five minutes) on a node that is not ready or unreachable.
///
/// Source: kubernetes plugin/pkg/admission/defaulttolerationseconds.
pub fn tolerating(spec: &Arc<PodSpec>, seconds: i64) -> Arc<PodSpec> {
    let covers = |key: &str, it: &Toleration| {
        let any = it.key.as_deref().unwrap_or("").is_empty() || it.key.as_deref() == Some(key);
        any && matches!(it.effect.as_deref().unwrap_or(""), "" | "NoExecute")
    };
    let missing =
        ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].into_iter().filter(|key| !spec.tolerations.iter().any(|it| covers(key, it)));
    let added: Vec<Toleration> = missing
        .map(|key| Toleration {
            key: Some(key.into()),
            operator: Some("Exists".into()),
            effect: Some("NoExecute".into()),
            toleration_seconds: Some(seconds),
            ..Toleration::default()
        })
        .collect();
    // Pods that share a specification share a class: it is copied only where something is added.
    if added.is_empty() {
        return spec.clone();
    }
    let mut spec = (**spec).clone();
    spec.tolerations.extend(added);
    Arc::new(spec)
}

/// The claims of a StatefulSet's pod carry its name; claims that its pods share keep theirs.
///
/// Source: kubernetes pkg/controller/statefulset/stateful_set_utils.go getPersistentVolumeClaimName, updateStorage.
fn with_claims(spec: &Arc<PodSpec>, pod: &str) -> Arc<PodSpec> {
    let set = pod.rsplit_once('-').map_or(pod, |it| it.0);
    let mut spec = (**spec).clone();
    for volume in &mut spec.volumes {
        let (name, own) = (volume.name.clone(), format!("{}-{set}-", volume.name));
        if let Some(claim) = volume.persistent_volume_claim.as_mut().filter(|it| it.claim_name == name || it.claim_name.starts_with(&own)) {
            claim.claim_name = format!("{name}-{pod}").into();
        }
    }
    Arc::new(spec)
}
