//! EC2 Auto Scaling.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static AUTO_SCALING: Service = Service {
    name: "autoscaling",
    id: "Auto Scaling",
    iam: "autoscaling",
    signing: "autoscaling",
    prefix: "autoscaling",
    version: "2011-01-01",
    protocol: Protocol::Query,
    global: false,
};

calls! {
    DESCRIBE_AUTO_SCALING_GROUPS = Call::new(&AUTO_SCALING, "DescribeAutoScalingGroups").send(&["Filters"])
        .paged("NextToken", "NextToken", Some(("MaxRecords", 100))).must("AutoScalingGroups").keep(&[
            "AutoScalingGroups.AutoScalingGroupName", "AutoScalingGroups.MinSize", "AutoScalingGroups.MaxSize", "AutoScalingGroups.DesiredCapacity",
            "AutoScalingGroups.AvailabilityZones", "AutoScalingGroups.Tags.Key", "AutoScalingGroups.Tags.Value",
            "AutoScalingGroups.SuspendedProcesses.ProcessName",
        ]);
}
