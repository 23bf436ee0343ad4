//! A role must let in the ServiceAccount that names it.

use seatrial_facts::guide::Row;
use seatrial_model::account::{EksCluster, Role};
use seatrial_model::kinds::access::ServiceAccount;
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::identities::{Associations, IRSA, irsa_role, role, short};
use super::trust::{self, Request, Truth};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "irsa-trust-broken",
    rows: &[Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsRoles, Need::AwsEksCluster, Need::AwsPodIdentity],
    title: "A ServiceAccount's IRSA role does not let it in",
    why: "STS refuses the token of every pod: each AWS call fails with AccessDenied for sts:AssumeRoleWithWebIdentity.",
    verify: "aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument; aws eks describe-cluster --name CLUSTER --query cluster.identity.oidc.issuer",
    fix: "Let the role trust this cluster's identity provider for system:serviceaccount:NAMESPACE:NAME and sts.amazonaws.com, or go over to Pod Identity.",
    sources: &[
        "EKS user guide, IAM roles for service accounts",
        "IAM user guide, policy elements: condition operators",
        "aws/amazon-eks-pod-identity-webhook: container credentials go before IRSA",
    ],
    bad: "
apiVersion: v1
kind: ServiceAccount
metadata:
  name: worker
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/worker #~ irsa-trust-broken
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, arn: 'arn:aws:eks:us-east-1:111122223333:cluster/shop', oidcIssuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/ABC'}
podIdentityAssociations: []
roles:
- name: worker
  arn: arn:aws:iam::111122223333:role/worker
  trust:
  - effect: Allow
    actions: ['sts:AssumeRoleWithWebIdentity']
    principals: ['arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC']
    conditions:
    - {operator: StringEquals, key: 'oidc.eks.us-east-1.amazonaws.com/id/ABC:sub', values: ['system:serviceaccount:jobs:worker']}
",
    good: "
apiVersion: v1
kind: ServiceAccount
metadata:
  name: worker
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/worker
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, arn: 'arn:aws:eks:us-east-1:111122223333:cluster/shop', oidcIssuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/ABC'}
podIdentityAssociations: []
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

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let (Some(cluster), Some(roles)) = (account.eks_cluster.known(), account.roles.known()) else { return };
    let associations = Associations::of(cx.snapshot);
    for it in &cx.cluster.service_accounts {
        let Some(arn) = irsa_role(it) else { continue };
        // The webhook gives pods the association's credentials and leaves the annotation alone.
        if associations.of_account(it.meta.ns(), &it.meta.name).is_some() {
            continue;
        }
        let path = || Path::of("metadata.annotations").key(IRSA);
        match role(roles, arn) {
            Some(role) => judge(it, role, cluster, out),
            // Roles of other accounts are not read.
            None if is_own(arn, cluster) && !was_asked_for(cx, it) => {
                out.assess();
                let remedy = format!("look at it: aws iam get-role --role-name {}", short(arn));
                out.undecided(format!("whether role {} of {it} exists is open: the account was read before the manifest was", short(arn)), remedy);
            }
            None if is_own(arn, cluster) => {
                out.assess();
                out.report(it, path(), format!("{it}: its IRSA role {} does not exist, so every AWS call of its pods fails", short(arn)));
            }
            None => {}
        }
    }
}

fn judge(it: &Object<ServiceAccount>, role: &Role, cluster: &EksCluster, out: &mut Findings) {
    out.assess();
    let undecided = |out: &mut Findings, why: &str| {
        let remedy = format!("look at it: aws iam get-role --role-name {} --query Role.AssumeRolePolicyDocument", role.name);
        out.undecided(format!("whether role {} lets {it} in is open: {why}", role.name), remedy);
    };
    let Some(issuer) = cluster.oidc_issuer.as_deref() else { return undecided(out, "EKS names no identity provider of the cluster") };
    let request = Request::of_web_identity(&role.arn, issuer, it.meta.ns(), &it.meta.name, audience(it, role));
    match trust::allows(role, "sts:AssumeRoleWithWebIdentity", &request) {
        Truth::Yes => {}
        Truth::Open(why) => undecided(out, &why),
        Truth::No(why) => {
            let message =
                format!("{it}: its IRSA role {} does not let it in ({}), so every AWS call of its pods fails", role.name, reason(why.as_str(), role, issuer));
            let draft = out.report(it, Path::of("metadata.annotations").key(IRSA), message);
            if why.contains('*') && why.contains("StringEquals") {
                draft.evidence("to StringEquals an asterisk is a letter; StringLike takes it as a wildcard");
            }
        }
    }
}

fn reason<'w>(why: &'w str, role: &Role, issuer: &str) -> &'w str {
    let provider = format!(":oidc-provider/{}", trust::provider(issuer));
    let trusts = |of: &dyn Fn(&str) -> bool| role.trust.iter().flat_map(|it| &it.principals).any(|it| of(it));
    let trusts_a_provider = || trusts(&|it| it.contains(":oidc-provider/"));
    match why {
        trust::NOT_MEANT if trusts(&|it| it.ends_with(&provider)) => "it trusts the identity provider of another account",
        trust::NOT_MEANT if trusts_a_provider() => "it trusts another identity provider, not this cluster's",
        trust::NOT_MEANT => "it does not trust this cluster's identity provider",
        why => why,
    }
}

/// The audience that the webhook asks for; in China it depends on the webhook's age.
fn audience<'a>(it: &'a Object<ServiceAccount>, role: &Role) -> Option<&'a str> {
    let usual = (!role.arn.starts_with("arn:aws-cn:")).then_some("sts.amazonaws.com");
    it.meta.annotation("eks.amazonaws.com/audience").filter(|it| !it.is_empty()).or(usual)
}

/// Whether the ServiceAccount was read with the account, and its role so asked for: one of a manifest that came to a recording or a cluster was perhaps not.
fn was_asked_for(cx: &Cx<'_>, it: &Object<ServiceAccount>) -> bool {
    !cx.is_live() || it.origin.is_none_or(|it| it.is_api())
}

fn is_own(arn: &str, cluster: &EksCluster) -> bool {
    let number = |arn: &str| arn.split(':').nth(4).filter(|it| !it.is_empty()).map(str::to_owned);
    arn.contains(":role/") && number(arn).is_some() && number(arn) == number(&cluster.arn)
}
