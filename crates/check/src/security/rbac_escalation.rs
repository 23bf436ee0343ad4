//! Some verbs are a way to every other.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use seatrial_model::kinds::access::PolicyRule;

use super::grants::{self, Grant, covers, in_group};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-escalation",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Roles, Need::RoleBindings, Need::ServiceAccounts],
    title: "A role may give itself more rights",
    why: "escalate, bind and impersonate, tokens of other accounts and the approval of certificates each lead to cluster-admin.",
    verify: "kubectl auth can-i --list --as=system:serviceaccount:NAMESPACE:NAME",
    fix: "Take the rule out, or limit it with resourceNames to the one role or account that is needed.",
    sources: &["Kubernetes documentation, RBAC good practices"],
    bad: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- apiGroups: [rbac.authorization.k8s.io] #~ rbac-escalation
  resources: [clusterroles]
  verbs: [escalate]
",
    good: r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch]
"#,
    run: Run::Snapshot(run),
    repair: None,
};

const GRANT: Grant = Grant { what: "to take on further rights", so: "can become an administrator", severity: (Severity::High, Severity::High) };

fn run(cx: &Cx<'_>, out: &mut Findings) {
    grants::report(cx, out, &GRANT, escalates);
}

fn escalates(rule: &PolicyRule) -> bool {
    if !rule.resource_names.is_empty() {
        return false;
    }
    const WAYS: [(&str, &[&str], &[&str]); 7] = [
        ("rbac.authorization.k8s.io", &["roles", "clusterroles"], &["escalate", "bind"]),
        ("rbac.authorization.k8s.io", &["rolebindings", "clusterrolebindings"], &["bind"]),
        ("", &["users", "groups", "serviceaccounts"], &["impersonate"]),
        ("", &["serviceaccounts/token"], &["create"]),
        ("", &["nodes/proxy"], &["create", "get"]),
        ("certificates.k8s.io", &["certificatesigningrequests/approval"], &["update", "patch"]),
        ("certificates.k8s.io", &["signers"], &["approve", "sign"]),
    ];
    WAYS.iter().any(|(group, resources, verbs)| in_group(rule, group) && covers(rule, resources, verbs))
}
