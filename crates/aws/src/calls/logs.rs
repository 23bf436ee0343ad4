//! CloudWatch Logs: groups and when they last heard of anything; never what is written in them.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static LOGS: Service = Service {
    name: "logs",
    id: "CloudWatch Logs",
    iam: "logs",
    signing: "logs",
    prefix: "logs",
    version: "2014-03-28",
    protocol: Protocol::Json { version: "1.1", target: "Logs_20140328" },
    global: false,
};

const GROUP: &[&str] = &["arn:{partition}:logs:{region}:{account}:log-group:*"];

calls! {
    DESCRIBE_LOG_GROUPS = Call::new(&LOGS, "DescribeLogGroups").send(&["logGroupNamePrefix"])
        .paged("nextToken", "nextToken", Some(("limit", 50))).must("logGroups")
        .keep(&["logGroups.logGroupName", "logGroups.retentionInDays", "logGroups.storedBytes", "logGroups.logGroupClass"]);
    DESCRIBE_LOG_STREAMS = Call::new(&LOGS, "DescribeLogStreams").on(GROUP).send(&["logGroupName", "orderBy", "descending", "limit"])
        .must("logStreams").keep(&["logStreams.lastEventTimestamp", "logStreams.lastIngestionTime"]);
}
