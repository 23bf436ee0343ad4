//! PostgreSQL does not start in a folder that already holds lost+found.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Container, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::data_stores::{data_store, major_version};
use super::storage_of::{Backing, backing_of, on_ebs};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "data-at-mount-root",
    rows: &[Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::StorageClasses],
    title: "PostgreSQL's data folder is the root of its volume",
    why: "A fresh ext4 volume holds lost+found, and initdb refuses a folder that is not empty: the first pod never starts.",
    verify: "kubectl logs POD   # initdb: directory exists but is not empty",
    fix: "Set PGDATA to a subfolder of the mount, or mount the volume with a subPath.",
    sources: &["PostgreSQL image documentation, PGDATA", "Guide, Architecture Patterns, Pattern 2"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec:
      containers:
      - name: postgres
        image: registry/postgres:17
        volumeMounts:
        - name: data
          mountPath: /var/lib/postgresql/data #~ data-at-mount-root
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 1Gi}}}
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec:
      containers:
      - name: postgres
        image: registry/postgres:17
        env: [{name: PGDATA, value: /var/lib/postgresql/data/pgdata}]
        volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 1Gi}}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

const OLD_DEFAULT: &str = "/var/lib/postgresql/data";

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !workload.is_long_running() {
        return;
    }
    for (at, container) in workload.pod().containers.iter().enumerate() {
        // Other images keep their data below the folder that is mounted.
        if data_store(container).is_none_or(|it| it.data != "/var/lib/postgresql") {
            continue;
        }
        let Some(data) = data_folder(container) else { continue };
        for (index, mount) in container.volume_mounts.iter().enumerate() {
            if !is_fresh_disk(cx, workload, &mount.name) {
                continue;
            }
            out.assess();
            let whole = mount.sub_path.is_none() && mount.sub_path_expr.is_none();
            // A pod that is ready has got over it.
            if whole && mount.mount_path.trim_end_matches('/') == data && workload.status.ready_replicas.unwrap_or(0) == 0 {
                let path = workload.container_path(at).key("volumeMounts").index(index).key("mountPath");
                let message = format!("{workload}: PostgreSQL's data folder is the root of volume {}, where lost+found keeps it from starting", mount.name);
                out.report(workload, path, message).container(&container.name);
            }
        }
    }
}

/// Where the image keeps its data; `None` where it cannot be told.
fn data_folder(container: &Container) -> Option<String> {
    match container.env.iter().find(|it| &*it.name == "PGDATA") {
        Some(it) => it.value.as_ref()?.plain().map(|it| it.trim_end_matches('/').to_owned()),
        // From 18 on the default is a subfolder named after the version.
        None => major_version(&container.image).is_none_or(|it| it < 18).then(|| OLD_DEFAULT.to_owned()),
    }
}

fn is_fresh_disk(cx: &Cx<'_>, workload: &Object<Workload>, volume: &str) -> bool {
    match backing_of(cx, workload, volume) {
        Backing::Claim(Some(claim)) => on_ebs(cx, claim) != Some(false) && claim.data_source.is_none(),
        _ => false,
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let at = workload.pod().containers.iter().position(|it| Some(&it.name) == found.container.as_ref());
    let Some((at, container)) = at.map(|at| (at, &workload.pod().containers[at])) else { return Vec::new() };
    let Some(data) = data_folder(container) else { return Vec::new() };
    let env = workload.container_path(at).key("env");
    let change = match container.env.iter().position(|it| &*it.name == "PGDATA") {
        Some(index) => Change::Set { path: env.index(index).key("value"), yaml: format!("{data}/pgdata") },
        None => Change::Append { path: env, yaml: format!("name: PGDATA\nvalue: {data}/pgdata") },
    };
    vec![Edit { origin, change }]
}
