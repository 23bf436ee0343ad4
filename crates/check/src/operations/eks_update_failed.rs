//! The last update of the cluster must have succeeded.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::account::EksUpdate;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "eks-update-failed",
    rows: &[Row::UpgradePlan, Row::UpgradeVersions],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsUpdates],
    title: "The last update of the cluster failed",
    why: "The cluster is not what its owners believe it to be, and what stopped this update stops the next one.",
    verify: "aws eks list-updates --name CLUSTER; aws eks describe-update --name CLUSTER --update-id ID",
    fix: "Mend what the error names (often too few free addresses in the subnets), and run the update again.",
    sources: &["Guide, Upgrade Strategy", "EKS user guide, update existing cluster to new Kubernetes version"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksUpdates:
- {id: u-1, kind: VersionUpdate, status: Successful, createdAt: \"2026-03-01T00:00:00Z\"}
- {id: u-2, kind: VersionUpdate, status: Failed, createdAt: \"2026-11-01T00:00:00Z\", errors: [\"InsufficientFreeAddresses: subnet-a\"]} #~ eks-update-failed
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksUpdates:
- {id: u-1, kind: VersionUpdate, status: Failed, createdAt: \"2026-03-01T00:00:00Z\"}
- {id: u-2, kind: VersionUpdate, status: Successful, createdAt: \"2026-11-01T00:00:00Z\"}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(updates) = cx.snapshot.account.eks_updates.known() else { return };
    let mut last: BTreeMap<&str, &EksUpdate> = BTreeMap::new();
    for it in updates {
        let newest = last.entry(&it.kind).or_insert(it);
        if it.created_at >= newest.created_at {
            *newest = it;
        }
    }
    for (kind, it) in last {
        out.assess();
        if it.status == "Failed" {
            let found = out.report_aws(
                "AWS EksUpdate",
                &it.id,
                format!("AWS EksUpdate {}: the last {kind} failed, so the cluster is not as it was meant to be", it.id),
            );
            if !it.errors.is_empty() {
                found.evidence(it.errors.iter().map(Text::as_str).collect::<Vec<_>>().join("; "));
            }
        }
    }
}
