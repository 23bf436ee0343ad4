//! A workload's selector matches its own pods only.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Origin, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "selectors-overlap",
    rows: &[Row::ValidObjects],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "Two workloads select each other's pods",
    why: "Services, budgets and autoscalers count the pods of both, and a pod that loses its owner is adopted by the other workload.",
    verify: "kubectl get deployments -o custom-columns=NAME:.metadata.name,SELECTOR:.spec.selector.matchLabels",
    fix: "Add a label to selector and template that only this workload has; the selector of an existing workload cannot be changed.",
    sources: &["Kubernetes documentation, Deployments, selector"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector:
    matchLabels: {app: shop}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: #~ selectors-overlap
    matchLabels: {app: shop}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: app, image: registry/web:1.0}]}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: shop, tier: api}}
  template:
    metadata: {labels: {app: shop, tier: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: shop, tier: web}}
  template:
    metadata: {labels: {app: shop, tier: web}}
    spec: {containers: [{name: app, image: registry/web:1.0}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

type ByLabel<'a> = BTreeMap<(&'a str, &'a str, &'a str), Vec<&'a Object<Workload>>>;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut by_label: ByLabel<'_> = BTreeMap::new();
    let selecting: Vec<&Object<Workload>> =
        cx.workloads().filter(|it| it.selector.as_ref().is_some_and(|it| !it.match_labels.is_empty()) && !it.is_batch()).collect();
    for it in &selecting {
        for (key, value) in it.pod_labels().iter() {
            by_label.entry((it.meta.ns(), key, value)).or_default().push(it);
        }
    }
    let mut told: BTreeSet<(Option<Origin>, Option<Origin>)> = BTreeSet::new();
    for it in &selecting {
        out.assess();
        for other in selected(it, &by_label) {
            // The same object written twice is another check's finding.
            let same = it.kind == other.kind && it.meta.name == other.meta.name;
            if same || told.contains(&(other.origin, it.origin)) && it.origin.is_some() {
                continue;
            }
            told.insert((it.origin, other.origin));
            let (subject, other) = if it.meta.name < other.meta.name && it.selector == other.selector { (other, *it) } else { (*it, other) };
            let message = format!("{subject}: its selector also matches the pods of {other}, so services and budgets count both and orphans change hands");
            let draft = out.report(subject, "spec.selector", message);
            draft.related(other, other.template_path().join("metadata.labels"), "these pods match too");
            // One application as a Deployment here and a DaemonSet there: examples, overlays, of which one is applied.
            if it.meta.name == other.meta.name && it.origin.map(|it| it.file) != other.origin.map(|it| it.file) {
                draft.severity(Severity::Low).confidence(Confidence::Low);
            }
            break;
        }
    }
}

/// Other workloads of the namespace whose pods the selector matches, through its rarest label.
fn selected<'a>(it: &'a Object<Workload>, by_label: &ByLabel<'a>) -> Vec<&'a Object<Workload>> {
    let Some(selector) = &it.selector else { return Vec::new() };
    let lists = selector.match_labels.iter().map(|(key, value)| by_label.get(&(it.meta.ns(), key.as_str(), value.as_str())).map_or(&[][..], Vec::as_slice));
    let rarest = lists.min_by_key(|it| it.len()).unwrap_or_default();
    rarest.iter().copied().filter(|other| !std::ptr::eq(*other, it) && selector.matches(other.pod_labels())).collect()
}
