//! Nodes must not let everybody in.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::account::OpenPorts;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-security-group-open",
    rows: &[Row::PrivateSubnets],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsSecurityGroups],
    title: "A security group of nodes lets everybody in",
    why: "One public address on a node, now or later, and its kubelet or its SSH answers the whole internet.",
    verify: "aws ec2 describe-security-groups --group-ids ID --query 'SecurityGroups[].IpPermissions'",
    fix: "Let in only the load balancers' groups and the cluster's own group; reach nodes through Session Manager.",
    sources: &["Guide, Production Readiness Checklist, Infrastructure", "EKS user guide, view Amazon EKS security group requirements for clusters"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
securityGroups:
- {id: sg-1, name: nodes, open: [{protocol: tcp, fromPort: 22, toPort: 22, cidr: 0.0.0.0/0}]} #~ node-security-group-open
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
securityGroups:
- {id: sg-1, name: nodes}
- {id: sg-2, name: behind a network load balancer, open: [{protocol: tcp, fromPort: 30000, toPort: 32767, cidr: 0.0.0.0/0}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// What nobody outside may reach, and what it is.
const GUARDED: [(i64, &str); 4] = [(22, "SSH"), (3389, "Remote Desktop"), (2379, "etcd"), (10250, "the kubelet")];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for group in cx.snapshot.account.security_groups.known().into_iter().flatten() {
        out.assess();
        // A network load balancer hands clients' addresses through: single ports of apps may be open on purpose.
        let Some((what, rule)) = group.open.iter().find_map(|it| Some((reached(it)?, it))) else { continue };
        out.report_aws("AWS SecurityGroup", &group.id, format!("AWS SecurityGroup {}: every address may reach {what} of the nodes in it", group.id))
            .evidence(format!("{}: {} {} from {}", group.name, rule.protocol, ports(rule), rule.cidr));
    }
}

fn reached(it: &OpenPorts) -> Option<String> {
    if it.protocol == "-1" {
        return Some("everything".to_owned());
    }
    if it.protocol != "tcp" {
        return None;
    }
    let (from, to) = (it.from_port.unwrap_or(0), it.to_port.unwrap_or(65_535));
    let names: Vec<&str> = GUARDED.iter().filter(|(port, _)| (from..=to).contains(port)).map(|it| it.1).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn ports(it: &OpenPorts) -> String {
    match (it.from_port, it.to_port) {
        (Some(from), Some(to)) if from == to => format!("port {from}"),
        (Some(from), Some(to)) => format!("ports {from} to {to}"),
        _ => "all ports".to_owned(),
    }
}
