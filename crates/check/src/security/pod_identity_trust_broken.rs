//! The role must trust Pod Identity.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use seatrial_model::account::Role;
use std::collections::BTreeSet;

use super::identities::role;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-identity-trust-broken",
    rows: &[Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsPodIdentity, Need::AwsRoles],
    title: "A role does not trust EKS Pod Identity",
    why: "The agent is refused when it asks for the role's credentials: every AWS call of the pods fails.",
    verify: "aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument",
    fix: "Let pods.eks.amazonaws.com do sts:AssumeRole and sts:TagSession in the role's trust policy.",
    sources: &["EKS user guide, Pod Identity roles"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker #~ pod-identity-trust-broken
  arn: arn:aws:iam::111122223333:role/worker
  trust:
  - {effect: Allow, actions: ['sts:AssumeRole'], principals: [pods.eks.amazonaws.com]}
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
    let account = &cx.snapshot.account;
    let Some(roles) = account.roles.known() else { return };
    let used: BTreeSet<&str> = account.pod_identity_associations.known().into_iter().flatten().map(|it| it.role_arn.as_str()).collect();
    for it in used.into_iter().filter_map(|arn| role(roles, arn)) {
        out.assess();
        let lacking: Vec<&str> = ["sts:AssumeRole", "sts:TagSession"].into_iter().filter(|action| !trusts(it, action)).collect();
        if !lacking.is_empty() {
            out.report_aws(
                "AWS Role",
                &it.name,
                format!(
                    "Role {}: does not let pods.eks.amazonaws.com do {}, so pods that are associated with it get no credentials",
                    it.name,
                    lacking.join(" and ")
                ),
            );
        }
    }
}

fn trusts(role: &Role, action: &str) -> bool {
    let covers = |it: &str| it == "*" || it.eq_ignore_ascii_case("sts:*") || it.eq_ignore_ascii_case(action);
    role.trust.iter().any(|it| {
        let service = it.principals.iter().any(|it| it.ends_with("pods.eks.amazonaws.com"));
        it.effect == "Allow" && service && it.actions.iter().any(|it| covers(it))
    })
}
