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
        disks: disks(data, by_default),
    })
}

/// Disks that the template names; where it names none, the one that the image brings along.
fn disks(data: Tree<'_>, by_default: bool) -> Vec<TemplateDisk> {
    // The snapshots behind EKS' images are plain; those behind an image of the user's own may be encrypted.
    let own_image = data.str("imageId").is_some();
    let encrypted = |said: Option<bool>| match said {
        _ if by_default => Some(true),
        Some(said) => Some(said),
        None => (!own_image).then_some(false),
    };
    let mapped = data.list("blockDeviceMappingSet").filter(|it| it.at("ebs").0.is_object());
    let named: Vec<TemplateDisk> = mapped
        .map(|it| TemplateDisk {
            device: it.word("deviceName"),
            volume_type: it.text("ebs.volumeType"),
            size_gib: it.int("ebs.volumeSize"),
            encrypted: encrypted(it.flag("ebs.encrypted")),
        })
        .collect();
    if named.is_empty() { vec![TemplateDisk { encrypted: encrypted(None), ..TemplateDisk::default() }] } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_leaves_open_the_account_and_the_image_settle() {
        let of = |data: serde_json::Value, by_default| disks(Tree(&data), by_default).iter().map(|it| it.encrypted).collect::<Vec<_>>();
        let mapped = |ebs: serde_json::Value| json!({"blockDeviceMappingSet": [{"deviceName": "/dev/xvda", "ebs": ebs}, {"deviceName": "/dev/sdb"}]});
        assert_eq!(of(mapped(json!({"encrypted": "true"})), false), [Some(true)]);
        assert_eq!(of(mapped(json!({"encrypted": "false"})), false), [Some(false)]);
        assert_eq!(of(mapped(json!({"volumeSize": "50"})), false), [Some(false)]);
        assert_eq!(of(mapped(json!({"encrypted": "false"})), true), [Some(true)], "the account's default cannot be opted out of");
        assert_eq!(of(json!({}), false), [Some(false)]);
        assert_eq!(of(json!({"imageId": "ami-1"}), false), [None], "an image of the user's own may bring an encrypted snapshot");
        assert_eq!(of(json!({"imageId": "ami-1"}), true), [Some(true)]);
    }
}
