//! A mounted credentials file is a stored key.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use seatrial_model::pod::VolumeMount;

use super::aws_use::is_emulated;
use super::host_mounts::{self, Reach};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "aws-credentials-file",
    rows: &[Row::PitfallIgnoringPodIdentity, Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A pod reads AWS credentials from a file",
    why: "The file holds keys that never expire; copied once, they work from anywhere.",
    verify: "kubectl get pods -A -o yaml | grep -E 'AWS_SHARED_CREDENTIALS_FILE|\\.aws'",
    fix: "Create a Pod Identity association for the workload's ServiceAccount, and take the mount and the variable out.",
    sources: &["Guide, Common Pitfalls 5"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      volumes:
      - name: aws
        secret: {secretName: aws}
      containers:
      - name: app
        image: registry/api:1.0
        volumeMounts:
        - name: aws #~ aws-credentials-file
          mountPath: /root/.aws
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
      serviceAccountName: api
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    out.assess();
    let mut reported = false;
    // The node's own credentials, be the volume mounted yet or not.
    for it in host_mounts::of(workload).iter().filter(|it| it.reach() == Reach::AwsCredentials) {
        reported = true;
        out.report(
            workload,
            it.path.clone(),
            format!("{workload}: volume {} holds the node's AWS credentials at {}, which never expire", it.volume.name, it.host),
        );
    }
    for (container, path) in workload.containers() {
        for (at, mount) in container.volume_mounts.iter().enumerate().filter(|(_, it)| holds_credentials(workload, it)) {
            reported = true;
            out.report(
                workload,
                path.key("volumeMounts").index(at),
                format!("{workload}: container {} has AWS credentials mounted at {}, which never expire", container.name, mount.mount_path),
            )
            .container(&container.name);
        }
        let variable = container.env.iter().position(|it| it.name == "AWS_SHARED_CREDENTIALS_FILE" && !is_emulated(container));
        if let Some(at) = variable.filter(|_| !reported) {
            out.report(
                workload,
                path.key("env").index(at),
                format!("{workload}: container {} reads AWS credentials from a file, which never expire", container.name),
            )
            .container(&container.name);
        }
    }
}

/// A Secret mounted where SDKs look for credentials.
fn holds_credentials(workload: &Object<Workload>, mount: &VolumeMount) -> bool {
    let volume = workload.pod().volumes.iter().find(|it| it.name == mount.name);
    mount.mount_path.contains("/.aws") && volume.is_some_and(|it| it.secret.is_some())
}
