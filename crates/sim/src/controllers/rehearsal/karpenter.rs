//! Karpenter: it collects pods that wait for a second or ten, packs them onto instances of its pools, and orders the cheapest that hold them.
//!
//! Source: kubernetes-sigs/karpenter pkg/controllers/provisioning (batcher.go, provisioner.go, scheduling).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use seatrial_model::{Quantity, ResourceList, Text};

use super::node_groups::{Source, ZONE};
use super::{Event, Rehearsal};
use crate::controllers::latencies::{KARPENTER_BATCH_IDLE, KARPENTER_BATCH_MAX};
use crate::ids::{NodeId, PodId};
use crate::nodes::NodeFacts;
use crate::selectors::accepts;

/// A NodePool with what its requirements leave to choose from.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// Name.
    pub name: Text,
    /// `spec.weight`: higher is tried first.
    pub weight: i64,
    /// `spec.limits`.
    pub limits: ResourceList,
    /// Instances that the requirements allow, one for each type, zone and capacity type, labels and taints included.
    pub offers: Vec<Arc<Offer>>,
    /// Its nodes.
    pub nodes: BTreeSet<NodeId>,
    /// What those from the beginning have before anything is reserved, which limits go by; of others their allocatable amounts are taken.
    pub capacity: BTreeMap<NodeId, ResourceList>,
}

/// An instance that can be had.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The node it becomes.
    pub facts: NodeFacts,
    /// What it has before anything is reserved: this counts against limits.
    pub capacity: ResourceList,
    /// Price, in any unit.
    pub price: f64,
}

/// Karpenter.
#[derive(Clone, Debug, Default)]
pub struct Karpenter {
    /// Its pools.
    pub pools: Vec<Pool>,
    /// The set whose pods it is: it does nothing while none of them runs. `None` where it runs elsewhere.
    pub runs_as: Option<usize>,
    /// The batch that is being collected: first and last pod, in milliseconds.
    batch: Option<(i64, i64)>,
    /// What was ordered, for limits.
    ordered: BTreeMap<usize, ResourceList>,
    /// Pods of nodes that are about to go: they get new places before they are evicted.
    moving: BTreeSet<PodId>,
}

impl Karpenter {
    /// Karpenter with these pools.
    pub fn of(pools: Vec<Pool>) -> Self {
        Self { pools, ..Self::default() }
    }
}

/// A node that is thought of: its pool, and the zone it is in.
struct Claim {
    pool: usize,
    zone: Option<Text>,
    node: NodeId,
}

impl Rehearsal {
    pub(super) fn pool_name(&self, pool: usize) -> Text {
        self.karpenter.as_ref().map(|it| it.pools[pool].name.clone()).unwrap_or_default()
    }

    pub(super) fn pool_joined(&mut self, pool: usize, node: NodeId) {
        if let Some(it) = &mut self.karpenter {
            it.pools[pool].nodes.insert(node);
        }
    }

    /// A pod waits: the batch begins, or goes on.
    pub(super) fn expect_batch(&mut self) {
        let (now, idle) = (self.now, self.delay(&KARPENTER_BATCH_IDLE));
        let Some(karpenter) = &mut self.karpenter else { return };
        match &mut karpenter.batch {
            Some((_, last)) => *last = now,
            none => {
                *none = Some((now, now));
                self.after(idle, Event::Provision);
            }
        }
    }

    /// Pods of a node that is about to go, as far as no budget holds them: they are provided for at once.
    pub(super) fn provide_for(&mut self, node: NodeId) {
        let movable = |it: &PodId| {
            let free = self.state.budgets_of(*it).iter().all(|budget| self.state.budget(*budget).status.disruptions_allowed > 0);
            free && self.lives.get(it).is_some_and(|life| !life.daemon && !life.gone)
        };
        let pods: Vec<PodId> = self.state.pods_on(node).iter().copied().filter(movable).collect();
        if let Some(karpenter) = &mut self.karpenter {
            karpenter.moving.extend(pods);
            self.expect_batch();
        }
    }

    pub(super) fn provision(&mut self) {
        let (idle, most) = (self.delay(&KARPENTER_BATCH_IDLE), self.delay(&KARPENTER_BATCH_MAX));
        let now = self.now;
        let Some((first, last)) = self.karpenter.as_ref().and_then(|it| it.batch) else { return };
        let end = (last + idle).min(first + most);
        if now < end {
            return self.after(end - now, Event::Provision);
        }
        if !self.is_up(self.karpenter.as_ref().and_then(|it| it.runs_as)) {
            self.hold_back("AutoscalerStopped", "Karpenter".to_owned(), "none of its own pods runs".to_owned());
            return self.after(most, Event::Provision);
        }
        let moving: Vec<PodId> = self
            .karpenter
            .as_mut()
            .map(|it| {
                it.batch = None;
                std::mem::take(&mut it.moving).into_iter().collect()
            })
            .unwrap_or_default();
        let moving: Vec<PodId> = moving.into_iter().filter(|it| self.lives.get(it).is_some_and(|it| !it.gone) && self.state.node_of(*it).is_some()).collect();
        let pending = self.hopeless();
        self.prepare_probes();
        let mark = self.state.mark();
        moving.iter().for_each(|it| self.state.unbind(*it));
        self.imagine_upcoming();
        self.imagine_zones();
        let mut claims: Vec<Claim> = Vec::new();
        let mut without = 0;
        for pod in pending.into_iter().chain(moving) {
            if self.scheduler.place(&mut self.state, pod).is_none() && !self.open_claim(pod, &mut claims) {
                without += 1;
            }
        }
        let orders: Vec<(usize, Option<Arc<Offer>>)> = claims.iter().map(|it| (it.pool, self.cheapest(it))).collect();
        self.state.rollback(mark);
        for (pool, offer) in orders {
            self.order_within_limits(pool, offer);
        }
        if without > 0 {
            self.hold_back("NoCapacity", "Karpenter".to_owned(), format!("{without} pods fit on no instance of any NodePool"));
        }
    }

    /// Every zone of a pool is one over which pods can spread, whether it has nodes or not: each gets a closed node, to the thought only.
    ///
    /// Source: kubernetes-sigs/karpenter pkg/controllers/provisioning/scheduling/topology.go (domains come from the NodePools).
    fn imagine_zones(&mut self) {
        let pools = self.karpenter.as_ref().map_or(0, |it| it.pools.len());
        for pool in 0..pools {
            for (zone, facts) in self.largest_by_zone(pool, None) {
                let name = format!("zone {pool} {}", zone.as_deref().unwrap_or(""));
                self.state.add_node(NodeFacts { name: name.into(), unschedulable: true, ..facts });
            }
        }
    }

    /// Thinks of a new node on which the pod fits: of the heaviest pool, and as large as the pool has, so that more pods find room on it.
    fn open_claim(&mut self, pod: PodId, claims: &mut Vec<Claim>) -> bool {
        let mut pools: Vec<(i64, usize)> = self.karpenter.iter().flat_map(|it| it.pools.iter().enumerate()).map(|(at, it)| (-it.weight, at)).collect();
        pools.sort_unstable();
        for (_, pool) in pools {
            let mark = self.state.mark();
            let mut open: Vec<(NodeId, Option<Text>)> = Vec::new();
            for (zone, facts) in self.largest_by_zone(pool, Some(pod)) {
                let name = format!("claim {} {}", claims.len(), zone.as_deref().unwrap_or(""));
                open.push((self.imagine(&name, facts), zone));
            }
            let found = self.scheduler.place(&mut self.state, pod).map(|it| it.node);
            let Some((node, zone)) = open.iter().find(|it| Some(it.0) == found).cloned() else {
                self.state.rollback(mark);
                continue;
            };
            self.state.commit(mark);
            // Only the zone that the scheduler chose is built on.
            for (other, _) in open.into_iter().filter(|it| it.0 != node) {
                self.state.remove_node(other);
            }
            claims.push(Claim { pool, zone, node });
            return true;
        }
        false
    }

    fn offers(&self, pool: usize) -> impl Iterator<Item = &Arc<Offer>> {
        let all = self.karpenter.iter().flat_map(move |it| it.pools[pool].offers.iter());
        all.filter(|it| it.facts.labels.get(ZONE).is_none_or(|zone| !self.closed.contains(zone)))
    }

    /// The largest instance that a pool can have in each zone, among those that the pod selects.
    fn largest_by_zone(&self, pool: usize, pod: Option<PodId>) -> BTreeMap<Option<Text>, NodeFacts> {
        let size = |it: &NodeFacts| {
            let of = |name: &str| it.allocatable.get(name).copied().unwrap_or_default();
            (of("cpu"), of("memory"))
        };
        let mut all: BTreeMap<Option<&Text>, &NodeFacts> = BTreeMap::new();
        for offer in self.offers(pool).filter(|it| pod.is_none_or(|pod| self.selects(pod, &it.facts))) {
            let zone = offer.facts.labels.get(ZONE);
            match all.get(&zone) {
                Some(known) if size(known) >= size(&offer.facts) => {}
                _ => drop(all.insert(zone, &offer.facts)),
            }
        }
        all.into_iter().map(|(zone, facts)| (zone.cloned(), facts.clone())).collect()
    }

    /// The cheapest instance of the claim's pool and zone that holds what was put on it.
    fn cheapest(&self, claim: &Claim) -> Option<Arc<Offer>> {
        let usage = *self.state.usage(claim.node);
        let pods = self.state.pods_on(claim.node).to_vec();
        let holds = |it: &&Arc<Offer>| {
            let amount = |name: &str| it.facts.allocatable.get(name).copied().unwrap_or_default();
            let fits = amount("cpu").milli_value() >= usage.requested_millicpu
                && amount("memory").value() >= usage.requested_memory
                && amount("pods").value() >= usage.placed
                && (usage.requested_ephemeral_storage == 0 || amount("ephemeral-storage").value() >= usage.requested_ephemeral_storage);
            fits && it.facts.labels.get(ZONE) == claim.zone.as_ref() && pods.iter().all(|pod| self.selects(*pod, &it.facts))
        };
        self.offers(claim.pool).filter(holds).min_by(|a, b| a.price.total_cmp(&b.price)).cloned()
    }

    /// Whether the pod accepts a node of these labels; the placement was thought on a larger one.
    fn selects(&self, pod: PodId, facts: &NodeFacts) -> bool {
        accepts(self.state.spec(pod), &facts.name, &facts.labels)
    }

    fn order_within_limits(&mut self, pool: usize, offer: Option<Arc<Offer>>) {
        let name = self.pool_name(pool);
        let Some(offer) = offer else {
            return self.hold_back("NoCapacity", format!("NodePool {name}"), "no single instance holds what was packed together".to_owned());
        };
        let used = self.pool_usage(pool);
        let Some(karpenter) = &self.karpenter else { return };
        let over = karpenter.pools[pool].limits.iter().find(|(resource, limit)| {
            let more = offer.capacity.get(resource).copied().unwrap_or_default();
            used.get(resource).copied().unwrap_or_default() + more > **limit
        });
        if let Some((resource, limit)) = over {
            let cause = format!("spec.limits.{resource} is {limit}");
            return self.hold_back("LimitExceeded", format!("NodePool {name}"), cause);
        }
        if let Some(it) = &mut self.karpenter {
            let ordered = it.ordered.entry(pool).or_default();
            for (resource, amount) in offer.capacity.iter() {
                let sum = ordered.get(resource).copied().unwrap_or_default() + *amount;
                ordered.insert(resource.clone(), sum);
            }
        }
        self.order(Source::Pool(pool), offer.facts.clone(), "Karpenter: pods that fit nowhere");
    }

    /// What the pool's nodes have together: those there were from the beginning, by their capacity, and those that were ordered.
    fn pool_usage(&self, pool: usize) -> ResourceList {
        let Some(karpenter) = &self.karpenter else { return ResourceList::default() };
        let mut total = karpenter.ordered.get(&pool).cloned().unwrap_or_default();
        let ours: BTreeSet<NodeId> = self.launches.iter().filter_map(|it| it.joined).collect();
        for node in karpenter.pools[pool].nodes.iter().filter(|it| self.state.is_present(**it) && !ours.contains(it)) {
            let usage = self.state.usage(*node);
            let capacity = karpenter.pools[pool].capacity.get(node);
            let of = |name: &str, allocatable: Quantity| capacity.and_then(|it| it.get(name).copied()).unwrap_or(allocatable);
            let (cpu, memory) = (of("cpu", Quantity::millis(usage.millicpu)), of("memory", Quantity::units(usage.memory)));
            for (name, amount) in [("cpu", cpu), ("memory", memory), ("nodes", Quantity::units(1))] {
                let sum = total.get(name).copied().unwrap_or_default() + amount;
                total.insert(name.into(), sum);
            }
        }
        total
    }
}
