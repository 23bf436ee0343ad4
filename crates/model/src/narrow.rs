//! A snapshot as a reader would have taken it who was asked for less.

use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::cluster::{Cluster, Fields, Fill, group_of};
use crate::gap::Gap;
use crate::meta::Object;
use crate::need::Need;
use crate::snapshot::Snapshot;

impl Snapshot {
    /// Leaves out what is not for `needs` where all was read of an API server, and says of each list that nobody asked for it.
    ///
    /// A recording holds every list, and a check of a running cluster reads only what its checks need: both are judged alike.
    pub fn narrow(&mut self, needs: &BTreeSet<Need>) {
        let is_of_api = |it: crate::Handle<'_>| it.origin.is_some_and(|it| it.is_api());
        if self.cluster.objects() == 0 || !self.cluster.handles().all(is_of_api) {
            return;
        }
        let asked: BTreeSet<Need> = needs.iter().flat_map(|it| it.told_by().iter().chain([it])).copied().collect();
        let before = self.cluster.objects();
        let Ok(()) = self.cluster.fill(&mut Narrow(&asked));
        self.tally.objects -= ((before - self.cluster.objects()) as u64).min(self.tally.objects);
        self.problems.retain(|it| Cluster::need_of(&it.object.api_version, &it.object.kind).is_none_or(|it| asked.contains(&it)));
        for &need in Need::ALL.iter().filter(|it| !asked.contains(it)) {
            self.listed.remove(&need);
            self.account.forget(need, Gap::not_asked(need));
            if !need.is_aws() {
                self.gaps.insert(need, Gap::not_asked(need));
            }
        }
    }
}

struct Narrow<'a>(&'a BTreeSet<Need>);

impl Fill for Narrow<'_> {
    type Error = Infallible;

    fn list<T: Fields>(&mut self, _: &'static str, need: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Infallible> {
        list.retain(|it| need.or_else(|| Need::of_identity(group_of(&it.api_version), &it.kind)).is_none_or(|it| self.0.contains(&it)));
        Ok(())
    }
}
