//! A pod that never calls the API server needs no token.

use seatrial_facts::guide::Row;
use seatrial_model::{Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use std::collections::BTreeSet;

use super::every_place;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "service-account-token-mounted",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ServiceAccounts, Need::RoleBindings],
    title: "A pod holds an API token that it does not use",
    why: "An intruder finds a valid token of the cluster in the container, to look around with and to try out.",
    verify: "kubectl get pods -A -o custom-columns=POD:.metadata.name,TOKEN:.spec.automountServiceAccountToken",
    fix: "Set automountServiceAccountToken: false in the pod spec.",
    sources: &["Kubernetes documentation, configure service accounts for pods", "Kubernetes documentation, RBAC good practices"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: #~ service-account-token-mounted
      containers:
      - name: app
        image: registry/api:1.0
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      automountServiceAccountToken: false
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let bound = bound(cx);
    for workload in cx.workloads() {
        out.assess();
        let pod = workload.pod();
        let account = cx.graph.service_account_of(workload).and_then(|it| it.automount_service_account_token);
        let mounted = pod.automount_service_account_token.or(account).unwrap_or(true);
        // Rights in a binding say that the token is used.
        if mounted && !bound.contains(&(workload.meta.ns(), pod.service_account())) {
            let path = workload.pod_path().key("automountServiceAccountToken");
            out.report(workload, path, format!("{workload}: its pods hold a token of the API server, and no binding gives it any use"));
        }
    }
}

/// ServiceAccounts that some binding gives rights to.
fn bound<'a>(cx: &Cx<'a>) -> BTreeSet<(&'a str, &'a str)> {
    let mut found = BTreeSet::new();
    for binding in &cx.cluster.role_bindings {
        let accounts = binding.subjects.iter().filter(|it| it.kind == "ServiceAccount");
        found.extend(accounts.map(|it| (it.namespace.as_deref().unwrap_or(binding.meta.ns()), it.name.as_str())));
    }
    found
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    every_place::set(found, "false")
}
