//! The role must trust Pod Identity, for the ServiceAccount that it is associated with.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::identities::role;
use super::trust::{self, Request, Truth};
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
    run: Run::Asking(&[Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let Some(roles) = account.roles.known() else { return };
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for association in account.pod_identity_associations.known().into_iter().flatten() {
        let Some(role) = role(roles, &association.role_arn) else { continue };
        out.assess();
        let request = Request::of_pod_identity(association, account.eks_cluster.known());
        // Without tags there is nothing to tag the session with.
        let wanted = if association.disable_session_tags == Some(true) { &ACTIONS[..1] } else { &ACTIONS[..] };
        let answers: Vec<(&str, Truth)> = wanted.iter().map(|action| (*action, trust::allows(role, action, &request))).collect();
        let who = format!("{}/{}", association.namespace, association.service_account);
        let noes = || answers.iter().filter_map(|(action, it)| if let Truth::No(why) = it { Some((*action, why.as_str())) } else { None });
        if noes().any(|it| it.1 == trust::NOT_MEANT) {
            // Of all its associations alike.
            if told.insert(&role.arn) {
                let lacking: Vec<&str> = noes().map(|it| it.0).collect();
                let message = format!(
                    "Role {}: does not let pods.eks.amazonaws.com do {}, so pods that are associated with it get no credentials",
                    role.name,
                    lacking.join(" and ")
                );
                out.report_aws("AWS Role", &role.name, message);
            }
        } else if let Some((_, why)) = noes().next() {
            let message = format!("Role {}: does not let pods of ServiceAccount {who} in ({why}), so they get no credentials", role.name);
            out.report_aws("AWS Role", &role.name, message);
        } else if let Some(why) = answers.iter().find_map(|it| if let Truth::Open(why) = &it.1 { Some(why) } else { None }) {
            let remedy = format!("look at it: aws iam get-role --role-name {} --query Role.AssumeRolePolicyDocument", role.name);
            out.undecided(format!("whether role {} lets pods of ServiceAccount {who} in is open: {why}", role.name), remedy);
        }
    }
}

/// What EKS Pod Identity does with a role; the second for the session's tags.
const ACTIONS: [&str; 2] = ["sts:AssumeRole", "sts:TagSession"];
