//! What Elastic Load Balancing and Certificate Manager answer.

use seatrial_model::account::LoadBalancer;
use seatrial_model::{Account, Text};
use serde_json::{Value, json};

use super::{tags, without_nulls};
use crate::World;

impl World {
    pub(super) fn traffic(&mut self, account: &Account) {
        if let Some(all) = account.load_balancers.known() {
            let list: Vec<Value> = all
                .iter()
                .map(|it| {
                    json!({
                        "LoadBalancerArn": it.arn, "DNSName": it.dns_name, "LoadBalancerName": it.name, "Scheme": it.scheme, "Type": it.kind,
                        "AvailabilityZones": zones(it),
                    })
                })
                .collect();
            self.add("elasticloadbalancing:DescribeLoadBalancers", json!({}), json!({"LoadBalancers": list}));
            let described: Vec<Value> = all.iter().map(|it| json!({"ResourceArn": it.arn, "Tags": tags(&it.tags, "Key", "Value")})).collect();
            self.add("elasticloadbalancing:DescribeTags", json!({}), json!({"TagDescriptions": described}));
            all.iter().for_each(|it| self.balancer(it));
        }
        if let Some(all) = account.certificates.known() {
            let list: Vec<Value> = all.iter().map(|it| json!({"CertificateArn": it.arn, "DomainName": it.domain})).collect();
            self.add("acm:ListCertificates", json!({}), json!({"CertificateSummaryList": list}));
            for it in all {
                let eligible = it.renewal_eligible.map(|it| if it { "ELIGIBLE" } else { "INELIGIBLE" });
                let certificate = json!({
                    "CertificateArn": it.arn, "DomainName": it.domain, "Status": it.status, "NotAfter": it.not_after.map(|it| it.as_second()),
                    "RenewalEligibility": eligible,
                });
                self.add("acm:DescribeCertificate", json!({"CertificateArn": it.arn}), json!({"Certificate": without_nulls(certificate)}));
            }
        }
    }

    fn balancer(&mut self, it: &LoadBalancer) {
        let when = json!({"LoadBalancerArn": it.arn});
        let mut listeners = Vec::new();
        for listener in &it.listeners {
            let arn = format!("{}/listener/{}", it.arn, listener.port);
            let redirect = json!({"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}});
            let action = if listener.redirects_to_https { redirect } else { json!({"Type": "forward"}) };
            listeners.push(without_nulls(json!({
                "ListenerArn": arn, "Port": listener.port, "Protocol": listener.protocol, "SslPolicy": listener.ssl_policy,
                "Certificates": listener.certificate_arns.iter().map(|it| json!({"CertificateArn": it})).collect::<Vec<_>>(), "DefaultActions": [action],
            })));
            let rules = json!([{"RuleArn": format!("{arn}/default"), "IsDefault": true, "Actions": [action]}]);
            self.add("elasticloadbalancing:DescribeRules", json!({"ListenerArn": arn}), json!({"Rules": rules}));
        }
        self.add("elasticloadbalancing:DescribeListeners", when.clone(), json!({"Listeners": listeners}));
        let group = format!("{}/group", it.arn);
        self.add("elasticloadbalancing:DescribeTargetGroups", when, json!({"TargetGroups": [{"TargetGroupArn": group}]}));
        let count = |it: Option<i64>| usize::try_from(it.unwrap_or(0)).unwrap_or(0);
        let states = std::iter::repeat_n("healthy", count(it.healthy_targets)).chain(std::iter::repeat_n("unhealthy", count(it.unhealthy_targets)));
        let targets: Vec<Value> = states.map(|state| json!({"TargetHealth": {"State": state}})).collect();
        self.add("elasticloadbalancing:DescribeTargetHealth", json!({"TargetGroupArn": group}), json!({"TargetHealthDescriptions": targets}));
    }
}

/// Zones, each with the address that the balancer has in it.
fn zones(it: &LoadBalancer) -> Vec<Value> {
    let address = |at: usize| it.address_ids.get(at).map(|id| json!({"AllocationId": id, "IpAddress": "203.0.113.99"}));
    let zone = |(at, name): (usize, &Text)| json!({"ZoneName": name, "LoadBalancerAddresses": address(at).into_iter().collect::<Vec<_>>()});
    it.zones.iter().enumerate().map(zone).collect()
}
