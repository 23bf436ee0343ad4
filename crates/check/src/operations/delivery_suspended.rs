//! Delivery from git must not stay switched off.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "delivery-suspended",
    rows: &[Row::RecoveryConfig],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Deliveries],
    title: "Delivery from git is suspended",
    why: "The cluster drifts from the repository unseen, and a change that is merged never arrives.",
    verify: "kubectl get kustomizations,helmreleases -A",
    fix: "Run flux resume, or remove spec.suspend from the manifest.",
    sources: &["Flux documentation, Kustomization: suspend"],
    bad: "
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./shop
  suspend: true #~ delivery-suspended
",
    good: "
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./shop
  suspend: false
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for delivery in cx.cluster.deliveries.iter().filter(|it| it.api_version.contains("toolkit.fluxcd.io")) {
        out.assess();
        if delivery.spec.suspend == Some(true) {
            out.report(delivery, "spec.suspend", format!("{delivery}: delivery is suspended, so merged changes never arrive"));
        }
    }
}
