//! Reading Secrets is reading every password.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::grants::{self, Grant, covers, in_group};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-secrets-access",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Roles, Need::RoleBindings, Need::ServiceAccounts],
    title: "A role may read every Secret",
    why: "One stolen token of such a role opens every database and API that the namespace or the cluster knows.",
    verify: "kubectl auth can-i --list --as=system:serviceaccount:NAMESPACE:NAME",
    fix: "Name the Secrets in resourceNames, or mount what the workload needs and take the rule out.",
    sources: &["Kubernetes documentation, RBAC good practices"],
    bad: r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- apiGroups: [""] #~ rbac-secrets-access
  resources: [secrets]
  verbs: [get, list]
"#,
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

const GRANT: Grant = Grant { what: "to read every Secret", so: "has every password there", severity: (Severity::High, Severity::Medium) };

fn run(cx: &Cx<'_>, out: &mut Findings) {
    grants::report(cx, out, &GRANT, |it| in_group(it, "") && it.resource_names.is_empty() && covers(it, &["secrets"], &["get", "list", "watch"]));
}
