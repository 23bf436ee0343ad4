//! Which calls each fact takes, and the IAM policy that allows exactly those.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::{Need, Snapshot};
use serde_json::{Value, json};

use crate::call::Call;
use crate::calls::{acm, autoscaling, backup, cloudwatch, dlm, ec2, ecr, eks, elbv2, guardduty, iam, logs, route53, secretsmanager, servicequotas, sqs};
use crate::endpoint::partition;
use crate::reach::{self, Home, Reach};

/// Where the policy is for. What is not known stays a word to replace: `REGION`, `ACCOUNT`, `CLUSTER`.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The region.
    pub region: Option<String>,
    /// The account, twelve digits.
    pub account: Option<String>,
    /// The cluster's name.
    pub cluster: Option<String>,
}

/// The calls that a fact takes, those of facts that it builds on among them. Without any one of them it is a gap.
pub fn calls_of(need: Need) -> Vec<&'static Call> {
    let own: &[&Call] = match need {
        Need::AwsEksCluster => &[&eks::DESCRIBE_CLUSTER],
        Need::AwsNodeGroups => &[&eks::LIST_NODEGROUPS, &eks::DESCRIBE_NODEGROUP],
        Need::AwsAddons => &[&eks::LIST_ADDONS, &eks::DESCRIBE_ADDON],
        Need::AwsAccessEntries => &[&eks::LIST_ACCESS_ENTRIES, &eks::DESCRIBE_ACCESS_ENTRY, &eks::LIST_ASSOCIATED_ACCESS_POLICIES],
        Need::AwsPodIdentity => &[&eks::LIST_POD_IDENTITY_ASSOCIATIONS, &eks::DESCRIBE_POD_IDENTITY_ASSOCIATION],
        Need::AwsInsights => &[&eks::LIST_INSIGHTS, &eks::DESCRIBE_INSIGHT],
        Need::AwsInstances => &[&ec2::DESCRIBE_INSTANCES],
        Need::AwsSubnets => &[&ec2::DESCRIBE_SUBNETS, &ec2::DESCRIBE_ROUTE_TABLES],
        Need::AwsNatGateways => &[&ec2::DESCRIBE_NAT_GATEWAYS, &ec2::DESCRIBE_SUBNETS],
        Need::AwsVpcEndpoints => &[&ec2::DESCRIBE_VPC_ENDPOINTS],
        Need::AwsVolumes => &[&ec2::DESCRIBE_VOLUMES],
        Need::AwsSnapshots => &[&ec2::DESCRIBE_SNAPSHOTS],
        Need::AwsBackup => &[
            &backup::LIST_BACKUP_PLANS,
            &backup::GET_BACKUP_PLAN,
            &backup::LIST_BACKUP_SELECTIONS,
            &backup::GET_BACKUP_SELECTION,
            &dlm::GET_LIFECYCLE_POLICIES,
            &dlm::GET_LIFECYCLE_POLICY,
        ],
        Need::AwsAutoScaling => &[&autoscaling::DESCRIBE_AUTO_SCALING_GROUPS],
        Need::AwsLoadBalancers => &[
            &elbv2::DESCRIBE_LOAD_BALANCERS,
            &elbv2::DESCRIBE_TAGS,
            &elbv2::DESCRIBE_LISTENERS,
            &elbv2::DESCRIBE_RULES,
            &elbv2::DESCRIBE_TARGET_GROUPS,
            &elbv2::DESCRIBE_TARGET_HEALTH,
        ],
        Need::AwsCertificates => &[&acm::LIST_CERTIFICATES, &acm::DESCRIBE_CERTIFICATE],
        Need::AwsRepositories => &[
            &ecr::DESCRIBE_REPOSITORIES,
            &ecr::GET_LIFECYCLE_POLICY,
            &ecr::DESCRIBE_IMAGES,
            &ecr::DESCRIBE_IMAGE_SCAN_FINDINGS,
            &ecr::GET_REGISTRY_SCANNING_CONFIGURATION,
        ],
        Need::AwsRegistry => &[&ecr::DESCRIBE_REGISTRY],
        Need::AwsRoles => {
            &[&iam::GET_ROLE, &iam::LIST_ROLE_POLICIES, &iam::GET_ROLE_POLICY, &iam::LIST_ATTACHED_ROLE_POLICIES, &iam::GET_POLICY, &iam::GET_POLICY_VERSION]
        }
        Need::AwsAlarms => &[&cloudwatch::DESCRIBE_ALARMS],
        Need::AwsDashboards => &[&cloudwatch::LIST_DASHBOARDS],
        Need::AwsLogGroups => &[&logs::DESCRIBE_LOG_GROUPS, &logs::DESCRIBE_LOG_STREAMS],
        Need::AwsSecrets => &[&secretsmanager::DESCRIBE_SECRET, &secretsmanager::LIST_SECRETS],
        Need::AwsQueues => &[&sqs::GET_QUEUE_URL, &sqs::GET_QUEUE_ATTRIBUTES],
        Need::AwsHealthChecks => &[&route53::LIST_HEALTH_CHECKS],
        Need::AwsGuardDuty => &[&guardduty::LIST_DETECTORS, &guardduty::GET_DETECTOR],
        Need::AwsUpdates => &[&eks::LIST_UPDATES, &eks::DESCRIBE_UPDATE],
        Need::AwsSecurityGroups => &[&ec2::DESCRIBE_SECURITY_GROUPS],
        Need::AwsQuotas => &[&servicequotas::GET_SERVICE_QUOTA],
        Need::AwsAddresses => &[&ec2::DESCRIBE_ADDRESSES, &ec2::DESCRIBE_NAT_GATEWAYS],
        Need::AwsLaunchTemplates => &[&ec2::DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, &ec2::GET_EBS_ENCRYPTION_BY_DEFAULT],
        Need::AwsContainerInsights => &[&cloudwatch::LIST_METRICS],
        Need::AwsClusterVersions => &[&eks::DESCRIBE_CLUSTER_VERSIONS],
        _ => &[],
    };
    let mut all = own.to_vec();
    for base in built_on(need) {
        all.extend(calls_of(*base).into_iter().filter(|it| !own.iter().any(|own| std::ptr::eq(*own, *it))));
    }
    all
}

/// Facts that another one builds on.
fn built_on(need: Need) -> &'static [Need] {
    match need {
        Need::AwsSubnets | Need::AwsSecurityGroups => &[Need::AwsEksCluster, Need::AwsInstances],
        Need::AwsNatGateways | Need::AwsVpcEndpoints => &[Need::AwsEksCluster],
        Need::AwsBackup => &[Need::AwsEksCluster, Need::AwsVolumes],
        Need::AwsRoles => &[Need::AwsPodIdentity, Need::AwsNodeGroups, Need::AwsAccessEntries],
        Need::AwsAlarms => &[Need::AwsInstances],
        Need::AwsLaunchTemplates => &[Need::AwsNodeGroups],
        Need::AwsAddresses => &[Need::AwsEksCluster, Need::AwsInstances, Need::AwsLoadBalancers],
        _ => &[],
    }
}

/// The IAM policy that these facts take: one statement for each purpose and kind of resource, sorted.
pub fn policy(needs: &BTreeSet<Need>, place: &Place) -> Value {
    written(needs, place, &Reach::new())
}

/// As [`policy`], for one cluster as `snapshot` knows it: roles, policies, repositories, queues, secrets and log groups by name, where all was read
/// that names them. What comes later needs a new policy.
pub fn policy_in_reach(needs: &BTreeSet<Need>, place: &Place, snapshot: &Snapshot) -> Value {
    let (Some(region), Some(account), Some(cluster)) = (&place.region, &place.account, &place.cluster) else { return policy(needs, place) };
    written(needs, place, &reach::of(snapshot, &Home { region, account, cluster }))
}

fn written(needs: &BTreeSet<Need>, place: &Place, reach: &Reach) -> Value {
    let mut statements: BTreeMap<(&str, Vec<String>), BTreeSet<String>> = BTreeMap::new();
    for call in needs.iter().flat_map(|it| calls_of(*it)) {
        let wide = || fill(call.resources, place.region.as_deref().unwrap_or("REGION"), place.account.as_deref(), place.cluster.as_deref());
        let resources = reach.get(call.resources).map_or_else(wide, |named| named.iter().cloned().collect());
        // What nothing is named of is never asked for.
        if !resources.is_empty() {
            statements.entry((purpose(call.service.name), resources)).or_default().insert(call.action());
        }
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let statements: Vec<Value> = statements
        .into_iter()
        .map(|((purpose, resources), actions)| {
            let count = counts.entry(purpose).or_default();
            *count += 1;
            let sid = if *count == 1 { purpose.to_owned() } else { format!("{purpose}{count}") };
            json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": one_or_all(&resources)})
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// One resource as a text, several as a list, as policies write them.
pub(crate) fn one_or_all(resources: &[String]) -> Value {
    match resources {
        [one] => json!(one),
        all => json!(all),
    }
}

/// What a service's facts are for, as a statement's id.
fn purpose(service: &str) -> &'static str {
    match service {
        "eks" => "ReadCluster",
        "ec2" | "autoscaling" => "ReadNodesNetworkAndDisks",
        "elbv2" | "acm" | "route53" => "ReadTraffic",
        "ecr" => "ReadImages",
        "iam" => "ReadRoles",
        "cloudwatch" | "logs" => "ReadObservability",
        "secretsmanager" => "ReadSecretMetadata",
        "backup" | "dlm" => "ReadBackups",
        "sqs" => "ReadQueues",
        _ => "ReadAccount",
    }
}

/// Resource patterns with what is known filled in.
pub(crate) fn fill(patterns: &[&str], region: &str, account: Option<&str>, cluster: Option<&str>) -> Vec<String> {
    let partition = partition(region).name;
    let filled = patterns.iter().map(|it| {
        it.replace("{partition}", partition)
            .replace("{region}", region)
            .replace("{account}", account.unwrap_or("ACCOUNT"))
            .replace("{cluster}", cluster.unwrap_or("CLUSTER"))
    });
    filled.collect()
}
