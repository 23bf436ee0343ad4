//! The next node of a group must keep pods off the metadata service, too.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::node_metadata_open::{is_open, pool};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "launch-template-metadata-open",
    rows: &[Row::IamLeastPrivilege],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsLaunchTemplates, Need::AwsInstances],
    title: "A launch template lets pods take the node role",
    why: "Today's nodes may have been mended by hand or scaled away: the next one that the group starts hands the node role to any pod.",
    verify: "aws ec2 describe-launch-template-versions --launch-template-id ID --query 'LaunchTemplateVersions[].LaunchTemplateData.MetadataOptions'",
    fix: "Make a version with HttpTokens required and HttpPutResponseHopLimit 1, and let the node group use it.",
    sources: &[
        "EKS best practices guide, security, IAM: restrict access to the instance profile",
        "EKS user guide, customize managed nodes with launch templates",
    ],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
launchTemplates:
- {nodeGroup: spot, id: lt-1, version: \"3\", httpTokens: optional, httpPutResponseHopLimit: 1} #~ launch-template-metadata-open
instances: []
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
launchTemplates:
- {nodeGroup: spot, id: lt-1, version: \"4\", httpTokens: required, httpPutResponseHopLimit: 1}
instances: []
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    // Where nodes that run are open, node-metadata-open says so, and the template is what it tells to mend.
    let told: BTreeSet<&str> = account.instances.known().into_iter().flatten().filter(|it| is_open(it)).map(pool).collect();
    for it in account.launch_templates.known().into_iter().flatten() {
        // A group without a template of its own has EKS' defaults, which its instances show.
        let Some(id) = it.id.as_deref() else { continue };
        out.assess();
        if it.http_endpoint.as_deref() == Some("disabled") || told.contains(it.node_group.as_str()) {
            continue;
        }
        let first_version = it.http_tokens.as_deref() == Some("optional");
        let (why, severity) = if first_version {
            ("lets version 1 of the metadata service answer without a token", Severity::High)
        } else if it.http_put_response_hop_limit.is_some_and(|limit| limit > 1) {
            ("has a hop limit that lets pods reach the metadata service", Severity::Medium)
        } else {
            if it.http_tokens.is_none() || it.http_put_response_hop_limit.is_none() {
                out.undecided(
                    format!("whether nodes of group {} keep pods off the metadata service is open: launch template {id} leaves it to the image or the account's defaults", it.node_group),
                    "set HttpTokens and HttpPutResponseHopLimit in the template, or look at aws ec2 get-instance-metadata-defaults and the image",
                );
            }
            continue;
        };
        let version = it.version.as_deref().unwrap_or("?");
        out.report_aws(
            "AWS NodeGroup",
            &it.node_group,
            format!("AWS NodeGroup {}: its launch template {id} {why}, so on the next node that it starts a pod can act as the node role", it.node_group),
        )
        .severity(severity)
        .evidence(format!("version {version} of the template"));
    }
}
