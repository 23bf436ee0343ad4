//! Until when EKS supports the cluster's version: as EKS says today, else as the calendar of this program knew it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use seatrial_facts::eks_calendar::{RELEASES, release_of};
use seatrial_model::{Need, Version};

use crate::{Cx, Findings};

/// The days on which support of the cluster's version ends.
pub(super) struct Support {
    /// The cluster's version.
    pub version: Version,
    /// Last day at the standard price.
    pub end_standard: Date,
    /// Last day of support at all.
    pub end_extended: Date,
}

/// Support of the cluster's version. Nothing where nobody knows its dates; in a running cluster whose account could have told, that is open.
pub(super) fn of(cx: &Cx<'_>, out: &mut Findings) -> Option<Support> {
    let version = cx.snapshot.meta.server_version?;
    let found = as_eks_says(cx, version).or_else(|| by_calendar(version));
    if found.is_none() {
        out.lacks(cx, Need::AwsClusterVersions);
    }
    found
}

/// AWS has moved such dates before, always to a later day.
fn as_eks_says(cx: &Cx<'_>, version: Version) -> Option<Support> {
    let all = cx.snapshot.account.cluster_versions.known()?;
    let it = all.iter().find(|it| it.version.parse() == Ok(version))?;
    Some(Support { version, end_standard: day(it.end_of_standard_support?), end_extended: day(it.end_of_extended_support?) })
}

fn by_calendar(version: Version) -> Option<Support> {
    // What is older than the calendar has no support, as its oldest release has none.
    let oldest = RELEASES.iter().min_by_key(|it| it.version).filter(|it| version < it.version);
    release_of(version).or(oldest).map(|it| Support { version, end_standard: it.end_standard, end_extended: it.end_extended })
}

/// Today.
pub(super) fn today(cx: &Cx<'_>) -> Date {
    day(cx.now())
}

fn day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}
