//! From what was read to the Snapshot that every analysis is a function of.

use std::collections::BTreeSet;

use jiff::Timestamp;
use seatrial_cluster::{EksName, Reading, eks_name_of_nodes};
use seatrial_model::{Account, Known, Need, Scope, Snapshot};

use crate::Request;

/// The AWS account's facts, as far as they are wanted.
pub fn account(request: &Request, eks: &EksName, reading: &mut Reading) -> Account {
    let mut account = match &request.aws {
        None => Account::unread("the AWS account was left alone (`--no-aws`)", "run it without `--no-aws`"),
        Some(aws) => {
            let told = EksName { name: None, region: aws.region.clone(), profile: aws.profile.clone() };
            let of_nodes = eks_name_of_nodes(&reading.part.cluster);
            let _name = told.or(eks.clone()).or(of_nodes);
            Account::unread(
                "this version reads the cluster alone, not its AWS account",
                "write the facts down as an `Account` document and check it with a dump",
            )
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

/// Puts everything in its place. Gaps are there first: none is taken for a list that a dump left out.
pub fn assemble(taken_at: Timestamp, needs: &BTreeSet<Need>, mut reading: Reading, account: Account) -> Snapshot {
    for need in needs.iter().filter(|it| it.is_aws()) {
        reading.lacks_what_is_behind(*need);
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

fn gap_of<T>(fact: &Known<T>) -> Option<&seatrial_model::Gap> {
    fact.as_ref().err()
}
