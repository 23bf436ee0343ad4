//! A namespace whose pods stand behind an ALB must ask for pod readiness gates.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::cluster::{find, in_namespace};
use seatrial_model::kinds::traffic::Ingress;
use seatrial_model::{Change, Edit, Need, Object, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::alb::albs;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "readiness-gate-missing",
    rows: &[Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Ingresses, Need::Workloads, Need::IngressClasses, Need::IngressClassParams, Need::Namespaces],
    title: "Rollouts do not wait for the ALB's health checks",
    why: "A rollout removes old pods as soon as new ones are Ready, while the ALB still registers them: users get 502 and 503.",
    verify: "kubectl get namespaces -L elbv2.k8s.aws/pod-readiness-gate-inject",
    fix: "Label the namespace elbv2.k8s.aws/pod-readiness-gate-inject: enabled, and restart its pods once.",
    sources: &["AWS Load Balancer Controller, pod readiness gate"],
    bad: "
apiVersion: v1
kind: Namespace
metadata:
  name: shop #~ readiness-gate-missing
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {alb.ingress.kubernetes.io/target-type: ip}}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
",
    good: "
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {elbv2.k8s.aws/pod-readiness-gate-inject: enabled}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {alb.ingress.kubernetes.io/target-type: ip}}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
",
    run: Run::InCluster(&[Need::Pods], &Run::Snapshot(run)),
    repair: Some((Safety::Unsafe, repair)),
};

const LABEL: &str = "elbv2.k8s.aws/pod-readiness-gate-inject";
const GATE: &str = "target-health.elbv2.k8s.aws";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut behind: BTreeMap<&str, &Object<Ingress>> = BTreeMap::new();
    for alb in albs(cx) {
        // Gates work for ip targets only; instance targets are a finding of their own.
        for member in alb.members.iter().filter(|it| alb.target_type(it).0 == "ip") {
            behind.entry(member.meta.ns()).or_insert(member);
        }
    }
    for (ns, ingress) in behind {
        // Where a namespace is not among manifests nobody can tell its labels.
        let Some(namespace) = find(&cx.cluster.namespaces, "default", ns) else { continue };
        out.assess();
        if namespace.meta.label(LABEL) != Some("enabled") && !has_gates(cx, ns) {
            let message = format!("{namespace}: has no readiness-gate label, so a rollout behind {ingress} does not wait for the ALB's targets");
            out.report(namespace, "metadata.name", message).related(ingress, "metadata.name", "its pods are targets of this Ingress");
        }
    }
}

/// Gates written into the pods by hand, or by EKS Auto Mode.
fn has_gates(cx: &Cx<'_>, ns: &str) -> bool {
    let pods = in_namespace(&cx.cluster.workloads, ns).iter().map(|it| it.pod()).chain(in_namespace(&cx.cluster.pods, ns).iter().map(|it| &*it.spec));
    pods.flat_map(|it| &it.readiness_gates).any(|it| it.condition_type.starts_with(GATE))
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: Path::of("metadata.labels").key(LABEL), yaml: "enabled".to_owned() } }]
}
