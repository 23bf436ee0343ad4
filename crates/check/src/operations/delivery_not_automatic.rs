//! Argo CD should apply what is in git by itself.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "delivery-not-automatic",
    rows: &[Row::RecoveryConfig],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Deliveries],
    title: "An Argo CD Application is synced by hand",
    why: "The cluster and the repository differ until somebody presses a button, and a rebuilt cluster stays empty until then.",
    verify: "kubectl get applications -A -o yaml | grep -A 3 syncPolicy",
    fix: "Set spec.syncPolicy.automated with selfHeal and prune.",
    sources: &["Argo CD documentation, automated sync policy"],
    bad: "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec: #~ delivery-not-automatic
  source: {repoURL: \"https://git.example.com/shop.git\", path: k8s}
  destination: {namespace: shop, server: \"https://kubernetes.default.svc\"}
",
    good: "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  source: {repoURL: \"https://git.example.com/shop.git\", path: k8s}
  destination: {namespace: shop, server: \"https://kubernetes.default.svc\"}
  syncPolicy: {automated: {selfHeal: true, prune: true}}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for delivery in cx.cluster.deliveries.iter().filter(|it| it.kind == "Application") {
        out.assess();
        if delivery.spec.sync_policy.as_ref().is_none_or(|it| it.automated.is_none()) {
            out.report(
                delivery,
                "spec.syncPolicy.automated",
                format!("{delivery}: it is synced by hand, so cluster and repository differ until somebody does"),
            );
        }
    }
}
