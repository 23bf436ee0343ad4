//! What Secrets Manager, SQS, Route 53 and GuardDuty answer.

use seatrial_model::Account;
use serde_json::{Value, json};

use super::without_nulls;
use crate::World;

impl World {
    pub(super) fn rest(&mut self, account: &Account) {
        for it in account.secrets.known().into_iter().flatten() {
            let secret = json!({
                "ARN": it.arn, "Name": it.name, "RotationEnabled": it.rotation_enabled, "LastRotatedDate": it.last_rotated.map(|it| it.as_second()),
                "LastChangedDate": it.last_changed.map(|it| it.as_second()), "KmsKeyId": it.kms_key,
                "ReplicationStatus": it.replica_regions.iter().map(|it| json!({"Region": it})).collect::<Vec<_>>(),
            });
            self.add("secretsmanager:DescribeSecret", json!({"SecretId": it.name}), without_nulls(secret));
        }
        let names: Vec<Value> = account.secrets.known().into_iter().flatten().map(|it| json!({"Name": it.name})).collect();
        self.add("secretsmanager:ListSecrets", json!({}), json!({"SecretList": names}));
        for it in account.queues.known().into_iter().flatten() {
            let name = it.url.rsplit('/').next().unwrap_or_default();
            self.add("sqs:GetQueueUrl", json!({"QueueName": name}), json!({"QueueUrl": it.url}));
            let redrive = it.dead_letter_arn.as_ref().map(|arn| json!({"deadLetterTargetArn": arn, "maxReceiveCount": it.max_receive_count}).to_string());
            let attributes = json!({
                "QueueArn": it.arn, "VisibilityTimeout": it.visibility_timeout.to_string(), "RedrivePolicy": redrive, "KmsMasterKeyId": it.kms_key,
                "MessageRetentionPeriod": it.retention_seconds.map(|it| it.to_string()),
            });
            self.add("sqs:GetQueueAttributes", json!({"QueueUrl": it.url}), json!({"Attributes": without_nulls(attributes)}));
        }
        let checks = account.health_checks.known().into_iter().flatten();
        let checks: Vec<Value> = checks.map(|it| json!({"Id": it.id, "HealthCheckConfig": {"FullyQualifiedDomainName": it.target}})).collect();
        self.add("route53:ListHealthChecks", json!({}), json!({"HealthChecks": checks, "IsTruncated": false}));
        for it in account.quotas.known().into_iter().flatten() {
            let quota = json!({"QuotaCode": it.code, "QuotaName": it.name, "Value": it.value as f64});
            self.add("servicequotas:GetServiceQuota", json!({"QuotaCode": it.code}), json!({"Quota": quota}));
        }
        if let Some(all) = account.guardduty_features.known() {
            self.add("guardduty:ListDetectors", json!({}), json!({"detectorIds": ["detector"]}));
            let features: Vec<Value> = all.iter().map(|it| json!({"name": it, "status": "ENABLED"})).collect();
            self.add("guardduty:GetDetector", json!({}), json!({"status": "ENABLED", "serviceRole": "role", "features": features}));
        }
    }
}
