//! What IAM answers.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use seatrial_model::account::{PolicyCondition, Role, Statement};
use seatrial_model::{Account, Text};
use serde_json::{Value, json};

use super::without_nulls;
use crate::World;

impl World {
    pub(super) fn roles(&mut self, account: &Account) {
        account.roles.known().into_iter().flatten().for_each(|it| self.role(it));
    }

    fn role(&mut self, it: &Role) {
        let when = json!({"RoleName": it.name});
        let role = json!({"RoleName": it.name, "Arn": it.arn, "AssumeRolePolicyDocument": document(it.trust.iter(), true)});
        self.add("iam:GetRole", when.clone(), json!({"Role": role}));
        let mut inline: Vec<&str> = it.statements.iter().filter_map(|it| it.policy.as_deref()).filter(|it| !it.starts_with("arn:")).collect();
        inline.dedup();
        self.add("iam:ListRolePolicies", when.clone(), json!({"PolicyNames": inline, "IsTruncated": false}));
        for policy in inline {
            let text = document(it.statements.iter().filter(|it| it.policy.as_deref() == Some(policy)), false);
            let answer = json!({"RoleName": it.name, "PolicyName": policy, "PolicyDocument": text});
            self.add("iam:GetRolePolicy", json!({"RoleName": it.name, "PolicyName": policy}), answer);
        }
        let attached: Vec<Value> = it.managed_policies.iter().map(|it| json!({"PolicyArn": it})).collect();
        self.add("iam:ListAttachedRolePolicies", when, json!({"AttachedPolicies": attached, "IsTruncated": false}));
        for arn in &it.managed_policies {
            self.add("iam:GetPolicy", json!({"PolicyArn": arn}), json!({"Policy": {"Arn": arn, "DefaultVersionId": "v3"}}));
            let text = document(it.statements.iter().filter(|it| it.policy.as_ref() == Some(arn)), false);
            let when = json!({"PolicyArn": arn, "VersionId": "v3"});
            self.add("iam:GetPolicyVersion", when, json!({"PolicyVersion": {"Document": text, "VersionId": "v3"}}));
        }
    }
}

/// A policy document, URL-encoded as IAM gives it.
fn document<'a>(statements: impl Iterator<Item = &'a Statement>, trust: bool) -> String {
    let some = |all: &[Text]| (!all.is_empty()).then(|| json!(all));
    let statement = |it: &Statement| {
        let principals = (trust && !it.principals.is_empty()).then(|| principals(&it.principals));
        let condition = it.is_conditioned().then(|| conditions(&it.conditions));
        without_nulls(json!({
            "Sid": it.sid, "Effect": it.effect, "Principal": principals, "Action": some(&it.actions), "NotAction": some(&it.not_actions),
            "Resource": some(&it.resources), "Condition": condition,
        }))
    };
    let text = json!({"Version": "2012-10-17", "Statement": statements.map(statement).collect::<Vec<_>>()}).to_string();
    utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
}

fn principals(all: &[Text]) -> Value {
    let (providers, services): (Vec<&Text>, Vec<&Text>) = all.iter().partition(|it| it.contains(":oidc-provider/"));
    let some = |all: Vec<&Text>| (!all.is_empty()).then(|| json!(all));
    without_nulls(json!({"Service": some(services), "Federated": some(providers)}))
}

/// Conditions as a policy writes them; where there are some that are not known, one that stands for them.
fn conditions(all: &[PolicyCondition]) -> Value {
    let mut found = json!({});
    for it in all {
        found[it.operator.as_str()][it.key.as_str()] = json!(it.values);
    }
    if all.is_empty() { json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}) } else { found }
}
