//! Plans of AWS Backup and policies of Data Lifecycle Manager, and which of the cluster's volumes each covers.

use futures_util::future::{try_join, try_join_all};
use seatrial_model::account::{BackupPlan, Volume};
use seatrial_model::{Labels, Text};
use serde_json::Value;

use super::eks::{absent, present};
use crate::calls::{backup as calls, dlm};
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::{Reader, members};
use crate::schedule;
use crate::tree::Tree;

/// Both kinds, by name: those that cover a volume of the cluster. What an account does with other disks is another question.
pub async fn plans(r: &Reader<'_>) -> Result<Vec<BackupPlan>, Failure> {
    let (volumes, cluster) = try_join(r.volumes(), r.eks_cluster()).await?;
    let (mut found, policies) = try_join(backup_plans(r, volumes, &cluster.arn), dlm_policies(r, volumes)).await?;
    found.extend(policies);
    found.retain(|it| !it.volume_ids.is_empty());
    found.sort_by(|a, b| (&a.service, &a.name).cmp(&(&b.service, &b.name)));
    Ok(found)
}

async fn backup_plans(r: &Reader<'_>, volumes: &[Volume], cluster: &str) -> Result<Vec<BackupPlan>, Failure> {
    let list = r.client.list(&calls::LIST_BACKUP_PLANS, Members::new()).await?;
    let ids: Vec<&str> = list.iter().filter_map(|it| it["BackupPlanId"].as_str()).collect();
    let account = r.client.account().await?;
    let partition = r.client.partition();
    let region = r.client.region();
    let arn_of = move |id: &str| format!("arn:{partition}:ec2:{region}:{account}:volume/{id}");
    let plans = ids.iter().map(|id| async move {
        let plan = r.client.call(&calls::GET_BACKUP_PLAN, members(&[("backupPlanId", id)]));
        let selections = r.client.list(&calls::LIST_BACKUP_SELECTIONS, members(&[("backupPlanId", id)]));
        let (plan, selections) = try_join(plan, selections).await?;
        let selections: Vec<&str> = selections.iter().filter_map(|it| it["SelectionId"].as_str()).collect();
        let answers = selections.iter().map(|selection| async move {
            let it = r.client.call(&calls::GET_BACKUP_SELECTION, members(&[("backupPlanId", id), ("selectionId", selection)])).await?;
            Ok(it["BackupSelection"].clone())
        });
        Ok((plan, present(try_join_all(answers.map(absent)).await?)))
    });
    let plans = present(try_join_all(plans.map(absent)).await?);
    Ok(plans.iter().map(|(plan, selections)| backup_plan(Tree(plan).at("BackupPlan"), selections, volumes, cluster, &arn_of)).collect())
}

fn backup_plan(it: Tree<'_>, selections: &[Value], volumes: &[Volume], cluster: &str, arn_of: &dyn Fn(&str) -> String) -> BackupPlan {
    let rules: Vec<Tree<'_>> = it.list("Rules").collect();
    let covered = volumes.iter().filter(|volume| selections.iter().any(|it| selects(Tree(it), volume, cluster, &arn_of(&volume.id))));
    let tags = selections.iter().flat_map(|it| Tree(it).list("ListOfTags"));
    let copies = rules.iter().flat_map(|it| it.list("CopyActions")).filter_map(|it| it.str("DestinationBackupVaultArn"));
    let home = cluster.split(':').nth(3).unwrap_or_default();
    let elsewhere = copies.filter_map(|it| it.split(':').nth(3)).find(|it| *it != home);
    // The rule that runs most often bounds what is lost; the one that keeps longest, what is kept.
    let schedules: Vec<&str> = rules.iter().filter_map(|it| it.str("ScheduleExpression")).collect();
    let most_often = schedules.iter().filter_map(|it| Some((schedule::interval_hours(it)?, *it))).min();
    BackupPlan {
        name: it.word("BackupPlanName"),
        service: "backup".into(),
        // A plan without a rule or a selection never runs.
        enabled: !rules.is_empty() && !selections.is_empty(),
        schedule: most_often.map(|it| it.1).or(schedules.first().copied()).map(Text::new),
        interval_hours: most_often.map(|it| it.0),
        retain_days: rules.iter().filter_map(|it| it.int("Lifecycle.DeleteAfterDays")).max(),
        volume_ids: covered.map(|it| it.id.clone()).collect(),
        target_tags: tags.filter_map(|it| Some((it.text("ConditionKey")?, it.word("ConditionValue")))).collect(),
        copies_to_region: elsewhere.map(Text::new),
    }
}

/// Whether a selection takes the volume: by resource or by a tag, and by every condition.
///
/// Source: AWS Backup developer guide, assigning resources to a backup plan.
fn selects(it: Tree<'_>, volume: &Volume, cluster: &str, arn: &str) -> bool {
    let matches = |pattern: &str| like(pattern, arn) || (!cluster.is_empty() && like(pattern, cluster));
    if it.texts("NotResources").iter().any(|it| matches(it)) {
        return false;
    }
    let tag = |key: &str| volume.tags.get(key).map(Text::as_str);
    let tags: Vec<Tree<'_>> = it.list("ListOfTags").collect();
    let by_tag = tags.iter().any(|it| it.str("ConditionKey").and_then(tag) == it.str("ConditionValue") && it.str("ConditionKey").is_some());
    let by_resource = it.texts("Resources").iter().any(|it| matches(it));
    let conditions = it.at("Conditions");
    let holds = |kind: &str, test: &dyn Fn(Option<&str>, &str) -> bool| {
        conditions.list(kind).all(|it| {
            let key = it.str("ConditionKey").unwrap_or_default();
            test(tag(key.strip_prefix("aws:ResourceTag/").unwrap_or(key)), it.str("ConditionValue").unwrap_or_default())
        })
    };
    let allowed = holds("StringEquals", &|tag, value| tag == Some(value))
        && holds("StringNotEquals", &|tag, value| tag != Some(value))
        && holds("StringLike", &|tag, value| tag.is_some_and(|it| like(value, it)))
        && holds("StringNotLike", &|tag, value| tag.is_none_or(|it| !like(value, it)));
    let by_condition_alone = it.list("Resources").next().is_none() && tags.is_empty() && conditions.0.as_object().is_some_and(|it| !it.is_empty());
    (by_tag || by_resource || by_condition_alone) && allowed
}

/// `*` stands for any characters.
fn like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(first) else { return false };
    (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| like(rest, &text[at..]))
}

async fn dlm_policies(r: &Reader<'_>, volumes: &[Volume]) -> Result<Vec<BackupPlan>, Failure> {
    let list = r.client.call(&dlm::GET_LIFECYCLE_POLICIES, Members::new()).await?;
    let ids: Vec<&str> = Tree(&list).list("Policies").filter_map(|it| it.str("PolicyId")).collect();
    let answers = ids.iter().map(|id| absent(r.client.call(&dlm::GET_LIFECYCLE_POLICY, members(&[("policyId", id)]))));
    let found = present(try_join_all(answers).await?);
    Ok(found.iter().filter_map(|it| dlm_policy(Tree(it).at("Policy"), volumes)).collect())
}

/// A policy on volumes; those on instances, images and events are others.
fn dlm_policy(it: Tree<'_>, volumes: &[Volume]) -> Option<BackupPlan> {
    let details = it.at("PolicyDetails");
    let of_volumes = details.texts("ResourceTypes").iter().any(|it| *it == "VOLUME") || details.str("ResourceType") == Some("VOLUME");
    if !of_volumes {
        return None;
    }
    let by_default = details.str("ResourceType") == Some("VOLUME");
    let target_tags: Labels = details.labels("TargetTags");
    let (excluded, types) = (details.labels("Exclusions.ExcludeTags"), details.texts("Exclusions.ExcludeVolumeTypes"));
    let covers = |volume: &&Volume| {
        let shares = |tags: &Labels| tags.iter().any(|(key, value)| volume.tags.get(key) == Some(value));
        if by_default { !shares(&excluded) && !types.contains(&volume.volume_type) } else { shares(&target_tags) }
    };
    let schedules: Vec<Tree<'_>> = details.list("Schedules").collect();
    let intervals = schedules.iter().map(|it| it.at("CreateRule")).filter_map(|it| match it.int("Interval") {
        Some(hours) => Some(hours),
        None => it.str("CronExpression").and_then(schedule::interval_hours),
    });
    let interval_hours = intervals.min().or_else(|| details.int("CreateInterval").map(|it| it * 24));
    let kept = schedules.iter().filter_map(|it| {
        let rule = it.at("RetainRule");
        let by_age = rule.int("Interval").map(|it| it * days(rule.str("IntervalUnit").unwrap_or("DAYS")));
        // So many snapshots, one each interval.
        by_age.or_else(|| Some(rule.int("Count")? * interval_hours? / 24))
    });
    let copies = schedules.iter().flat_map(|it| it.list("CrossRegionCopyRules")).chain(details.list("CrossRegionCopyTargets"));
    Some(BackupPlan {
        name: it.text("Description").unwrap_or_else(|| it.word("PolicyId")),
        service: "dlm".into(),
        enabled: it.str("State") == Some("ENABLED"),
        schedule: schedules.iter().find_map(|it| it.text("CreateRule.CronExpression")),
        interval_hours,
        retain_days: kept.max().or_else(|| details.int("RetainInterval")),
        volume_ids: volumes.iter().filter(covers).map(|it| it.id.clone()).collect(),
        target_tags,
        copies_to_region: copies.into_iter().find_map(|it| it.text("TargetRegion").or_else(|| it.text("Target").filter(|it| !it.contains(':')))),
    })
}

fn days(unit: &str) -> i64 {
    match unit {
        "WEEKS" => 7,
        "MONTHS" => 30,
        "YEARS" => 365,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(selection: &Value) -> bool {
        let volume = Volume { id: "vol-1".into(), tags: [("tier".into(), "gold".into())].into_iter().collect(), ..Volume::default() };
        selects(Tree(selection), &volume, "arn:aws:eks:eu-west-1:1:cluster/shop", "arn:aws:ec2:eu-west-1:1:volume/vol-1")
    }

    #[test]
    fn a_selection_takes_what_aws_backup_takes() {
        use serde_json::json;
        assert!(selected(&json!({"Resources": ["arn:aws:ec2:*:*:volume/*"]})));
        assert!(selected(&json!({"Resources": ["arn:aws:eks:eu-west-1:1:cluster/shop"]})));
        assert!(selected(&json!({"ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "tier", "ConditionValue": "gold"}]})));
        assert!(!selected(&json!({"ListOfTags": [{"ConditionKey": "tier", "ConditionValue": "lead"}]})));
        assert!(!selected(&json!({"Resources": ["*"], "NotResources": ["arn:aws:ec2:*:*:volume/*"]})));
        let condition =
            |value: &str| json!({"Resources": ["*"], "Conditions": {"StringEquals": [{"ConditionKey": "aws:ResourceTag/tier", "ConditionValue": value}]}});
        assert!(selected(&condition("gold")) && !selected(&condition("lead")));
        assert!(!selected(&json!({"Resources": ["arn:aws:rds:*:*:db:*"]})));
        assert!(!selected(&json!({})));
    }
}
