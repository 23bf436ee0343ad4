//! Simple Queue Service: attributes of queues, never messages.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static SQS: Service = Service {
    name: "sqs",
    id: "SQS",
    iam: "sqs",
    signing: "sqs",
    prefix: "sqs",
    version: "2012-11-05",
    protocol: Protocol::Json { version: "1.0", target: "AmazonSQS" },
    global: false,
};

const QUEUE: &[&str] = &["arn:{partition}:sqs:{region}:{account}:*"];

calls! {
    GET_QUEUE_URL = Call::new(&SQS, "GetQueueUrl").on(QUEUE).send(&["QueueName"]).must("QueueUrl").keep(&["QueueUrl"]);
    GET_QUEUE_ATTRIBUTES = Call::new(&SQS, "GetQueueAttributes").on(QUEUE).send(&["QueueUrl", "AttributeNames"]).must("Attributes").keep(&["Attributes"]);
}
