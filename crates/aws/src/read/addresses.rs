//! Elastic IP addresses of the cluster, and what uses each.

use std::collections::BTreeMap;

use futures_util::future::{try_join, try_join4};
use seatrial_model::account::Address;
use seatrial_model::{Labels, Text};

use crate::calls::ec2;
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::Reader;
use crate::scope;
use crate::tree::Tree;

/// Addresses that the cluster's NAT gateways, load balancers and nodes use, that are tagged as the cluster's, or that a Service names.
///
/// What else lies idle in the account is another question.
pub async fn addresses(r: &Reader<'_>) -> Result<Vec<Address>, Failure> {
    let users = try_join4(r.in_vpc(&ec2::DESCRIBE_NAT_GATEWAYS), r.load_balancers(), r.instances(), r.name());
    let (list, (gateways, balancers, instances, name)) = try_join(r.client.list(&ec2::DESCRIBE_ADDRESSES, Members::new()), users).await?;
    // For an hour after its end a gateway is still listed.
    let is_there = |it: &Tree<'_>| !matches!(it.str("state"), Some("deleted" | "failed"));
    let of_gateways = gateways.iter().map(Tree).filter(is_there).flat_map(|it| ids(it).into_iter().map(move |id| (id, it.word("natGatewayId"))));
    let of_balancers = balancers.iter().flat_map(|it| it.address_ids.iter().map(|id| (id.clone(), it.name.clone())));
    let users: BTreeMap<Text, Text> = of_gateways.chain(of_balancers).collect();
    let named = scope::address_ids(r.cluster);
    let mine = |it: &Address| {
        let of_node = it.used_by.as_ref().is_some_and(|used_by| instances.iter().any(|it| it.id == *used_by));
        of_node || users.contains_key(&it.id) || is_of(&it.tags, name) || named.contains(it.id.as_str())
    };
    let mut found: Vec<Address> = list.iter().map(|it| address(Tree(it), &users)).filter(mine).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

/// Allocations of a NAT gateway.
pub fn ids(gateway: Tree<'_>) -> Vec<Text> {
    gateway.list("natGatewayAddressSet").filter_map(|it| it.text("allocationId")).collect()
}

fn address(it: Tree<'_>, users: &BTreeMap<Text, Text>) -> Address {
    let id = it.word("allocationId");
    let interface = || it.text("networkInterfaceId").or_else(|| it.text("associationId"));
    Address {
        public_ip: it.word("publicIp"),
        used_by: users.get(&id).cloned().or_else(|| it.text("instanceId")).or_else(interface),
        service_managed: it.text("serviceManaged"),
        tags: it.labels("tagSet"),
        id,
    }
}

/// Tags of EKS, eksctl, the controllers and older tools.
fn is_of(tags: &Labels, cluster: &str) -> bool {
    let named = ["eks:cluster-name", "aws:eks:cluster-name", "alpha.eksctl.io/cluster-name", "elbv2.k8s.aws/cluster"];
    tags.contains(&format!("kubernetes.io/cluster/{cluster}")) || named.iter().any(|it| tags.get(it).is_some_and(|it| it.as_str() == cluster))
}
