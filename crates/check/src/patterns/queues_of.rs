//! Queue workers and their queues, told by the evidence.

use seatrial_model::account::{Queue, Role};
use seatrial_model::kinds::apps::AckQueue;
use seatrial_model::{Object, Workload, WorkloadKind};

use crate::Cx;

/// KEDA triggers that count waiting messages.
const QUEUE_TRIGGERS: &[&str] = &[
    "aws-sqs-queue",
    "aws-kinesis-stream",
    "aws-dynamodb-streams",
    "rabbitmq",
    "kafka",
    "apache-kafka",
    "redis",
    "redis-streams",
    "nats-jetstream",
    "activemq",
    "artemis-queue",
    "stan",
    "pulsar",
    "gcp-pubsub",
    "azure-queue",
    "azure-servicebus",
    "beanstalkd",
    "temporal",
];

/// Words of a command line that start a queue consumer.
const CONSUMERS: &[&[&str]] =
    &[&["celery", "worker"], &["sidekiq"], &["rq", "worker"], &["queue:work"], &["resque:work"], &["dramatiq"], &["rake", "jobs:work"], &["bullmq"]];

/// What shows that the workload takes work from a queue; `None` where nothing does.
pub(crate) fn worker_evidence(cx: &Cx<'_>, workload: &Object<Workload>) -> Option<String> {
    let scales = matches!(workload.workload_kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::Rollout);
    scales.then(|| by_trigger(cx, workload).or_else(|| by_command(workload)).or_else(|| by_queue(cx, workload))).flatten()
}

fn by_trigger(cx: &Cx<'_>, workload: &Object<Workload>) -> Option<String> {
    let scaled = cx.graph.scaled_objects_of(workload);
    let trigger = scaled.iter().flat_map(|it| &it.spec.triggers).find(|it| QUEUE_TRIGGERS.contains(&it.kind.as_str()))?;
    Some(format!("KEDA scales it on {}", trigger.kind))
}

fn by_command(workload: &Object<Workload>) -> Option<String> {
    for container in &workload.pod().containers {
        let line: Vec<&str> = container.command_line().flat_map(str::split_whitespace).map(|it| it.rsplit('/').next().unwrap_or(it)).collect();
        if let Some(words) = CONSUMERS.iter().find(|words| words.iter().all(|word| line.contains(word))) {
            return Some(format!("container {} runs {}", container.name, words.join(" ")));
        }
    }
    None
}

/// A queue's address alone may be a producer's: the name must say worker too, and nothing may call it.
fn by_queue(cx: &Cx<'_>, workload: &Object<Workload>) -> Option<String> {
    let words = ["worker", "consumer", "processor", "subscriber"];
    let named =
        words.iter().any(|it| workload.meta.name.contains(it)) || workload.pod_labels().iter().any(|(_, value)| words.iter().any(|it| value.contains(it)));
    let called = || cx.graph.is_user_facing(workload);
    let (variable, _) = queue_variables(workload).next()?;
    (named && !called()).then(|| format!("variable {variable} names a queue"))
}

/// Variables that name an SQS queue, with their values where those are written.
pub(crate) fn queue_variables(workload: &Workload) -> impl Iterator<Item = (&str, Option<&str>)> {
    workload.pod().containers.iter().flat_map(|it| &it.env).filter_map(|it| {
        let value = it.value.as_ref().and_then(|it| it.plain());
        let by_value = value.is_some_and(is_queue);
        let name = it.name.to_ascii_uppercase();
        let by_name = ["QUEUE_URL", "QUEUE_NAME", "QUEUE_ARN"].iter().any(|it| name.ends_with(it)) || name.contains("SQS_QUEUE");
        (by_value || by_name).then_some((it.name.as_str(), value))
    })
}

fn is_queue(value: &str) -> bool {
    value.starts_with("arn:aws:sqs:") || (value.starts_with("https://sqs.") && value.contains(".amazonaws.com"))
}

/// Names of the queues that the workload takes work from: out of variables and triggers.
pub(crate) fn queue_names(cx: &Cx<'_>, workload: &Object<Workload>) -> Vec<String> {
    let scaled = cx.graph.scaled_objects_of(workload);
    let urls = scaled.iter().flat_map(|it| &it.spec.triggers).filter_map(|it| it.metadata.get("queueURL")).map(|it| it.as_str());
    let written = queue_variables(workload).filter_map(|it| it.1);
    let mut names: Vec<String> = urls.chain(written).map(|it| it.rsplit(['/', ':']).next().unwrap_or(it).to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// The name in a queue's URL or ARN.
pub(crate) fn queue_name(queue: &Queue) -> &str {
    queue.url.rsplit('/').next().filter(|it| !it.is_empty()).unwrap_or_else(|| queue.arn.rsplit(':').next().unwrap_or(""))
}

/// Workers with the name of each queue they take work from.
pub(crate) fn workers<'a>(cx: &Cx<'a>) -> Vec<(&'a Object<Workload>, String)> {
    let workers = cx.workloads().filter(|it| worker_evidence(cx, it).is_some());
    workers.flat_map(|it| queue_names(cx, it).into_iter().map(move |name| (it, name))).collect()
}

/// The name of a queue that an ACK object declares.
pub(crate) fn declared_name(queue: &Object<AckQueue>) -> &str {
    queue.spec.queue_name.as_deref().unwrap_or(&queue.meta.name)
}

/// Whether a queue's name says that it takes what others gave up on.
pub(crate) fn is_dead_letter_name(name: &str) -> bool {
    let name = name.trim_end_matches(".fifo").to_ascii_lowercase();
    name.ends_with("dlq") || name.contains("dead-letter") || name.contains("deadletter") || name.contains("dead_letter")
}

/// The role that the workload's pods get through Pod Identity or the annotation of their service account.
pub(crate) fn role_of<'c>(cx: &'c Cx<'_>, workload: &Object<Workload>) -> Option<&'c Role> {
    let associations = cx.snapshot.account.pod_identity_associations.known()?;
    let account = workload.pod().service_account();
    let associated = associations.iter().find(|it| &*it.namespace == workload.meta.ns() && &*it.service_account == account);
    let annotated = || cx.graph.service_account_of(workload).and_then(|it| it.meta.annotation("eks.amazonaws.com/role-arn"));
    let arn = associated.map(|it| it.target_role_arn.as_deref().unwrap_or(&it.role_arn)).or_else(annotated)?;
    cx.snapshot.account.roles.known()?.iter().find(|it| &*it.arn == arn)
}

/// Whether one of the role's statements allows the action. Managed policies are looked at by their statements.
pub(crate) fn allows(role: &Role, action: &str) -> bool {
    let granted = role.statements.iter().filter(|it| it.effect.eq_ignore_ascii_case("allow")).flat_map(|it| &it.actions);
    granted.into_iter().any(|it| matches(&it.to_ascii_lowercase(), &action.to_ascii_lowercase())) || role.statements.iter().any(|it| !it.not_actions.is_empty())
}

/// IAM's wildcards: `*` any characters, `?` one.
fn matches(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => matches(&pattern[1..], text) || text.chars().next().is_some_and(|it| matches(pattern, &text[it.len_utf8()..])),
        (Some('?'), Some(it)) => matches(&pattern[1..], &text[it.len_utf8()..]),
        (Some(a), Some(b)) if a == b => matches(&pattern[a.len_utf8()..], &text[b.len_utf8()..]),
        _ => false,
    }
}
