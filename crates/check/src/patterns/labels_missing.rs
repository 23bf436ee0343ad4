//! The recommended labels tell tools what belongs together.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "labels-missing",
    rows: &[Row::PatternMultiTier],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "The recommended labels are missing",
    why: "Dashboards, cost reports and policies cannot group what belongs to one application.",
    verify: "kubectl get deployments -A --show-labels",
    fix: "Set app.kubernetes.io/name and app.kubernetes.io/part-of on the workload and its pods.",
    sources: &["Kubernetes documentation, recommended labels"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api #~ labels-missing
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app.kubernetes.io/name: api}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: api}}
  template:
    metadata: {labels: {app.kubernetes.io/name: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::Workload(run),
    repair: None,
};

const NAME: &str = "app.kubernetes.io/name";

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    out.assess();
    if workload.meta.label(NAME).is_none() && !workload.pod_labels().contains(NAME) {
        out.report(workload, "metadata.name", format!("{workload}: has no label {NAME}, so tools cannot tell what it belongs to"));
    }
}
