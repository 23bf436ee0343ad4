//! Subnets must have addresses left.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "subnet-addresses-low",
    rows: &[Row::NodeAutoscaling],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsSubnets],
    title: "A subnet is almost out of addresses",
    why: "New nodes do not start and new pods stay in ContainerCreating, and EKS itself refuses an upgrade without five free addresses.",
    verify: "aws ec2 describe-subnets --query \"Subnets[].[SubnetId,AvailableIpAddressCount]\"",
    fix: "Add larger subnets for the nodes, or turn on prefix delegation or custom networking with a secondary range.",
    sources: &["EKS best practices guide, networking: IP address management", "EKS user guide, update an existing cluster"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
subnets:
- {id: subnet-1, zone: us-east-1a, cidr: 10.0.0.0/24, freeIps: 4} #~ subnet-addresses-low
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
subnets:
- {id: subnet-1, zone: us-east-1a, cidr: 10.0.0.0/19, freeIps: 8000}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let least = cx.settings.thresholds.subnet_min_free_ips;
    for subnet in cx.snapshot.account.subnets.known().into_iter().flatten() {
        out.assess();
        if subnet.free_ips < least {
            out.report_aws(
                "AWS Subnet",
                &subnet.id,
                format!("AWS Subnet {}: {} free addresses are left in {}, so nodes and pods may get none", subnet.id, subnet.free_ips, subnet.zone),
            )
            .evidence(format!("range {}, threshold {least}", subnet.cidr));
        }
    }
}
