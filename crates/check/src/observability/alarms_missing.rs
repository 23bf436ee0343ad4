//! Somebody must be told of CPU, memory and errors.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::report_on_cluster;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alarms-missing",
    rows: &[Row::Alarms],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsAlarms, Need::PrometheusRules],
    title: "No alarm watches CPU, memory or errors",
    why: "Users notice the outage first.",
    verify: "aws cloudwatch describe-alarms --query 'MetricAlarms[].[AlarmName,MetricName,StateValue]'",
    fix: "Make alarms on node CPU, node memory and 5XX responses, each with an SNS topic that reaches a person.",
    sources: &["Guide, Production Readiness Checklist, Observability", "Guide, Test vs Production: alarms"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
alarms: [] #~ alarms-missing
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
    run: Run::InCluster(&[Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

/// What the guide wants watched, and words that names of such metrics and alarms contain.
const WATCHED: &[(&str, &[&str])] =
    &[("CPU", &["cpu"]), ("memory", &["memory", "mem_", "oom"]), ("errors", &["error", "5xx", "failed", "unhealthy", "restart", "fault"])];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(alarms) = cx.snapshot.account.alarms.known() else { return };
    out.assess();
    // Alert rules of Prometheus are alarms, too; their expressions are not read, so any number of them counts.
    let alerts = cx.cluster.prometheus_rules.iter().flat_map(|it| &it.spec.groups).flat_map(|it| &it.rules).filter(|it| it.alert.is_some()).count();
    if alerts > 0 {
        return;
    }
    let names: Vec<String> = alarms.iter().map(|it| format!("{} {}", it.name, it.metric.as_deref().unwrap_or("")).to_lowercase()).collect();
    let is_watched = |words: &[&str]| names.iter().any(|name| words.iter().any(|it| name.contains(it)));
    let missing: Vec<&str> = WATCHED.iter().filter(|it| !is_watched(it.1)).map(|it| it.0).collect();
    if missing.is_empty() {
        return;
    }
    let severity = if alarms.is_empty() { Severity::High } else { Severity::Medium };
    let cluster = cx.snapshot.account.eks_cluster.known().map_or("cluster", |it| it.name.as_str());
    report_on_cluster(cx, out, &format!("AWS EksCluster {cluster}: no alarm watches {}, so users notice first", missing.join(", ")))
        .severity(severity)
        .evidence(format!("{} CloudWatch alarms, no Prometheus alert rules", alarms.len()));
}
