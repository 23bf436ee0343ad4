//! The API version must be served by the Kubernetes version that is meant.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_facts::lifecycle::{self, row_of};
use seatrial_model::{Handle, Meta, ObjectRef, Origin, ProblemKind};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "api-removed",
    rows: &[Row::UpgradeApis, Row::ValidObjects],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "The API version is no longer served",
    why: "The API server knows no such kind: apply fails, and after an upgrade so does each deployment.",
    verify: "kubectl api-resources --api-group=GROUP; kubectl convert -f FILE --output-version VERSION",
    fix: "Write the object in the version that replaces it, and adapt the fields that changed.",
    sources: &["Guide, Upgrade Strategy", "Kubernetes documentation, deprecated API migration guide"],
    bad: "
apiVersion: policy/v1beta1 #~ api-removed
kind: PodDisruptionBudget
metadata: {name: api}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: api}}}
",
    good: "
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: api}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: api}}}
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
        let Some(removed) = row.removed.filter(|it| *it <= target) else { continue };
        if !seen.insert((it.origin, it.object_ref())) {
            continue;
        }
        let instead = instead_of(row);
        out.report(it, "apiVersion", format!("{it}: Kubernetes {target} does not serve {} {}{instead}", it.api_version, it.kind))
            .evidence(format!("removed in {removed}"));
    }
    for it in cx.snapshot.problems.iter().filter(|it| it.kind == ProblemKind::NotServed && !seen.contains(&(Some(it.origin), it.object.clone()))) {
        let head = Meta { name: it.object.name.clone(), namespace: it.object.namespace.clone(), ..Default::default() };
        let handle = Handle { api_version: &it.object.api_version, kind: &it.object.kind, meta: &head, origin: Some(it.origin) };
        out.report(handle, it.path.clone(), format!("{}: {}", it.object, it.message));
    }
}

/// `; X replaces it`, where something does.
pub(super) fn instead_of(row: &lifecycle::Row) -> String {
    row.replacement.map(|(api_version, kind)| format!("; {api_version} {kind} replaces it")).unwrap_or_default()
}
