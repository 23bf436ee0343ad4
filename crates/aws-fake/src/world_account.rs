//! A world out of an account's facts: each fact written as AWS would answer it. Reading it again must give the facts back.

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use seatrial_model::Account;
use seatrial_model::account::{Alarm, BackupPlan, LoadBalancer, Repository, Role, Statement};
use seatrial_model::{Labels, Text};
use serde_json::{Value, json};

use crate::World;

impl World {
    /// The account's facts as AWS would answer them. Facts that are not known stay unanswered.
    pub fn of(account: &Account) -> Self {
        let mut world = Self::default();
        let number = account.eks_cluster.known().and_then(|it| it.arn.split(':').nth(4)).unwrap_or("111122223333").to_owned();
        let arn = format!("arn:aws:iam::{number}:user/reader");
        world.add("sts:GetCallerIdentity", json!({}), json!({"Account": number, "Arn": arn, "UserId": "AIDAEXAMPLE"}));
        world.eks(account);
        world.ec2(account);
        world.traffic(account);
        world.images(account);
        world.roles(account);
        world.observability(account);
        world.backups(account);
        world.rest(account);
        world
    }

    fn eks(&mut self, account: &Account) {
        if let Some(it) = account.eks_cluster.known() {
            let all = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
            let off: Vec<&str> = all.into_iter().filter(|kind| !it.logging.iter().any(|on| on == kind)).collect();
            let cluster = json!({
                "name": it.name, "arn": it.arn, "version": it.version, "platformVersion": it.platform_version, "status": it.status,
                "resourcesVpcConfig": {
                    "subnetIds": it.subnet_ids, "vpcId": it.vpc_id, "endpointPublicAccess": it.endpoint_public_access,
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
        let names = |all: &[Text]| json!(all);
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
                });
                self.add("eks:DescribeNodegroup", json!({"nodegroupName": it.name}), json!({"nodegroup": without_nulls(group)}));
            }
        }
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

    fn ec2(&mut self, account: &Account) {
        if let Some(all) = account.instances.known() {
            let instances: Vec<Value> = all
                .iter()
                .map(|it| {
                    without_nulls(json!({
                        "instanceId": it.id, "instanceType": it.instance_type, "placement": {"availabilityZone": it.zone}, "subnetId": it.subnet_id,
                        "privateIpAddress": it.private_ip, "ipAddress": it.public_ip, "instanceLifecycle": it.lifecycle,
                        "metadataOptions": {"httpTokens": it.http_tokens, "httpPutResponseHopLimit": it.http_put_response_hop_limit},
                        "iamInstanceProfile": it.instance_profile_arn.as_ref().map(|arn| json!({"arn": arn})), "tagSet": tags(&it.tags, "key", "value"),
                    }))
                })
                .collect();
            let reservations: Vec<Value> = instances.chunks(2).map(|some| json!({"instancesSet": some})).collect();
            self.add("ec2:DescribeInstances", json!({}), json!({"reservationSet": reservations}));
        }
        let vpc = account.eks_cluster.known().and_then(|it| it.vpc_id.clone());
        if let Some(all) = account.subnets.known() {
            let subnets = all.iter().map(|it| {
                json!({
                    "subnetId": it.id, "availabilityZone": it.zone, "cidrBlock": it.cidr, "availableIpAddressCount": it.free_ips,
                    "mapPublicIpOnLaunch": it.map_public_ip_on_launch, "vpcId": vpc, "tagSet": tags(&it.tags, "key", "value"),
                })
            });
            let mut subnets: Vec<Value> = subnets.collect();
            // Those that only NAT gateways stand in.
            for it in account.nat_gateways.known().into_iter().flatten() {
                let id = it.subnet_id.as_deref().unwrap_or_default();
                if !id.is_empty() && !subnets.iter().any(|it| it["subnetId"] == id) {
                    subnets.push(json!({"subnetId": id, "availabilityZone": it.zone, "vpcId": vpc}));
                }
            }
            self.add("ec2:DescribeSubnets", json!({}), json!({"subnetSet": subnets}));
            let tables = all.iter().filter_map(|it| {
                let gateway = if it.public? { json!({"gatewayId": "igw-1"}) } else { json!({"natGatewayId": "nat-1"}) };
                let mut route = json!({"destinationCidrBlock": "0.0.0.0/0", "state": "active"});
                route.as_object_mut()?.extend(gateway.as_object()?.clone());
                Some(json!({"routeTableId": format!("rtb-{}", it.id), "associationSet": [{"main": false, "subnetId": it.id}], "routeSet": [route]}))
            });
            self.add("ec2:DescribeRouteTables", json!({}), json!({"routeTableSet": tables.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.nat_gateways.known() {
            let list = all.iter().map(|it| {
                let mode = if it.regional { "regional" } else { "zonal" };
                without_nulls(json!({"natGatewayId": it.id, "subnetId": it.subnet_id, "state": it.state, "availabilityMode": mode}))
            });
            self.add("ec2:DescribeNatGateways", json!({}), json!({"natGatewaySet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.vpc_endpoints.known() {
            let list = all.iter().map(|it| {
                json!({
                    "vpcEndpointId": it.id, "serviceName": it.service_name, "vpcEndpointType": it.kind, "state": it.state, "subnetIdSet": it.subnet_ids,
                })
            });
            self.add("ec2:DescribeVpcEndpoints", json!({}), json!({"vpcEndpointSet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.volumes.known() {
            let list = all.iter().map(|it| {
                without_nulls(json!({
                    "volumeId": it.id, "volumeType": it.volume_type, "size": it.size_gib, "iops": it.iops, "throughput": it.throughput,
                    "availabilityZone": it.zone, "encrypted": it.encrypted, "status": it.state, "tagSet": tags(&it.tags, "key", "value"),
                }))
            });
            self.add("ec2:DescribeVolumes", json!({}), json!({"volumeSet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.snapshots.known() {
            let list = all.iter().map(|it| {
                without_nulls(json!({
                    "snapshotId": it.id, "volumeId": it.volume_id, "startTime": it.start_time.map(|it| it.to_string()), "status": it.state,
                    "encrypted": it.encrypted,
                }))
            });
            self.add("ec2:DescribeSnapshots", json!({}), json!({"snapshotSet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.auto_scaling_groups.known() {
            let list = all.iter().map(|it| {
                json!({
                    "AutoScalingGroupName": it.name, "MinSize": it.min_size, "MaxSize": it.max_size, "DesiredCapacity": it.desired_capacity,
                    "AvailabilityZones": it.zones, "Tags": tags(&it.tags, "Key", "Value"),
                    "SuspendedProcesses": it.suspended_processes.iter().map(|it| json!({"ProcessName": it})).collect::<Vec<_>>(),
                })
            });
            self.add("autoscaling:DescribeAutoScalingGroups", json!({}), json!({"AutoScalingGroups": list.collect::<Vec<_>>()}));
        }
    }

    fn traffic(&mut self, account: &Account) {
        if let Some(all) = account.load_balancers.known() {
            let list: Vec<Value> = all
                .iter()
                .map(|it| {
                    json!({
                        "LoadBalancerArn": it.arn, "DNSName": it.dns_name, "LoadBalancerName": it.name, "Scheme": it.scheme, "Type": it.kind,
                        "AvailabilityZones": it.zones.iter().map(|it| json!({"ZoneName": it})).collect::<Vec<_>>(),
                    })
                })
                .collect();
            self.add("elasticloadbalancing:DescribeLoadBalancers", json!({}), json!({"LoadBalancers": list}));
            let described: Vec<Value> = all.iter().map(|it| json!({"ResourceArn": it.arn, "Tags": tags(&it.tags, "Key", "Value")})).collect();
            self.add("elasticloadbalancing:DescribeTags", json!({}), json!({"TagDescriptions": described}));
            all.iter().for_each(|it| self.balancer(it));
        }
        if let Some(all) = account.certificates.known() {
            let list: Vec<Value> = all.iter().map(|it| json!({"CertificateArn": it.arn, "DomainName": it.domain})).collect();
            self.add("acm:ListCertificates", json!({}), json!({"CertificateSummaryList": list}));
            for it in all {
                let eligible = it.renewal_eligible.map(|it| if it { "ELIGIBLE" } else { "INELIGIBLE" });
                let certificate = json!({
                    "CertificateArn": it.arn, "DomainName": it.domain, "Status": it.status, "NotAfter": it.not_after.map(|it| it.as_second()),
                    "RenewalEligibility": eligible,
                });
                self.add("acm:DescribeCertificate", json!({"CertificateArn": it.arn}), json!({"Certificate": without_nulls(certificate)}));
            }
        }
    }

    fn balancer(&mut self, it: &LoadBalancer) {
        let when = json!({"LoadBalancerArn": it.arn});
        let mut listeners = Vec::new();
        for listener in &it.listeners {
            let arn = format!("{}/listener/{}", it.arn, listener.port);
            let redirect = json!({"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}});
            let action = if listener.redirects_to_https { redirect } else { json!({"Type": "forward"}) };
            listeners.push(without_nulls(json!({
                "ListenerArn": arn, "Port": listener.port, "Protocol": listener.protocol, "SslPolicy": listener.ssl_policy,
                "Certificates": listener.certificate_arns.iter().map(|it| json!({"CertificateArn": it})).collect::<Vec<_>>(), "DefaultActions": [action],
            })));
            let rules = json!([{"RuleArn": format!("{arn}/default"), "IsDefault": true, "Actions": [action]}]);
            self.add("elasticloadbalancing:DescribeRules", json!({"ListenerArn": arn}), json!({"Rules": rules}));
        }
        self.add("elasticloadbalancing:DescribeListeners", when.clone(), json!({"Listeners": listeners}));
        let group = format!("{}/group", it.arn);
        self.add("elasticloadbalancing:DescribeTargetGroups", when, json!({"TargetGroups": [{"TargetGroupArn": group}]}));
        let count = |it: Option<i64>| usize::try_from(it.unwrap_or(0)).unwrap_or(0);
        let states = std::iter::repeat_n("healthy", count(it.healthy_targets)).chain(std::iter::repeat_n("unhealthy", count(it.unhealthy_targets)));
        let targets: Vec<Value> = states.map(|state| json!({"TargetHealth": {"State": state}})).collect();
        self.add("elasticloadbalancing:DescribeTargetHealth", json!({"TargetGroupArn": group}), json!({"TargetHealthDescriptions": targets}));
    }

    fn images(&mut self, account: &Account) {
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

    fn roles(&mut self, account: &Account) {
        account.roles.known().into_iter().flatten().for_each(|it| self.role(it));
    }

    fn role(&mut self, it: &Role) {
        let when = json!({"RoleName": it.name});
        let role = json!({"RoleName": it.name, "Arn": it.arn, "AssumeRolePolicyDocument": document(it.trust.iter(), true)});
        self.add("iam:GetRole", when.clone(), json!({"Role": role}));
        let mut inline: Vec<&str> = it.statements.iter().filter_map(|it| it.policy.as_deref()).filter(|it| !it.starts_with("arn:")).collect();
        inline.dedup();
        self.add("iam:ListRolePolicies", when.clone(), json!({"PolicyNames": inline, "IsTruncated": false}));
        for policy in inline {
            let text = document(it.statements.iter().filter(|it| it.policy.as_deref() == Some(policy)), false);
            let answer = json!({"RoleName": it.name, "PolicyName": policy, "PolicyDocument": text});
            self.add("iam:GetRolePolicy", json!({"RoleName": it.name, "PolicyName": policy}), answer);
        }
        let attached: Vec<Value> = it.managed_policies.iter().map(|it| json!({"PolicyArn": it})).collect();
        self.add("iam:ListAttachedRolePolicies", when, json!({"AttachedPolicies": attached, "IsTruncated": false}));
        for arn in &it.managed_policies {
            self.add("iam:GetPolicy", json!({"PolicyArn": arn}), json!({"Policy": {"Arn": arn, "DefaultVersionId": "v3"}}));
            let text = document(it.statements.iter().filter(|it| it.policy.as_ref() == Some(arn)), false);
            let when = json!({"PolicyArn": arn, "VersionId": "v3"});
            self.add("iam:GetPolicyVersion", when, json!({"PolicyVersion": {"Document": text, "VersionId": "v3"}}));
        }
    }

    fn observability(&mut self, account: &Account) {
        if let Some(all) = account.alarms.known() {
            let list: Vec<Value> = all.iter().map(alarm).collect();
            self.add("cloudwatch:DescribeAlarms", json!({}), json!({"MetricAlarms": list, "CompositeAlarms": []}));
        }
        if let Some(all) = account.dashboards.known() {
            let list: Vec<Value> = all.iter().map(|it| json!({"DashboardName": it})).collect();
            self.add("cloudwatch:ListDashboards", json!({}), json!({"DashboardEntries": list}));
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

    fn backups(&mut self, account: &Account) {
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

    fn rest(&mut self, account: &Account) {
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
        if let Some(all) = account.guardduty_features.known() {
            self.add("guardduty:ListDetectors", json!({}), json!({"detectorIds": ["detector"]}));
            let features: Vec<Value> = all.iter().map(|it| json!({"name": it, "status": "ENABLED"})).collect();
            self.add("guardduty:GetDetector", json!({}), json!({"status": "ENABLED", "serviceRole": "role", "features": features}));
        }
    }
}

fn alarm(it: &Alarm) -> Value {
    without_nulls(json!({
        "AlarmName": it.name, "Namespace": it.namespace, "MetricName": it.metric, "Dimensions": tags(&it.dimensions, "Name", "Value"),
        "StateValue": it.state, "AlarmActions": it.actions, "ActionsEnabled": it.actions_enabled,
    }))
}

fn tags(all: &Labels, key: &str, value: &str) -> Vec<Value> {
    all.iter().map(|it| json!({key: it.0, value: it.1})).collect()
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

/// A policy document, URL-encoded as IAM gives it.
fn document<'a>(statements: impl Iterator<Item = &'a Statement>, trust: bool) -> String {
    let some = |all: &[Text]| (!all.is_empty()).then(|| json!(all));
    let statement = |it: &Statement| {
        let principals = (trust && !it.principals.is_empty()).then(|| json!({"Service": it.principals}));
        let condition = it.conditioned.then(|| json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}));
        without_nulls(json!({
            "Sid": it.sid, "Effect": it.effect, "Principal": principals, "Action": some(&it.actions), "NotAction": some(&it.not_actions),
            "Resource": some(&it.resources), "Condition": condition,
        }))
    };
    let text = json!({"Version": "2012-10-17", "Statement": statements.map(statement).collect::<Vec<_>>()}).to_string();
    utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
}

/// AWS leaves out what is not set.
fn without_nulls(mut it: Value) -> Value {
    if let Some(all) = it.as_object_mut() {
        all.retain(|_, value| !value.is_null());
        for value in all.values_mut() {
            *value = without_nulls(value.take());
        }
    }
    it
}
