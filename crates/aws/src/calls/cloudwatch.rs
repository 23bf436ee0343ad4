//! CloudWatch. Its Query protocol, which every emulator speaks as well, rather than the CBOR of the current kits.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static CLOUDWATCH: Service = Service {
    name: "cloudwatch",
    id: "CloudWatch",
    iam: "cloudwatch",
    signing: "monitoring",
    prefix: "monitoring",
    version: "2010-08-01",
    protocol: Protocol::Query,
    global: false,
};

calls! {
    /// Allowed on `*`: with a narrower scope the answer succeeds and leaves composite alarms out. Source: CloudWatch API reference, DescribeAlarms.
    DESCRIBE_ALARMS = Call::new(&CLOUDWATCH, "DescribeAlarms").send(&["AlarmTypes"])
        .paged("NextToken", "NextToken", Some(("MaxRecords", 100))).must("MetricAlarms").keep(&[
            "MetricAlarms.AlarmName", "MetricAlarms.Namespace", "MetricAlarms.MetricName", "MetricAlarms.Dimensions.Name",
            "MetricAlarms.Dimensions.Value", "MetricAlarms.StateValue", "MetricAlarms.AlarmActions", "MetricAlarms.ActionsEnabled",
            "MetricAlarms.Metrics.Expression", "MetricAlarms.Metrics.MetricStat.Metric.Namespace", "MetricAlarms.Metrics.MetricStat.Metric.MetricName",
            "MetricAlarms.Metrics.MetricStat.Metric.Dimensions.Name", "MetricAlarms.Metrics.MetricStat.Metric.Dimensions.Value",
            "CompositeAlarms.AlarmName", "CompositeAlarms.AlarmRule", "CompositeAlarms.AlarmActions", "CompositeAlarms.ActionsEnabled",
            "CompositeAlarms.StateValue",
        ]);
    /// Whether metrics arrive, never their values.
    LIST_METRICS = Call::new(&CLOUDWATCH, "ListMetrics").send(&["Namespace", "MetricName", "Dimensions", "RecentlyActive"])
        .paged("NextToken", "NextToken", None).must("Metrics").keep(&["Metrics.MetricName"]);
    LIST_DASHBOARDS = Call::new(&CLOUDWATCH, "ListDashboards").paged("NextToken", "NextToken", None).must("DashboardEntries")
        .keep(&["DashboardEntries.DashboardName"]);
}
