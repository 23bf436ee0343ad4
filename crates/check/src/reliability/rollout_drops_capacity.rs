//! A rollout must not take most pods away at once.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, IntOrString, Need, Object, Path, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use super::rollouts::steps;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rollout-drops-capacity",
    rows: &[Row::PatternStateless, Row::RecoveryFailure],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "A rollout takes most of the pods at once",
    why: "During each rollout the rest carries the whole load, or nothing does: users see errors until the new pods are ready.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 4 strategy",
    fix: "Set maxUnavailable: 0 and maxSurge: 1 (for a DaemonSet a small number or share).",
    sources: &["Guide, Architecture Patterns, Pattern 1", "Kubernetes documentation, Deployments: rolling update"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 4
  strategy:
    rollingUpdate:
      maxUnavailable: 100% #~ rollout-drops-capacity
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 4
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some((gone, of)) = gone(cx, workload) else { return };
    out.assess();
    if gone.saturating_mul(2) <= of {
        return;
    }
    let share = if gone >= of { "all pods".to_owned() } else { format!("{gone} of {of} pods") };
    let message = format!("{workload}: a rollout takes {share} away before new ones are ready, so requests fail meanwhile");
    out.report(workload, path(workload), message).severity(if gone >= of { Severity::High } else { Severity::Medium });
}

/// How many pods a rollout takes away, and of how many.
fn gone(cx: &Cx<'_>, workload: &Object<Workload>) -> Option<(i64, i64)> {
    if workload.workload_kind == WorkloadKind::DaemonSet {
        // How many nodes there are does not matter for a share.
        let share = workload.rollout.max_unavailable.as_ref().and_then(IntOrString::percent).unwrap_or(0);
        return (workload.strategy() == "RollingUpdate").then_some(if share >= 100 { (100, 100) } else { (0, 100) });
    }
    let replicas = cx.graph.replicas_of(workload).min;
    // With one pod there is no capacity to keep: that is the single replica's check.
    let steps = steps(workload, replicas).filter(|_| replicas > 1)?;
    Some((steps.unavailable.min(replicas), replicas))
}

fn path(workload: &Workload) -> &'static str {
    if workload.workload_kind == WorkloadKind::DaemonSet {
        "spec.updateStrategy.rollingUpdate.maxUnavailable"
    } else {
        "spec.strategy.rollingUpdate.maxUnavailable"
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let Some(origin) = found.origin else { return Vec::new() };
    if workload.workload_kind == WorkloadKind::DaemonSet {
        return vec![Edit { origin, change: Change::Set { path: path(workload).into(), yaml: "10%".to_owned() } }];
    }
    let set =
        |field: &str, yaml: &str| Edit { origin, change: Change::Set { path: Path::of("spec.strategy.rollingUpdate").key(field), yaml: yaml.to_owned() } };
    vec![set("maxUnavailable", "0"), set("maxSurge", "1")]
}
