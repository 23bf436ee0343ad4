//! Nodes must stand in private subnets.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-subnet-public",
    rows: &[Row::PrivateSubnets],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsInstances, Need::AwsSubnets],
    title: "Nodes stand in a public subnet",
    why: "The route to the internet gateway is there: a public address given to a node or a pod by mistake is reachable at once.",
    verify: "aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=SUBNET",
    fix: "Give the node groups private subnets, whose route to the internet is a NAT gateway.",
    sources: &["EKS user guide, VPC and subnet requirements"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
instances:
- {id: i-1, instanceType: m6i.large, zone: us-east-1a, subnetId: subnet-1}
subnets:
- {id: subnet-1, zone: us-east-1a, public: true} #~ node-subnet-public
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
instances:
- {id: i-1, instanceType: m6i.large, zone: us-east-1a, subnetId: subnet-1}
subnets:
- {id: subnet-1, zone: us-east-1a, public: false}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let mut nodes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in account.instances.known().into_iter().flatten() {
        nodes.entry(&it.subnet_id).or_default().push(&it.id);
    }
    for subnet in account.subnets.known().into_iter().flatten() {
        let Some(instances) = nodes.get(subnet.id.as_str()) else { continue };
        out.assess();
        let why = match (subnet.public, subnet.map_public_ip_on_launch) {
            (Some(true), true) => "routes to the internet and hands out public addresses",
            (Some(true), false) => "routes to the internet",
            (None, true) => "hands out public addresses",
            _ => continue,
        };
        out.report_aws("AWS Subnet", &subnet.id, format!("AWS Subnet {}: it {why}, and {} of the nodes stand in it", subnet.id, instances.len()))
            .evidence(format!("instances: {}", instances.iter().take(5).copied().collect::<Vec<_>>().join(", ")));
    }
}
