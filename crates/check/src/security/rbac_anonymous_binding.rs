//! Rights for everybody are rights for strangers.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use super::grants::is_built_in;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-anonymous-binding",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::RoleBindings],
    title: "Rights are given to anonymous or to all users",
    why: "system:unauthenticated is anybody who can reach the API server's address; system:authenticated is every token of every pod.",
    verify: "kubectl get clusterrolebindings,rolebindings -A -o wide | grep -E 'system:(anonymous|unauthenticated|authenticated)'",
    fix: "Bind the role to the ServiceAccounts or groups that need it.",
    sources: &["Kubernetes documentation, RBAC good practices", "EKS best practices guide, identity and access management"],
    bad: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: deployer}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
- kind: Group
  name: system:unauthenticated #~ rbac-anonymous-binding
",
    good: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: deployer}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
- kind: ServiceAccount
  name: deployer
  namespace: shop
",
    run: Run::Snapshot(run),
    repair: None,
};

/// What Kubernetes itself gives to everybody: who am I, and which APIs are there.
const PUBLIC_ROLES: [&str; 3] = ["system:basic-user", "system:discovery", "system:public-info-viewer"];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for binding in &cx.cluster.role_bindings {
        if PUBLIC_ROLES.contains(&binding.role_ref.name.as_str()) || (cx.is_live() && is_built_in(&binding.meta)) {
            continue;
        }
        out.assess();
        for (at, subject) in binding.subjects.iter().enumerate() {
            let (who, severity) = match subject.name.as_str() {
                "system:anonymous" | "system:unauthenticated" => ("anybody who reaches the API server", Severity::High),
                "system:authenticated" | "system:serviceaccounts" => ("every user and every pod", Severity::Medium),
                _ => continue,
            };
            let role = &binding.role_ref;
            out.report(binding, Path::of("subjects").index(at), format!("{binding}: gives {} {} to {}, which is {who}", role.kind, role.name, subject.name))
                .severity(severity);
        }
    }
}
