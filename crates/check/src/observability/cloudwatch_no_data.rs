//! The CloudWatch agent must deliver.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::monitoring_of::ADDON;
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use jiff::SignedDuration;

pub static CHECK: Check = Check {
    id: "cloudwatch-no-data",
    rows: &[Row::CloudWatchObservability],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsAddons, Need::AwsLogGroups, Need::AwsEksCluster, Need::AwsContainerInsights],
    title: "The CloudWatch add-on is ACTIVE but sends nothing",
    why: "Its pods run without the right to write: dashboards are empty and alarms never fire.",
    verify: "aws cloudwatch list-metrics --namespace ContainerInsights --metric-name cluster_node_count --dimensions Name=ClusterName,Value=CLUSTER --recently-active PT3H",
    fix: "Give the cloudwatch-agent service account a role with CloudWatchAgentServerPolicy, then restart the agent.",
    sources: &["CloudWatch user guide, troubleshooting Container Insights"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons: [{name: amazon-cloudwatch-observability, status: ACTIVE}]
logGroups:
- {name: /aws/containerinsights/shop/performance, retentionDays: 30, lastEvent: \"2026-11-01T00:00:00Z\"} #~ cloudwatch-no-data
containerInsights: []
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons: [{name: amazon-cloudwatch-observability, status: ACTIVE}]
logGroups:
- {name: /aws/containerinsights/shop/performance, retentionDays: 30, lastEvent: \"2026-11-24T08:50:00Z\"}
containerInsights: [cluster_node_count]
",
    run: Run::Snapshot(run),
    repair: None,
};

/// The agent delivers each minute, but CloudWatch Logs may tell of an event only an hour later, and rarely later still.
///
/// Source: CloudWatch Logs API reference, LogStream, lastEventTimestamp.
const LATEST_HOURS: i64 = 3;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let (Some(cluster), Some(addons), Some(groups)) = (account.eks_cluster.known(), account.addons.known(), account.log_groups.known()) else { return };
    // An add-on that is not ACTIVE is a finding of its own.
    if !addons.iter().any(|it| it.name == ADDON && it.status == "ACTIVE") {
        return;
    }
    out.assess();
    // Metrics that arrive settle it; where none is listed, the log group that they are made from may still tell otherwise.
    if account.container_insights.known().is_some_and(|it| !it.is_empty()) {
        return;
    }
    let name = format!("/aws/containerinsights/{}/performance", cluster.name);
    let group = groups.iter().find(|it| it.name == name.as_str());
    let last = group.and_then(|it| it.last_event);
    let is_stale = last.is_some_and(|it| cx.now().duration_since(it) > SignedDuration::from_hours(LATEST_HOURS));
    if group.is_none() {
        out.report_aws("AWS LogGroup", &name, format!("AWS LogGroup {name}: it does not exist, so the agent has never delivered metrics"));
    } else if last.is_none() {
        out.report_aws("AWS LogGroup", &name, format!("AWS LogGroup {name}: nothing has ever arrived in it, so dashboards and alarms are blind"));
    } else if let Some(last) = last.filter(|_| is_stale) {
        out.report_aws(
            "AWS LogGroup",
            &name,
            format!("AWS LogGroup {name}: the agent has delivered nothing for {LATEST_HOURS} hours, so dashboards and alarms are blind"),
        )
        .evidence(format!("last event {last}"));
    }
}
