//! Roles that pods get, and what their policies allow.

use std::collections::BTreeSet;

use seatrial_model::account::{Role, Statement};

use super::identities::irsa_role;
use crate::Cx;

/// The roles that reach pods: through Pod Identity, IRSA, or the node they run on. Roles of the platform's own controllers are left out.
pub(super) fn of_pods<'a>(cx: &Cx<'a>) -> Vec<&'a Role> {
    let account = &cx.snapshot.account;
    let associated = account.pod_identity_associations.known().into_iter().flatten().filter(|it| !cx.is_platform(&it.namespace));
    let mut arns: BTreeSet<&str> = associated.flat_map(|it| [Some(&it.role_arn), it.target_role_arn.as_ref()]).flatten().map(|it| it.as_str()).collect();
    arns.extend(cx.cluster.service_accounts.iter().filter(|it| !cx.is_platform(it.meta.ns())).filter_map(irsa_role));
    arns.extend(account.node_groups.known().into_iter().flatten().filter_map(|it| it.node_role.as_deref()));
    account.roles.known().into_iter().flatten().filter(|it| arns.contains(it.arn.as_str())).collect()
}

/// Statements that allow something.
pub(super) fn allowing(role: &Role) -> impl Iterator<Item = &Statement> {
    role.statements.iter().filter(|it| it.effect == "Allow")
}

/// Whether the role may do `action` somewhere.
pub(super) fn allows(role: &Role, action: &str) -> bool {
    allowing(role).any(|it| it.actions.iter().any(|pattern| matches(pattern, action)))
}

/// Whether a pattern of IAM (`*` and `?`, letter case ignored) matches an action.
///
/// Source: IAM user guide, policy elements: Action.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    like(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

/// Whether a pattern of IAM (`*` and `?`) matches, letter by letter.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && (pattern[p] == '?' || (pattern[p] == text[t] && pattern[p] != '*')) {
            (p, t) = (p + 1, t + 1);
        } else if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if let Some((sp, st)) = star {
            star = Some((sp, st + 1));
            (p, t) = (sp + 1, st + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|it| *it == '*')
}

/// How a statement is called in a message.
pub(super) fn name(it: &Statement) -> String {
    let policy = it.policy.as_deref().unwrap_or("an inline policy");
    it.sid.as_deref().map_or_else(|| policy.to_owned(), |sid| format!("{policy}, statement {sid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_iam() {
        assert!(matches("sqs:*", "sqs:ReceiveMessage"));
        assert!(matches("SQS:Receive?essage", "sqs:receivemessage"));
        assert!(matches("*", "s3:GetObject"));
        assert!(!matches("sqs:Get*", "sqs:ReceiveMessage"));
        assert!(!matches("sqs:Get", "sqs:GetQueueUrl"));
    }
}
