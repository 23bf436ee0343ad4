//! The scores of the default profile, one file per plugin: raw values over the feasible nodes, normalised and weighted.

pub(crate) mod image_locality;
pub(crate) mod inter_pod_affinity;
pub(crate) mod node_affinity;
pub(crate) mod node_resources_balanced_allocation;
pub(crate) mod node_resources_fit;
pub(crate) mod pod_topology_spread;
pub(crate) mod taint_toleration;

use crate::cycle::Cycle;
use crate::filter::Plugin;
use crate::ids::NodeId;
use crate::rows;
use crate::state::State;

/// The best score of one plugin.
pub const MAX_NODE_SCORE: i64 = 100;

/// What each plugin counts for in the sum.
///
/// Source: kubernetes pkg/scheduler/apis/config/v1/default_plugins.go.
pub const fn weight(plugin: Plugin) -> i64 {
    match plugin {
        Plugin::TaintToleration => 3,
        Plugin::NodeAffinity | Plugin::PodTopologySpread | Plugin::InterPodAffinity => 2,
        _ => 1,
    }
}

/// Stretches scores so that the best is [`MAX_NODE_SCORE`], or turns them around so that the worst is 0.
///
/// Source: kubernetes pkg/scheduler/framework/plugins/helper/normalize_score.go.
pub fn default_normalize_score(reverse: bool, scores: &mut [i64]) {
    let most = scores.iter().copied().max().unwrap_or(0);
    for it in scores {
        let share = if most == 0 { 0 } else { MAX_NODE_SCORE * *it / most };
        *it = match (reverse, most) {
            (true, 0) => MAX_NODE_SCORE,
            (true, _) => MAX_NODE_SCORE - share,
            (false, 0) => *it,
            (false, _) => share,
        };
    }
}

/// Normalised, weighted scores of one plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginScores {
    /// All nodes have the same.
    Same(i64),
    /// One for each feasible node.
    Each(Vec<i64>),
}

impl PluginScores {
    /// The score of the node at this position.
    pub fn at(&self, index: usize) -> i64 {
        match self {
            Self::Same(it) => *it,
            Self::Each(all) => all[index],
        }
    }
}

/// Scratch space that cycles share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) feasible: Vec<NodeId>,
    pub(crate) rows: Vec<u16>,
    pub(crate) total: Vec<i32>,
    pub(crate) raw: Vec<i64>,
}

/// Adds up the scores of the feasible nodes in `scratch.total`; what all nodes have in common is left out.
pub(crate) fn total(state: &State, cycle: &Cycle, scratch: &mut Scratch) {
    let Scratch { feasible, rows, total, raw } = scratch;
    total.clear();
    let balanced = !node_resources_balanced_allocation::skips(cycle.request(state));
    total.extend(rows.iter().map(|it| {
        let (fit, balance) = rows::scores(*it);
        (fit + if balanced { balance } else { 0 }) as i32
    }));
    let mut add = |plugin: Plugin, raw: &[i64]| {
        let weight = weight(plugin) as i32;
        total.iter_mut().zip(raw).for_each(|(sum, it)| *sum += *it as i32 * weight);
    };
    if taint_toleration::score(state, cycle, feasible, raw) {
        add(Plugin::TaintToleration, raw);
    }
    if node_affinity::score(state, cycle, feasible, raw) {
        add(Plugin::NodeAffinity, raw);
    }
    if image_locality::score(state, cycle, feasible, raw) {
        add(Plugin::ImageLocality, raw);
    }
    if pod_topology_spread::score(state, cycle, feasible, raw) {
        add(Plugin::PodTopologySpread, raw);
    }
    if inter_pod_affinity::score(state, cycle, feasible, raw) {
        add(Plugin::InterPodAffinity, raw);
    }
}

/// The same, plugin by plugin. Plugins that skip the pod are left out.
pub(crate) fn each(state: &State, cycle: &Cycle, feasible: &[NodeId]) -> Vec<(Plugin, PluginScores)> {
    let request = cycle.request(state);
    let usage = |it: &NodeId| &state.nodes.usage[it.index()];
    let mut all = Vec::new();
    let fit = feasible.iter().map(|it| node_resources_fit::score(request, usage(it))).collect();
    all.push((Plugin::NodeResourcesFit, PluginScores::Each(fit)));
    if !node_resources_balanced_allocation::skips(request) {
        let each = feasible.iter().map(|it| node_resources_balanced_allocation::score(request, usage(it), state.rules)).collect();
        all.push((Plugin::NodeResourcesBalancedAllocation, PluginScores::Each(each)));
    }
    let mut raw = Vec::new();
    let weighted = |plugin, raw: &[i64]| (plugin, PluginScores::Each(raw.iter().map(|it| it * weight(plugin)).collect()));
    let same = |plugin, score| (plugin, PluginScores::Same(score * weight(plugin)));
    all.push(match taint_toleration::score(state, cycle, feasible, &mut raw) {
        true => weighted(Plugin::TaintToleration, &raw),
        false => same(Plugin::TaintToleration, MAX_NODE_SCORE),
    });
    if node_affinity::score(state, cycle, feasible, &mut raw) {
        all.push(weighted(Plugin::NodeAffinity, &raw));
    }
    all.push(match image_locality::score(state, cycle, feasible, &mut raw) {
        true => weighted(Plugin::ImageLocality, &raw),
        false => same(Plugin::ImageLocality, 0),
    });
    if pod_topology_spread::score(state, cycle, feasible, &mut raw) {
        all.push(weighted(Plugin::PodTopologySpread, &raw));
    }
    if inter_pod_affinity::score(state, cycle, feasible, &mut raw) {
        all.push(weighted(Plugin::InterPodAffinity, &raw));
    }
    all.sort_by_key(|it| it.0.name());
    all
}
