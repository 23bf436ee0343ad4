//! A database keeps its data on a volume that outlives the pod.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::data_stores::{data_store, holds};
use super::storage_of::{Backing, backing_of};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "database-without-volume",
    rows: &[Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims],
    title: "A database keeps its data inside the pod",
    why: "The next restart on another node, rollout or eviction starts with an empty database.",
    verify: "kubectl get pod POD -o jsonpath='{.spec.volumes}'",
    fix: "Give the database a PersistentVolumeClaim (a StatefulSet with volumeClaimTemplates), or use the managed service.",
    sources: &["Guide, Architecture Patterns, Pattern 2", "Kubernetes documentation, volumes, emptyDir"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: db
        image: postgres:17
        volumeMounts:
        - name: data #~ database-without-volume
          mountPath: /var/lib/postgresql/data
      volumes: [{name: data, emptyDir: {}}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: db
        image: postgres:17
        volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: db}}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !workload.is_long_running() {
        return;
    }
    for (at, container) in workload.pod().containers.iter().enumerate() {
        let Some(store) = data_store(container).filter(|it| !it.is_cache) else { continue };
        out.assess();
        let backings: Vec<(usize, &str, Backing<'_>)> =
            container.volume_mounts.iter().enumerate().map(|(index, it)| (index, it.mount_path.as_str(), backing_of(cx, workload, &it.name))).collect();
        let path = workload.container_path(at);
        let inside = backings.iter().find(|(_, mount, it)| holds(mount, store.data) && matches!(it, Backing::EmptyDir));
        // Its data may have been moved to another folder: any volume that lasts will do.
        if let Some((index, ..)) = inside.filter(|_| !backings.iter().any(|it| matches!(it.2, Backing::Claim(_)))) {
            let message = format!("{workload}: {} keeps its data in an emptyDir, so the data goes with the pod", store.name);
            out.report(workload, path.key("volumeMounts").index(*index), message).container(&container.name);
        } else if !backings.iter().any(|(_, mount, it)| matches!(it, Backing::Claim(_)) || holds(mount, store.data)) {
            let message = format!("{workload}: {} has no volume for its data, so the data goes with the container", store.name);
            out.report(workload, path.key("volumeMounts"), message).container(&container.name);
        }
    }
}
