//! What ECR answers.

use jiff::Timestamp;
use seatrial_model::Account;
use seatrial_model::account::Repository;
use serde_json::{Value, json};

use super::without_nulls;
use crate::World;

impl World {
    pub(super) fn images(&mut self, account: &Account) {
        self.add("ecr:GetRegistryScanningConfiguration", json!({}), json!({"registryId": "1", "scanningConfiguration": {"scanType": "BASIC", "rules": []}}));
        if let Some(regions) = account.registry_replication.known() {
            let destinations: Vec<Value> = regions.iter().map(|it| json!({"region": it, "registryId": "111122223333"})).collect();
            let rules = if destinations.is_empty() { json!([]) } else { json!([{"destinations": destinations}]) };
            self.add("ecr:DescribeRegistry", json!({}), json!({"registryId": "1", "replicationConfiguration": {"rules": rules}}));
        }
        account.repositories.known().into_iter().flatten().for_each(|it| self.repository(it));
    }

    fn repository(&mut self, it: &Repository) {
        let repository = json!({
            "repositoryName": it.name, "repositoryUri": it.uri, "imageTagMutability": it.tag_mutability,
            "imageScanningConfiguration": {"scanOnPush": it.scan_on_push},
        });
        self.add("ecr:DescribeRepositories", json!({"repositoryNames": [it.name]}), json!({"repositories": [repository]}));
        if it.has_lifecycle_policy == Some(true) {
            let policy = json!({"repositoryName": it.name, "lifecyclePolicyText": "{\"rules\": []}"});
            self.add("ecr:GetLifecyclePolicy", json!({"repositoryName": it.name}), policy);
        }
        let mut details = Vec::new();
        for image in &it.images {
            let time = |at: Option<Timestamp>| at.map(Timestamp::as_second);
            details.push(without_nulls(json!({
                "imageDigest": image.digest, "imageTags": image.tags, "imagePushedAt": time(image.pushed_at),
            })));
            if image.critical.is_some() {
                let counts = without_nulls(json!({"CRITICAL": image.critical.filter(|it| *it > 0), "HIGH": image.high.filter(|it| *it > 0)}));
                let scan = json!({"findingSeverityCounts": counts, "imageScanCompletedAt": time(image.scanned_at)});
                let answer = json!({"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": without_nulls(scan)});
                let when = json!({"repositoryName": it.name, "imageId": {"imageDigest": image.digest}});
                self.add("ecr:DescribeImageScanFindings", when, answer);
            }
        }
        self.add("ecr:DescribeImages", json!({"repositoryName": it.name}), json!({"imageDetails": details}));
    }
}
