//! Disks behind persistent volumes, and their snapshots.

use seatrial_model::account::{EbsSnapshot, Volume};
use serde_json::{Value, json};

use crate::calls::ec2;
use crate::failure::Failure;
use crate::reader::Reader;
use crate::scope;
use crate::tree::Tree;

pub async fn volumes(r: &Reader<'_>) -> Result<Vec<Volume>, Failure> {
    let list = r.filtered(&ec2::DESCRIBE_VOLUMES, "volume-id", &scope::volumes(r.cluster)).await?;
    let mut found: Vec<Volume> = list
        .iter()
        .map(Tree)
        .map(|it| Volume {
            id: it.word("volumeId"),
            volume_type: it.word("volumeType"),
            size_gib: it.int("size").unwrap_or(0),
            iops: it.int("iops"),
            throughput: it.int("throughput"),
            zone: it.word("availabilityZone"),
            encrypted: it.flag("encrypted").unwrap_or(false),
            state: it.word("status"),
            tags: it.labels("tagSet"),
        })
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

pub async fn snapshots(r: &Reader<'_>) -> Result<Vec<EbsSnapshot>, Failure> {
    let mut found = Vec::new();
    let ids: Vec<String> = scope::volumes(r.cluster).into_iter().collect();
    for some in ids.chunks(200) {
        let filter = json!([{"Name": "volume-id", "Value": some}]);
        let asked = [("Filter".to_owned(), filter), ("Owner".to_owned(), json!(["self"]))].into_iter().collect();
        found.extend(r.client.list(&ec2::DESCRIBE_SNAPSHOTS, asked).await?.iter().map(snapshot));
    }
    found.sort_by(|a: &EbsSnapshot, b| a.id.cmp(&b.id));
    Ok(found)
}

fn snapshot(it: &Value) -> EbsSnapshot {
    let it = Tree(it);
    EbsSnapshot {
        id: it.word("snapshotId"),
        volume_id: it.word("volumeId"),
        start_time: it.time("startTime"),
        state: it.word("status"),
        encrypted: it.flag("encrypted").unwrap_or(false),
    }
}
