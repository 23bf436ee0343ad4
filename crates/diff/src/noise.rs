//! What changes by itself, and would hide what someone changed.

use std::collections::BTreeMap;

use seatrial_model::{Object, Snapshot, Workload};
use serde_json::{Map, Value, json};

/// How many differences were left out, by what they are.
#[derive(Default)]
pub struct Folded(BTreeMap<String, u64>);

impl Folded {
    /// Counts `n` more of `what`.
    pub fn add(&mut self, what: &str, n: usize) {
        if n > 0 {
            *self.0.entry(what.to_owned()).or_default() += n as u64;
        }
    }

    /// The counts.
    pub fn counts(self) -> BTreeMap<String, u64> {
        self.0
    }
}

/// Whether the object's namespace was read; those of the whole cluster are a matter of gaps.
pub fn covers(snapshot: &Snapshot, namespace: Option<&str>) -> bool {
    let only = &snapshot.meta.namespaces;
    only.is_empty() || namespace.is_none_or(|it| only.iter().any(|read| *read == *it))
}

/// Lists that controllers write all the time are only counted, as this.
pub fn counted(list: &str) -> Option<&'static str> {
    Some(match list {
        "events" => "events",
        "pod_metrics" => "usage figures of pods",
        "endpoint_slices" => "EndpointSlices",
        "csi_nodes" => "CSINodes",
        "volume_attachments" => "volume attachments",
        _ => return None,
    })
}

/// What an object is part of, if it comes and goes by itself. `None`: it is compared.
pub fn comes_and_goes<T: 'static>(list: &str, object: &Object<T>) -> Option<&'static str> {
    let owner = object.meta.controller().map(|it| it.kind.as_str());
    match (list, object.kind.as_str(), owner) {
        ("workloads", "ReplicaSet", Some(_)) => Some("ReplicaSets of Deployments"),
        ("workloads", "Job", Some("CronJob")) => Some("Jobs of CronJobs"),
        ("workloads", "Job", Some(_)) => Some("Jobs of other objects"),
        ("secrets", ..) if object.meta.name.starts_with("sh.helm.release.") => Some("Helm's own Secrets"),
        ("config_maps", ..) if object.meta.name == "kube-root-ca.crt" => Some("what Kubernetes adds to each namespace"),
        ("service_accounts", ..) if object.meta.name == "default" && object.meta.labels.is_empty() && object.meta.annotations.is_empty() => {
            Some("what Kubernetes adds to each namespace")
        }
        ("others", "Lease" | "Endpoints" | "ControllerRevision" | "IPAddress" | "CSIStorageCapacity" | "CiliumEndpoint" | "NodeClaim", _) => {
            Some("objects that controllers keep for themselves")
        }
        ("others", "PolicyReport" | "VulnerabilityReport" | "ConfigAuditReport" | "CertificateRequest" | "Order" | "Challenge", _) => {
            Some("objects that controllers keep for themselves")
        }
        _ => None,
    }
}

/// Whether it is a bare pod seen as a workload, which the list of pods has too.
pub fn is_pod_as_workload<T: 'static>(object: &Object<T>) -> bool {
    (&object.it as &dyn std::any::Any).is::<Workload>() && object.kind == "Pod"
}

/// Labels that controllers set.
pub fn is_own_label(key: &str) -> bool {
    matches!(
        key,
        "pod-template-hash" | "controller-revision-hash" | "pod-template-generation" | "job-name" | "controller-uid" | "batch.kubernetes.io/controller-uid"
    )
}

/// Annotations that controllers set.
pub fn is_own_annotation(key: &str) -> bool {
    const PREFIXES: [&str; 9] = [
        "deployment.kubernetes.io/",
        "control-plane.alpha.kubernetes.io/",
        "autoscaling.alpha.kubernetes.io/",
        "pv.kubernetes.io/",
        "volume.kubernetes.io/",
        "volume.beta.kubernetes.io/",
        "csi.volume.kubernetes.io/",
        "endpoints.kubernetes.io/",
        "node.alpha.kubernetes.io/",
    ];
    PREFIXES.iter().any(|it| key.starts_with(it))
        || matches!(key, "batch.kubernetes.io/job-tracking" | "argocd.argoproj.io/refresh" | "deprecated.daemonset.template.generation")
}

/// Fields that name the release an object came with: when nothing else differs, the object is the same.
pub fn is_release_mark(path: &str) -> bool {
    const MARKS: [&str; 4] = ["labels[helm.sh/chart]", "labels[app.kubernetes.io/version]", "labels[chart]", "annotations[meta.helm.sh/release-revision]"];
    MARKS.iter().any(|it| path == format!("metadata.{it}"))
}

/// Of a status what stays as it is while nothing happens: conditions without their times, the phase, the load balancer's name.
pub fn steady_status(status: Value) -> Value {
    let Value::Object(mut all) = status else { return Value::Null };
    let mut kept = Map::new();
    if let Some(Value::Array(conditions)) = all.remove("conditions") {
        // A rollout that goes on and one that went well are both no change of the object.
        let is_progress = |it: &Value| it.get("type").is_some_and(|it| it == "Progressing");
        let list: Vec<Value> =
            conditions.iter().filter(|it| !is_progress(it)).map(|it| json!({ "type": it.get("type"), "status": it.get("status") })).collect();
        kept.insert("conditions".to_owned(), Value::Array(list));
    }
    for key in ["phase", "loadBalancer", "capacity", "nodeInfo", "hard"] {
        kept.extend(all.remove(key).map(|it| (key.to_owned(), it)));
    }
    Value::Object(kept)
}
