//! What one cluster reaches in its account, by name: a policy that names these one by one allows reading them and nothing beside them.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::{Account, Need, Snapshot};

use crate::calls::{ecr, iam, logs, secretsmanager, sqs};
use crate::endpoint::partition;
use crate::scope::{self, SecretName};

/// ARNs by the patterns that they take the place of. A pattern that is missing stays as wide as it is.
pub(crate) type Reach = BTreeMap<&'static [&'static str], BTreeSet<String>>;

/// Where the names stand.
pub(crate) struct Home<'a> {
    pub region: &'a str,
    pub account: &'a str,
    pub cluster: &'a str,
}

/// What the snapshot's objects and facts name. What depends on a fact that was not read is left out.
pub(crate) fn of(snapshot: &Snapshot, home: &Home<'_>) -> Reach {
    let (cluster, account) = (&snapshot.cluster, &snapshot.account);
    let arn = |service: &str, region: &str, rest: &str| format!("arn:{}:{service}:{region}:{}:{rest}", partition(region).name, home.account);
    let repositories = scope::images(cluster).into_iter().filter(|it| it.account == home.account);
    let queues = scope::queues(cluster).into_iter().filter(|it| it.account.as_deref().is_none_or(|it| it == home.account));
    let groups = [format!("/aws/eks/{}/*", home.cluster), format!("/aws/containerinsights/{}/*", home.cluster)];
    let groups = groups.into_iter().chain(scope::log_groups(cluster).into_iter().map(|it| format!("{it}:*")));
    let secrets = scope::secrets(cluster).into_iter().flat_map(|(region, names)| names.into_iter().map(move |it| (region.clone(), it)));
    let secret = |(region, name): (Option<String>, SecretName)| match name {
        SecretName::Key(key) if key.starts_with("arn:") => format!("{key}*"),
        // Secrets Manager puts a hyphen and six letters behind each name.
        SecretName::Key(key) => arn("secretsmanager", region.as_deref().unwrap_or(home.region), &format!("secret:{key}-??????")),
        SecretName::Prefix(prefix) => arn("secretsmanager", region.as_deref().unwrap_or(home.region), &format!("secret:{prefix}*")),
    };
    let mut found = Reach::new();
    let mut add = |need: Need, patterns: &'static [&'static str], arns: BTreeSet<String>| {
        // Lists that were not read would leave out what they name.
        if need.told_by().iter().all(|it| snapshot.has(*it).is_ok()) {
            found.insert(patterns, arns);
        }
    };
    let repositories = repositories.map(|it| arn("ecr", &it.region, &format!("repository/{}", it.repository)));
    add(Need::AwsRepositories, ecr::DESCRIBE_IMAGES.resources, repositories.collect());
    let queues = queues.map(|it| arn("sqs", it.region.as_deref().unwrap_or(home.region), &it.name));
    add(Need::AwsQueues, sqs::GET_QUEUE_URL.resources, queues.collect());
    add(Need::AwsLogGroups, logs::DESCRIBE_LOG_STREAMS.resources, groups.map(|it| arn("logs", home.region, &format!("log-group:{it}"))).collect());
    add(Need::AwsSecrets, secretsmanager::DESCRIBE_SECRET.resources, secrets.map(secret).collect());
    if let Some(roles) = roles(snapshot, home.account) {
        add(Need::AwsRoles, iam::GET_ROLE.resources, roles);
    }
    if let Some(policies) = policies(account) {
        add(Need::AwsRoles, iam::GET_POLICY.resources, policies);
    }
    found
}

/// Roles in reach, where all that leads to them was read.
fn roles(snapshot: &Snapshot, number: &str) -> Option<BTreeSet<String>> {
    let account = &snapshot.account;
    let all =
        scope::roles_in_reach(&snapshot.cluster, account.pod_identity_associations.known()?, account.node_groups.known()?, account.access_entries.known()?);
    Some(scope::of_account(all, number))
}

/// Managed policies of the roles that were read.
fn policies(account: &Account) -> Option<BTreeSet<String>> {
    Some(account.roles.known()?.iter().flat_map(|it| &it.managed_policies).map(ToString::to_string).collect())
}
