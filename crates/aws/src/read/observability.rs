//! Alarms, dashboards and log groups.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join_all, try_join3};
use seatrial_model::Text;
use seatrial_model::account::{Alarm, Instance, LogGroup};
use serde_json::{Value, json};

use super::eks::{absent, present};
use crate::calls::{cloudwatch, logs};
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::{Reader, members};
use crate::scope;
use crate::tree::Tree;

/// Alarms that may watch the cluster: on its own metrics, on its instances, balancers and queues, and on metrics of the user's own.
///
/// An account's other alarms (on databases, on other clusters) would make a cluster look watched that is not.
pub async fn alarms(r: &Reader<'_>) -> Result<Vec<Alarm>, Failure> {
    let asked = [("AlarmTypes".to_owned(), json!(["MetricAlarm", "CompositeAlarm"]))].into_iter().collect();
    let (pages, name, instances) = try_join3(r.client.pages(&cloudwatch::DESCRIBE_ALARMS, asked), r.name(), r.instances()).await?;
    let watched = Watched::new(r, name, instances);
    let composites: Vec<Tree<'_>> = pages.iter().flat_map(|it| Tree(it).list("CompositeAlarms")).collect();
    let metric = pages.iter().flat_map(|it| Tree(it).list("MetricAlarms"));
    let mut found: Vec<Alarm> = metric.map(|it| alarm(it, &composites)).filter(|it| watched.covers(it)).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn alarm(it: Tree<'_>, composites: &[Tree<'_>]) -> Alarm {
    let name = it.word("AlarmName");
    // One on an expression names its metrics in the queries.
    let metric = it.list("Metrics").map(|it| it.at("MetricStat.Metric")).find(|it| it.0.is_object());
    let of = |key: &str| it.text(key).or_else(|| metric?.text(key));
    let own = it.labels("Dimensions");
    let dimensions = if own.is_empty() { metric.map(|it| it.labels("Dimensions")).unwrap_or_default() } else { own };
    let (mut actions, mut enabled) = (it.texts("AlarmActions"), it.flag("ActionsEnabled").unwrap_or(false));
    if actions.is_empty() || !enabled {
        // A composite alarm speaks for its parts.
        let quoted = [format!("\"{name}\""), format!("({name})"), format!("'{name}'")];
        let speaks =
            |it: &&Tree<'_>| it.flag("ActionsEnabled") == Some(true) && it.str("AlarmRule").is_some_and(|rule| quoted.iter().any(|it| rule.contains(it)));
        let spoken: Vec<Text> = composites.iter().filter(speaks).flat_map(|it| it.texts("AlarmActions")).collect();
        if !spoken.is_empty() {
            (actions, enabled) = (spoken, true);
        }
    }
    Alarm { namespace: of("Namespace"), metric: of("MetricName"), dimensions, state: it.word("StateValue"), actions, actions_enabled: enabled, name }
}

/// What of the account belongs to the cluster.
struct Watched {
    cluster: String,
    names: BTreeSet<String>,
}

impl Watched {
    fn new(r: &Reader<'_>, cluster: &str, instances: &[Instance]) -> Self {
        let mut names: BTreeSet<String> = instances.iter().map(|it| it.id.to_string()).collect();
        names.extend(instances.iter().filter_map(|it| it.tags.get("aws:autoscaling:groupName")).map(ToString::to_string));
        names.extend(scope::queues(r.cluster).into_iter().map(|it| it.name));
        Self { cluster: cluster.to_owned(), names }
    }

    fn covers(&self, alarm: &Alarm) -> bool {
        let values = || alarm.dimensions.iter().map(|it| it.1.as_str());
        match alarm.namespace.as_deref() {
            // Controllers name their balancers so; the dimension does not tell the cluster.
            Some("AWS/ApplicationELB" | "AWS/NetworkELB") => values().any(|it| it.contains("/k8s-") || it.starts_with("targetgroup/k8s-")),
            Some(it) if it.starts_with("AWS/") => values().any(|it| it == self.cluster || self.names.contains(it)),
            // Metrics of the user's own: of this cluster unless they name another.
            _ => alarm.dimensions.iter().all(|(key, value)| key.as_str() != "ClusterName" || value.as_str() == self.cluster),
        }
    }
}

/// Names of dashboards.
pub async fn dashboards(r: &Reader<'_>) -> Result<Vec<Text>, Failure> {
    let list = r.client.list(&cloudwatch::LIST_DASHBOARDS, Members::new()).await?;
    let names: BTreeSet<Text> = list.iter().filter_map(|it| Tree(it).text("DashboardName")).collect();
    Ok(names.into_iter().collect())
}

/// What every cluster with Container Insights sends, once for the whole cluster. Those of pods and containers would be many pages.
const OF_EVERY_CLUSTER: &str = "cluster_node_count";

/// Metrics of Container Insights that arrived within the last three hours, or a little more.
///
/// Source: CloudWatch API reference, ListMetrics, RecentlyActive.
pub async fn container_insights(r: &Reader<'_>) -> Result<Vec<Text>, Failure> {
    let of_cluster = json!([{"Name": "ClusterName", "Value": r.name().await?}]);
    let asked = json!({"Namespace": "ContainerInsights", "MetricName": OF_EVERY_CLUSTER, "Dimensions": of_cluster, "RecentlyActive": "PT3H"});
    let list = r.client.list(&cloudwatch::LIST_METRICS, asked.as_object().cloned().unwrap_or_default()).await?;
    let names: BTreeSet<Text> = list.iter().filter_map(|it| Tree(it).text("MetricName")).collect();
    Ok(names.into_iter().collect())
}

/// Log groups of EKS, of Container Insights, and those that the cluster's objects name.
pub async fn log_groups(r: &Reader<'_>) -> Result<Vec<LogGroup>, Failure> {
    let name = r.name().await?;
    let mut prefixes: Vec<(String, bool)> = vec![(format!("/aws/eks/{name}/"), false), (format!("/aws/containerinsights/{name}/"), false)];
    prefixes.extend(scope::log_groups(r.cluster).into_iter().map(|it| (it, true)));
    let lists = prefixes.iter().map(|(prefix, exact)| async move {
        let list = r.client.list(&logs::DESCRIBE_LOG_GROUPS, members(&[("logGroupNamePrefix", prefix)])).await?;
        Ok(list.into_iter().filter(|it| !exact || it["logGroupName"].as_str() == Some(prefix)).collect::<Vec<Value>>())
    });
    let all: Vec<Value> = try_join_all(lists).await?.into_iter().flatten().collect();
    let by_name: BTreeMap<&str, Tree<'_>> = all.iter().map(Tree).filter_map(|it| Some((it.str("logGroupName")?, it))).collect();
    let answers = by_name.values().map(|it| absent(log_group(r, *it)));
    Ok(present(try_join_all(answers).await?))
}

async fn log_group(r: &Reader<'_>, it: Tree<'_>) -> Result<LogGroup, Failure> {
    let name = it.word("logGroupName");
    let class = it.text("logGroupClass");
    let asked = json!({"logGroupName": name.as_str(), "orderBy": "LastEventTime", "descending": true, "limit": 1});
    let answer = r.client.call(&logs::DESCRIBE_LOG_STREAMS, asked.as_object().cloned().unwrap_or_default()).await?;
    let last_event = Tree(&answer).list("logStreams").filter_map(|it| it.millis("lastEventTimestamp").max(it.millis("lastIngestionTime"))).max();
    Ok(LogGroup { name, retention_days: it.int("retentionInDays"), stored_bytes: it.int("storedBytes").unwrap_or(0), class, last_event })
}

#[cfg(test)]
mod tests {
    use seatrial_model::Labels;

    use super::*;

    fn covers(namespace: &str, dimensions: &[(&str, &str)]) -> bool {
        let watched = Watched { cluster: "shop".to_owned(), names: BTreeSet::from(["jobs".to_owned()]) };
        let dimensions: Labels = dimensions.iter().map(|(key, value)| (Text::new(key), Text::new(value))).collect();
        watched.covers(&Alarm { namespace: Some(namespace.into()), dimensions, ..Alarm::default() })
    }

    #[test]
    fn alarms_of_other_things_do_not_count() {
        assert!(covers("ContainerInsights", &[("ClusterName", "shop")]));
        assert!(!covers("ContainerInsights", &[("ClusterName", "other")]));
        assert!(covers("AWS/SQS", &[("QueueName", "jobs")]));
        assert!(!covers("AWS/RDS", &[("DBInstanceIdentifier", "db")]));
        assert!(covers("AWS/ApplicationELB", &[("LoadBalancer", "app/k8s-shop-1/5")]));
        assert!(covers("Shop/Orders", &[]));
    }
}
