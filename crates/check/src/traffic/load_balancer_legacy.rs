//! A LoadBalancer Service should be the AWS Load Balancer Controller's, not the in-tree controller's.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::load_balancer::{annotation, is_legacy, load_balancers};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "load-balancer-legacy",
    rows: &[Row::CostNetworking],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services],
    title: "A LoadBalancer Service asks for no modern load balancer",
    why: "Unless a webhook gives it a class, the in-tree controller makes a Classic Load Balancer of it: public by default, through node ports, without readiness gates.",
    verify: "kubectl get svc -A -o custom-columns=NAME:.metadata.name,TYPE:.spec.type,CLASS:.spec.loadBalancerClass",
    fix: "Set spec.loadBalancerClass: service.k8s.aws/nlb and the scheme you mean when the Service is created; the class cannot be changed later.",
    sources: &[
        "AWS Load Balancer Controller, Network Load Balancer: legacy cloud provider",
        "EKS user guide, route TCP and UDP traffic with Network Load Balancers",
    ],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer #~ load-balancer-legacy
  selector: {app: web}
  ports: [{port: 443}]
",
    good: "
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  loadBalancerClass: service.k8s.aws/nlb
  selector: {app: web}
  ports: [{port: 443}]
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in load_balancers(cx) {
        out.assess();
        if is_legacy(it) {
            let kind = if annotation(it, "type") == Some("nlb") { "a Network Load Balancer of the in-tree controller" } else { "a Classic Load Balancer" };
            let found = out.report(it, "spec.type", format!("{it}: has neither loadBalancerClass nor type: external, so it becomes {kind}"));
            // On a running Service the webhook would have filled the class in.
            found.confidence(if it.meta.uid.is_some() { Confidence::High } else { Confidence::Low });
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: Path::of("spec.loadBalancerClass"), yaml: "service.k8s.aws/nlb".to_owned() } }]
}
