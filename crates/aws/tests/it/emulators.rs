//! Emulators that others wrote, filled with the golden account: what they can play is read as it was made; what they cannot is a gap, never a guess.

use std::collections::BTreeSet;

use seatrial_aws::collect_at;
use seatrial_model::account::{AccessEntry, Addon, Alarm, HealthCheck, LogGroup, ManagedSecret, NodeGroup, PodIdentityAssociation, Queue, Repository, Role};
use seatrial_model::{Need, Text};

use super::support::{gaps, golden, known, needs, options};

/// The address of moto and ministack behind one door; `None`, with words, where they do not run. Under `CI=true` that is a failure.
fn address() -> Option<String> {
    let found = std::env::var("SEATRIAL_TESTBED_AWS").ok().filter(|it| !it.is_empty());
    if found.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must read the emulators: `cargo xtask test` starts them");
        eprintln!("skipped: no SEATRIAL_TESTBED_AWS, so there are no AWS emulators to read; `cargo xtask test` starts them");
    }
    found
}

/// What neither has: insights, updates and versions of EKS, Data Lifecycle Manager beside AWS Backup, service quotas.
const UNPLAYED: [Need; 5] = [Need::AwsInsights, Need::AwsBackup, Need::AwsUpdates, Need::AwsQuotas, Need::AwsClusterVersions];

#[tokio::test(flavor = "multi_thread")]
async fn what_others_play_is_read_as_it_was_made() {
    let Some(url) = address() else { return };
    let made = golden();
    let account = collect_at(&url, &options(), &made.cluster, &needs(), &|_, _| {}).await;
    let found: BTreeSet<Need> = gaps(&account, &needs()).into_iter().map(|it| it.0).collect();
    assert_eq!(found, BTreeSet::from(UNPLAYED), "{:#?}", gaps(&account, &needs()));
    let theirs = &made.account;
    macro_rules! same {
        ($($field:ident: |$it:ident: &$of:ty| $key:expr;)*) => {$(
            let keys = |all: &Vec<$of>| all.iter().map(|$it: &$of| $key).collect::<BTreeSet<_>>();
            assert_eq!(keys(known(&account.$field)), keys(known(&theirs.$field)), stringify!($field));
        )*};
    }
    same! {
        node_groups: |it: &NodeGroup| (it.name.clone(), it.min_size, it.max_size, it.capacity_type.clone(), it.instance_types.clone());
        addons: |it: &Addon| (it.name.clone(), it.version.clone(), it.status.clone(), it.configuration.clone());
        access_entries: |it: &AccessEntry| (it.principal_arn.clone(), it.policies.len());
        pod_identity_associations: |it: &PodIdentityAssociation| (it.namespace.clone(), it.service_account.clone(), it.role_arn.clone());
        repositories: |it: &Repository| (it.name.clone(), it.scan_on_push, it.tag_mutability.clone(), it.has_lifecycle_policy);
        registry_replication: |it: &Text| it.clone();
        log_groups: |it: &LogGroup| (it.name.clone(), it.retention_days);
        alarms: |it: &Alarm| (it.name.clone(), it.state.clone(), it.actions.clone());
        dashboards: |it: &Text| it.clone();
        secrets: |it: &ManagedSecret| (it.name.clone(), it.replica_regions.clone());
        queues: |it: &Queue| (it.arn.clone(), it.visibility_timeout, it.dead_letter_arn.clone());
        health_checks: |it: &HealthCheck| it.target.clone();
        guardduty_features: |it: &Text| it.clone();
    }
    let roles = |all: &Vec<Role>| -> BTreeSet<_> {
        all.iter()
            .filter(|it| it.name != "shop-prod-node" && it.name != "PlatformAdmin" && it.name != "Developer")
            .map(|it| (it.arn.clone(), it.statements.clone().len(), it.trust[0].principals.clone()))
            .collect()
    };
    assert_eq!(roles(known(&account.roles)), roles(known(&theirs.roles)));
    let cluster = known(&account.eks_cluster);
    assert_eq!((cluster.name.as_str(), cluster.authentication_mode.as_deref(), cluster.logging.len()), ("shop-prod", Some("API"), 5));
    let balancers = known(&account.load_balancers);
    assert_eq!(balancers.len(), 1);
    let listeners: Vec<_> = balancers[0].listeners.iter().map(|it| (it.port, it.redirects_to_https, it.ssl_policy.is_some())).collect();
    assert_eq!(listeners, [(80, true, false), (443, false, true)]);
    // EKS is played by one of them and EC2 by the other, which knows the subnets but not that VPC.
    let subnets: BTreeSet<_> = known(&account.subnets).iter().map(|it| (it.zone.clone(), it.cidr.clone(), it.map_public_ip_on_launch)).collect();
    let wanted = [("us-east-1a", "10.42.16.0/20"), ("us-east-1b", "10.42.32.0/20"), ("us-east-1c", "10.42.48.0/20")];
    assert_eq!(subnets, wanted.into_iter().map(|(zone, range)| (zone.into(), range.into(), false)).collect());
    assert_eq!(known(&account.certificates).len(), 1);
}
