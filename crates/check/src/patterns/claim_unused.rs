//! A claim that nothing mounts costs money for nothing.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::cluster::in_namespace;
use seatrial_report::{Confidence, Severity};

use super::storage_of::{is_made, prefixes};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "claim-unused",
    rows: &[Row::CostStorage, Row::PitfallOversizedVolumes],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "A claim is mounted by nothing",
    why: "The volume is paid for every month, and nobody remembers whether its data matters.",
    verify: "kubectl describe pvc NAME   # Used By: <none>",
    fix: "Take a snapshot if the data may matter, then delete the claim.",
    sources: &["Guide, Cost Optimization, Storage"],
    bad: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: old #~ claim-unused
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 500Gi}}}
",
    good: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 5Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: app, image: registry/api:1.0}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
",
    // Operators run pods of their own: without the pods of a cluster nobody can tell.
    run: Run::InCluster(&[Need::Pods], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mounted = mounted(cx);
    let made = prefixes(cx);
    for claim in cx.cluster.persistent_volume_claims.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        out.assess();
        let (ns, name) = (claim.meta.ns(), claim.meta.name.as_str());
        let owned = !claim.meta.owner_references.is_empty();
        if mounted.contains(&(ns, name)) || owned || (is_made(&made, ns, name) && !is_left_over(cx, ns, name)) {
            continue;
        }
        let size = claim.spec.resources.requests.get("storage").map(|it| format!("{it} of storage")).unwrap_or_else(|| "storage".to_owned());
        let phase = claim.status.phase.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
        out.report(claim, "metadata.name", format!("{claim}: holds {size}{phase} that no pod mounts"));
    }
}

fn mounted<'a>(cx: &Cx<'a>) -> BTreeSet<(&'a str, &'a str)> {
    let workloads = cx.cluster.workloads.iter().map(|it| (it.meta.ns(), &it.it.template.spec));
    let pods = cx.cluster.pods.iter().map(|it| (it.meta.ns(), &*it.it.spec));
    let scaled = cx.cluster.scaled_objects.iter().filter_map(|it| Some((it.meta.ns(), &it.spec.job_target_ref.as_ref()?.template.spec)));
    workloads
        .chain(pods)
        .chain(scaled)
        .flat_map(|(ns, pod)| pod.volumes.iter().filter_map(move |it| Some((ns, it.persistent_volume_claim.as_ref()?.claim_name.as_str()))))
        .collect()
}

/// A StatefulSet that was scaled down leaves its higher claims behind.
fn is_left_over(cx: &Cx<'_>, ns: &str, claim: &str) -> bool {
    let Some((prefix, ordinal)) = claim.rsplit_once('-') else { return false };
    let Ok(ordinal) = ordinal.parse::<i64>() else { return false };
    let owner = in_namespace(&cx.cluster.workloads, ns).iter().find(|workload| {
        workload
            .volume_claim_templates
            .iter()
            .any(|it| prefix.strip_prefix(&*it.metadata.name).and_then(|it| it.strip_prefix('-')) == Some(&*workload.meta.name))
    });
    cx.is_live() && owner.is_some_and(|it| ordinal >= cx.graph.replicas_of(it).max)
}
