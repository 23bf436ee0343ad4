//! An alarm must have data.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alarm-without-data",
    rows: &[Row::Alarms],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsAlarms],
    title: "An alarm has no data",
    why: "It watches a metric that nothing sends, or names dimensions that no longer exist, and will never fire.",
    verify: "aws cloudwatch describe-alarms --state-value INSUFFICIENT_DATA",
    fix: "Correct the metric and its dimensions, or delete the alarm.",
    sources: &["CloudWatch user guide, alarm states"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
alarms:
- {name: node-cpu, metric: node_cpu_utilization, state: INSUFFICIENT_DATA, actions: [arn:sns], actionsEnabled: true} #~ alarm-without-data
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
alarms:
- {name: cpu, metric: node_cpu_utilization, state: OK, actions: [arn:sns], actionsEnabled: true}
- {name: memory, metric: node_memory_utilization, state: OK, actions: [arn:sns], actionsEnabled: true}
- {name: errors, metric: HTTPCode_Target_5XX_Count, state: OK, actions: [arn:sns], actionsEnabled: true}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for alarm in cx.snapshot.account.alarms.known().into_iter().flatten() {
        out.assess();
        if alarm.state == "INSUFFICIENT_DATA" {
            let metric = alarm.metric.as_deref().unwrap_or("its metric");
            out.report_aws("AWS Alarm", &alarm.name, format!("AWS Alarm {}: no data of {metric} arrives, so it cannot fire", alarm.name));
        }
    }
}
