//! What watches over the account: GuardDuty, and health checks of Route 53.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use seatrial_model::Text;
use seatrial_model::account::HealthCheck;
use serde_json::Value;

use crate::calls::{guardduty, route53};
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::{Reader, members};
use crate::tree::Tree;

/// Features that are on in a detector that is on.
pub async fn guardduty_features(r: &Reader<'_>) -> Result<Vec<Text>, Failure> {
    let list = r.client.list(&guardduty::LIST_DETECTORS, Members::new()).await?;
    let ids: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    let answers = try_join_all(ids.iter().map(|id| r.client.call(&guardduty::GET_DETECTOR, members(&[("DetectorId", id)])))).await?;
    let on = answers.iter().map(Tree).filter(|it| it.str("status") == Some("ENABLED"));
    let features: BTreeSet<Text> =
        on.flat_map(|it| it.list("features")).filter(|it| it.str("status") == Some("ENABLED")).filter_map(|it| it.text("name")).collect();
    Ok(features.into_iter().collect())
}

/// Health checks that are not disabled.
pub async fn health_checks(r: &Reader<'_>) -> Result<Vec<HealthCheck>, Failure> {
    let list = r.client.list(&route53::LIST_HEALTH_CHECKS, Members::new()).await?;
    let enabled = list.iter().map(Tree).filter(|it| it.flag("HealthCheckConfig.Disabled") != Some(true));
    let mut found: Vec<HealthCheck> = enabled
        .filter_map(|it| {
            let config = it.at("HealthCheckConfig");
            let target = config.text("FullyQualifiedDomainName").or_else(|| config.text("IPAddress"))?;
            Some(HealthCheck { id: it.word("Id"), target })
        })
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}
