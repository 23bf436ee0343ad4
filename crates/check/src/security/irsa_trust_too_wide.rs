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

/// A name that nobody means, not by its first or last letter either: a policy that lets it in lets in everybody.
const ANYBODY: &str = "7-seatrial-anybody-7";

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
            Ok(Some(it)) => {
                let message = format!("Role {}: its trust policy lets in {}, so its rights are not those of one application", role.name, it.who);
                out.report_aws("AWS Role", &role.name, message).severity(it.severity).confidence(it.confidence);
            }
            Err(why) => {
                let remedy = format!("look at it: aws iam get-role --role-name {} --query Role.AssumeRolePolicyDocument", role.name);
                out.undecided(format!("whom role {} lets in is open: {why}", role.name), remedy);
            }
        }
    }
}

/// Somebody who is let in and should not be.
struct Width {
    who: String,
    severity: Severity,
    confidence: Confidence,
}

impl Width {
    fn sure(who: String, severity: Severity) -> Option<Self> {
        Some(Self { who, severity, confidence: Confidence::High })
    }
}

/// Who is let in besides those that use it, from the widest to the narrowest; an error where a condition is not known.
fn width(role: &Role, issuer: &str, users: &BTreeSet<(&str, &str)>) -> Result<Option<Width>, String> {
    let lets_in = |ns: &str, name: &str, audience: &str| {
        let request = Request::of_web_identity(&role.arn, issuer, ns, name, Some(audience));
        match trust::allows(role, "sts:AssumeRoleWithWebIdentity", &request) {
            Truth::Yes => Ok(true),
            Truth::No(_) => Ok(false),
            Truth::Open(why) => Err(why),
        }
    };
    // A pod chooses the audience of its token: those that the policy speaks of are within its reach.
    let mut audiences = BTreeSet::from(["sts.amazonaws.com".to_owned()]);
    audiences.extend(values(role, issuer, "aud").map(instance));
    for audience in &audiences {
        if lets_in(ANYBODY, ANYBODY, audience)? {
            return Ok(Width::sure("any ServiceAccount of the cluster".to_owned(), Severity::High));
        }
        for (_, name) in users {
            if lets_in(ANYBODY, name, audience)? {
                return Ok(Width::sure(format!("a ServiceAccount {name} of any namespace"), Severity::High));
            }
        }
        for pattern in values(role, issuer, "sub").filter(|it| it.contains(['*', '?'])) {
            for (ns, name, who) in strangers(pattern) {
                if lets_in(&ns, &name, audience)? {
                    return Ok(Width::sure(who, if ns == ANYBODY { Severity::High } else { Severity::Medium }));
                }
            }
        }
        for (ns, _) in users {
            if lets_in(ns, ANYBODY, audience)? {
                return Ok(Width::sure(format!("any ServiceAccount of namespace {ns}"), Severity::Medium));
            }
        }
    }
    for (ns, name) in users {
        if lets_in(ns, name, ANYBODY)? {
            // Which audiences STS takes is the identity provider's, which is not read.
            let who = format!("tokens of ServiceAccount {ns}/{name} for any audience registered with the identity provider");
            return Ok(Some(Width { who, severity: Severity::Low, confidence: Confidence::Medium }));
        }
    }
    Ok(None)
}

/// What the role's conditions compare a claim of this identity provider to.
fn values<'r>(role: &'r Role, issuer: &str, claim: &str) -> impl Iterator<Item = &'r str> {
    let key = format!("{}:{claim}", trust::provider(issuer));
    let conditions = role.trust.iter().flat_map(|it| &it.conditions).filter(move |it| it.key.eq_ignore_ascii_case(&key));
    conditions.flat_map(|it| &it.values).map(|it| it.as_str())
}

/// A text that a pattern matches and nobody means.
fn instance(pattern: &str) -> String {
    pattern.replace('*', ANYBODY).replace('?', "x")
}

/// ServiceAccounts that nobody means and a pattern of subjects may match, where it spans namespaces or takes a whole one: namespace, name, who they are.
fn strangers(pattern: &str) -> Vec<(String, String, String)> {
    let is_wild = |it: &str| it.contains(['*', '?']);
    let rest = pattern.strip_prefix("system:serviceaccount:").unwrap_or(pattern);
    let spanning = || format!("ServiceAccounts of several namespaces, all that fit {pattern}");
    match rest.rsplit_once(':') {
        Some((before, name)) => {
            let ns = before.rsplit(':').next().unwrap_or(before);
            let who = match is_wild(before) {
                true => spanning(),
                false if name.trim_matches(['*', '?']).is_empty() => format!("any ServiceAccount of namespace {ns}"),
                // Some of one namespace, as its name says.
                false => return Vec::new(),
            };
            vec![(instance(ns), instance(name), who)]
        }
        // One asterisk stands for the end of the one and the beginning of the other.
        None => vec![(instance(rest), ANYBODY.to_owned(), spanning()), (ANYBODY.to_owned(), instance(rest), spanning())],
    }
}
