//! Nodes must have private addresses only.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::compute_of::{by_group, named, names, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-public-address",
    rows: &[Row::PrivateSubnets],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Nodes],
    title: "Nodes have public addresses",
    why: "Kubelets, NodePorts and whatever uses the host network are one security group rule away from the internet.",
    verify: "kubectl get nodes -o wide   # EXTERNAL-IP must be <none>",
    fix: "Move the node groups to private subnets and let a NAT gateway carry their way out.",
    sources: &["Guide, Production Readiness Checklist, Infrastructure", "EKS best practices guide, security, infrastructure"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: a #~ node-public-address
status:
  addresses:
  - {type: InternalIP, address: 10.0.0.4}
  - {type: ExternalIP, address: 3.4.5.6}
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: a
status:
  addresses:
  - {type: InternalIP, address: 10.0.0.4}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut public = Vec::new();
    for node in servers(cx) {
        out.assess();
        if node.status.addresses.iter().any(|it| it.kind == "ExternalIP" && !it.address.is_empty()) {
            public.push(node);
        }
    }
    for (group, nodes) in by_group(public.into_iter()) {
        let verb = if nodes.len() == 1 { "has a public address" } else { "have public addresses" };
        out.report(nodes[0], "metadata.name", format!("{}: {verb}, one security group rule away from the internet", named(group, &nodes)))
            .evidence(names(&nodes));
    }
}
