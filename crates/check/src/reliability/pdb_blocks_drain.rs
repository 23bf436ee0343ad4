//! A disruption budget must let at least one pod go.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::budgets::{allowed, field, guarded, is_always_closed, of_user, pods, setting};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};
use seatrial_model::kinds::scaling::PodDisruptionBudget;

pub static CHECK: Check = Check {
    id: "pdb-blocks-drain",
    rows: &[Row::PodDisruptionBudgets, Row::RecoveryFailure],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "The PodDisruptionBudget blocks every drain",
    why: "No pod may ever be evicted: drains, node-group upgrades and consolidation hang, until somebody deletes the budget or the pods by force.",
    verify: "kubectl get pdb -A   # ALLOWED DISRUPTIONS is 0",
    fix: "Set maxUnavailable: 1, also for a single replica; where one replica is too few, add another.",
    sources: &["Kubernetes documentation, specifying a disruption budget", "EKS user guide, managed node updates: PodEvictionFailure"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api
spec:
  minAvailable: 100% #~ pdb-blocks-drain
  selector: {matchLabels: {app: api}}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: api}}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pdb in of_user(cx) {
        let workloads = guarded(cx, pdb);
        let most = pods(cx, &workloads).1;
        // Whatever a budget in manifests guards once it is applied, one that is always closed will not let go.
        let counts = most > 0 || (is_always_closed(pdb) && !cx.is_live() && cx.graph.selected_by_budget(pdb).is_empty());
        if !counts {
            continue;
        }
        out.assess();
        if is_always_closed(pdb) || allowed(pdb, most) == Some(0) {
            report(cx, pdb, &workloads, out);
        }
    }
}

fn report(cx: &Cx<'_>, pdb: &Object<PodDisruptionBudget>, workloads: &[&Object<Workload>], out: &mut Findings) {
    let most = pods(cx, workloads).1;
    let of = match most {
        0 => String::new(),
        1 => " of 1 pod".to_owned(),
        n => format!(" of {n} pods"),
    };
    let found = out.report(pdb, field(pdb), format!("{pdb}: {}{of} leaves none to evict, so drains and node upgrades hang", setting(pdb)));
    for it in workloads.iter().take(3) {
        found.related(*it, "spec.replicas", "its pods");
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let old = of_user(cx).find(|it| it.origin == found.origin).is_some_and(|it| it.spec.min_available.is_some());
    let set = Edit { origin, change: Change::Set { path: Path::of("spec.maxUnavailable"), yaml: "1".to_owned() } };
    let remove = Edit { origin, change: Change::Remove { path: Path::of("spec.minAvailable") } };
    if old { vec![remove, set] } else { vec![set] }
}
