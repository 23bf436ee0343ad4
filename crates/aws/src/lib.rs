//! The AWS account's facts around one cluster: declared calls on the SDK's own runtime.
//!
//! Credentials, profiles, SSO and regions come from `aws-config`, signatures from `aws-sigv4`, connections from `aws-smithy-http-client`. The calls
//! themselves are data ([`calls::all`]): from them come requests, the least-privilege policy ([`permissions`]) and the fake of the tests.
//! Only reading calls are declared, so nothing can be changed.

mod call;
pub mod calls;
mod client;
pub mod endpoint;
mod failure;
pub mod permissions;
mod protocol;
mod reach;
mod read;
mod reader;
mod retry;
mod schedule;
mod scope;
mod setup;
mod tree;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use seatrial_model::{Account, Cluster, Gap, Known, Need};

pub use call::{Call, Paging, Protocol, Service};
use client::Client;
use failure::Failure;
use reader::Reader;
use setup::Setup;

/// Which account, region and cluster to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Profile of the shared configuration; the usual one where none is named.
    pub profile: Option<String>,
    /// Region; that of the environment, of the profile or of the nodes where none is named.
    pub region: Option<String>,
    /// The cluster's name in EKS.
    pub cluster_name: Option<String>,
}

/// Told after each fact: what was read, and how many.
pub type Progress<'a> = &'a (dyn Fn(&str, usize) + Sync);

/// Reads what `needs` ask for, as far as `cluster`'s objects refer to it. What was not read is a gap that says why.
///
/// `cluster` must hold the lists that [`Need::told_by`] names for each need; put a gap in a fact whose list was not read
/// ([`Account::forget`]). Runs on tokio; dropping the future ends every call.
pub async fn collect(options: &Options, cluster: &Cluster, needs: &BTreeSet<Need>, progress: Progress<'_>) -> Account {
    gather(None, options, cluster, needs, progress).await
}

/// As [`collect`], of an emulator: every service answers at `url` and takes any credentials. Without it, `AWS_ENDPOINT_URL` does the same.
pub async fn collect_at(url: &str, options: &Options, cluster: &Cluster, needs: &BTreeSet<Need>, progress: Progress<'_>) -> Account {
    gather(Some(url), options, cluster, needs, progress).await
}

async fn gather(emulator: Option<&str>, options: &Options, cluster: &Cluster, needs: &BTreeSet<Need>, progress: Progress<'_>) -> Account {
    let wanted: BTreeSet<Need> = needs.iter().copied().filter(|it| it.is_aws()).collect();
    let mut account = Account::unread("no selected check asks for it", "select a check that needs it");
    if wanted.is_empty() {
        return account;
    }
    let reader = match connect(emulator, options, cluster).await {
        Ok(it) => it,
        Err(failure) => {
            wanted.iter().for_each(|need| account.forget(*need, failure.gap(*need)));
            return account;
        }
    };
    let tasks = wanted.iter().map(|need| async {
        let found = fact(&reader, *need).await;
        progress(need.name(), found.count);
        found
    });
    for (need, found) in wanted.iter().zip(join_all(tasks).await) {
        (found.put)(&mut account, *need);
    }
    account
}

/// A reader with credentials that AWS takes.
async fn connect<'a>(emulator: Option<&str>, options: &Options, cluster: &'a Cluster) -> Result<Reader<'a>, Failure> {
    let client = Client::new(Setup::load(options, scope::region(cluster), emulator).await?);
    // An STS that is out of reach (a VPC without its endpoint) must not hide the rest.
    if let Err(failure @ Failure::Credentials(_)) = client.account().await {
        return Err(failure);
    }
    Ok(Reader::new(client, cluster, options.cluster_name.clone()))
}

/// Puts a fact, or the gap in its place, into the account.
type Put = Box<dyn FnOnce(&mut Account, Need) + Send>;

/// A fact on its way into the account.
struct Found {
    count: usize,
    put: Put,
}

impl Found {
    fn of<T: Send + 'static>(it: Result<T, Failure>, count: fn(&T) -> usize, field: fn(&mut Account) -> &mut Known<T>) -> Self {
        let counted = it.as_ref().map_or(0, count);
        let put = move |account: &mut Account, need: Need| *field(account) = it.map_or_else(|failure| Known::No(failure.gap(need)), Known::Yes);
        Self { count: counted, put: Box::new(put) }
    }

    fn list<T: Send + 'static>(it: Result<Vec<T>, Failure>, field: fn(&mut Account) -> &mut Known<Vec<T>>) -> Self {
        Self::of(it, Vec::len, field)
    }
}

async fn fact(r: &Reader<'_>, need: Need) -> Found {
    match need {
        Need::AwsEksCluster => Found::of(r.eks_cluster().await.cloned(), |_| 1, |it| &mut it.eks_cluster),
        Need::AwsNodeGroups => Found::list(r.node_groups().await.map(<[_]>::to_vec), |it| &mut it.node_groups),
        Need::AwsAddons => Found::list(read::eks::addons(r).await, |it| &mut it.addons),
        Need::AwsAccessEntries => Found::list(r.access_entries().await.map(<[_]>::to_vec), |it| &mut it.access_entries),
        Need::AwsPodIdentity => Found::list(r.associations().await.map(<[_]>::to_vec), |it| &mut it.pod_identity_associations),
        Need::AwsInsights => Found::list(read::eks::insights(r).await, |it| &mut it.insights),
        Need::AwsInstances => Found::list(r.instances().await.map(<[_]>::to_vec), |it| &mut it.instances),
        Need::AwsSubnets => Found::list(read::network::subnets(r).await, |it| &mut it.subnets),
        Need::AwsNatGateways => Found::list(read::network::nat_gateways(r).await, |it| &mut it.nat_gateways),
        Need::AwsVpcEndpoints => Found::list(read::network::vpc_endpoints(r).await, |it| &mut it.vpc_endpoints),
        Need::AwsVolumes => Found::list(r.volumes().await.map(<[_]>::to_vec), |it| &mut it.volumes),
        Need::AwsSnapshots => Found::list(read::storage::snapshots(r).await, |it| &mut it.snapshots),
        Need::AwsBackup => Found::list(read::backup::plans(r).await, |it| &mut it.backup_plans),
        Need::AwsAutoScaling => Found::list(read::nodes::auto_scaling_groups(r).await, |it| &mut it.auto_scaling_groups),
        Need::AwsLoadBalancers => Found::list(r.load_balancers().await.map(<[_]>::to_vec), |it| &mut it.load_balancers),
        Need::AwsCertificates => Found::list(read::traffic::certificates(r).await, |it| &mut it.certificates),
        Need::AwsRepositories => Found::list(read::images::repositories(r).await, |it| &mut it.repositories),
        Need::AwsRegistry => Found::list(read::images::replication(r).await, |it| &mut it.registry_replication),
        Need::AwsRoles => Found::list(read::iam::roles(r).await, |it| &mut it.roles),
        Need::AwsAlarms => Found::list(read::observability::alarms(r).await, |it| &mut it.alarms),
        Need::AwsDashboards => Found::list(read::observability::dashboards(r).await, |it| &mut it.dashboards),
        Need::AwsLogGroups => Found::list(read::observability::log_groups(r).await, |it| &mut it.log_groups),
        Need::AwsSecrets => Found::list(read::secrets::secrets(r).await, |it| &mut it.secrets),
        Need::AwsQueues => Found::list(read::messages::queues(r).await, |it| &mut it.queues),
        Need::AwsHealthChecks => Found::list(read::safety::health_checks(r).await, |it| &mut it.health_checks),
        Need::AwsGuardDuty => Found::list(read::safety::guardduty_features(r).await, |it| &mut it.guardduty_features),
        Need::AwsUpdates => Found::list(read::eks::updates(r).await, |it| &mut it.eks_updates),
        Need::AwsSecurityGroups => Found::list(read::network::security_groups(r).await, |it| &mut it.security_groups),
        Need::AwsQuotas => Found::list(read::nodes::quotas(r).await, |it| &mut it.quotas),
        Need::AwsClusterVersions => Found::list(read::eks::versions(r).await, |it| &mut it.cluster_versions),
        Need::AwsAddresses => Found::list(read::addresses::addresses(r).await, |it| &mut it.addresses),
        Need::AwsLaunchTemplates => Found::list(read::templates::templates(r).await, |it| &mut it.launch_templates),
        Need::AwsContainerInsights => Found::list(read::observability::container_insights(r).await, |it| &mut it.container_insights),
        // A need of AWS that no reader knows would be a bug: it stays a gap that says so.
        other => Found { count: 0, put: Box::new(move |account, _| account.forget(other, unknown(other))) },
    }
}

fn unknown(need: Need) -> Gap {
    Gap { what: need.name().to_owned(), why: "this program does not read it".to_owned(), remedy: "report it: this is a bug".to_owned() }
}
