//! A workload that calls AWS needs a role.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::aws_use::sign;
use super::identities::{Associations, has_keys, irsa_role};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-identity-association-missing",
    rows: &[Row::PodIdentity, Row::PitfallIgnoringPodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ServiceAccounts, Need::AwsPodIdentity, Need::ScaledObjects, Need::ConfigMaps],
    title: "A workload calls AWS without a role of its own",
    why: "Its calls fail, or they run with the node's role, which every other pod of the node has as well.",
    verify: "aws eks list-pod-identity-associations --cluster-name CLUSTER --namespace NAMESPACE",
    fix: "aws eks create-pod-identity-association for the workload's ServiceAccount, with a role that allows only what it calls.",
    sources: &["Guide, Common Pitfalls 5", "EKS user guide, Pod Identity associations"],
    bad: "
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
        - name: QUEUE_URL #~ pod-identity-association-missing
          value: https://sqs.us-east-1.amazonaws.com/111122223333/orders
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: worker}
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations: []
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
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: worker}
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let associations = Associations::of(cx.snapshot);
    for workload in cx.workloads() {
        let Some(sign) = sign(cx, workload) else { continue };
        out.assess();
        let irsa = cx.graph.service_account_of(workload).and_then(irsa_role);
        if irsa.is_some() || has_keys(workload) || associations.of_workload(workload).is_some() {
            continue;
        }
        let account = workload.pod().service_account();
        let draft = out.report(
            workload,
            sign.path,
            format!("{workload}: calls AWS, but ServiceAccount {account} has no role, so its calls fail or run with the node's role"),
        );
        draft.evidence(sign.fact);
        if let Some(name) = sign.container {
            draft.container(name);
        }
    }
}
