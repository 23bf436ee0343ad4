//! A role must let in its own ServiceAccounts and no others.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::account::Role;
use seatrial_report::{Confidence, Severity};

use super::identities::irsa_role;
use super::trust::{self, Request, Truth};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "irsa-trust-too-wide",
    rows: &[Row::IamLeastPrivilege],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsRoles, Need::AwsEksCluster],
    title: "A role lets in any ServiceAccount of the cluster",
    why: "Whoever may start a pod in any namespace gets the role's rights, and one broken container is enough to use them.",
    verify: "aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument.Statement[].Condition",
    fix: "Compare ISSUER:sub by StringEquals to system:serviceaccount:NAMESPACE:NAME and ISSUER:aud to sts.amazonaws.com, or go over to Pod Identity.",
    sources: &["EKS best practices guide, security, IAM: scope the trust policy of IRSA roles", "EKS user guide, IAM roles for service accounts"],
    bad: "
apiVersion: v1
kind: ServiceAccountList
items: []
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, oidcIssuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/ABC'}
roles:
- name: worker #~ irsa-trust-too-wide
  arn: arn:aws:iam::111122223333:role/worker
  trust:
  - effect: Allow
    actions: ['sts:AssumeRoleWithWebIdentity']
    principals: ['arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC']
    conditions:
    - {operator: StringEquals, key: 'oidc.eks.us-east-1.amazonaws.com/id/ABC:aud', values: [sts.amazonaws.com]}
",
    good: "
apiVersion: v1
kind: ServiceAccountList
items: []
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, oidcIssuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/ABC'}
roles:
- name: worker
  arn: arn:aws:iam::111122223333:role/worker
  trust:
  - effect: Allow
    actions: ['sts:AssumeRoleWithWebIdentity']
    principals: ['arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC']
    conditions:
    - {operator: StringEquals, key: 'oidc.eks.us-east-1.amazonaws.com/id/ABC:aud', values: [sts.amazonaws.com]}
    - {operator: StringEquals, key: 'oidc.eks.us-east-1.amazonaws.com/id/ABC:sub', values: ['system:serviceaccount:default:worker']}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// A name that nobody means: a policy that lets it in lets in everybody.
const ANYBODY: &str = "seatrial-anybody";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let (Some(cluster), Some(roles)) = (account.eks_cluster.known(), account.roles.known()) else { return };
    for role in roles.iter().filter(|it| it.trust.iter().flat_map(|it| &it.principals).any(|it| it.contains(":oidc-provider/"))) {
        let Some(issuer) = cluster.oidc_issuer.as_deref() else {
            out.undecided(format!("whom role {} lets in is open: EKS names no identity provider of the cluster", role.name), "see aws eks describe-cluster");
            return;
        };
        out.assess();
        let users = cx.cluster.service_accounts.iter().filter(|it| irsa_role(it) == Some(role.arn.as_str()));
        let users: BTreeSet<(&str, &str)> = users.map(|it| (it.meta.ns(), it.meta.name.as_str())).collect();
        match width(role, issuer, &users) {
            Ok(None) => {}
            Ok(Some((who, severity))) => {
                let message = format!("Role {}: its trust policy lets in {who}, so its rights are not those of one application", role.name);
                out.report_aws("AWS Role", &role.name, message).severity(severity);
            }
            Err(why) => {
                let remedy = format!("look at it: aws iam get-role --role-name {} --query Role.AssumeRolePolicyDocument", role.name);
                out.undecided(format!("whom role {} lets in is open: {why}", role.name), remedy);
            }
        }
    }
}

/// Who is let in besides those that use it, from the widest to the narrowest; an error where a condition is not known.
fn width(role: &Role, issuer: &str, users: &BTreeSet<(&str, &str)>) -> Result<Option<(String, Severity)>, String> {
    let lets_in = |ns: &str, name: &str, audience: &str| {
        let request = Request::of_web_identity(issuer, ns, name, Some(audience));
        match trust::allows(role, "sts:AssumeRoleWithWebIdentity", &request) {
            Truth::Yes => Ok(true),
            Truth::No(_) => Ok(false),
            Truth::Open(why) => Err(why),
        }
    };
    const USUAL: &str = "sts.amazonaws.com";
    if lets_in(ANYBODY, ANYBODY, USUAL)? {
        return Ok(Some(("any ServiceAccount of the cluster".to_owned(), Severity::High)));
    }
    for (ns, name) in users {
        if lets_in(ANYBODY, name, USUAL)? {
            return Ok(Some((format!("a ServiceAccount {name} of any namespace"), Severity::High)));
        }
        if lets_in(ns, ANYBODY, USUAL)? {
            return Ok(Some((format!("any ServiceAccount of namespace {ns}"), Severity::Medium)));
        }
        if lets_in(ns, name, ANYBODY)? {
            return Ok(Some((format!("tokens of ServiceAccount {ns}/{name} that were made for any other audience"), Severity::Low)));
        }
    }
    Ok(None)
}
