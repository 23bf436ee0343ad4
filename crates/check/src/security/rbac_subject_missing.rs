//! A binding should name a ServiceAccount that exists.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use seatrial_model::cluster::{find, in_namespace};

use super::grants::is_built_in;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-subject-missing",
    rows: &[Row::AccessControls, Row::ValidReferences],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::RoleBindings, Need::ServiceAccounts],
    title: "A binding names a ServiceAccount that does not exist",
    why: "The workload that was meant has no rights; and whoever may create that name in its namespace takes them over.",
    verify: "kubectl get serviceaccounts -A",
    fix: "Correct the subject's name and namespace, create the ServiceAccount, or delete the binding.",
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
  name: deployr #~ rbac-subject-missing
  namespace: shop
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: deployer, namespace: shop}
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
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: deployer, namespace: shop}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for binding in cx.cluster.role_bindings.iter().filter(|it| !is_built_in(&it.meta)) {
        for (at, subject) in binding.subjects.iter().enumerate().filter(|(_, it)| it.kind == "ServiceAccount") {
            let ns = subject.namespace.as_deref().unwrap_or(binding.meta.ns());
            // The default one is in every namespace; the platform's come and go with their add-ons, and Kubernetes makes its own.
            if subject.name == "default" || cx.is_platform(ns) || ns == "kube-system" {
                continue;
            }
            out.assess();
            if find(&cx.cluster.service_accounts, ns, &subject.name).is_some() {
                continue;
            }
            let draft = out.report(
                binding,
                Path::of("subjects").index(at).key("name"),
                format!("{binding}: ServiceAccount {ns}/{} is in none of the inputs, so nobody holds what it gives", subject.name),
            );
            if !cx.is_live() {
                // Manifests of another namespace may well be elsewhere.
                let here = !in_namespace(&cx.cluster.service_accounts, ns).is_empty();
                draft.confidence(if here { Confidence::Medium } else { Confidence::Low });
            }
        }
    }
}
