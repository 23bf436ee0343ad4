//! A role that a binding grants must exist.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::cluster::find_all;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "role-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::RoleBindings, Need::Roles],
    title: "A binding grants a role that does not exist",
    why: "The subjects get no rights from it: controllers fail with forbidden at their first call.",
    verify: "kubectl auth can-i --list --as system:serviceaccount:NAMESPACE:NAME",
    fix: "Add the Role, or correct roleRef in a new binding: it cannot be changed in an existing one.",
    sources: &["Kubernetes documentation, using RBAC authorization"],
    bad: "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: reader #~ role-missing
subjects: [{kind: ServiceAccount, name: api}]
",
    good: "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: api}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.role_bindings.iter().filter(|it| !cx.is_platform(it.meta.ns()) && !it.role_ref.name.is_empty()) {
        out.assess();
        let (kind, name) = (&*it.role_ref.kind, &*it.role_ref.name);
        let built_in = kind == "ClusterRole" && (matches!(name, "cluster-admin" | "admin" | "edit" | "view") || name.starts_with("system:"))
            || kind == "Role" && it.meta.ns() == "kube-system" && (name == "extension-apiserver-authentication-reader" || name.starts_with("system:"));
        let ns = if kind == "ClusterRole" { "default" } else { it.meta.ns() };
        if built_in || find_all(&cx.cluster.roles, ns, name).iter().any(|it| &*it.kind == kind) {
            continue;
        }
        let draft = out.report(it, "roleRef.name", format!("{it}: {kind} {name} does not exist, so its subjects get no rights from it"));
        draft.confidence(match (cx.is_live(), kind) {
            (true, _) => Confidence::High,
            (false, "Role") => Confidence::Medium,
            (false, _) => Confidence::Low,
        });
    }
}
