//! One system should collect container metrics, not two.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::monitoring_of::{cloudwatch_agent, prometheus};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "monitoring-twice",
    rows: &[Row::CostMonitoring],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads],
    title: "Container Insights and Prometheus collect the same",
    why: "Metrics of every node and pod are paid for twice, and two sets of dashboards disagree.",
    verify: "kubectl get pods -A | grep -E \"cloudwatch-agent|prometheus\"",
    fix: "Turn Container Insights off in the add-on where Prometheus does the work, or retire Prometheus.",
    sources: &["Guide, Cost Optimization, Monitoring"],
    bad: "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: cloudwatch-agent, namespace: amazon-cloudwatch} #~ monitoring-twice
spec:
  selector: {matchLabels: {app: cloudwatch-agent}}
  template:
    metadata: {labels: {app: cloudwatch-agent}}
    spec: {containers: [{name: app, image: \"public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.3\"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: prometheus, namespace: monitoring}
spec:
  selector: {matchLabels: {app: prometheus}}
  template:
    metadata: {labels: {app: prometheus}}
    spec: {containers: [{name: app, image: \"quay.io/prometheus/prometheus:v3.0\"}]}
",
    good: "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: cloudwatch-agent, namespace: amazon-cloudwatch}
spec:
  selector: {matchLabels: {app: cloudwatch-agent}}
  template:
    metadata: {labels: {app: cloudwatch-agent}}
    spec: {containers: [{name: app, image: \"public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.3\"}]}
",
    run: Run::Asking(&[Need::AwsContainerInsights], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(agent) = cloudwatch_agent(cx) else { return };
    out.assess();
    let Some(it) = prometheus(cx) else { return };
    // The agent also sends logs and traces: with Container Insights off, it is not what the guide means.
    let delivered = cx.snapshot.account.container_insights.known();
    if delivered.is_some_and(Vec::is_empty) {
        return;
    }
    out.lacks(cx, Need::AwsContainerInsights);
    let message = format!("{agent}: Container Insights runs beside {it}, so metrics of every pod are paid for twice");
    let draft = out.report(agent, "metadata.name", message).related(it, "metadata.name", "the other collector");
    if delivered.is_some() {
        draft.evidence("CloudWatch got its metrics within the last three hours").confidence(Confidence::High);
    }
}
