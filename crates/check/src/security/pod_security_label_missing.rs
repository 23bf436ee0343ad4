//! A namespace should say which pods it lets in.

use seatrial_facts::guide::Row;
use seatrial_model::{Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use seatrial_model::cluster::in_namespace;

use super::every_place;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-security-label-missing",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Namespaces, Need::Workloads],
    title: "A namespace enforces no Pod Security level",
    why: "Nothing refuses a privileged pod there: whoever may create pods in the namespace owns its nodes.",
    verify: "kubectl get ns -L pod-security.kubernetes.io/enforce",
    fix: "Label the namespace pod-security.kubernetes.io/enforce: baseline, or restricted where its pods allow it.",
    sources: &["Kubernetes documentation, Pod Security Admission", "EKS best practices guide, security, pod security"],
    bad: "
apiVersion: v1
kind: Namespace
metadata: #~ pod-security-label-missing
  name: shop
",
    good: "
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: baseline}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in &cx.cluster.namespaces {
        let name = it.meta.name.as_str();
        let is_empty_default = name == "default" && in_namespace(&cx.cluster.workloads, name).is_empty();
        if cx.is_platform(name) || is_empty_default || name.starts_with("kube-") {
            continue;
        }
        out.assess();
        let label = it.meta.label(ENFORCE);
        if !matches!(label, Some("baseline" | "restricted")) {
            let path = Path::of("metadata.labels").key(ENFORCE);
            let fact = if label.is_some() { "enforces the Pod Security level privileged" } else { "enforces no Pod Security level" };
            out.report(it, path, format!("{it} {fact}, so a privileged pod would be let in"));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    every_place::set(found, "baseline")
}
