//! The account must be allowed as many nodes as its node groups may ask for.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::account::NodeGroup;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "vcpu-quota-low",
    rows: &[Row::NodeAutoscaling],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsQuotas, Need::AwsNodeGroups, Need::Nodes],
    title: "The vCPU quota ends before the node groups do",
    why: "On the day of the spike EC2 refuses further instances, and a higher quota takes hours to get.",
    verify: "aws service-quotas get-service-quota --service-code ec2 --quota-code L-1216C47A",
    fix: "Ask for a quota above what all node groups need at their maximum.",
    sources: &["Guide, Production Readiness Checklist, Infrastructure", "EC2 user guide, Amazon EC2 instance type quotas"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
nodeGroups: [{name: od, capacityType: ON_DEMAND, instanceTypes: [m6i.xlarge], minSize: 3, maxSize: 30}]
quotas: [{code: L-1216C47A, name: On-Demand Standard, value: 64}] #~ vcpu-quota-low
---
apiVersion: v1
kind: Node
metadata: {name: a, labels: {eks.amazonaws.com/nodegroup: od}}
status: {capacity: {cpu: \"4\"}}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
nodeGroups: [{name: od, capacityType: ON_DEMAND, instanceTypes: [m6i.xlarge], minSize: 3, maxSize: 9}]
quotas: [{code: L-1216C47A, name: On-Demand Standard, value: 64}]
---
apiVersion: v1
kind: Node
metadata: {name: a, labels: {eks.amazonaws.com/nodegroup: od}}
status: {capacity: {cpu: \"4\"}}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// Families that the two quotas count.
const STANDARD: &str = "acdhimrtz";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let groups = account.node_groups.known().map_or(&[][..], Vec::as_slice);
    for quota in account.quotas.known().into_iter().flatten() {
        let wanted = match quota.code.as_str() {
            "L-1216C47A" => "ON_DEMAND",
            "L-34B43A08" => "SPOT",
            _ => continue,
        };
        // How large a node of the group is, its nodes tell; a group without any is left out, so the sum is a lower bound.
        let counted: Vec<(&NodeGroup, i64)> =
            groups.iter().filter(|it| it.capacity_type == wanted && is_standard(it)).filter_map(|it| Some((it, it.max_size * vcpus(cx, it)?))).collect();
        if counted.is_empty() {
            continue;
        }
        out.assess();
        let most: i64 = counted.iter().map(|it| it.1).sum();
        if most > quota.value {
            let all: Vec<String> = counted.iter().map(|(group, vcpus)| format!("{}: {vcpus}", group.name)).collect();
            out.report_aws(
                "AWS Quota",
                &quota.code,
                format!("AWS Quota {}: {} vCPUs are allowed, and the node groups may ask for {most}, so a spike finds no instances", quota.code, quota.value),
            )
            .evidence(format!("at their maximum: {}", all.join(", ")));
        }
    }
}

fn is_standard(group: &NodeGroup) -> bool {
    // `inf1`, `dl1` and `trn1` begin with letters of standard families and have quotas of their own.
    let standard =
        |it: &str| it.chars().next().is_some_and(|it| STANDARD.contains(it)) && !["inf", "trn", "dl", "hpc", "mac"].iter().any(|other| it.starts_with(other));
    !group.instance_types.is_empty() && group.instance_types.iter().all(|it| standard(it))
}

/// vCPUs of the smallest node of the group.
fn vcpus(cx: &Cx<'_>, group: &NodeGroup) -> Option<i64> {
    let nodes = cx.cluster.nodes.iter().filter(|it| it.meta.label("eks.amazonaws.com/nodegroup") == Some(&group.name));
    nodes.filter_map(|it| it.status.capacity.get("cpu").map(|it| it.value())).min()
}
