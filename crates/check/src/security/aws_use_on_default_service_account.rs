//! A workload that calls AWS needs a ServiceAccount of its own.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::aws_use::sign;
use super::identities::{Associations, has_keys};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "aws-use-on-default-service-account",
    rows: &[Row::PodIdentity],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ScaledObjects, Need::ConfigMaps],
    title: "A workload calls AWS as the default ServiceAccount",
    why: "A role for the default ServiceAccount is a role for every pod of the namespace; without one the pods fall back to the node's role or fail.",
    verify: "kubectl get pods -A -o custom-columns=POD:.metadata.name,SA:.spec.serviceAccountName",
    fix: "Give the workload a ServiceAccount of its own, and associate a role with it.",
    sources: &["Guide, Pattern 3: what you need", "EKS user guide, Pod Identity associations"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        env:
        - name: QUEUE_URL #~ aws-use-on-default-service-account
          value: https://sqs.us-east-1.amazonaws.com/111122223333/orders
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
      serviceAccountName: worker
      containers:
      - name: app
        image: registry/api:1.0
        env:
        - name: QUEUE_URL
          value: https://sqs.us-east-1.amazonaws.com/111122223333/orders
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(sign) = sign(cx, workload) else { return };
    out.assess();
    // Stored keys are static-aws-keys'; without an association the pods have no role at all: pod-identity-association-missing.
    let no_role = cx.snapshot.account.pod_identity_associations.known().is_some() && Associations::of(cx.snapshot).of_workload(workload).is_none();
    if workload.pod().service_account() != "default" || has_keys(workload) || no_role {
        return;
    }
    let draft = out.report(
        workload,
        sign.path,
        format!("{workload}: calls AWS as the namespace's default ServiceAccount, so either every pod there gets its role or it has none"),
    );
    draft.evidence(sign.fact);
    if let Some(name) = sign.container {
        draft.container(name);
    }
}
