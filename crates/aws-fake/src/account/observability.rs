//! What CloudWatch and its Logs answer.

use seatrial_model::Account;
use seatrial_model::account::Alarm;
use serde_json::{Value, json};

use super::{tags, without_nulls};
use crate::World;

impl World {
    pub(super) fn observability(&mut self, account: &Account) {
        if let Some(all) = account.alarms.known() {
            let list: Vec<Value> = all.iter().map(alarm).collect();
            self.add("cloudwatch:DescribeAlarms", json!({}), json!({"MetricAlarms": list, "CompositeAlarms": []}));
        }
        if let Some(all) = account.dashboards.known() {
            let list: Vec<Value> = all.iter().map(|it| json!({"DashboardName": it})).collect();
            self.add("cloudwatch:ListDashboards", json!({}), json!({"DashboardEntries": list}));
        }
        if let Some(all) = account.container_insights.known() {
            let list: Vec<Value> = all.iter().map(|it| json!({"Namespace": "ContainerInsights", "MetricName": it})).collect();
            self.add("cloudwatch:ListMetrics", json!({"Namespace": "ContainerInsights", "RecentlyActive": "PT3H"}), json!({"Metrics": list}));
        }
        let name = account.eks_cluster.known().map_or("", |it| &it.name).to_owned();
        for prefix in [format!("/aws/eks/{name}/"), format!("/aws/containerinsights/{name}/")] {
            let groups = account.log_groups.known().into_iter().flatten().filter(|it| it.name.starts_with(&prefix));
            let list = groups.map(|it| {
                without_nulls(json!({
                    "logGroupName": it.name, "retentionInDays": it.retention_days, "storedBytes": it.stored_bytes, "logGroupClass": it.class,
                }))
            });
            self.add("logs:DescribeLogGroups", json!({"logGroupNamePrefix": prefix}), json!({"logGroups": list.collect::<Vec<_>>()}));
        }
        for it in account.log_groups.known().into_iter().flatten() {
            let streams: Vec<Value> = it.last_event.iter().map(|it| json!({"lastEventTimestamp": it.as_millisecond()})).collect();
            self.add("logs:DescribeLogStreams", json!({"logGroupName": it.name}), json!({"logStreams": streams}));
        }
    }
}

fn alarm(it: &Alarm) -> Value {
    without_nulls(json!({
        "AlarmName": it.name, "Namespace": it.namespace, "MetricName": it.metric, "Dimensions": tags(&it.dimensions, "Name", "Value"),
        "StateValue": it.state, "AlarmActions": it.actions, "ActionsEnabled": it.actions_enabled,
    }))
}
