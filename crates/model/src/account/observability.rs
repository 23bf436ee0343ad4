//! Alarms, log groups and queues.

use jiff::Timestamp;

use crate::pod::lean;
use crate::text::{Labels, Text};

lean! {
/// `cloudwatch:DescribeAlarms`.
pub struct Alarm {
    pub name: Text,
    pub namespace: Option<Text>,
    pub metric: Option<Text>,
    pub dimensions: Labels,
    pub state: Text,
    pub actions: Vec<Text>,
    pub actions_enabled: bool,
}
/// `logs:DescribeLogGroups`.
pub struct LogGroup {
    pub name: Text,
    pub retention_days: Option<i64>,
    pub stored_bytes: i64,
    pub class: Option<Text>,
    pub last_event: Option<Timestamp>,
}
/// `sqs:GetQueueAttributes`.
pub struct Queue {
    pub url: Text,
    pub arn: Text,
    pub visibility_timeout: i64,
    pub dead_letter_arn: Option<Text>,
    pub max_receive_count: Option<i64>,
    pub kms_key: Option<Text>,
    pub retention_seconds: Option<i64>,
}
}
