//! Load balancers, certificates, health checks.

use jiff::Timestamp;

use crate::pod::lean;
use crate::text::{Labels, Text};

lean! {
/// `elasticloadbalancing:DescribeLoadBalancers` with listeners and rules.
pub struct LoadBalancer {
    pub name: Text,
    pub arn: Text,
    pub dns_name: Text,
    /// `application`, `network`, `gateway`.
    pub kind: Text,
    /// `internet-facing` or `internal`.
    pub scheme: Text,
    pub zones: Vec<Text>,
    pub listeners: Vec<LbListener>,
    pub tags: Labels,
    pub unhealthy_targets: Option<i64>,
    pub healthy_targets: Option<i64>,
    /// Elastic IP addresses of a network load balancer, by allocation.
    pub address_ids: Vec<Text>,
}
pub struct LbListener {
    pub port: i64,
    pub protocol: Text,
    pub ssl_policy: Option<Text>,
    pub certificate_arns: Vec<Text>,
    /// Whether every default action redirects to HTTPS.
    pub redirects_to_https: bool,
}
/// `acm:DescribeCertificate`.
pub struct Certificate {
    pub arn: Text,
    pub domain: Text,
    pub status: Text,
    pub not_after: Option<Timestamp>,
    pub renewal_eligible: Option<bool>,
}
/// `route53:ListHealthChecks`.
pub struct HealthCheck {
    pub id: Text,
    pub target: Text,
}
}
