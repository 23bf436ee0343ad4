//! A snapshot as a reader would have taken it who was asked for less.

use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::cluster::{Cluster, Fields, Fill, group_of};
use crate::meta::Object;
use crate::need::Need;
use crate::snapshot::Snapshot;

impl Snapshot {
    /// Leaves out what was read of an API server and is not for `needs`.
    ///
    /// A recording holds every list, and a check of a running cluster reads only what its checks need: both are judged alike.
    pub fn narrow(&mut self, needs: &BTreeSet<Need>) {
        let asked: BTreeSet<Need> = needs.iter().flat_map(|it| it.told_by().iter().chain([it])).copied().collect();
        let before = count(&self.cluster);
        let Ok(()) = self.cluster.fill(&mut Narrow(&asked));
        self.tally.objects -= (before - count(&self.cluster)).min(self.tally.objects);
        self.problems.retain(|it| !it.origin.is_api() || Cluster::need_of(&it.object.api_version, &it.object.kind).is_none_or(|it| asked.contains(&it)));
    }
}

/// A bare pod stands in two lists, and is one object.
fn count(cluster: &Cluster) -> u64 {
    (cluster.handles().filter(|it| it.kind != "Pod").count() + cluster.pods.len()) as u64
}

struct Narrow<'a>(&'a BTreeSet<Need>);

impl Fill for Narrow<'_> {
    type Error = Infallible;

    fn list<T: Fields>(&mut self, _: &'static str, need: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Infallible> {
        list.retain(|it| {
            let need = need.or_else(|| Need::of_identity(group_of(&it.api_version), &it.kind));
            !it.origin.is_some_and(|it| it.is_api()) || need.is_none_or(|it| self.0.contains(&it))
        });
        Ok(())
    }
}
