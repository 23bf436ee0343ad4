//! Queues that workloads and scalers name.

use futures_util::future::try_join_all;
use seatrial_model::Text;
use seatrial_model::account::Queue;
use serde_json::json;

use super::eks::{absent, present};
use crate::calls::sqs as calls;
use crate::failure::Failure;
use crate::reader::{Reader, members};
use crate::scope::{self, QueueName};
use crate::tree::Tree;

/// Queues of this account; those of others answer their owner alone.
pub async fn queues(r: &Reader<'_>) -> Result<Vec<Queue>, Failure> {
    let account = r.client.account().await?;
    let wanted: Vec<QueueName> = scope::queues(r.cluster).into_iter().filter(|it| it.account.as_deref().is_none_or(|it| it == account)).collect();
    let mut found = present(try_join_all(wanted.iter().map(|it| absent(queue(r, it)))).await?);
    found.sort_by(|a, b| a.arn.cmp(&b.arn));
    found.dedup_by(|a, b| a.arn == b.arn);
    Ok(found)
}

async fn queue(r: &Reader<'_>, name: &QueueName) -> Result<Queue, Failure> {
    let region = name.region.as_deref().unwrap_or(r.client.region());
    let answer = r.client.call_in(region, &calls::GET_QUEUE_URL, members(&[("QueueName", &name.name)])).await?;
    let url = Tree(&answer).word("QueueUrl");
    let wanted = ["QueueArn", "VisibilityTimeout", "RedrivePolicy", "KmsMasterKeyId", "MessageRetentionPeriod"];
    let asked = json!({"QueueUrl": url.as_str(), "AttributeNames": wanted});
    let answer = r.client.call_in(region, &calls::GET_QUEUE_ATTRIBUTES, asked.as_object().cloned().unwrap_or_default()).await?;
    let it = Tree(&answer).at("Attributes");
    let (Some(arn), Some(visibility_timeout)) = (it.text("QueueArn"), it.int("VisibilityTimeout")) else {
        return Err(Failure::undecodable(&calls::GET_QUEUE_ATTRIBUTES, format!("it lacks attributes of {url}")));
    };
    let redrive: serde_json::Value = it.str("RedrivePolicy").and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let redrive = Tree(&redrive);
    Ok(Queue {
        url,
        arn,
        visibility_timeout,
        dead_letter_arn: redrive.text("deadLetterTargetArn"),
        max_receive_count: redrive.int("maxReceiveCount"),
        kms_key: it.str("KmsMasterKeyId").map(Text::new),
        retention_seconds: it.int("MessageRetentionPeriod"),
    })
}
