//! The CloudWatch Observability add-on must be ACTIVE.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use super::monitoring_of::ADDON;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cloudwatch-addon-not-active",
    rows: &[Row::CloudWatchObservability],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsAddons],
    title: "The CloudWatch Observability add-on is not ACTIVE",
    why: "Dashboards and alarms show what was, and the next incident has no data.",
    verify: "aws eks describe-addon --cluster-name CLUSTER --addon-name amazon-cloudwatch-observability --query addon",
    fix: "Mend what its health issues name; most often its role lacks CloudWatchAgentServerPolicy or its pods do not fit.",
    sources: &["Guide, Production Readiness Checklist, Observability"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons:
- {name: amazon-cloudwatch-observability, status: DEGRADED, healthIssues: [InsufficientNumberOfReplicas]} #~ cloudwatch-addon-not-active
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons:
- {name: amazon-cloudwatch-observability, status: ACTIVE}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut addons = cx.snapshot.account.addons.known().into_iter().flatten();
    let Some(addon) = addons.find(|it| it.name == ADDON) else { return };
    out.assess();
    // An update in progress is no fault.
    let works = matches!(addon.status.as_str(), "ACTIVE" | "UPDATING" | "CREATING") && addon.health_issues.is_empty();
    if !works {
        let issues: Vec<&str> = addon.health_issues.iter().map(Text::as_str).collect();
        let found = out.report_aws("AWS Addon", &addon.name, format!("AWS Addon {ADDON}: it is {}, so dashboards and alarms may have no data", addon.status));
        if !issues.is_empty() {
            found.evidence(format!("health issues: {}", issues.join(", ")));
        }
    }
}
