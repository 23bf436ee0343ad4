//! An association names a role that does not exist.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::identities::{role, short};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-identity-role-missing",
    rows: &[Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsPodIdentity, Need::AwsRoles],
    title: "A Pod Identity association names a missing role",
    why: "Pods are given an address to fetch credentials from, and get an error there: every AWS call fails.",
    verify: "aws iam get-role --role-name ROLE",
    fix: "Create the role, or correct the association.",
    sources: &["EKS user guide, Pod Identity roles"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'} #~ pod-identity-role-missing
roles: []
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker
  arn: arn:aws:iam::111122223333:role/worker
  trust:
  - {effect: Allow, actions: ['sts:AssumeRole', 'sts:TagSession'], principals: [pods.eks.amazonaws.com]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(roles) = cx.snapshot.account.roles.known() else { return };
    for it in cx.snapshot.account.pod_identity_associations.known().into_iter().flatten() {
        out.assess();
        if role(roles, &it.role_arn).is_none() {
            let name = format!("{}/{}", it.namespace, it.service_account);
            out.report_aws(
                "AWS PodIdentityAssociation",
                &name,
                format!("Pod Identity association {name}: role {} does not exist, so every AWS call of its pods fails", short(&it.role_arn)),
            );
        }
    }
}
