//! What shows that a workload calls AWS APIs.

use seatrial_model::{Container, Literal, Object, Path, Text, Workload};

use crate::Cx;

/// One sign of AWS use.
pub(super) struct Sign<'a> {
    /// Where it stands in the workload.
    pub path: Path,
    /// The container.
    pub container: Option<&'a Text>,
    /// In words: `variable QUEUE_URL names an SQS queue`.
    pub fact: String,
}

/// The first sign that the workload calls AWS APIs: variables, ConfigMap values, commands, KEDA triggers of AWS.
pub(super) fn sign<'a>(cx: &Cx<'a>, workload: &'a Object<Workload>) -> Option<Sign<'a>> {
    workload.containers().find_map(|(container, path)| of_container(cx, workload, container, &path)).or_else(|| of_trigger(cx, workload))
}

fn of_container<'a>(cx: &Cx<'a>, workload: &'a Object<Workload>, container: &'a Container, path: &Path) -> Option<Sign<'a>> {
    if is_emulated(container) {
        return None;
    }
    let variables = container.env.iter().enumerate().find_map(|(at, it)| {
        let service = service_of(&it.name, it.value.as_ref()?.plain()?)?;
        Some(Sign { path: path.key("env").index(at), container: Some(&container.name), fact: format!("variable {} names {service}", it.name) })
    });
    let maps = || {
        container.env_from.iter().enumerate().find_map(|(at, it)| {
            let map = cx.graph.named(workload, &cx.cluster.config_maps, &it.config_map_ref.as_ref()?.name)?;
            let (key, service) = map.data.iter().find_map(|(key, value)| Some((key, service_of(key, value.plain()?)?)))?;
            Some(Sign { path: path.key("envFrom").index(at), container: Some(&container.name), fact: format!("{map}: key {key} names {service}") })
        })
    };
    variables.or_else(maps).or_else(|| of_command(container, path))
}

fn of_command<'a>(container: &'a Container, path: &Path) -> Option<Sign<'a>> {
    let lists = [("command", &container.command), ("args", &container.args)];
    lists.into_iter().find_map(|(name, words)| {
        let at = words.iter().position(|it| it.plain().is_some_and(calls_aws))?;
        Some(Sign { path: path.key(name).index(at), container: Some(&container.name), fact: format!("{name} of container {} calls AWS", container.name) })
    })
}

fn calls_aws(word: &str) -> bool {
    ["aws s3 ", "aws sqs ", "aws sns ", "aws dynamodb ", "aws secretsmanager ", "aws ssm ", "aws ec2 ", "aws sts ", "aws rds "]
        .iter()
        .any(|it| word.contains(it))
        || word.contains("s3://")
}

/// A worker that is scaled by a queue reads that queue.
fn of_trigger<'a>(cx: &Cx<'a>, workload: &'a Object<Workload>) -> Option<Sign<'a>> {
    let scaled = cx.graph.scaled_objects_of(workload);
    let (object, trigger) = scaled
        .iter()
        .flat_map(|it| it.spec.triggers.iter().map(move |trigger| (it, trigger)))
        .find(|(_, it)| matches!(it.kind.as_str(), "aws-sqs-queue" | "aws-kinesis-stream" | "aws-dynamodb-streams"))?;
    Some(Sign { path: Path::of("metadata.name"), container: None, fact: format!("{object} scales it by {}", trigger.kind) })
}

/// The service of AWS that a setting names, where calling it takes credentials. Databases, caches and brokers are reached without.
fn service_of(name: &str, value: &str) -> Option<&'static str> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let by_value: [(&str, &str); 10] = [
        ("arn:aws:sqs:", "an SQS queue"),
        ("arn:aws:sns:", "an SNS topic"),
        ("arn:aws:s3:", "an S3 bucket"),
        ("arn:aws:dynamodb:", "a DynamoDB table"),
        ("arn:aws:kinesis:", "a Kinesis stream"),
        ("arn:aws:secretsmanager:", "a Secrets Manager secret"),
        ("arn:aws:kms:", "a KMS key"),
        ("arn:aws:lambda:", "a Lambda function"),
        ("arn:aws:events:", "an EventBridge bus"),
        ("s3://", "an S3 bucket"),
    ];
    if let Some((_, service)) = by_value.iter().find(|(part, _)| value.contains(part)) {
        return Some(service);
    }
    let is_queue = value.starts_with("https://") && (value.contains("://sqs.") || value.contains(".queue.amazonaws.com"));
    if is_queue && value.contains("amazonaws.com") {
        return Some("an SQS queue");
    }
    let name = name.to_ascii_uppercase();
    let ends = |it: &str| name == it || name.ends_with(&format!("_{it}"));
    match () {
        () if ends("S3_BUCKET") || ends("S3_BUCKET_NAME") => Some("an S3 bucket"),
        () if ends("SQS_QUEUE_URL") || ends("SQS_QUEUE_NAME") => Some("an SQS queue"),
        () if ends("DYNAMODB_TABLE") || ends("DYNAMODB_TABLE_NAME") => Some("a DynamoDB table"),
        () if ends("SNS_TOPIC_ARN") => Some("an SNS topic"),
        () if ends("KINESIS_STREAM") || ends("KINESIS_STREAM_NAME") => Some("a Kinesis stream"),
        () => None,
    }
}

/// Whether the container talks to something that only looks like AWS (an emulator, another vendor's S3).
pub(super) fn is_emulated(container: &Container) -> bool {
    container.env.iter().any(|it| {
        let name = it.name.to_ascii_uppercase();
        let is_endpoint =
            name.starts_with("AWS_ENDPOINT") || name.ends_with("S3_ENDPOINT") || name.ends_with("DYNAMODB_ENDPOINT") || name.ends_with("SQS_ENDPOINT");
        is_endpoint && it.value.as_ref().is_some_and(elsewhere)
    })
}

fn elsewhere(endpoint: &Literal) -> bool {
    endpoint.plain().is_some_and(|it| !it.is_empty() && !it.contains("amazonaws.com"))
}
