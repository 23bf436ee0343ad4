//! Each zone needs its own way out.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::compute_of::{ZONE, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "nat-gateway-single",
    rows: &[Row::MultiAzNodes, Row::CostNetworking],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsNatGateways, Need::Nodes],
    title: "One NAT gateway serves several zones",
    why: "When its zone fails, nodes in the healthy zones cannot pull images or reach AWS; meanwhile traffic between zones is billed.",
    verify: "aws ec2 describe-nat-gateways --query 'NatGateways[].[NatGatewayId,SubnetId,State]'",
    fix: "Use one NAT gateway a zone, or one regional NAT gateway.",
    sources: &["VPC user guide, NAT gateway basics and regional NAT gateways"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
natGateways:
- {id: nat-0, zone: us-east-1a, state: available} #~ nat-gateway-single
---
apiVersion: v1
kind: Node
metadata:
  name: n0
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {topology.kubernetes.io/zone: us-east-1b}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
natGateways:
- {id: nat-0, zone: us-east-1a, state: available}
- {id: nat-1, zone: us-east-1b, state: available}
---
apiVersion: v1
kind: Node
metadata:
  name: n0
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {topology.kubernetes.io/zone: us-east-1b}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let gateways: Vec<_> = cx.snapshot.account.nat_gateways.known().into_iter().flatten().filter(|it| it.state == "available").collect();
    let zones: BTreeSet<&str> = servers(cx).filter_map(|it| it.meta.label(ZONE)).collect();
    let Some(first) = gateways.first() else { return };
    if zones.len() < 2 {
        return;
    }
    out.assess();
    let covered: BTreeSet<&str> = gateways.iter().filter_map(|it| it.zone.as_deref()).collect();
    let is_spread = gateways.len() > 1 && (covered.len() != 1 || gateways.iter().any(|it| it.zone.is_none()));
    if !is_spread && !first.regional {
        let zone = first.zone.as_deref().unwrap_or("one zone");
        out.report_aws(
            "AWS NatGateway",
            &first.id,
            format!("AWS NatGateway {}: the only way out of {} zones stands in {zone}, and fails with it", first.id, zones.len()),
        );
    }
}
