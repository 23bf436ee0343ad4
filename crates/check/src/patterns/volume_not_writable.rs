//! A process that is not root needs a group to write to a fresh volume.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Container, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::storage_of::{Backing, backing_of, on_ebs};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "volume-not-writable",
    rows: &[Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::StorageClasses],
    title: "The container's user cannot write to its volume",
    why: "A new EBS volume belongs to root; without fsGroup the process gets permission denied at its first write and the pod crashes.",
    verify: "kubectl exec POD -- ls -ld MOUNT; kubectl get pod POD -o jsonpath='{.spec.securityContext.fsGroup}'",
    fix: "Set securityContext.fsGroup on the pod to the group that the process runs with.",
    sources: &["Kubernetes documentation, configure a security context, fsGroup"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      securityContext: #~ volume-not-writable
        runAsUser: 1000
      containers:
      - name: db
        image: registry/db:1
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 1Gi}}}
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      securityContext: {runAsUser: 1000, fsGroup: 1000}
      containers:
      - name: db
        image: registry/db:1
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 1Gi}}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let pod = workload.pod();
    let written: Vec<(&Container, &str)> = pod
        .running_containers()
        .filter(|it| is_not_root(workload, it))
        .flat_map(|it| it.volume_mounts.iter().filter(|mount| !mount.read_only).map(move |mount| (it, mount.name.as_str())))
        .filter(|(_, volume)| is_ebs_claim(cx, workload, volume))
        .collect();
    let Some((container, volume)) = written.first() else { return };
    out.assess();
    let has_group = pod.security_context.as_ref().is_some_and(|it| it.fs_group.is_some());
    if has_group || pod.is_windows() || prepared_by_root(workload, volume) {
        return;
    }
    let path = workload.pod_path().join("securityContext.fsGroup");
    let message = format!("{workload}: container {} does not run as root and no fsGroup is set, so it cannot write to its volume {volume}", container.name);
    out.report(workload, path, message);
}

fn is_not_root(workload: &Object<Workload>, container: &Container) -> bool {
    let (own, pods) = (container.security_context.as_ref(), workload.pod().security_context.as_ref());
    let user = own.and_then(|it| it.run_as_user).or(pods.and_then(|it| it.run_as_user));
    let non_root = own.and_then(|it| it.run_as_non_root).or(pods.and_then(|it| it.run_as_non_root));
    user.map_or(non_root == Some(true), |it| it != 0)
}

fn is_ebs_claim(cx: &Cx<'_>, workload: &Object<Workload>, volume: &str) -> bool {
    match backing_of(cx, workload, volume) {
        Backing::Claim(Some(claim)) => on_ebs(cx, claim) == Some(true),
        _ => false,
    }
}

/// An init container that mounts the volume as root is there to hand it over.
fn prepared_by_root(workload: &Object<Workload>, volume: &str) -> bool {
    let mounts = |it: &Container| it.volume_mounts.iter().any(|mount| &*mount.name == volume);
    workload.pod().init_containers.iter().any(|it| !it.is_sidecar() && mounts(it) && !is_not_root(workload, it))
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let pod = workload.pod();
    let of_pod = pod.security_context.as_ref().and_then(|it| it.run_as_group.or(it.run_as_user));
    let of_container = || pod.containers.iter().find_map(|it| it.security_context.as_ref().and_then(|it| it.run_as_group.or(it.run_as_user)));
    let Some(group) = of_pod.or_else(of_container) else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: group.to_string() } }]
}
