//! Deprecated API versions are replaced before they are removed.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_facts::lifecycle::row_of;
use seatrial_model::{ObjectRef, Origin};
use seatrial_report::{Confidence, Severity};

use super::api_removed::instead_of;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "api-deprecated",
    rows: &[Row::UpgradeApis],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "The API version is deprecated",
    why: "A coming Kubernetes version stops serving it, and the upgrade then breaks the deployment.",
    verify: "kubectl get --raw /metrics | grep apiserver_requested_deprecated_apis",
    fix: "Write the object in the version that replaces it while both are served.",
    sources: &["Guide, Upgrade Strategy", "Kubernetes documentation, deprecation policy"],
    bad: "
apiVersion: resource.k8s.io/v1beta1 #~ api-deprecated
kind: DeviceClass
metadata: {name: gpu}
spec: {}
",
    good: "
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let target = cx.settings.target;
    let mut seen: BTreeSet<(Option<Origin>, ObjectRef)> = BTreeSet::new();
    for it in cx.cluster.handles() {
        out.assess();
        let Some(row) = row_of(it.api_version, it.kind) else { continue };
        let Some(removed) = row.removed.filter(|it| *it > target) else { continue };
        if row.deprecated.is_none_or(|it| it > target) || !seen.insert((it.origin, it.object_ref())) {
            continue;
        }
        let instead = instead_of(row);
        out.report(it, "apiVersion", format!("{it}: {} {} is deprecated and goes with Kubernetes {removed}{instead}", it.api_version, it.kind));
    }
}
