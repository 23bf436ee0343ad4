//! Elastic Load Balancing: what stands before Ingresses, Gateways and Services.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static ELBV2: Service = Service {
    name: "elbv2",
    id: "Elastic Load Balancing v2",
    iam: "elasticloadbalancing",
    signing: "elasticloadbalancing",
    prefix: "elasticloadbalancing",
    version: "2015-12-01",
    protocol: Protocol::Query,
    global: false,
};

calls! {
    DESCRIBE_LOAD_BALANCERS = Call::new(&ELBV2, "DescribeLoadBalancers").paged("Marker", "NextMarker", Some(("PageSize", 400)))
        .must("LoadBalancers").keep(&[
            "LoadBalancers.LoadBalancerArn", "LoadBalancers.DNSName", "LoadBalancers.LoadBalancerName", "LoadBalancers.Scheme", "LoadBalancers.VpcId",
            "LoadBalancers.Type", "LoadBalancers.AvailabilityZones.ZoneName",
            "LoadBalancers.AvailabilityZones.LoadBalancerAddresses.AllocationId",
        ]);
    DESCRIBE_TAGS = Call::new(&ELBV2, "DescribeTags").send(&["ResourceArns"]).must("TagDescriptions")
        .keep(&["TagDescriptions.ResourceArn", "TagDescriptions.Tags.Key", "TagDescriptions.Tags.Value"]);
    DESCRIBE_LISTENERS = Call::new(&ELBV2, "DescribeListeners").send(&["LoadBalancerArn"]).paged("Marker", "NextMarker", Some(("PageSize", 400)))
        .must("Listeners").keep(&[
            "Listeners.ListenerArn", "Listeners.Port", "Listeners.Protocol", "Listeners.SslPolicy", "Listeners.Certificates.CertificateArn",
            "Listeners.DefaultActions.Type", "Listeners.DefaultActions.RedirectConfig.Protocol",
        ]);
    DESCRIBE_RULES = Call::new(&ELBV2, "DescribeRules").send(&["ListenerArn"]).paged("Marker", "NextMarker", Some(("PageSize", 400)))
        .must("Rules").keep(&["Rules.RuleArn", "Rules.IsDefault", "Rules.Actions.Type", "Rules.Actions.RedirectConfig.Protocol"]);
    DESCRIBE_TARGET_GROUPS = Call::new(&ELBV2, "DescribeTargetGroups").send(&["LoadBalancerArn"]).paged("Marker", "NextMarker", Some(("PageSize", 400)))
        .must("TargetGroups").keep(&["TargetGroups.TargetGroupArn"]);
    DESCRIBE_TARGET_HEALTH = Call::new(&ELBV2, "DescribeTargetHealth").send(&["TargetGroupArn"]).must("TargetHealthDescriptions")
        .keep(&["TargetHealthDescriptions.TargetHealth.State"]);
}
