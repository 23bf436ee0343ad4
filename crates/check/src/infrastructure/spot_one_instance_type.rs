//! A spot group needs many instance types.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "spot-one-instance-type",
    rows: &[Row::NodeAutoscaling, Row::CostCompute],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsNodeGroups],
    title: "A spot node group has one instance type",
    why: "When that one pool runs dry, all of its nodes go together and none can be bought back.",
    verify: "aws eks describe-nodegroup --cluster-name CLUSTER --nodegroup-name GROUP --query nodegroup.instanceTypes",
    fix: "Name at least five instance types of the same CPU and memory size.",
    sources: &["EC2 user guide, best practices for spot: be flexible about instance types"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: spot, capacityType: SPOT, instanceTypes: [m6i.large], minSize: 0, maxSize: 9} #~ spot-one-instance-type
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: spot, capacityType: SPOT, instanceTypes: [m6i.large, m5.large, m6a.large, m7i.large, m5a.large], minSize: 0, maxSize: 9}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let groups = cx.snapshot.account.node_groups.known().map_or(&[][..], Vec::as_slice);
    for group in groups.iter().filter(|it| it.capacity_type == "SPOT") {
        out.assess();
        if let [only] = group.instance_types.as_slice() {
            out.report_aws(
                "AWS NodeGroup",
                &group.name,
                format!("AWS NodeGroup {}: spot nodes of type {only} alone, so one dry pool takes them all", group.name),
            );
        }
    }
}
