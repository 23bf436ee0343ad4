//! A quota must have room for the maximum replicas and a rollout.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::in_namespace;
use seatrial_model::{Need, Object, Path, Quantity, Workload};
use seatrial_report::{Confidence, Severity};

use super::quota_arithmetic::{counted, most_pods, of_pod, surge_pods, unscoped};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::scaling::ResourceQuota;

pub static CHECK: Check = Check {
    id: "quota-too-small",
    rows: &[Row::PatternMultiTier],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::ResourceQuotas, Need::LimitRanges, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "Quota is smaller than what its workloads may ask for",
    why: "At the peak the autoscaler's pods are refused, and a rollout waits for room that never comes: the quota bites on the worst day.",
    verify: "kubectl describe resourcequota -n NAMESPACE",
    fix: "Raise the quota to maximum replicas plus the surge of the largest workload, or lower the maximum.",
    sources: &["Guide, Architecture Patterns, Pattern 5", "Kubernetes documentation, resource quotas"],
    bad: "
apiVersion: v1
kind: ResourceQuota
metadata: {name: shop}
spec:
  hard:
    requests.cpu: \"2\" #~ quota-too-small
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, resources: {requests: {cpu: \"1\"}}}]}
",
    good: "
apiVersion: v1
kind: ResourceQuota
metadata: {name: shop}
spec: {hard: {requests.cpu: \"3\"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, resources: {requests: {cpu: \"1\"}}}]}
",
    run: Run::InCluster(&[Need::Nodes], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for ns in cx.namespaces() {
        let workloads: Vec<&Object<Workload>> = in_namespace(&cx.cluster.workloads, ns).iter().filter(|it| it.meta.controller().is_none()).collect();
        for quota in unscoped(cx, ns) {
            out.assess();
            for (key, hard) in quota.spec.hard.iter().filter(|(key, _)| counted(key).is_some() || &***key == "pods") {
                judge(cx, quota, key, *hard, &workloads, out);
            }
        }
    }
}

fn judge(cx: &Cx<'_>, quota: &Object<ResourceQuota>, key: &str, hard: Quantity, workloads: &[&Object<Workload>], out: &mut Findings) {
    let steady: Quantity = workloads.iter().map(|it| of_pod(cx, it, key).times(most_pods(cx, it))).sum();
    // Rollouts come one at a time; the largest must fit.
    let surge = workloads.iter().map(|it| of_pod(cx, it, key).times(surge_pods(cx, it))).max().unwrap_or_default();
    if steady + surge <= hard {
        return;
    }
    let path = Path::of("spec.hard").key(key);
    let what = if steady > hard {
        format!("its workloads may ask for {steady}")
    } else {
        format!("its workloads may ask for {steady} and a rollout for {surge} more")
    };
    let draft = out.report(quota, path, format!("{quota}: allows {hard} of {key}, but {what}, so pods are refused at the peak"));
    let mut largest: Vec<(Quantity, &Object<Workload>)> = workloads.iter().map(|it| (of_pod(cx, it, key).times(most_pods(cx, it)), *it)).collect();
    largest.sort_by_key(|it| std::cmp::Reverse(it.0));
    for (amount, it) in largest.into_iter().filter(|it| !it.0.is_zero()).take(3) {
        draft.related(it, "spec.replicas", format!("asks for up to {amount}"));
    }
}
