//! Roles in reach of the cluster, and what their policies say.

use futures_util::future::{try_join, try_join_all, try_join3};
use percent_encoding::percent_decode_str;
use seatrial_model::Text;
use seatrial_model::account::{PolicyCondition, Role, Statement};
use serde_json::Value;

use super::eks::{absent, present};
use crate::call::Call;
use crate::calls::iam as calls;
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::{Reader, members};
use crate::scope;
use crate::tree::Tree;

/// Roles of associations, service accounts, scalers, stores, nodes and access entries.
///
/// Roles of other accounts cannot be read and are left out.
pub async fn roles(r: &Reader<'_>) -> Result<Vec<Role>, Failure> {
    let (associations, groups, entries) = try_join3(r.associations(), r.node_groups(), r.access_entries()).await?;
    let own = scope::of_account(scope::roles_in_reach(r.cluster, associations, groups, entries), r.client.account().await?);
    let mut found = present(try_join_all(own.iter().map(|it| absent(role(r, it)))).await?);
    found.sort_by(|a, b| a.arn.cmp(&b.arn));
    Ok(found)
}

async fn role(r: &Reader<'_>, arn: &str) -> Result<Role, Failure> {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let asked = || members(&[("RoleName", name)]);
    let answers = try_join3(
        r.client.call(&calls::GET_ROLE, asked()),
        r.client.list(&calls::LIST_ROLE_POLICIES, asked()),
        r.client.list(&calls::LIST_ATTACHED_ROLE_POLICIES, asked()),
    );
    let (role, inline, attached) = answers.await?;
    let inline: Vec<&str> = inline.iter().filter_map(Value::as_str).collect();
    let attached: Vec<&str> = attached.iter().filter_map(|it| it["PolicyArn"].as_str()).collect();
    let inline = inline.iter().map(|policy| async move {
        let it = r.client.call(&calls::GET_ROLE_POLICY, members(&[("RoleName", name), ("PolicyName", policy)])).await?;
        document(&calls::GET_ROLE_POLICY, it["PolicyDocument"].as_str(), Some(policy))
    });
    let managed = attached.iter().map(|policy| managed(r, policy));
    let (inline, managed) = try_join(try_join_all(inline), try_join_all(managed)).await?;
    let it = Tree(&role).at("Role");
    Ok(Role {
        name: it.word("RoleName"),
        arn: it.word("Arn"),
        trust: document(&calls::GET_ROLE, it.str("AssumeRolePolicyDocument"), None)?,
        statements: inline.into_iter().chain(managed).flatten().collect(),
        managed_policies: attached.into_iter().map(Text::new).collect(),
    })
}

async fn managed(r: &Reader<'_>, arn: &str) -> Result<Vec<Statement>, Failure> {
    let policy = r.client.call(&calls::GET_POLICY, members(&[("PolicyArn", arn)])).await?;
    let Some(version) = Tree(&policy).str("Policy.DefaultVersionId") else {
        return Err(Failure::undecodable(&calls::GET_POLICY, "it names no default version"));
    };
    let it = r.client.call(&calls::GET_POLICY_VERSION, members(&[("PolicyArn", arn), ("VersionId", version)])).await?;
    document(&calls::GET_POLICY_VERSION, Tree(&it).str("PolicyVersion.Document"), Some(arn))
}

/// A policy document, which IAM gives URL-encoded. One that cannot be read is a gap: a role without statements would look harmless.
fn document(call: &Call, text: Option<&str>, policy: Option<&str>) -> Result<Vec<Statement>, Failure> {
    let wrong = |why: String| Failure::undecodable(call, format!("the policy document: {why}"));
    let text = text.ok_or_else(|| wrong("there is none".to_owned()))?;
    let text = percent_decode_str(text).decode_utf8().map_err(|error| wrong(error.to_string()))?;
    let tree: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let statements = match tree.get("Statement") {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => return Err(wrong("it has no statements".to_owned())),
    };
    Ok(statements.into_iter().filter_map(Value::as_object).map(|it| statement(it, policy)).collect())
}

fn statement(it: &Members, policy: Option<&str>) -> Statement {
    let of = |key: &str| it.get(key).map(texts).unwrap_or_default();
    let mut resources = of("Resource");
    // All but some is as wide as all.
    if it.contains_key("NotResource") {
        resources.push("*".into());
    }
    Statement {
        sid: it.get("Sid").and_then(Value::as_str).filter(|it| !it.is_empty()).map(Text::new),
        effect: it.get("Effect").and_then(Value::as_str).unwrap_or_default().into(),
        actions: of("Action"),
        not_actions: of("NotAction"),
        resources,
        principals: it.get("Principal").map(principals).unwrap_or_default(),
        conditioned: it.get("Condition").and_then(Value::as_object).is_some_and(|it| !it.is_empty()),
        // What a permission holds under, nothing asks yet.
        conditions: it.get("Condition").filter(|_| policy.is_none()).map(conditions).unwrap_or_default(),
        policy: policy.map(Text::new),
    }
}

/// Conditions, sorted by operator and key. One whose values are neither texts, numbers nor truth values has none, so that it is met by nothing.
fn conditions(it: &Value) -> Vec<PolicyCondition> {
    let operators = it.as_object().into_iter().flatten();
    let keys = operators.flat_map(|(operator, keys)| keys.as_object().into_iter().flatten().map(move |(key, values)| (operator, key, values)));
    let mut found: Vec<PolicyCondition> = keys
        .map(|(operator, key, values)| {
            let values = if key.eq_ignore_ascii_case("sts:ExternalId") { Vec::new() } else { scalars(values) };
            PolicyCondition { operator: operator.as_str().into(), key: key.as_str().into(), values }
        })
        .collect();
    found.sort_by(|a, b| (&a.operator, &a.key).cmp(&(&b.operator, &b.key)));
    found
}

/// One scalar or a list of them, as texts.
fn scalars(it: &Value) -> Vec<Text> {
    let text = |it: &Value| match it {
        Value::String(text) => Some(Text::new(text)),
        Value::Bool(_) | Value::Number(_) => Some(Text::new(&it.to_string())),
        _ => None,
    };
    match it {
        Value::Array(all) => all.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}

/// One text or a list of them.
fn texts(it: &Value) -> Vec<Text> {
    match it {
        Value::String(one) => vec![Text::new(one)],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(Text::new).collect(),
        _ => Vec::new(),
    }
}

/// `"*"`, or lists by the kind of principal.
fn principals(it: &Value) -> Vec<Text> {
    match it {
        Value::Object(kinds) => kinds.values().flat_map(texts).collect(),
        other => texts(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_in_every_spelling() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"a":"b"}}}}"#;
        let encoded = crate::protocol::form::encoded(text);
        for it in [text, &encoded] {
            let found = document(&calls::GET_ROLE, Some(it), None).unwrap();
            assert_eq!((found.len(), found[0].principals[0].as_str(), found[0].actions.len(), found[0].conditioned), (1, "pods.eks.amazonaws.com", 2, true));
        }
        let found =
            document(&calls::GET_ROLE, Some(r#"{"Statement":[{"Effect":"Allow","Principal":"*","NotAction":"s3:*","NotResource":"x"}]}"#), None).unwrap();
        assert_eq!((found[0].principals[0].as_str(), found[0].not_actions[0].as_str(), found[0].resources[0].as_str()), ("*", "s3:*", "*"));
    }

    #[test]
    fn conditions_of_trust_are_read_in_every_spelling() {
        let text = r#"{"Statement":{"Effect":"Allow","Condition":{"StringLike":{"o:sub":["a","b"]},"Null":{"o:aud":false},"StringEquals":{"sts:ExternalId":"agreed"}}}}"#;
        let found = document(&calls::GET_ROLE, Some(text), None).unwrap();
        let told: Vec<String> = found[0].conditions.iter().map(|it| format!("{} {} {}", it.operator, it.key, it.values.join("|"))).collect();
        assert_eq!(told, ["Null o:aud false", "StringEquals sts:ExternalId ", "StringLike o:sub a|b"]);
        assert!(document(&calls::GET_ROLE_POLICY, Some(text), Some("inline")).unwrap()[0].conditions.is_empty());
    }

    #[test]
    fn a_document_that_cannot_be_read_is_no_harmless_one() {
        for it in [None, Some(""), Some("{"), Some("%ff"), Some("{}"), Some(r#"{"Statement": 3}"#)] {
            assert!(matches!(document(&calls::GET_ROLE, it, None), Err(Failure::Undecodable { .. })), "{it:?}");
        }
    }
}
