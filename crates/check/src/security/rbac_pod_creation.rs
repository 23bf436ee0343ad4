//! Creating pods is using every ServiceAccount and Secret of the namespace.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::grants::{self, Grant, covers, in_group};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-pod-creation",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Roles, Need::RoleBindings, Need::ServiceAccounts],
    title: "A role may create pods",
    why: "A pod of one's own can mount every Secret, run as every ServiceAccount and, without a Pod Security level, own the node.",
    verify: "kubectl auth can-i --list --as=system:serviceaccount:NAMESPACE:NAME",
    fix: "Limit the rule to a namespace that enforces a Pod Security level, or leave deployments to the GitOps controller.",
    sources: &["Kubernetes documentation, RBAC good practices"],
    bad: r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- apiGroups: [""] #~ rbac-pod-creation
  resources: [pods]
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

const GRANT: Grant =
    Grant { what: "to create pods", so: "can mount every Secret and run as every ServiceAccount there", severity: (Severity::Medium, Severity::Low) };

fn run(cx: &Cx<'_>, out: &mut Findings) {
    grants::report(cx, out, &GRANT, |it| {
        let pods = in_group(it, "") && covers(it, &["pods", "replicationcontrollers"], &["create"]);
        let apps = in_group(it, "apps") && covers(it, &["deployments", "daemonsets", "statefulsets", "replicasets"], &["create"]);
        let batch = in_group(it, "batch") && covers(it, &["jobs", "cronjobs"], &["create"]);
        pods || apps || batch
    });
}
