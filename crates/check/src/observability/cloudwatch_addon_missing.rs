//! The cluster must send metrics and logs somewhere.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::monitoring_of::{ADDON, cloudwatch_agent, other_agent};
use crate::infrastructure::compute_of::report_on_cluster;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cloudwatch-addon-missing",
    rows: &[Row::CloudWatchObservability],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsAddons, Need::Workloads],
    title: "Neither CloudWatch Observability nor another agent runs",
    why: "Nobody sees CPU, memory or restarts of nodes and pods, and logs of a deleted pod are gone.",
    verify: "aws eks describe-addon --cluster-name CLUSTER --addon-name amazon-cloudwatch-observability --query addon.status",
    fix: "Install the amazon-cloudwatch-observability add-on with a Pod Identity association for its agent.",
    sources: &["Guide, Production Readiness Checklist, Observability", "CloudWatch user guide, install the Observability EKS add-on"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons:
- {name: coredns, status: ACTIVE} #~ cloudwatch-addon-missing
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons:
- {name: amazon-cloudwatch-observability, status: ACTIVE}
",
    run: Run::InCluster(&[Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(addons) = cx.snapshot.account.addons.known() else { return };
    out.assess();
    let has_addon = addons.iter().any(|it| it.name == ADDON);
    // The guide has Container Insights off where other monitoring does the work.
    if !has_addon && cloudwatch_agent(cx).is_none() && other_agent(cx).is_none() {
        let cluster = cx.snapshot.account.eks_cluster.known().map_or("the cluster", |it| it.name.as_str());
        report_on_cluster(cx, out, &format!("AWS EksCluster {cluster}: no add-on and no agent sends metrics and logs, so nobody sees what happens in it"));
    }
}
