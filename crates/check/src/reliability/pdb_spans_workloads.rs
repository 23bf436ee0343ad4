//! A disruption budget should guard one workload.

use seatrial_facts::guide::Row;
use seatrial_model::{LabelSelector, Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::budgets::{guarded, of_user};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pdb-spans-workloads",
    rows: &[Row::PodDisruptionBudgets],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets],
    title: "One budget counts the pods of several workloads",
    why: "The pods are counted together: a drain may take all pods of a small workload, because the others make up the number.",
    verify: "kubectl get pdb -A -o wide; kubectl get pods -n NAMESPACE --show-labels",
    fix: "Write one budget a workload, with the selector of that workload.",
    sources: &["Kubernetes documentation, specifying a disruption budget"],
    bad: "
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
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: registry/web:1.0
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api
spec:
  maxUnavailable: 1
  selector: {} #~ pdb-spans-workloads
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
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: registry/web:1.0
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
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pdb in of_user(cx) {
        let workloads = guarded(cx, pdb);
        let Some(first) = workloads.first() else { continue };
        out.assess();
        let mut names: Vec<String> = workloads.iter().map(|it| it.to_string()).collect();
        names.dedup();
        if names.len() < 2 || are_tracks_of_one(&workloads) {
            continue;
        }
        let all = pdb.spec.selector.as_ref().is_some_and(LabelSelector::is_empty);
        let which = if all { "its empty selector" } else { "its selector" };
        let message = format!("{pdb}: {which} counts the pods of {} workloads together, so a drain may take all pods of one", names.len());
        let found = out.report(pdb, "spec.selector", message);
        found.evidence(format!("selects {}", listed(&names))).related(*first, first.template_path().join("metadata.labels"), "one of them");
        if all {
            found.severity(Severity::Medium);
        }
    }
}

/// Whether they are the tracks of one application, such as `api` and `api-canary`: traffic is split between them, so they are meant to be counted together.
fn are_tracks_of_one(workloads: &[&Object<Workload>]) -> bool {
    const TRACKS: [&str; 9] = ["-canary", "-stable", "-primary", "-preview", "-active", "-baseline", "-blue", "-green", "-main"];
    let base = |it: &Object<Workload>| {
        let name = it.meta.name.to_string();
        TRACKS.iter().find_map(|track| name.strip_suffix(track)).map_or_else(|| name.clone(), str::to_owned)
    };
    workloads.windows(2).all(|pair| base(pair[0]) == base(pair[1]))
}

fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(5);
    let shown = names.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

#[cfg(test)]
mod tests {
    use seatrial_testkit::Fixture;

    use crate::{Cx, Outcomes, Settings, run};

    /// Findings on one budget over two Deployments of these names.
    fn findings(names: [&str; 2]) -> usize {
        let deployments = names.map(|name| {
            format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  replicas: 3\n  selector: {{matchLabels: {{name: {name}}}}}\n  \
                 template: {{metadata: {{labels: {{app: api, name: {name}}}}}, spec: {{containers: [{{name: app, image: a}}]}}}}\n---\n"
            )
        });
        let budget =
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: api}\nspec: {maxUnavailable: 1, selector: {matchLabels: {app: api}}}\n";
        let fixture = Fixture::new(&(deployments.concat() + budget));
        let graph = seatrial_model::Graph::new(&fixture.snapshot.cluster);
        let settings = Settings::default();
        let outcomes = run(&Cx::new(&fixture.snapshot, &graph, &settings), &[&super::CHECK]);
        let Outcomes::Ran(_, drafts) = &outcomes[0].result else { panic!("assessed") };
        drafts.len()
    }

    #[test]
    fn a_canary_shares_the_budget_of_its_application() {
        assert_eq!(findings(["api", "web"]), 1);
        assert_eq!(findings(["api", "api-canary"]), 0);
        assert_eq!(findings(["api-blue", "api-green"]), 0);
        assert_eq!(findings(["api-blue", "web-green"]), 1);
    }
}
