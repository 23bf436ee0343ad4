//! Instances, the network they stand in, and what limits them.

use crate::pod::lean;
use crate::text::{Labels, Text};

lean! {
/// `ec2:DescribeInstances`.
pub struct Instance {
    pub id: Text,
    pub instance_type: Text,
    pub zone: Text,
    pub subnet_id: Text,
    pub private_ip: Option<Text>,
    pub public_ip: Option<Text>,
    /// `spot` or absent.
    pub lifecycle: Option<Text>,
    pub http_tokens: Option<Text>,
    pub http_put_response_hop_limit: Option<i64>,
    pub instance_profile_arn: Option<Text>,
    pub security_groups: Vec<Text>,
    pub tags: Labels,
}
/// `ec2:DescribeSubnets`, with the route that makes it public.
pub struct Subnet {
    pub id: Text,
    pub zone: Text,
    pub cidr: Text,
    pub free_ips: i64,
    pub map_public_ip_on_launch: bool,
    /// Whether its route table leads to an internet gateway.
    pub public: Option<bool>,
    pub tags: Labels,
}
/// `ec2:DescribeNatGateways`.
pub struct NatGateway {
    pub id: Text,
    pub subnet_id: Option<Text>,
    pub zone: Option<Text>,
    pub state: Text,
    pub regional: bool,
    /// Its Elastic IP addresses, by allocation.
    pub address_ids: Vec<Text>,
}
/// `ec2:DescribeAddresses`: an Elastic IP address.
pub struct Address {
    /// `eipalloc-...`.
    pub id: Text,
    pub public_ip: Text,
    /// The NAT gateway's or instance's id, the load balancer's name, else the network interface's id; absent where nothing uses it.
    pub used_by: Option<Text>,
    /// `alb`, `nlb`, `rnat`, `rds`: the service of AWS that manages it.
    pub service_managed: Option<Text>,
    pub tags: Labels,
}
/// `ec2:DescribeVpcEndpoints`.
pub struct VpcEndpoint {
    pub id: Text,
    pub service_name: Text,
    pub kind: Text,
    pub state: Text,
    pub subnet_ids: Vec<Text>,
}
/// `autoscaling:DescribeAutoScalingGroups`.
pub struct AutoScalingGroup {
    pub name: Text,
    pub min_size: i64,
    pub max_size: i64,
    pub desired_capacity: i64,
    pub zones: Vec<Text>,
    pub tags: Labels,
    pub suspended_processes: Vec<Text>,
}
/// `ec2:DescribeSecurityGroups`.
pub struct SecurityGroup {
    pub id: Text,
    pub name: Text,
    /// What is let in from every address.
    pub open: Vec<OpenPorts>,
}
pub struct OpenPorts {
    /// `tcp`, `udp`, `icmp`, or `-1` for all.
    pub protocol: Text,
    /// First and last port; absent where the protocol has none or all are meant.
    pub from_port: Option<i64>,
    pub to_port: Option<i64>,
    /// `0.0.0.0/0` or `::/0`.
    pub cidr: Text,
}
/// `servicequotas:GetServiceQuota`.
pub struct Quota {
    /// `L-1216C47A` (vCPUs of on-demand instances of the standard families), `L-34B43A08` (of spot instances).
    pub code: Text,
    pub name: Text,
    pub value: i64,
}
/// `ec2:DescribeLaunchTemplateVersions`: the version that a managed node group starts its next node from.
pub struct LaunchTemplate {
    pub node_group: Text,
    /// `lt-...`; absent where the group has none of its own and EKS makes one.
    pub id: Option<Text>,
    /// Its number.
    pub version: Option<Text>,
    /// `enabled` or `disabled`; absent where the template leaves it open.
    pub http_endpoint: Option<Text>,
    /// `optional` or `required`; absent where the template leaves it to the image.
    pub http_tokens: Option<Text>,
    pub http_put_response_hop_limit: Option<i64>,
    /// Those that it names, and those that the image brings along.
    pub disks: Vec<TemplateDisk>,
}
pub struct TemplateDisk {
    /// `/dev/xvda`; empty where the image says.
    pub device: Text,
    pub volume_type: Option<Text>,
    pub size_gib: Option<i64>,
    /// What becomes of it with the region's default (`ec2:GetEbsEncryptionByDefault`); absent where a snapshot or an image of the user's own decides.
    pub encrypted: Option<bool>,
}
}
