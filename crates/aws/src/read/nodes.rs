//! Instances and the groups that they come from.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use seatrial_model::account::{AutoScalingGroup, Instance, Quota};
use serde_json::{Value, json};

use super::eks::{absent, present};
use crate::calls::{autoscaling, ec2, servicequotas};
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::{Reader, members};
use crate::scope;
use crate::tree::Tree;

/// The nodes' instances. Without nodes among the objects, what EKS tagged as the cluster's.
pub async fn instances(r: &Reader<'_>) -> Result<Vec<Instance>, Failure> {
    let ids = scope::instances(r.cluster);
    let reservations = if ids.is_empty() {
        r.filtered(&ec2::DESCRIBE_INSTANCES, "tag:aws:eks:cluster-name", &BTreeSet::from([r.name().await?.to_owned()])).await?
    } else {
        r.filtered(&ec2::DESCRIBE_INSTANCES, "instance-id", &ids).await?
    };
    let mut found: Vec<Instance> = reservations.iter().flat_map(|it| Tree(it).list("instancesSet")).map(instance).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

fn instance(it: Tree<'_>) -> Instance {
    Instance {
        id: it.word("instanceId"),
        instance_type: it.word("instanceType"),
        zone: it.word("placement.availabilityZone"),
        subnet_id: it.word("subnetId"),
        private_ip: it.text("privateIpAddress"),
        public_ip: it.text("ipAddress"),
        lifecycle: it.text("instanceLifecycle"),
        http_tokens: it.text("metadataOptions.httpTokens"),
        http_put_response_hop_limit: it.int("metadataOptions.httpPutResponseHopLimit"),
        instance_profile_arn: it.text("iamInstanceProfile.arn"),
        security_groups: it.list("groupSet").filter_map(|it| it.text("groupId")).collect(),
        tags: it.labels("tagSet"),
    }
}

/// vCPUs of on-demand and of spot instances of the standard families.
const VCPU_QUOTAS: [&str; 2] = ["L-1216C47A", "L-34B43A08"];

/// Quotas that limit how many nodes there can be.
pub async fn quotas(r: &Reader<'_>) -> Result<Vec<Quota>, Failure> {
    let answers = VCPU_QUOTAS.map(|code| absent(r.client.call(&servicequotas::GET_SERVICE_QUOTA, members(&[("ServiceCode", "ec2"), ("QuotaCode", code)]))));
    let found = present(try_join_all(answers).await?);
    Ok(found
        .iter()
        .map(|it| Tree(it).at("Quota"))
        .map(|it| Quota { code: it.word("QuotaCode"), name: it.word("QuotaName"), value: it.int("Value").unwrap_or(0) })
        .collect())
}

/// Groups that EKS or the Cluster Autoscaler tagged as the cluster's.
pub async fn auto_scaling_groups(r: &Reader<'_>) -> Result<Vec<AutoScalingGroup>, Failure> {
    let name = r.name().await?;
    let keys: Value = json!([{"Name": "tag-key", "Values": [format!("kubernetes.io/cluster/{name}"), format!("k8s.io/cluster/{name}")]}]);
    let list = r.client.list(&autoscaling::DESCRIBE_AUTO_SCALING_GROUPS, Members::from_iter([("Filters".to_owned(), keys)])).await?;
    let mut found: Vec<AutoScalingGroup> = list.iter().map(|it| group(Tree(it))).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn group(it: Tree<'_>) -> AutoScalingGroup {
    AutoScalingGroup {
        name: it.word("AutoScalingGroupName"),
        min_size: it.int("MinSize").unwrap_or(0),
        max_size: it.int("MaxSize").unwrap_or(0),
        desired_capacity: it.int("DesiredCapacity").unwrap_or(0),
        zones: it.texts("AvailabilityZones"),
        tags: it.labels("Tags"),
        suspended_processes: it.list("SuspendedProcesses").filter_map(|it| it.text("ProcessName")).collect(),
    }
}
