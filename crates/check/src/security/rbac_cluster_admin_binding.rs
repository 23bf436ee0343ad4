//! cluster-admin is for emergencies.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use seatrial_model::kinds::access::Subject;

use super::grants::{holders, is_all_powerful, is_built_in, is_users, role_of};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-cluster-admin-binding",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::RoleBindings, Need::ServiceAccounts, Need::Roles],
    title: "cluster-admin is bound",
    why: "Whoever holds it, or steals the token of a pod that does, owns every workload, every Secret and every node.",
    verify: "kubectl get clusterrolebindings -o wide | grep cluster-admin",
    fix: "Bind a role with what is needed instead, or edit in the namespaces that are meant.",
    sources: &["Kubernetes documentation, RBAC good practices"],
    bad: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: deployer}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cluster-admin #~ rbac-cluster-admin-binding
subjects:
- kind: ServiceAccount
  name: deployer
  namespace: shop
",
    good: "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deployer, namespace: shop}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
subjects:
- kind: ServiceAccount
  name: deployer
  namespace: shop
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for binding in cx.cluster.role_bindings.iter().filter(|it| !is_built_in(&it.meta) && !cx.is_platform(it.meta.ns())) {
        out.assess();
        let by_name = binding.role_ref.kind == "ClusterRole" && binding.role_ref.name == "cluster-admin";
        let admin = by_name || role_of(cx.cluster, binding).is_some_and(|it| is_all_powerful(it));
        let mine: Vec<&Subject> = binding.subjects.iter().filter(|it| is_users(cx, it)).collect();
        if !admin || mine.is_empty() {
            continue;
        }
        let reach = if binding.kind == "ClusterRoleBinding" { "the cluster" } else { "its namespace" };
        // A pod's token is there for the taking; people sign in.
        let by_pods = mine.iter().any(|it| it.kind == "ServiceAccount" || it.name.starts_with("system:serviceaccount"));
        out.report(binding, "roleRef.name", format!("{binding}: makes {} administrator of {reach}", holders(binding))).severity(if by_pods {
            Severity::High
        } else {
            Severity::Low
        });
    }
}
