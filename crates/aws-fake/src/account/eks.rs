//! What EKS answers.

use seatrial_model::{Account, Text};
use serde_json::{Value, json};

use super::without_nulls;
use crate::World;

impl World {
    pub(super) fn eks(&mut self, account: &Account) {
        self.cluster(account);
        self.node_groups(account);
        self.addons(account);
        self.access_entries(account);
        self.associations(account);
        self.insights(account);
        self.updates(account);
        self.versions(account);
    }

    fn cluster(&mut self, account: &Account) {
        if let Some(it) = account.eks_cluster.known() {
            let all = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
            let off: Vec<&str> = all.into_iter().filter(|kind| !it.logging.iter().any(|on| on == kind)).collect();
            let cluster = json!({
                "name": it.name, "arn": it.arn, "version": it.version, "platformVersion": it.platform_version, "status": it.status,
                "resourcesVpcConfig": {
                    "subnetIds": it.subnet_ids, "vpcId": it.vpc_id, "endpointPublicAccess": it.endpoint_public_access,
                    "clusterSecurityGroupId": it.security_groups.first(), "securityGroupIds": it.security_groups.iter().skip(1).collect::<Vec<_>>(),
                    "endpointPrivateAccess": it.endpoint_private_access, "publicAccessCidrs": it.public_access_cidrs,
                },
                "logging": {"clusterLogging": [{"types": it.logging, "enabled": true}, {"types": off, "enabled": false}]},
                "accessConfig": {"authenticationMode": it.authentication_mode}, "upgradePolicy": {"supportType": it.support_type},
                "deletionProtection": it.deletion_protection, "identity": {"oidc": {"issuer": it.oidc_issuer}},
                "encryptionConfig": it.encryption_key_arn.iter().map(|key| json!({"resources": ["secrets"], "provider": {"keyArn": key}})).collect::<Vec<_>>(),
                "computeConfig": {"enabled": it.auto_mode}, "zonalShiftConfig": it.zonal_shift.map(|on| json!({"enabled": on})), "tags": it.tags,
            });
            self.add("eks:DescribeCluster", json!({"name": it.name}), json!({"cluster": without_nulls(cluster)}));
        }
    }

    fn node_groups(&mut self, account: &Account) {
        if let Some(all) = account.node_groups.known() {
            self.add("eks:ListNodegroups", json!({}), json!({"nodegroups": names(&all.iter().map(|it| it.name.clone()).collect::<Vec<_>>())}));
            for it in all {
                let group = json!({
                    "nodegroupName": it.name, "status": it.status, "version": it.version, "capacityType": it.capacity_type,
                    "instanceTypes": it.instance_types, "amiType": it.ami_type, "releaseVersion": it.release_version,
                    "scalingConfig": {"minSize": it.min_size, "maxSize": it.max_size, "desiredSize": it.desired_size}, "subnets": it.subnets,
                    "labels": it.labels, "updateConfig": {"maxUnavailable": it.max_unavailable, "maxUnavailablePercentage": it.max_unavailable_percentage},
                    "taints": it.taints.iter().map(|it| json!({"key": it.key, "value": it.value, "effect": eks_effect(&it.effect)})).collect::<Vec<_>>(),
                    "resources": {"autoScalingGroups": it.auto_scaling_groups.iter().map(|it| json!({"name": it})).collect::<Vec<_>>()},
                    "nodeRole": it.node_role, "health": {"issues": issues(&it.health_issues)},
                    "nodeRepairConfig": it.node_repair.map(|on| json!({"enabled": on})),
                    "launchTemplate": it.launch_template_id.as_ref().map(|id| without_nulls(json!({"id": id, "version": it.launch_template_version}))),
                });
                self.add("eks:DescribeNodegroup", json!({"nodegroupName": it.name}), json!({"nodegroup": without_nulls(group)}));
            }
        }
    }

    fn addons(&mut self, account: &Account) {
        if let Some(all) = account.addons.known() {
            self.add("eks:ListAddons", json!({}), json!({"addons": names(&all.iter().map(|it| it.name.clone()).collect::<Vec<_>>())}));
            for it in all {
                let addon = json!({
                    "addonName": it.name, "addonVersion": it.version, "status": it.status, "health": {"issues": issues(&it.health_issues)},
                    "serviceAccountRoleArn": it.service_account_role_arn, "podIdentityAssociations": it.pod_identity_associations,
                    "configurationValues": it.configuration,
                });
                self.add("eks:DescribeAddon", json!({"addonName": it.name}), json!({"addon": without_nulls(addon)}));
            }
        }
    }

    fn access_entries(&mut self, account: &Account) {
        if let Some(all) = account.access_entries.known() {
            self.add("eks:ListAccessEntries", json!({}), json!({"accessEntries": names(&all.iter().map(|it| it.principal_arn.clone()).collect::<Vec<_>>())}));
            for it in all {
                let key = json!({"principalArn": it.principal_arn});
                let entry = json!({"principalArn": it.principal_arn, "type": it.kind, "username": it.username, "kubernetesGroups": it.groups});
                self.add("eks:DescribeAccessEntry", key.clone(), json!({"accessEntry": without_nulls(entry)}));
                let policies = it.policies.iter().map(|it| json!({"policyArn": it.policy_arn, "accessScope": {"type": it.scope, "namespaces": it.namespaces}}));
                self.add("eks:ListAssociatedAccessPolicies", key, json!({"associatedAccessPolicies": policies.collect::<Vec<_>>()}));
            }
        }
    }

    fn associations(&mut self, account: &Account) {
        if let Some(all) = account.pod_identity_associations.known() {
            let list: Vec<Value> = all.iter().map(|it| json!({"associationId": it.association_id, "namespace": it.namespace})).collect();
            self.add("eks:ListPodIdentityAssociations", json!({}), json!({"associations": list}));
            for it in all {
                let association = json!({
                    "namespace": it.namespace, "serviceAccount": it.service_account, "roleArn": it.role_arn, "targetRoleArn": it.target_role_arn,
                    "associationId": it.association_id, "disableSessionTags": it.disable_session_tags,
                });
                let when = json!({"associationId": it.association_id});
                self.add("eks:DescribePodIdentityAssociation", when, json!({"association": without_nulls(association)}));
            }
        }
    }

    fn insights(&mut self, account: &Account) {
        if let Some(all) = account.insights.known() {
            let list: Vec<Value> = (0..all.len()).map(|at| json!({"id": format!("insight-{at}")})).collect();
            self.add("eks:ListInsights", json!({}), json!({"insights": list}));
            for (at, it) in all.iter().enumerate() {
                let insight = json!({
                    "name": it.name, "category": it.category, "kubernetesVersion": it.kubernetes_version,
                    "insightStatus": {"status": it.status, "reason": it.reason},
                    "resources": it.resources.iter().map(|it| json!({"kubernetesResourceUri": it})).collect::<Vec<_>>(),
                });
                self.add("eks:DescribeInsight", json!({"id": format!("insight-{at}")}), json!({"insight": without_nulls(insight)}));
            }
        }
    }
}

impl World {
    fn updates(&mut self, account: &Account) {
        let Some(all) = account.eks_updates.known() else { return };
        self.add("eks:ListUpdates", json!({}), json!({"updateIds": all.iter().map(|it| it.id.clone()).collect::<Vec<_>>()}));
        for it in all {
            let update = json!({
                "id": it.id, "type": it.kind, "status": it.status, "createdAt": it.created_at.map(|it| it.as_second()), "errors": update_errors(&it.errors),
            });
            self.add("eks:DescribeUpdate", json!({"updateId": it.id}), json!({"update": without_nulls(update)}));
        }
    }
}

impl World {
    fn versions(&mut self, account: &Account) {
        let Some(all) = account.cluster_versions.known() else { return };
        let list = all.iter().map(|it| {
            without_nulls(json!({
                "clusterVersion": it.version, "clusterType": "eks", "versionStatus": it.status, "defaultVersion": it.is_default,
                "endOfStandardSupportDate": it.end_of_standard_support.map(|it| it.as_second()),
                "endOfExtendedSupportDate": it.end_of_extended_support.map(|it| it.as_second()),
            }))
        });
        self.add("eks:DescribeClusterVersions", json!({"includeAll": "true"}), json!({"clusterVersions": list.collect::<Vec<_>>()}));
    }
}

fn update_errors(all: &[Text]) -> Vec<Value> {
    let split = |it: &Text| it.split_once(": ").map_or((it.to_string(), String::new()), |(code, text)| (code.to_owned(), text.to_owned()));
    all.iter().map(split).map(|(code, message)| json!({"errorCode": code, "errorMessage": message})).collect()
}

fn names(all: &[Text]) -> Value {
    json!(all)
}

fn issues(all: &[Text]) -> Vec<Value> {
    let split = |it: &Text| it.split_once(": ").map_or((it.to_string(), String::new()), |(code, text)| (code.to_owned(), text.to_owned()));
    all.iter().map(split).map(|(code, message)| json!({"code": code, "message": message})).collect()
}

fn eks_effect(effect: &str) -> &str {
    match effect {
        "NoSchedule" => "NO_SCHEDULE",
        "NoExecute" => "NO_EXECUTE",
        "PreferNoSchedule" => "PREFER_NO_SCHEDULE",
        other => other,
    }
}
