//! What AWS Backup and Data Lifecycle Manager answer.

use seatrial_model::Account;
use seatrial_model::account::BackupPlan;
use serde_json::{Value, json};

use super::{tags, without_nulls};
use crate::World;

impl World {
    pub(super) fn backups(&mut self, account: &Account) {
        let all = account.backup_plans.known().map_or(&[][..], Vec::as_slice);
        let (plans, policies): (Vec<&BackupPlan>, Vec<&BackupPlan>) = all.iter().partition(|it| it.service == "backup");
        let list: Vec<Value> = plans.iter().map(|it| json!({"BackupPlanId": it.name, "BackupPlanName": it.name})).collect();
        self.add("backup:ListBackupPlans", json!({}), json!({"BackupPlansList": list}));
        for it in plans {
            let copies: Vec<Value> = it
                .copies_to_region
                .iter()
                .map(|region| json!({"DestinationBackupVaultArn": format!("arn:aws:backup:{region}:111122223333:backup-vault:far")}))
                .collect();
            let rule = json!({
                "RuleName": "rule", "ScheduleExpression": it.schedule, "Lifecycle": {"DeleteAfterDays": it.retain_days}, "CopyActions": copies,
            });
            let plan = json!({"BackupPlanName": it.name, "Rules": [without_nulls(rule)]});
            self.add("backup:GetBackupPlan", json!({"backupPlanId": it.name}), json!({"BackupPlan": plan}));
            let when = json!({"backupPlanId": it.name});
            self.add("backup:ListBackupSelections", when.clone(), json!({"BackupSelectionsList": [{"SelectionId": "selection"}]}));
            let by_tag = it.target_tags.iter().map(|(key, value)| json!({"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value}));
            let resources: Vec<String> = it.volume_ids.iter().map(|it| format!("arn:aws:ec2:*:*:volume/{it}")).collect();
            let selection = json!({"SelectionName": "selection", "Resources": resources, "ListOfTags": by_tag.collect::<Vec<_>>()});
            self.add("backup:GetBackupSelection", when, json!({"BackupSelection": selection}));
        }
        let list: Vec<Value> = policies.iter().map(|it| json!({"PolicyId": it.name})).collect();
        self.add("dlm:GetLifecyclePolicies", json!({}), json!({"Policies": list}));
        for it in policies {
            let schedule = json!({
                "CreateRule": {"Interval": it.interval_hours, "IntervalUnit": "HOURS"},
                "RetainRule": {"Interval": it.retain_days, "IntervalUnit": "DAYS"},
                "CrossRegionCopyRules": it.copies_to_region.iter().map(|it| json!({"TargetRegion": it})).collect::<Vec<_>>(),
            });
            let details = json!({"ResourceTypes": ["VOLUME"], "TargetTags": tags(&it.target_tags, "Key", "Value"), "Schedules": [without_nulls(schedule)]});
            let state = if it.enabled { "ENABLED" } else { "DISABLED" };
            let policy = json!({"PolicyId": it.name, "Description": it.name, "State": state, "PolicyDetails": details});
            self.add("dlm:GetLifecyclePolicy", json!({"policyId": it.name}), json!({"Policy": policy}));
        }
    }
}
