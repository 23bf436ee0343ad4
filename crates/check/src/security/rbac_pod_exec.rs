//! Running commands in pods is being those pods.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::grants::{self, Grant, covers, in_group};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-pod-exec",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Roles, Need::RoleBindings, Need::ServiceAccounts],
    title: "A role may run commands in pods",
    why: "Whoever may exec into a pod has its secrets, its role in AWS and its network, and no log of the app shows it.",
    verify: "kubectl auth can-i --list --as=system:serviceaccount:NAMESPACE:NAME",
    fix: "Take pods/exec and pods/attach out, and give them for a limited time to people who debug.",
    sources: &["Kubernetes documentation, RBAC good practices"],
    bad: r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- apiGroups: [""] #~ rbac-pod-exec
  resources: [pods/exec]
  verbs: [create]
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

const GRANT: Grant = Grant { what: "to run commands in pods", so: "is in every container it reaches", severity: (Severity::High, Severity::Medium) };

fn run(cx: &Cx<'_>, out: &mut Findings) {
    grants::report(cx, out, &GRANT, |it| in_group(it, "") && covers(it, &["pods/exec", "pods/attach", "*/exec", "*/attach"], &["create", "get"]));
}
