//! Secrets that ExternalSecrets name: rotation and replication, never values.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use seatrial_model::Text;
use seatrial_model::account::ManagedSecret;
use serde_json::json;

use super::eks::{absent, present};
use crate::calls::secretsmanager as calls;
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::{Reader, members};
use crate::scope::{self, SecretName};
use crate::tree::Tree;

pub async fn secrets(r: &Reader<'_>) -> Result<Vec<ManagedSecret>, Failure> {
    let wanted = scope::secrets(r.cluster);
    let regions = wanted.iter().map(|(region, names)| async move {
        let region = region.as_deref().unwrap_or(r.client.region());
        let keys = try_join_all(names.iter().map(|it| keys(r, region, it))).await?;
        let keys: BTreeSet<String> = keys.into_iter().flatten().collect();
        let answers = keys.iter().map(|key| absent(r.client.call_in(region, &calls::DESCRIBE_SECRET, members(&[("SecretId", key)]))));
        let answers = present(try_join_all(answers).await?);
        Ok(answers.iter().map(|it| secret(Tree(it))).collect::<Vec<_>>())
    });
    let mut found: Vec<ManagedSecret> = try_join_all(regions).await?.into_iter().flatten().collect();
    found.sort_by(|a, b| a.arn.cmp(&b.arn));
    found.dedup_by(|a, b| a.arn == b.arn);
    Ok(found)
}

/// The secrets that a name stands for.
async fn keys(r: &Reader<'_>, region: &str, name: &SecretName) -> Result<Vec<String>, Failure> {
    let prefix = match name {
        SecretName::Key(key) => return Ok(vec![key.clone()]),
        SecretName::Prefix(prefix) => prefix,
    };
    let filters = if prefix.is_empty() { json!([]) } else { json!([{"Key": "name", "Values": [prefix]}]) };
    let mut asked: Members = [("Filters".to_owned(), filters)].into_iter().collect();
    let mut found = Vec::new();
    loop {
        let page = r.client.call_in(region, &calls::LIST_SECRETS, asked.clone()).await?;
        let page = Tree(&page);
        found.extend(page.list("SecretList").filter_map(|it| it.str("Name")).filter(|it| it.starts_with(prefix.as_str())).map(str::to_owned));
        match page.str("NextToken") {
            Some(next) if asked.get("NextToken").and_then(|it| it.as_str()) != Some(next) => asked.insert("NextToken".to_owned(), next.into()),
            _ => return Ok(found),
        };
    }
}

fn secret(it: Tree<'_>) -> ManagedSecret {
    let mut replicas: BTreeSet<Text> = it.list("ReplicationStatus").filter_map(|it| it.text("Region")).collect();
    // A replica knows its primary, not its siblings.
    let own = it.str("ARN").and_then(|it| it.split(':').nth(3)).unwrap_or_default();
    replicas.extend(it.text("PrimaryRegion").filter(|it| it.as_str() != own));
    ManagedSecret {
        name: it.word("Name"),
        arn: it.word("ARN"),
        rotation_enabled: it.flag("RotationEnabled").unwrap_or(false),
        last_rotated: it.time("LastRotatedDate"),
        last_changed: it.time("LastChangedDate"),
        replica_regions: replicas.into_iter().collect(),
        kms_key: it.text("KmsKeyId"),
    }
}
