//! Requests follow what a workload uses.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find;
use seatrial_model::{Need, Object, Quantity, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "requests-far-above-usage",
    rows: &[Row::CostCompute],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Pods, Need::Usage],
    title: "The workload asks for far more than it uses",
    why: "Nodes are bought for requests: what is asked for and not used is paid for every hour.",
    verify: "kubectl top pods; kubectl describe pod POD | grep -A 2 Requests",
    fix: "Lower the requests towards the peak of a week's usage, or let a VerticalPodAutoscaler recommend them.",
    sources: &["Guide, Cost Optimization, Right-size Resources"],
    bad: "
apiVersion: v1
kind: Pod
metadata: {name: api, uid: u1}
spec:
  containers:
  - name: app
    image: registry/api:1.0
    resources:
      requests:
        cpu: \"2\" #~ requests-far-above-usage
---
apiVersion: metrics.k8s.io/v1beta1
kind: PodMetrics
metadata: {name: api}
containers: [{name: app, usage: {cpu: 50m, memory: 64Mi}}]
",
    good: "
apiVersion: v1
kind: Pod
metadata: {name: api, uid: u1}
spec: {containers: [{name: app, image: registry/api:1.0, resources: {requests: {cpu: \"2\"}}}]}
---
apiVersion: metrics.k8s.io/v1beta1
kind: PodMetrics
metadata: {name: api}
containers: [{name: app, usage: {cpu: \"1\", memory: 64Mi}}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !workload.is_long_running() {
        return;
    }
    let pods = cx.graph.pods_of(workload);
    let measured: Vec<_> = pods.iter().filter_map(|it| find(&cx.cluster.pod_metrics, it.meta.ns(), &it.meta.name)).collect();
    let Some(count) = i64::try_from(measured.len()).ok().filter(|it| *it > 0) else { return };
    out.assess();
    // Less than this is not worth a change.
    for (resource, least) in [("cpu", Quantity::millis(500)), ("memory", Quantity::units(1 << 30))] {
        let asked = workload.pod().request(resource).times(count);
        let used: Quantity = measured.iter().flat_map(|it| &it.containers).filter_map(|it| it.usage.get(resource).copied()).sum();
        let percent = used.as_f64() / asked.as_f64().max(f64::MIN_POSITIVE) * 100.0;
        if asked < least || percent >= cx.settings.thresholds.usage_min_percent as f64 {
            continue;
        }
        let at = workload.pod().containers.iter().enumerate().max_by_key(|(_, it)| it.resources.request(resource).unwrap_or_default()).map_or(0, |it| it.0);
        let path = workload.container_path(at).join("resources.requests").key(resource);
        let message = format!("{workload}: its {count} pods ask for {asked} {resource} and use {percent:.0} % of it, so the rest is paid for and idle");
        out.report(workload, path, message).evidence("one sample of the metrics API: look at a week before changing it");
    }
}
