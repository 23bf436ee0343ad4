//! The accounts of nodes: what a pod that comes or goes changes, and nothing else.

use crate::ids::{ClaimId, DriverId, NONE, NodeId, PodId};
use crate::nodes::scalar;
use crate::state::State;

impl State {
    pub(crate) fn attach(&mut self, id: PodId, node: NodeId) {
        let at = node.index();
        let class = self.pods.record(id).class;
        let in_node = self.nodes.pods[at].len() as u32;
        self.nodes.pods[at].push(id);
        let placed = &mut self.pods.classes[class.index()].placed;
        let in_class = placed.len() as u32;
        placed.push(id);
        let record = &mut self.pods.all[id.index()];
        (record.node, record.slot_in_node, record.slot_in_class) = (node.0, in_node, in_class);
        let live = !record.terminating;
        self.account(id, node, 1);
        self.count(id, node, 1, true);
        if live {
            self.count(id, node, 1, false);
        }
    }

    pub(crate) fn detach(&mut self, id: PodId) {
        self.frees += 1;
        let record = &mut self.pods.all[id.index()];
        let (node, in_node, in_class, class, live) = (record.node, record.slot_in_node, record.slot_in_class, record.class, !record.terminating);
        (record.node, record.slot_in_node, record.slot_in_class) = (NONE, NONE, NONE);
        let pods = &mut self.nodes.pods[node as usize];
        pods.swap_remove(in_node as usize);
        if let Some(moved) = pods.get(in_node as usize) {
            self.pods.all[moved.index()].slot_in_node = in_node;
        }
        let placed = &mut self.pods.classes[class.index()].placed;
        placed.swap_remove(in_class as usize);
        if let Some(moved) = placed.get(in_class as usize) {
            self.pods.all[moved.index()].slot_in_class = in_class;
        }
        let node = NodeId(node);
        self.account(id, node, -1);
        self.count(id, node, -1, true);
        if live {
            self.count(id, node, -1, false);
        }
    }

    /// Puts a pod that was just attached at the places it had before.
    pub(crate) fn reseat(&mut self, id: PodId, in_node: u32, in_class: u32) {
        let record = &self.pods.all[id.index()];
        let (node, class, from_node, from_class) = (record.node as usize, record.class, record.slot_in_node, record.slot_in_class);
        self.nodes.pods[node].swap(in_node as usize, from_node as usize);
        let moved = self.nodes.pods[node][from_node as usize];
        self.pods.all[moved.index()].slot_in_node = from_node;
        self.pods.all[id.index()].slot_in_node = in_node;
        let placed = &mut self.pods.classes[class.index()].placed;
        placed.swap(in_class as usize, from_class as usize);
        let moved = placed[from_class as usize];
        self.pods.all[moved.index()].slot_in_class = from_class;
        self.pods.all[id.index()].slot_in_class = in_class;
    }

    fn account(&mut self, id: PodId, node: NodeId, sign: i64) {
        let class = &self.pods.classes[self.pods.all[id.index()].class.index()];
        let request = &self.pods.shapes[class.shape.index()];
        let at = node.index();
        let count = self.placed_at.entry(class.priority).or_default();
        *count = count.saturating_add_signed(sign as i32);
        if *count == 0 {
            self.placed_at.remove(&class.priority);
        }
        let usage = &mut self.nodes.usage[at];
        usage.requested_millicpu += sign * request.millicpu;
        usage.requested_memory += sign * request.memory;
        usage.requested_ephemeral_storage += sign * request.ephemeral_storage;
        usage.nonzero_millicpu += sign * request.nonzero_millicpu;
        usage.nonzero_memory += sign * request.nonzero_memory;
        usage.placed += sign;
        for (name, amount) in request.scalars.iter().filter(|it| it.1 != 0) {
            scalar(&mut self.nodes.scalars[at], name).requested += sign * amount;
        }
        if !request.scalars.is_empty() {
            self.nodes.scalars[at].retain(|it| it.allocatable != 0 || it.requested != 0);
        }
        self.rows.touch(node);
        if !class.ports.is_empty() {
            let ports = &mut self.nodes.ports[at];
            if sign > 0 { ports.take(&class.ports) } else { ports.free(&class.ports) }
        }
        if class.has_volumes {
            self.account_volumes(id, node, sign);
        }
    }

    fn account_volumes(&mut self, id: PodId, node: NodeId, sign: i64) {
        let (class, name) = (self.pods.class_of(id), &self.pods.record(id).name);
        let spec = class.spec.clone();
        let claims: Vec<ClaimId> = self.storage.claims_of(&spec, &class.namespace, name).filter_map(Result::ok).collect();
        for claim in &claims {
            let users = &mut self.storage.claims[claim.index()].users;
            *users = users.saturating_add_signed(sign as i32);
        }
        let volumes = match sign > 0 {
            true => {
                let mut all: Vec<_> = claims.iter().filter_map(|it| self.storage.counted(*it)).collect();
                all.extend(self.storage.inline(&spec));
                all.sort();
                all.dedup();
                self.storage.mounted.insert(id, all.clone().into());
                all.into_boxed_slice()
            }
            false => self.storage.mounted.remove(&id).unwrap_or_default(),
        };
        let held = &mut self.nodes.volumes[node.index()];
        let of_driver = &mut self.nodes.volumes_of[node.index()];
        for volume in volumes {
            let driver = self.storage.driver_of[volume.index()];
            match held.binary_search_by_key(&volume, |it| it.0) {
                Ok(at) if sign < 0 && held[at].1 == 1 => {
                    held.remove(at);
                    tally(of_driver, driver, -1);
                }
                Ok(at) => held[at].1 = held[at].1.saturating_add_signed(sign as i32),
                Err(at) if sign > 0 => {
                    held.insert(at, (volume, 1));
                    tally(of_driver, driver, 1);
                }
                Err(_) => {}
            }
        }
    }

    /// Counts a pod in or out: everywhere it counts while it holds resources (`held`), or where only live pods count.
    pub(crate) fn count(&mut self, id: PodId, node: NodeId, delta: i32, held: bool) {
        let class = &self.pods.classes[self.pods.all[id.index()].class.index()];
        for counter in &class.counters {
            let counter = &mut self.podsets.counters[counter.index()];
            if counter.live == held || !self.topology.in_mask(counter.mask, node) {
                continue;
            }
            let domain = self.topology.domain(counter.key, node);
            if domain != NONE {
                counter.counts.add(domain, delta);
            }
        }
        if !held {
            return;
        }
        for term in &class.owns {
            let term = &mut self.podsets.terms[term.index()];
            let domain = self.topology.domain(term.key, node);
            if domain != NONE {
                term.owners.add(domain, delta);
            }
        }
    }
}

fn tally(counts: &mut Vec<(DriverId, u32)>, driver: DriverId, delta: i32) {
    match counts.iter_mut().find(|it| it.0 == driver) {
        Some(it) => it.1 = it.1.saturating_add_signed(delta),
        None => counts.push((driver, u32::from(delta > 0))),
    }
}
