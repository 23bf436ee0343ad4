//! An alarm must reach somebody.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alarm-without-action",
    rows: &[Row::Alarms],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsAlarms],
    title: "An alarm tells nobody",
    why: "It turns red in a console that nobody looks at.",
    verify: "aws cloudwatch describe-alarms --query 'MetricAlarms[].[AlarmName,ActionsEnabled,AlarmActions]'",
    fix: "Add an SNS topic to the alarm and enable its actions.",
    sources: &["CloudWatch user guide, alarm actions"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
alarms:
- {name: node-cpu, metric: node_cpu_utilization, state: OK, actionsEnabled: true} #~ alarm-without-action
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
        let why = match (alarm.actions.is_empty(), alarm.actions_enabled) {
            (true, _) => "it has no action",
            (false, false) => "its actions are disabled",
            _ => continue,
        };
        // An alarm without an action may be part of a composite one.
        out.report_aws("AWS Alarm", &alarm.name, format!("AWS Alarm {}: {why}, so nobody is told when it fires", alarm.name));
    }
}
