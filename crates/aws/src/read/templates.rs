//! What managed node groups start their next node from.

use futures_util::future::{try_join, try_join_all};
use seatrial_model::account::{LaunchTemplate, NodeGroup, TemplateDisk};
use serde_json::json;

use super::eks::{absent, present};
use crate::calls::ec2;
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::Reader;
use crate::tree::Tree;

/// One for each managed node group, by the group's name. What a template leaves open about disks, the account's default settles.
pub async fn templates(r: &Reader<'_>) -> Result<Vec<LaunchTemplate>, Failure> {
    let (groups, answer) = try_join(r.node_groups(), r.client.call(&ec2::GET_EBS_ENCRYPTION_BY_DEFAULT, Members::new())).await?;
    let Some(by_default) = Tree(&answer).flag("ebsEncryptionByDefault") else {
        return Err(Failure::undecodable(&ec2::GET_EBS_ENCRYPTION_BY_DEFAULT, "it says neither true nor false"));
    };
    let answers = groups.iter().map(|it| absent(template(r, it, by_default)));
    let mut found = present(try_join_all(answers).await?);
    found.sort_by(|a, b| a.node_group.cmp(&b.node_group));
    Ok(found)
}

async fn template(r: &Reader<'_>, group: &NodeGroup, by_default: bool) -> Result<LaunchTemplate, Failure> {
    let (Some(id), version) = (&group.launch_template_id, group.launch_template_version.as_deref().unwrap_or("$Default")) else {
        // EKS makes one of its own, with its own image, that says nothing of encryption.
        let disks = vec![TemplateDisk { encrypted: Some(by_default), ..TemplateDisk::default() }];
        return Ok(LaunchTemplate { node_group: group.name.clone(), disks, ..LaunchTemplate::default() });
    };
    let asked = json!({"LaunchTemplateId": id.as_str(), "LaunchTemplateVersion": [version]});
    let list = r.client.list(&ec2::DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, asked.as_object().cloned().unwrap_or_default()).await?;
    let Some(it) = list.first().map(Tree) else {
        return Err(Failure::undecodable(&ec2::DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, format!("it has not version {version} of {id} that was asked for")));
    };
    let data = it.at("launchTemplateData");
    let metadata = data.at("metadataOptions");
    Ok(LaunchTemplate {
        node_group: group.name.clone(),
        id: Some(id.clone()),
        version: it.text("versionNumber"),
        http_endpoint: metadata.text("httpEndpoint"),
        http_tokens: metadata.text("httpTokens"),
        http_put_response_hop_limit: metadata.int("httpPutResponseHopLimit"),
        disks: disks(data, group.ami_type.as_deref().unwrap_or_default(), by_default),
    })
}

/// Disks that the template names, and those that its image brings along: a mapping overrides one device and leaves the image's others.
///
/// Sources: EC2 user guide, block device mappings; EKS user guide, customize managed nodes with launch templates.
fn disks(data: Tree<'_>, ami_type: &str, by_default: bool) -> Vec<TemplateDisk> {
    // The snapshots behind EKS' images are plain; those behind an image of the user's own may be encrypted.
    let own_image = data.str("imageId").is_some() || ami_type == "CUSTOM";
    // What an encrypted snapshot makes is encrypted, whatever the mapping says.
    let encrypted = |said: Option<bool>, may_be: bool| match said {
        _ if by_default => Some(true),
        Some(true) => Some(true),
        _ => (!may_be).then_some(false),
    };
    let mapped = data.list("blockDeviceMappingSet").filter(|it| it.at("ebs").0.is_object());
    let mut found: Vec<TemplateDisk> = mapped
        .map(|it| TemplateDisk {
            device: it.word("deviceName"),
            volume_type: it.text("ebs.volumeType"),
            size_gib: it.int("ebs.volumeSize"),
            encrypted: encrypted(it.flag("ebs.encrypted"), own_image || it.str("ebs.snapshotId").is_some()),
        })
        .collect();
    let of_image: &[&str] = match ami_type {
        // Which devices it has, it alone knows.
        _ if own_image => &[""],
        it if it.starts_with("BOTTLEROCKET") => &["/dev/xvda", "/dev/xvdb"],
        it if it.starts_with("WINDOWS") => &["/dev/sda1"],
        _ => &["/dev/xvda"],
    };
    for device in of_image {
        if !found.iter().any(|it| it.device == *device) {
            found.push(TemplateDisk { device: (*device).into(), encrypted: encrypted(None, own_image), ..TemplateDisk::default() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &str = "AL2023_x86_64_STANDARD";

    fn of(data: serde_json::Value, ami_type: &str, by_default: bool) -> Vec<(String, Option<bool>)> {
        disks(Tree(&data), ami_type, by_default).iter().map(|it| (it.device.to_string(), it.encrypted)).collect()
    }

    fn mapped(device: &str, ebs: serde_json::Value) -> serde_json::Value {
        json!({"blockDeviceMappingSet": [{"deviceName": device, "ebs": ebs}, {"deviceName": "/dev/sdb"}]})
    }

    fn all(of: &[(&str, Option<bool>)]) -> Vec<(String, Option<bool>)> {
        of.iter().map(|it| (it.0.to_owned(), it.1)).collect()
    }

    #[test]
    fn what_a_template_leaves_open_the_account_and_the_image_settle() {
        let root = |ebs: serde_json::Value, by_default| of(mapped("/dev/xvda", ebs), USUAL, by_default);
        let is = |encrypted| all(&[("/dev/xvda", encrypted)]);
        assert_eq!(root(json!({"encrypted": "true"}), false), is(Some(true)));
        assert_eq!(root(json!({"encrypted": "false"}), false), is(Some(false)));
        assert_eq!(root(json!({"volumeSize": "50"}), false), is(Some(false)));
        assert_eq!(root(json!({"encrypted": "false"}), true), is(Some(true)), "the account's default cannot be opted out of");
        assert_eq!(of(json!({}), USUAL, false), is(Some(false)));
        assert_eq!(root(json!({"snapshotId": "snap-1"}), false), is(None), "the snapshot may be encrypted");
        assert_eq!(root(json!({"snapshotId": "snap-1", "encrypted": "false"}), false), is(None));
        assert_eq!(root(json!({"snapshotId": "snap-1"}), true), is(Some(true)));
    }

    #[test]
    fn a_mapping_leaves_the_other_disks_of_the_image() {
        let encrypted = || json!({"encrypted": "true"});
        assert_eq!(of(mapped("/dev/xvdb", encrypted()), USUAL, false), all(&[("/dev/xvdb", Some(true)), ("/dev/xvda", Some(false))]));
        let bottlerocket = of(mapped("/dev/xvda", encrypted()), "BOTTLEROCKET_ARM_64", false);
        assert_eq!(bottlerocket, all(&[("/dev/xvda", Some(true)), ("/dev/xvdb", Some(false))]), "its data lies on the second disk");
        assert_eq!(of(json!({}), "WINDOWS_CORE_2022_x86_64", false), all(&[("/dev/sda1", Some(false))]));
        assert_eq!(of(json!({"imageId": "ami-1"}), "CUSTOM", false), all(&[("", None)]), "an image of the user's own may bring an encrypted snapshot");
        assert_eq!(of(json!({"imageId": "ami-1"}), "CUSTOM", true), all(&[("", Some(true))]));
        assert_eq!(of(mapped("/dev/sdf", encrypted()), "CUSTOM", false), all(&[("/dev/sdf", Some(true)), ("", None)]));
    }
}
