//! A node group must be able to grow.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::compute_of::has_karpenter;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-group-fixed-size",
    rows: &[Row::NodeAutoscaling],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsNodeGroups, Need::NodePools],
    title: "A node group cannot grow",
    why: "Pods of a traffic spike stay Pending until somebody changes the group by hand.",
    verify: "aws eks describe-nodegroup --cluster-name CLUSTER --nodegroup-name GROUP --query nodegroup.scalingConfig",
    fix: "Set maxSize well above minSize and let an autoscaler move the desired size.",
    sources: &["Guide, Production Readiness Checklist, Infrastructure"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, minSize: 3, maxSize: 3, desiredSize: 3} #~ node-group-fixed-size
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, minSize: 3, maxSize: 9, desiredSize: 3}
",
    run: Run::InCluster(&[Need::Nodes], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let groups = cx.snapshot.account.node_groups.known().map_or(&[][..], Vec::as_slice);
    // Where Karpenter adds nodes, a small fixed group carries Karpenter itself.
    let grows_elsewhere = has_karpenter(cx);
    for group in groups {
        out.assess();
        if group.min_size == group.max_size && !grows_elsewhere {
            out.report_aws(
                "AWS NodeGroup",
                &group.name,
                format!("AWS NodeGroup {}: its size is fixed at {}, so a traffic spike finds no room", group.name, group.max_size),
            );
        }
    }
}
