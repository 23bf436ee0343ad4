//! EKS' own upgrade insights must pass.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "upgrade-insight-failing",
    rows: &[Row::UpgradePlan, Row::UpgradeApis],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsInsights],
    title: "An EKS upgrade insight does not pass",
    why: "EKS has seen something that the next version breaks, such as calls to an API that it no longer serves.",
    verify: "aws eks list-insights --cluster-name CLUSTER",
    fix: "Follow the recommendation of the insight; those about API calls clear 30 days after the last call.",
    sources: &["EKS user guide, prepare for version upgrades with cluster insights"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
insights: [{name: Deprecated APIs removed in Kubernetes v1.37, category: UPGRADE_READINESS, status: ERROR, kubernetesVersion: \"1.37\"}] #~ upgrade-insight-failing
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
insights: [{name: Kubelet version skew, category: UPGRADE_READINESS, status: PASSING}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for insight in cx.snapshot.account.insights.known().into_iter().flatten() {
        let severity = match insight.status.as_str() {
            "ERROR" => Severity::High,
            "WARNING" => Severity::Medium,
            "UNKNOWN" => continue,
            _ => {
                out.assess();
                continue;
            }
        };
        out.assess();
        let reason = insight.reason.as_deref().unwrap_or("EKS gives no reason");
        let found = out.report_aws("AWS Insight", &insight.name, format!("AWS Insight {}: {} for the next upgrade", insight.name, insight.status));
        found.severity(severity).evidence(reason);
        if !insight.resources.is_empty() {
            let all: Vec<&str> = insight.resources.iter().take(5).map(Text::as_str).collect();
            found.evidence(format!("resources: {}", all.join(", ")));
        }
    }
}
