//! With both, Pod Identity wins.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use super::identities::{Associations, IRSA, irsa_role, short};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "irsa-and-pod-identity",
    rows: &[Row::PodIdentity],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsPodIdentity],
    title: "A ServiceAccount has IRSA and Pod Identity at once",
    why: "Pods that start after the association get its credentials, older ones keep IRSA's: who changes the annotation's role changes nothing for new pods.",
    verify: "kubectl get serviceaccount NAME -o yaml | grep role-arn; aws eks list-pod-identity-associations --cluster-name CLUSTER",
    fix: "Take the eks.amazonaws.com/role-arn annotation out and restart the workload.",
    sources: &["aws/amazon-eks-pod-identity-webhook: container credentials go before IRSA"],
    bad: "
apiVersion: v1
kind: ServiceAccount
metadata:
  name: worker
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/old #~ irsa-and-pod-identity
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
",
    good: "
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
    for it in &cx.cluster.service_accounts {
        let Some(association) = associations.of_account(it.meta.ns(), &it.meta.name) else { continue };
        out.assess();
        if let Some(arn) = irsa_role(it) {
            let path = Path::of("metadata.annotations").key(IRSA);
            out.report(
                it,
                path,
                format!(
                    "{it}: its Pod Identity association with {} wins over IRSA's role {}, which pods started since do not get",
                    short(&association.role_arn),
                    short(arn)
                ),
            );
        }
    }
}
