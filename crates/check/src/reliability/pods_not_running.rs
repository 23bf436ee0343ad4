//! What a workload runs must run: no crashes, no pending pods, no image that cannot be pulled.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find;
use seatrial_model::{Need, Object, RunningPod, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pods-not-running",
    rows: &[Row::RecoveryFailure],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Pods],
    title: "Pods of a workload do not run",
    why: "What is broken before production is broken in production; the pods that do run carry the load of those that do not.",
    verify: "kubectl get pods -A | grep -vE 'Running|Completed'; kubectl describe pod POD",
    fix: "Read the pod's events and the log of its previous container, and mend the cause that is named.",
    sources: &["Guide, Disaster Recovery, pod failure", "Kubernetes documentation, debug pods"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api #~ pods-not-running
  uid: d1
spec:
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app, image: registry/api:1.0}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: api-1, labels: {app: api}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, uid: d1, controller: true}]}
spec: {containers: [{name: app, image: registry/api:1.0}]}
status: {phase: Running, containerStatuses: [{name: app, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: Error, exitCode: 3}}}]}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, uid: d1}
spec:
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app, image: registry/api:1.0}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: api-1, labels: {app: api}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, uid: d1, controller: true}]}
spec: {containers: [{name: app, image: registry/api:1.0}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 1, state: {running: {}}, lastState: {terminated: {reason: OOMKilled}}}]
",
    run: Run::Asking(&[Need::Nodes], &Run::Workload(run)),
    repair: None,
};

/// Longer than a pod takes to start and a rollout to go on.
const PATIENCE_SECONDS: i64 = 600;
/// So many ends for want of memory are no accident.
const OFTEN: i64 = 3;

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let pods = cx.graph.pods_of(workload);
    let mut pods: Vec<_> = pods.into_iter().filter(|it| !it.is_finished() && it.meta.deletion_timestamp.is_none()).collect();
    if !workload.is_long_running() || pods.is_empty() {
        return;
    }
    out.assess();
    let all = pods.len();
    let mut why = Vec::new();
    pods.retain(|it| cause(cx, it, out).map(|cause| why.push(cause)).is_some());
    let (Some(first), Some(cause)) = (pods.first(), why.first()) else { return };
    let message = format!("{workload}: {cause}, in {} of {all} pod{}", pods.len(), if all == 1 { "" } else { "s" });
    let severity = if pods.len() == all { Severity::High } else { Severity::Medium };
    let names: Vec<&str> = pods.iter().map(|it| it.meta.name.as_str()).take(5).collect();
    let found = out.report(workload, "metadata.name", message);
    found.severity(severity).evidence(format!("pods: {}", names.join(", ")));
    if let Some(it) = scheduling_message(first) {
        found.evidence(it);
    }
}

/// Why a pod does not do its work.
fn cause(cx: &Cx<'_>, pod: &Object<RunningPod>, out: &mut Findings) -> Option<String> {
    // What its node's fault is, or the want of a larger one, only nodes tell.
    container_cause(pod).or_else(|| scheduling_cause(cx, pod).or_else(|| readiness_cause(cx, pod)).filter(|_| !out.lacks(cx, Need::Nodes)))
}

fn container_cause(pod: &RunningPod) -> Option<String> {
    for it in pod.status.init_container_statuses.iter().chain(&pod.status.container_statuses) {
        let waiting = it.state.waiting.as_ref().and_then(|it| it.reason.as_deref());
        let last = it.last_state.terminated.as_ref().or(it.state.terminated.as_ref());
        let is_memory = last.is_some_and(|it| it.reason.as_deref() == Some("OOMKilled"));
        let name = &it.name;
        match waiting {
            Some("CrashLoopBackOff") | None if is_memory && (waiting.is_some() || it.restart_count >= OFTEN) => {
                return Some(format!("container {name} runs out of memory again and again (OOMKilled)"));
            }
            Some("CrashLoopBackOff") => {
                let code = last.map_or_else(String::new, |it| format!(" with exit code {}", it.exit_code));
                return Some(format!("container {name} crashes again and again{code}"));
            }
            Some("ImagePullBackOff" | "ErrImagePull" | "InvalidImageName") => return Some(format!("the image of container {name} cannot be pulled")),
            Some(reason @ ("CreateContainerConfigError" | "CreateContainerError" | "RunContainerError")) => {
                return Some(format!("container {name} cannot be started ({reason})"));
            }
            _ => {}
        }
    }
    None
}

/// That a pod is too large for every node, or that placement rules forbid it, are findings of their own on the workload.
fn scheduling_cause(cx: &Cx<'_>, pod: &RunningPod) -> Option<String> {
    let message = scheduling_message(pod)?;
    let by_rules = ["anti-affinity", "topology spread"].iter().any(|it| message.contains(it));
    let is_too_large = ["cpu", "memory"].into_iter().any(|resource| {
        let largest = cx.largest_allocatable(resource);
        !largest.is_zero() && largest < pod.spec.request(resource)
    });
    (!by_rules && !is_too_large).then(|| "no node may take the pod, which stays Pending".to_owned())
}

fn scheduling_message(pod: &RunningPod) -> Option<&str> {
    let condition = pod.status.conditions.iter().find(|it| it.kind == "PodScheduled" && it.status == "False")?;
    Some(condition.message.as_deref().unwrap_or("unschedulable"))
}

fn readiness_cause(cx: &Cx<'_>, pod: &Object<RunningPod>) -> Option<String> {
    let condition = pod.status.conditions.iter().find(|it| it.kind == "Ready" && it.status == "False")?;
    let is_running = pod.status.phase.as_deref() == Some("Running");
    let since = cx.now().as_second() - condition.last_transition_time?.as_second();
    // What stands on a node that is down is the node's finding.
    let node = pod.node_name.as_deref().and_then(|it| find(&cx.cluster.nodes, "default", it));
    let node_is_down = node.is_some_and(|it| it.status.conditions.iter().any(|it| it.kind == "Ready" && it.status != "True"));
    (is_running && since > PATIENCE_SECONDS && !node_is_down)
        .then(|| if since < 7200 { format!("not ready for {} minutes", since / 60) } else { format!("not ready for {} hours", since / 3600) })
}
