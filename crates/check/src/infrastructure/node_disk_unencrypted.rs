//! Disks of nodes must be encrypted at rest.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-disk-unencrypted",
    rows: &[Row::PatternStateful],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsLaunchTemplates],
    title: "Nodes start with unencrypted disks",
    why: "Images, container logs and emptyDir volumes lie in the clear on the disk, and on each snapshot that is made of it.",
    verify: "aws ec2 get-ebs-encryption-by-default; aws ec2 describe-launch-template-versions --launch-template-id ID --query 'LaunchTemplateVersions[].LaunchTemplateData.BlockDeviceMappings'",
    fix: "Switch on EBS encryption by default for the region (aws ec2 enable-ebs-encryption-by-default), or set Encrypted in the launch template; then replace the nodes.",
    sources: &["EKS best practices guide, security, data encryption at rest", "EBS user guide, encryption by default"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
launchTemplates:
- {nodeGroup: od, id: lt-1, version: \"3\", disks: [{device: /dev/xvda, volumeType: gp3, sizeGib: 50, encrypted: false}]} #~ node-disk-unencrypted
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
launchTemplates:
- {nodeGroup: od, id: lt-1, version: \"3\", disks: [{device: /dev/xvda, volumeType: gp3, sizeGib: 50, encrypted: true}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.snapshot.account.launch_templates.known().into_iter().flatten() {
        out.assess();
        // What a snapshot or an image of the user's own brings along is not known here. A node without a disk there is not.
        if it.disks.is_empty() || it.disks.iter().any(|it| it.encrypted.is_none()) {
            let image = "look at them: aws ec2 describe-images --image-ids ID --query 'Images[].BlockDeviceMappings', and aws ec2 describe-snapshots";
            out.undecided(format!("whether all disks of node group {}'s nodes are encrypted is open: their image or a snapshot decides", it.node_group), image);
        }
        let plain = it.disks.iter().filter(|it| it.encrypted == Some(false));
        let plain: Vec<&str> = plain.map(|it| if it.device.is_empty() { "the root disk" } else { it.device.as_str() }).collect();
        if plain.is_empty() {
            continue;
        }
        let from = it.id.as_deref().map_or_else(|| "no launch template of its own".to_owned(), |id| format!("launch template {id}"));
        let message =
            format!("AWS NodeGroup {}: its nodes start with {} unencrypted, so what pods leave on it lies in the clear", it.node_group, plain.join(", "));
        out.report_aws("AWS NodeGroup", &it.node_group, message).evidence(from).evidence("EBS encryption by default is off in the region".to_owned());
    }
}
