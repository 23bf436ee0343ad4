//! Subnets and the ways out of the VPC.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join, try_join3};
use seatrial_model::account::{NatGateway, OpenPorts, SecurityGroup, Subnet, VpcEndpoint};
use serde_json::Value;

use super::addresses::ids;
use crate::calls::ec2;
use crate::failure::Failure;
use crate::reader::Reader;
use crate::tree::Tree;

/// Subnets of the control plane and of the nodes, and whether each leads to the internet.
pub async fn subnets(r: &Reader<'_>) -> Result<Vec<Subnet>, Failure> {
    let (cluster, instances, tables) = try_join3(r.eks_cluster(), r.instances(), r.in_vpc(&ec2::DESCRIBE_ROUTE_TABLES)).await?;
    let of_nodes = instances.iter().map(|it| it.subnet_id.to_string()).filter(|it| !it.is_empty());
    let ids: BTreeSet<String> = cluster.subnet_ids.iter().map(ToString::to_string).chain(of_nodes).collect();
    let list = r.filtered(&ec2::DESCRIBE_SUBNETS, "subnet-id", &ids).await?;
    let routes = Routes::of(&tables);
    let mut found: Vec<Subnet> = list.iter().map(|it| subnet(Tree(it), &routes)).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

fn subnet(it: Tree<'_>, routes: &Routes) -> Subnet {
    let id = it.word("subnetId");
    Subnet {
        zone: it.word("availabilityZone"),
        cidr: it.word("cidrBlock"),
        free_ips: it.int("availableIpAddressCount").unwrap_or(0),
        map_public_ip_on_launch: it.flag("mapPublicIpOnLaunch").unwrap_or(false),
        public: routes.is_public(&id),
        tags: it.labels("tagSet"),
        id,
    }
}

/// Which subnets lead to an internet gateway: by their own route table, else by the VPC's main one.
struct Routes {
    by_subnet: BTreeMap<String, bool>,
    main: Option<bool>,
}

impl Routes {
    fn of(tables: &[Value]) -> Self {
        let mut found = Self { by_subnet: BTreeMap::new(), main: None };
        for table in tables.iter().map(Tree) {
            let everywhere = |it: &Tree<'_>| it.str("destinationCidrBlock") == Some("0.0.0.0/0") || it.str("destinationIpv6CidrBlock") == Some("::/0");
            let to_internet = |it: &Tree<'_>| it.str("gatewayId").is_some_and(|it| it.starts_with("igw-"));
            let public = table.list("routeSet").any(|it| everywhere(&it) && to_internet(&it));
            for association in table.list("associationSet") {
                match association.str("subnetId") {
                    Some(subnet) => {
                        found.by_subnet.insert(subnet.to_owned(), public);
                    }
                    None if association.flag("main") == Some(true) => found.main = Some(public),
                    None => {}
                }
            }
        }
        found
    }

    fn is_public(&self, subnet: &str) -> Option<bool> {
        self.by_subnet.get(subnet).copied().or(self.main)
    }
}

/// NAT gateways of the VPC, with the zone of each.
pub async fn nat_gateways(r: &Reader<'_>) -> Result<Vec<NatGateway>, Failure> {
    let (gateways, subnets) = try_join(r.in_vpc(&ec2::DESCRIBE_NAT_GATEWAYS), r.in_vpc(&ec2::DESCRIBE_SUBNETS)).await?;
    let zones: BTreeMap<&str, &str> = subnets.iter().map(Tree).filter_map(|it| Some((it.str("subnetId")?, it.str("availabilityZone")?))).collect();
    let mut found: Vec<NatGateway> = gateways
        .iter()
        .map(Tree)
        .map(|it| NatGateway {
            id: it.word("natGatewayId"),
            subnet_id: it.text("subnetId"),
            zone: it.str("subnetId").and_then(|it| zones.get(it)).map(|it| (*it).into()),
            state: it.word("state"),
            regional: it.str("availabilityMode") == Some("regional"),
            address_ids: ids(it),
        })
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

/// VPC endpoints of the VPC.
pub async fn vpc_endpoints(r: &Reader<'_>) -> Result<Vec<VpcEndpoint>, Failure> {
    let list = r.in_vpc(&ec2::DESCRIBE_VPC_ENDPOINTS).await?;
    let mut found: Vec<VpcEndpoint> = list
        .iter()
        .map(Tree)
        .map(|it| VpcEndpoint {
            id: it.word("vpcEndpointId"),
            service_name: it.word("serviceName"),
            kind: it.word("vpcEndpointType"),
            state: it.word("state"),
            subnet_ids: it.texts("subnetIdSet"),
        })
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

/// Groups of the control plane and of the nodes, and what they let in from everywhere.
pub async fn security_groups(r: &Reader<'_>) -> Result<Vec<SecurityGroup>, Failure> {
    let (cluster, instances) = try_join(r.eks_cluster(), r.instances()).await?;
    let of_nodes = instances.iter().flat_map(|it| &it.security_groups);
    let ids: BTreeSet<String> = cluster.security_groups.iter().chain(of_nodes).map(ToString::to_string).collect();
    let list = r.filtered(&ec2::DESCRIBE_SECURITY_GROUPS, "group-id", &ids).await?;
    let mut found: Vec<SecurityGroup> = list.iter().map(|it| security_group(Tree(it))).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

fn security_group(it: Tree<'_>) -> SecurityGroup {
    let open = it.list("ipPermissions").flat_map(|rule| {
        let everywhere = rule.list("ipRanges").filter_map(|it| it.text("cidrIp")).chain(rule.list("ipv6Ranges").filter_map(|it| it.text("cidrIpv6")));
        everywhere.filter(|it| matches!(it.as_str(), "0.0.0.0/0" | "::/0")).map(move |cidr| OpenPorts {
            protocol: rule.word("ipProtocol"),
            from_port: rule.int("fromPort"),
            to_port: rule.int("toPort"),
            cidr,
        })
    });
    SecurityGroup { id: it.word("groupId"), name: it.word("groupName"), open: open.collect() }
}
