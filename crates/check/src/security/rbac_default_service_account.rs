//! Rights of the default ServiceAccount are rights of every pod.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-default-service-account",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::RoleBindings],
    title: "The default ServiceAccount has rights",
    why: "Each pod of the namespace that names no ServiceAccount holds a token with these rights, also the one that is broken into.",
    verify: "kubectl get rolebindings,clusterrolebindings -A -o wide | grep '/default'",
    fix: "Give the workload that needs them a ServiceAccount of its own, and bind that.",
    sources: &["Kubernetes documentation, RBAC good practices"],
    bad: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: deployer}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
- kind: ServiceAccount
  name: default #~ rbac-default-service-account
  namespace: shop
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

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for binding in &cx.cluster.role_bindings {
        out.assess();
        // As an administrator it is a finding already.
        if binding.role_ref.name == "cluster-admin" {
            continue;
        }
        for (at, subject) in binding.subjects.iter().enumerate().filter(|(_, it)| it.kind == "ServiceAccount" && it.name == "default") {
            let ns = subject.namespace.as_deref().unwrap_or(binding.meta.ns());
            if cx.is_platform(ns) {
                continue;
            }
            let role = &binding.role_ref;
            out.report(
                binding,
                Path::of("subjects").index(at),
                format!("{binding}: gives {} {} to the default ServiceAccount of {ns}, so every pod there that names no other has it", role.kind, role.name),
            );
        }
    }
}
