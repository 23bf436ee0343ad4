//! An object stands once in what is applied.

use std::collections::{BTreeMap, HashMap};

use seatrial_facts::guide::Row;
use seatrial_model::Handle;
use seatrial_model::cluster::group_of;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "duplicate-object",
    rows: &[Row::ValidObjects],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "The same object is written twice",
    why: "Whichever is applied last wins: a change in the other has no effect, or goes back and forth with each sync.",
    verify: "kubectl diff -f FOLDER",
    fix: "Keep one of them, or give one another name.",
    sources: &["Kubernetes documentation, object names and IDs"],
    bad: "
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: app #~ duplicate-object
",
    good: "
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app2}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut first: HashMap<(&str, &str, Option<&str>, &str), Handle<'_>> = HashMap::new();
    let mut elsewhere: BTreeMap<(u32, &str), Vec<(Handle<'_>, Handle<'_>)>> = BTreeMap::new();
    // Bare pods are in two lists: the workload speaks for both. Objects with a generated name differ; Kustomize's own are not applied.
    let is_config = |it: &Handle<'_>| matches!(group_of(it.api_version), "kustomize.config.k8s.io" | "builtin") || &**it.api_version == "builtin";
    // What an API server stores, it stores under one name.
    let own = |it: &Handle<'_>| it.origin.is_some() && it.meta.uid.is_none() && !it.meta.name.is_empty() && !is_config(it);
    for it in cx.cluster.handles().filter(own) {
        out.assess();
        let key = (group_of(it.api_version), it.kind.as_str(), it.meta.namespace.as_deref(), it.meta.name.as_str());
        let other = *first.entry(key).or_insert(it);
        let (earlier, later) = if other.origin < it.origin { (other, it) } else { (it, other) };
        match (earlier.origin, later.origin) {
            (a, b) if a == b => {}
            (Some(a), Some(b)) if a.file != b.file => elsewhere.entry((b.file, later.meta.ns())).or_default().push((earlier, later)),
            _ => {
                let draft = out.report(later, "metadata.name", format!("{later}: is written twice, so whichever is applied last wins"));
                draft.related(earlier, "metadata.name", "the first one").confidence(Confidence::High);
            }
        }
    }
    // Files may be alternatives: overlays, examples, one for each cluster. That is one cause, however many objects of a namespace they hold.
    for mut pairs in elsewhere.into_values() {
        pairs.sort_by_key(|it| it.1.origin);
        let (earlier, later) = pairs[0];
        let more = match pairs.len() - 1 {
            0 => String::new(),
            1 => ", as is one more object of its namespace in this file".to_owned(),
            n => format!(", as are {n} more objects of its namespace in this file"),
        };
        let message = format!("{later}: is written in another file, too{more}, so whichever is applied last wins");
        let draft = out.report(later, "metadata.name", message).severity(Severity::Low).confidence(Confidence::Low);
        draft.related(earlier, "metadata.name", "the first one");
    }
}
