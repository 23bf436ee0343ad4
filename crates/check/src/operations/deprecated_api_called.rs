//! Nobody may call an API that is about to go.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Version};
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::report_on_cluster;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "deprecated-api-called",
    rows: &[Row::UpgradeApis, Row::UpgradePlan],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::DeprecatedCalls],
    title: "Clients call a deprecated API",
    why: "After the upgrade that drops it, the calling controller or pipeline fails.",
    verify: "kubectl get --raw /metrics | grep apiserver_requested_deprecated_apis",
    fix: "Find the caller in the audit log and update it before the upgrade.",
    sources: &["Guide, Upgrade Strategy: before upgrading", "Kubernetes documentation, deprecated API migration guide"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
deprecatedCalls: [{group: flowcontrol.apiserver.k8s.io, version: v1beta3, resource: flowschemas, removedRelease: \"1.38\"}] #~ deprecated-api-called
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
deprecatedCalls: []
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(calls) = cx.snapshot.account.deprecated_calls.known() else { return };
    out.assess();
    let target = cx.snapshot.meta.server_version.unwrap_or(cx.settings.target);
    for it in calls {
        let removed = it.removed_release.as_deref().and_then(|it| it.parse::<Version>().ok());
        // The next minor version no longer serves it.
        let is_near = removed.is_some_and(|it| it.minor <= target.minor + 1);
        let severity = if is_near { Severity::High } else { Severity::Medium };
        let group = if it.group.is_empty() { String::new() } else { format!(".{}", it.group) };
        let when = it.removed_release.as_deref().map_or("in some later release".to_owned(), |it| format!("in {it}"));
        let found = report_on_cluster(cx, out, &format!("{}.{}{group}: clients still call it, and it is gone {when}", it.resource, it.version));
        found.severity(severity);
        if let Some(agent) = it.user_agent.as_deref() {
            found.evidence(format!("caller {agent}"));
        }
    }
}
