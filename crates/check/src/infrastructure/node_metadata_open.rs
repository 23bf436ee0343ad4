//! Pods must not reach the node's credentials through the metadata service.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::account::Instance;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-metadata-open",
    rows: &[Row::IamLeastPrivilege],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsInstances],
    title: "Pods can take the node role from instance metadata",
    why: "Any pod, or a request it is tricked into, reads the credentials of the node role: pull every image, detach network interfaces.",
    verify: "aws ec2 describe-instances --query \"Reservations[].Instances[].[InstanceId,MetadataOptions]\"",
    fix: "Set HttpTokens to required and HttpPutResponseHopLimit to 1 in the launch template, and replace the nodes.",
    sources: &["EKS best practices guide, security, IAM: restrict access to the instance profile"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
instances:
- {id: i-1, instanceType: m6i.large, zone: us-east-1a, subnetId: subnet-1, httpTokens: optional, httpPutResponseHopLimit: 2} #~ node-metadata-open
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
instances:
- {id: i-1, instanceType: m6i.large, zone: us-east-1a, subnetId: subnet-1, httpTokens: required, httpPutResponseHopLimit: 1}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut open: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for it in cx.snapshot.account.instances.known().into_iter().flatten() {
        out.assess();
        if has_first_version(it) {
            open.entry((pool(it), "version 1 of the metadata service answers without a token")).or_default().push(&it.id);
        } else if is_open(it) {
            open.entry((pool(it), "the hop limit lets pods reach the metadata service")).or_default().push(&it.id);
        }
    }
    for ((group, why), instances) in open {
        // Version 2 with a hop limit of two was the default of managed groups for long.
        let severity = if why.starts_with("version") { Severity::High } else { Severity::Medium };
        out.report_aws("AWS Instance", group, format!("AWS Instance {group}: {why}, so a pod can act as the node role")).severity(severity).evidence(format!(
            "{} instances: {}",
            instances.len(),
            instances.iter().take(5).copied().collect::<Vec<_>>().join(", ")
        ));
    }
}

/// What the instance was started for: its node group or pool, else its own id.
pub(super) fn pool(it: &Instance) -> &str {
    it.tags.get("eks:nodegroup-name").or(it.tags.get("karpenter.sh/nodepool")).unwrap_or(&it.id)
}

/// Whether a pod on the instance can ask its metadata service.
pub(super) fn is_open(it: &Instance) -> bool {
    has_first_version(it) || it.http_put_response_hop_limit.is_some_and(|limit| limit > 1)
}

fn has_first_version(it: &Instance) -> bool {
    it.http_tokens.as_deref() == Some("optional")
}
