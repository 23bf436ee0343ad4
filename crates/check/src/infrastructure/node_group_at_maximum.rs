//! A node group at its maximum has no room left.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-group-at-maximum",
    rows: &[Row::NodeAutoscaling],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsNodeGroups],
    title: "A node group is at its maximum size",
    why: "The autoscaler may not add another node: the next replica stays Pending.",
    verify: "aws eks describe-nodegroup --cluster-name CLUSTER --nodegroup-name GROUP --query nodegroup.scalingConfig",
    fix: "Raise maxSize, or move pods to a group that has room.",
    sources: &["Cluster Autoscaler FAQ: what limits a scale-up"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, minSize: 3, maxSize: 6, desiredSize: 6} #~ node-group-at-maximum
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, minSize: 3, maxSize: 6, desiredSize: 4}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let groups = cx.snapshot.account.node_groups.known().map_or(&[][..], Vec::as_slice);
    // A group of fixed size is always at its maximum: a finding of its own.
    for group in groups.iter().filter(|it| it.min_size < it.max_size) {
        out.assess();
        if group.desired_size >= group.max_size {
            out.report_aws(
                "AWS NodeGroup",
                &group.name,
                format!("AWS NodeGroup {}: it stands at its maximum of {} nodes, so nothing more can be scheduled there", group.name, group.max_size),
            );
        }
    }
}
