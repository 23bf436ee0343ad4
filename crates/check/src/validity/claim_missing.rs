//! A claim that a pod mounts must exist.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::cluster::find;
use seatrial_report::{Confidence, Severity};

use super::references_of::confidence;
use crate::patterns::storage_of::{is_made, prefixes};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "claim-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims],
    title: "The PersistentVolumeClaim does not exist",
    why: "The scheduler does not place the pod: it stays Pending.",
    verify: "kubectl describe pod POD   # persistentvolumeclaim not found",
    fix: "Add the claim, or correct claimName.",
    sources: &["Kubernetes documentation, persistent volumes, claims as volumes"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: app, image: registry/api:1.0}]
      volumes:
      - name: data
        persistentVolumeClaim:
          claimName: data #~ claim-missing
",
    good: "
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
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 1Gi}}}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let made = prefixes(cx);
    for workload in cx.workloads() {
        let ns = workload.meta.ns();
        for (at, it) in workload.pod().volumes.iter().enumerate() {
            let Some(claim) = it.persistent_volume_claim.as_ref().map(|it| &it.claim_name).filter(|it| !it.contains('$')) else { continue };
            out.assess();
            if find(&cx.cluster.persistent_volume_claims, ns, claim).is_none() && !is_made(&made, ns, claim) {
                let path = workload.pod_path().key("volumes").index(at).join("persistentVolumeClaim.claimName");
                let message = format!("{workload}: claim {claim} does not exist, so its pods stay Pending");
                let sure = confidence(cx, ns, claim);
                let severity = if sure == Confidence::Low { Severity::Low } else { Severity::High };
                out.report(workload, path, message).confidence(sure).severity(severity);
            }
        }
    }
}
