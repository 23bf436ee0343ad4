//! What the cluster refers to in its account: only that is read.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::account::{AccessEntry, NodeGroup, PodIdentityAssociation};
use seatrial_model::kinds::config::{ExternalSecretSpec, SecretStore, StoreRef};
use seatrial_model::{Cluster, Object};

/// An image in a private registry of ECR.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EcrImage {
    /// The registry's account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The repository.
    pub repository: String,
    /// `sha256:...` or a tag.
    pub reference: Reference,
}

/// How an image is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// By its digest.
    Digest(String),
    /// By a tag.
    Tag(String),
}

/// What an ExternalSecret asks Secrets Manager for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretName {
    /// Name or ARN.
    Key(String),
    /// Every secret whose name begins so.
    Prefix(String),
}

/// A queue, with the region that its address tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueueName {
    /// Region, where the address names it.
    pub region: Option<String>,
    /// Account, where the address names it.
    pub account: Option<String>,
    /// The name.
    pub name: String,
}

/// Ids of the nodes' instances.
pub fn instances(cluster: &Cluster) -> BTreeSet<String> {
    let ids = cluster.nodes.iter().filter_map(|it| it.spec.provider_id.as_deref()?.rsplit('/').next());
    ids.filter(|it| it.starts_with("i-")).map(str::to_owned).collect()
}

/// The region that the nodes stand in.
pub fn region(cluster: &Cluster) -> Option<&str> {
    cluster.nodes.iter().find_map(|it| it.meta.label("topology.kubernetes.io/region"))
}

/// The cluster's name, where eksctl wrote it on its nodes.
pub fn cluster_name(cluster: &Cluster) -> Option<&str> {
    cluster.nodes.iter().find_map(|it| it.meta.label("alpha.eksctl.io/cluster-name"))
}

/// EBS volumes behind the persistent volumes.
pub fn volumes(cluster: &Cluster) -> BTreeSet<String> {
    let ids = cluster.persistent_volumes.iter().filter_map(|it| {
        let by_csi = it.spec.csi.as_ref().filter(|it| it.driver.starts_with("ebs.csi.")).map(|it| it.volume_handle.as_str());
        let in_tree = it.spec.aws_elastic_block_store.as_ref().map(|it| it.volume_id.as_str());
        by_csi.or(in_tree)?.rsplit('/').next()
    });
    ids.filter(|it| it.starts_with("vol-")).map(str::to_owned).collect()
}

/// Images in ECR that workloads and running pods name.
pub fn images(cluster: &Cluster) -> BTreeSet<EcrImage> {
    let written = cluster.workloads.iter().flat_map(|it| it.pod().all_containers());
    let running = cluster.pods.iter().flat_map(|it| it.spec.all_containers());
    written.chain(running).filter_map(|it| ecr_image(&it.image)).collect()
}

/// `111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.2@sha256:...`
///
/// Source: Amazon ECR user guide, private registries.
pub fn ecr_image(image: &str) -> Option<EcrImage> {
    let (host, rest) = image.split_once('/')?;
    let mut parts = host.split('.');
    let (account, dkr, ecr, region) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_account = account.len() == 12 && account.bytes().all(|it| it.is_ascii_digit());
    if !is_account || dkr != "dkr" || !matches!(ecr, "ecr" | "ecr-fips") || parts.next().is_none() {
        return None;
    }
    let (name, digest) = rest.split_once('@').map_or((rest, None), |(name, digest)| (name, Some(digest)));
    let (repository, tag) = name.rsplit_once(':').map_or((name, None), |(name, tag)| (name, Some(tag)));
    let reference = match (digest, tag) {
        (Some(digest), _) => Reference::Digest(digest.to_owned()),
        (None, tag) => Reference::Tag(tag.unwrap_or("latest").to_owned()),
    };
    Some(EcrImage { account: account.to_owned(), region: region.to_owned(), repository: repository.to_owned(), reference })
}

/// ARNs of roles that Kubernetes objects name: annotations of service accounts, KEDA's authentications, secret stores.
pub fn roles(cluster: &Cluster) -> BTreeSet<String> {
    let annotated = cluster.service_accounts.iter().filter_map(|it| it.meta.annotation("eks.amazonaws.com/role-arn"));
    let scalers = cluster.trigger_authentications.iter().filter_map(|it| it.spec.pod_identity.as_ref()?.role_arn.as_deref());
    let stores = cluster.secret_stores.iter().filter_map(|it| it.spec.provider.aws.as_ref()?.role.as_deref());
    annotated.chain(scalers).chain(stores).filter(|it| it.contains(":role/")).map(str::to_owned).collect()
}

/// Those, and the roles of associations, node groups and access entries.
pub fn roles_in_reach(cluster: &Cluster, associations: &[PodIdentityAssociation], groups: &[NodeGroup], entries: &[AccessEntry]) -> BTreeSet<String> {
    let mut arns = roles(cluster);
    arns.extend(associations.iter().flat_map(|it| [Some(&it.role_arn), it.target_role_arn.as_ref()]).flatten().map(ToString::to_string));
    arns.extend(groups.iter().filter_map(|it| it.node_role.as_ref()).map(ToString::to_string));
    arns.extend(entries.iter().map(|it| it.principal_arn.to_string()).filter(|it| it.contains(":role/") && !it.contains(":role/aws-service-role/")));
    arns
}

/// ARNs of this account.
pub fn of_account(arns: BTreeSet<String>, account: &str) -> BTreeSet<String> {
    arns.into_iter().filter(|it| it.split(':').nth(4) == Some(account)).collect()
}

/// What ExternalSecrets ask Secrets Manager for, by region (where the store names one).
pub fn secrets(cluster: &Cluster) -> BTreeMap<Option<String>, BTreeSet<SecretName>> {
    let mut found: BTreeMap<Option<String>, BTreeSet<SecretName>> = BTreeMap::new();
    for it in &cluster.external_secrets {
        let spec = it.spec.external_secret_spec.as_deref().unwrap_or(&it.spec);
        for (store, name) in names_of(spec) {
            let Some(store) = store_of(cluster, it.meta.ns(), store) else { continue };
            let Some(aws) = store.spec.provider.aws.as_ref().filter(|it| it.service.as_deref().is_none_or(|it| it == "SecretsManager")) else { continue };
            found.entry(aws.region.as_deref().map(str::to_owned)).or_default().insert(name);
        }
    }
    found
}

fn names_of(spec: &ExternalSecretSpec) -> Vec<(&StoreRef, SecretName)> {
    let mut found = Vec::new();
    for it in &spec.data {
        let store = it.source_ref.as_ref().and_then(|it| it.store_ref.as_ref()).unwrap_or(&spec.secret_store_ref);
        found.push((store, SecretName::Key(it.remote_ref.key.to_string())));
    }
    for it in &spec.data_from {
        let store = it.source_ref.as_ref().and_then(|it| it.store_ref.as_ref()).unwrap_or(&spec.secret_store_ref);
        let key = it.extract.as_ref().map(|it| SecretName::Key(it.key.to_string()));
        let prefix = it.find.as_ref().map(|it| SecretName::Prefix(it.path.as_deref().unwrap_or_default().to_owned()));
        found.extend(key.or(prefix).map(|it| (store, it)));
    }
    found
}

fn store_of<'a>(cluster: &'a Cluster, ns: &str, store: &StoreRef) -> Option<&'a Object<SecretStore>> {
    let kind = store.kind.as_deref().unwrap_or("SecretStore");
    let wide = kind == "ClusterSecretStore";
    cluster.secret_stores.iter().find(|it| it.kind == kind && it.meta.name == store.name && (wide || it.meta.ns() == ns))
}

/// Queues that scalers and variables of containers name.
pub fn queues(cluster: &Cluster) -> BTreeSet<QueueName> {
    let triggers = cluster.scaled_objects.iter().flat_map(|it| &it.spec.triggers).filter(|it| it.kind == "aws-sqs-queue");
    let mut found: BTreeSet<QueueName> =
        triggers.filter_map(|it| queue(it.metadata.get("queueURL")?, it.metadata.get("awsRegion").map(|it| it.as_str()))).collect();
    let variables = cluster.workloads.iter().flat_map(|it| it.pod().all_containers()).flat_map(|it| &it.env);
    let values = variables.filter_map(|it| it.value.as_ref()?.plain()).filter(|it| is_queue(it));
    found.extend(values.filter_map(|it| queue(it, None)));
    // An address tells more than the same queue's name alone.
    let told: BTreeSet<String> = found.iter().filter(|it| it.account.is_some()).map(|it| it.name.clone()).collect();
    found.retain(|it| it.account.is_some() || !told.contains(&it.name));
    found
}

fn is_queue(value: &str) -> bool {
    let arn = value.starts_with("arn:") && value.split(':').nth(2) == Some("sqs");
    arn || (value.starts_with("https://sqs.") && value.contains(".amazonaws.com"))
}

/// A queue's name, URL or ARN.
fn queue(text: &str, region: Option<&str>) -> Option<QueueName> {
    let region = region.filter(|it| !it.is_empty()).map(str::to_owned);
    if text.starts_with("arn:") {
        let parts: Vec<&str> = text.split(':').collect();
        let [_, _, _, at, account, name] = parts[..] else { return None };
        return Some(QueueName { region: Some(at.to_owned()), account: Some(account.to_owned()), name: name.to_owned() });
    }
    let Some(rest) = text.split_once("://").map(|it| it.1) else {
        let plain = !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'));
        return plain.then(|| QueueName { region, account: None, name: text.to_owned() });
    };
    let mut parts = rest.split('/');
    let (host, account, name) = (parts.next()?, parts.next()?, parts.next().filter(|it| !it.is_empty())?);
    let by_host = host.strip_prefix("sqs.").and_then(|it| it.split('.').next()).map(str::to_owned);
    Some(QueueName { region: by_host.or(region), account: Some(account.to_owned()), name: name.to_owned() })
}

/// Host names that Ingresses and Services were given.
pub fn balancer_hosts(cluster: &Cluster) -> BTreeSet<String> {
    let of_ingresses = cluster.ingresses.iter().flat_map(|it| &it.status.load_balancer.ingress);
    let of_services = cluster.services.iter().flat_map(|it| &it.status.load_balancer.ingress);
    of_ingresses.chain(of_services).filter_map(|it| it.hostname.as_deref()).map(str::to_ascii_lowercase).collect()
}

/// Elastic IP addresses that Services ask for, by allocation.
pub fn address_ids(cluster: &Cluster) -> BTreeSet<&str> {
    let named = cluster.services.iter().filter_map(|it| it.meta.annotation("service.beta.kubernetes.io/aws-load-balancer-eip-allocations"));
    named.flat_map(|it| it.split(',')).map(str::trim).filter(|it| !it.is_empty()).collect()
}

/// Log groups besides those of EKS and Container Insights: what ACK objects declare and Fluent Bit's configuration names.
pub fn log_groups(cluster: &Cluster) -> BTreeSet<String> {
    let declared = cluster.ack_log_groups.iter().map(|it| it.spec.name.as_deref().unwrap_or(&it.meta.name).to_owned());
    let mut found: BTreeSet<String> = declared.collect();
    for text in cluster.config_maps.iter().flat_map(|it| it.data.iter()).filter_map(|(_, value)| value.plain()) {
        for line in text.lines() {
            let mut words = line.split_whitespace();
            // Patterns of Fluent Bit (`$(...)`, `${...}`) are known only when they run.
            if words.next().is_some_and(|it| it.eq_ignore_ascii_case("log_group_name")) {
                found.extend(words.next().filter(|it| !it.contains('$')).map(str::to_owned));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_ecr_are_taken_apart() {
        let it = ecr_image("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/team/app:1.2").unwrap();
        assert_eq!((it.region.as_str(), it.repository.as_str(), it.reference), ("cn-north-1", "team/app", Reference::Tag("1.2".to_owned())));
        let it = ecr_image("111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:1@sha256:ab").unwrap();
        assert_eq!(it.reference, Reference::Digest("sha256:ab".to_owned()));
        for other in ["nginx", "docker.io/library/nginx:1", "public.ecr.aws/x/y:1", "1.dkr.ecr.eu-west-1.amazonaws.com/x", "111122223333.dkr.ecr/x"] {
            assert_eq!(ecr_image(other), None, "{other}");
        }
    }

    #[test]
    fn queues_are_told_by_address_arn_or_name() {
        let it = queue("https://sqs.eu-west-1.amazonaws.com/111122223333/jobs", None).unwrap();
        assert_eq!((it.region.as_deref(), it.account.as_deref(), it.name.as_str()), (Some("eu-west-1"), Some("111122223333"), "jobs"));
        let it = queue("arn:aws-cn:sqs:cn-north-1:111122223333:jobs.fifo", None).unwrap();
        assert_eq!((it.region.as_deref(), it.name.as_str()), (Some("cn-north-1"), "jobs.fifo"));
        assert_eq!(queue("jobs", Some("eu-west-1")).unwrap().region.as_deref(), Some("eu-west-1"));
        assert_eq!(queue("http://localhost:4566/000000000000/jobs", None).unwrap().account.as_deref(), Some("000000000000"));
        assert_eq!(queue("$(QUEUE)", None), None);
    }
}
