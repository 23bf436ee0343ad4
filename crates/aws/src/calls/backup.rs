//! AWS Backup.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static BACKUP: Service = Service {
    name: "backup",
    id: "Backup",
    iam: "backup",
    signing: "backup",
    prefix: "backup",
    version: "2018-11-15",
    protocol: Protocol::RestJson,
    global: false,
};

const PLAN: &[&str] = &["arn:{partition}:backup:{region}:{account}:backup-plan:*"];

calls! {
    LIST_BACKUP_PLANS = Call::new(&BACKUP, "ListBackupPlans").at("GET", "/backup/plans/").paged("nextToken", "NextToken", Some(("maxResults", 100)))
        .must("BackupPlansList").keep(&["BackupPlansList.BackupPlanId", "BackupPlansList.BackupPlanName"]);
    GET_BACKUP_PLAN = Call::new(&BACKUP, "GetBackupPlan").on(PLAN).at("GET", "/backup/plans/{backupPlanId}/").send(&["backupPlanId"])
        .must("BackupPlan").keep(&[
            "BackupPlan.BackupPlanName", "BackupPlan.Rules.ScheduleExpression", "BackupPlan.Rules.Lifecycle.DeleteAfterDays",
            "BackupPlan.Rules.CopyActions.DestinationBackupVaultArn",
        ]);
    LIST_BACKUP_SELECTIONS = Call::new(&BACKUP, "ListBackupSelections").on(PLAN).at("GET", "/backup/plans/{backupPlanId}/selections/")
        .send(&["backupPlanId"]).paged("nextToken", "NextToken", Some(("maxResults", 100))).must("BackupSelectionsList")
        .keep(&["BackupSelectionsList.SelectionId"]);
    GET_BACKUP_SELECTION = Call::new(&BACKUP, "GetBackupSelection").on(PLAN).at("GET", "/backup/plans/{backupPlanId}/selections/{selectionId}")
        .send(&["backupPlanId", "selectionId"]).must("BackupSelection").keep(&[
            "BackupSelection.Resources", "BackupSelection.NotResources", "BackupSelection.ListOfTags.ConditionType",
            "BackupSelection.ListOfTags.ConditionKey", "BackupSelection.ListOfTags.ConditionValue",
            "BackupSelection.Conditions.StringEquals.ConditionKey", "BackupSelection.Conditions.StringEquals.ConditionValue",
            "BackupSelection.Conditions.StringNotEquals.ConditionKey", "BackupSelection.Conditions.StringNotEquals.ConditionValue",
            "BackupSelection.Conditions.StringLike.ConditionKey", "BackupSelection.Conditions.StringLike.ConditionValue",
            "BackupSelection.Conditions.StringNotLike.ConditionKey", "BackupSelection.Conditions.StringNotLike.ConditionValue",
        ]);
}
