//! From what was read to the Snapshot that every analysis is a function of.

use std::collections::BTreeSet;

use jiff::Timestamp;
use seatrial_aws::Options;
use seatrial_cluster::{EksName, Reading, eks_name_of_nodes};
use seatrial_model::{Account, Gap, Known, Need, Scope, Snapshot};
use tokio::sync::watch;

use crate::{From, Progress, Request};

/// The AWS account's facts, as far as they are wanted; those that the API server told among them.
pub async fn account(request: &Request, eks: &EksName, reading: &mut Reading, progress: Progress<'_>, stop: watch::Receiver<bool>) -> Account {
    let mut account = match &request.aws {
        None => Account::unread("the AWS account was left alone (`--no-aws`)", "run it without `--no-aws`"),
        Some(aws) => {
            let told = EksName { name: aws.cluster_name.clone(), region: aws.region.clone(), profile: aws.profile.clone() };
            read(request, told.or(eks.clone()).or(eks_name_of_nodes(&reading.part.cluster)), reading, progress, stop).await
        }
    };
    if let Some(calls) = reading.deprecated_calls.take() {
        account.deprecated_calls = calls;
    }
    if let Some(usage) = reading.volume_usage.take() {
        account.volume_usage = usage;
    }
    account
}

async fn read(request: &Request, eks: EksName, reading: &Reading, progress: Progress<'_>, mut stop: watch::Receiver<bool>) -> Account {
    let options = Options { profile: eks.profile, region: eks.region, cluster_name: eks.name };
    let hear = |what: &str, count: usize| progress(From::Aws, what, count);
    let facts = seatrial_aws::collect(&options, &reading.part.cluster, &request.needs, &hear);
    let stopped = async {
        // A sender that is gone stops nobody.
        if stop.wait_for(|it| *it).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = stopped => Account::unread("interrupted before the AWS account was read", "run it again, and let it finish"),
        it = facts => it,
    }
}

/// Puts everything in its place. Gaps are there first: none is taken for a list that a dump left out.
pub fn assemble(taken_at: Timestamp, needs: &BTreeSet<Need>, mut reading: Reading, mut account: Account) -> Snapshot {
    // A list that was not read does not tell what of the account belongs to the cluster: what was read of it is not all.
    for &need in needs.iter().filter(|it| it.is_aws()) {
        reading.lacks_what_tells_it(need);
        if let Some(gap) = reading.gaps.get(&need) {
            account.forget(need, gap.clone());
        }
    }
    let mut snapshot = Snapshot::empty(Scope::Cluster, taken_at);
    snapshot.meta.server_version = reading.version;
    snapshot.meta.namespaces = reading.only.iter().map(|it| it.as_str().into()).collect();
    snapshot.files = reading.files;
    snapshot.gaps = reading.gaps;
    for (need, gap) in [(Need::DeprecatedCalls, gap_of(&account.deprecated_calls)), (Need::VolumeUsage, gap_of(&account.volume_usage))] {
        if let Some(gap) = gap {
            snapshot.gaps.entry(need).or_insert_with(|| gap.clone());
        }
    }
    snapshot.account = account;
    reading.part.into_snapshot(&mut snapshot);
    snapshot
}

fn gap_of<T>(fact: &Known<T>) -> Option<&Gap> {
    fact.as_ref().err()
}
