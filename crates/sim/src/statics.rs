//! What depends on the node and the pod's specification alone: one row over all nodes for each distinct rule, shared by all pods that have it.

use std::collections::HashMap;

use seatrial_model::pod::{NodeSelectorTerm, PreferredTerm, Taint, Toleration};
use seatrial_model::{Labels, PodSpec, Requirement, Text};

use crate::ids::{AffinityId, ImagesId, NodeId, PreferencesId, StaticId, TolerationsId};
use crate::nodes::Nodes;
use crate::selectors::term_matches;

type TermKey = (Vec<Requirement>, Vec<Requirement>);

fn term_key(term: &NodeSelectorTerm) -> TermKey {
    (term.match_expressions.clone(), term.match_fields.clone())
}

#[derive(Clone, Debug)]
pub(crate) struct TolerationsRow {
    pub(crate) tolerations: Vec<Toleration>,
    pub(crate) tolerates_unschedulable: bool,
    /// Position of the first NoSchedule or NoExecute taint that is not tolerated, plus one; 0 for none.
    pub(crate) hard: Vec<u8>,
    /// PreferNoSchedule taints that are not tolerated.
    pub(crate) soft: Vec<u8>,
    pub(crate) any_soft: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct AffinityRow {
    selector: Labels,
    /// `None`: no required affinity; an empty list matches nothing.
    terms: Option<Vec<NodeSelectorTerm>>,
    pub(crate) ok: Vec<bool>,
}

#[derive(Clone, Debug)]
pub(crate) struct PreferencesRow {
    terms: Vec<PreferredTerm>,
    pub(crate) weight: Vec<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct ImagesRow {
    names: Vec<Text>,
    containers: i64,
    pub(crate) score: Vec<u8>,
    pub(crate) any: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct StaticRow {
    tolerations: TolerationsId,
    affinity: Option<AffinityId>,
    pub(crate) ok: Vec<bool>,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statics {
    pub(crate) tolerations: Vec<TolerationsRow>,
    tolerations_by: HashMap<Vec<Toleration>, TolerationsId>,
    pub(crate) affinities: Vec<AffinityRow>,
    affinities_by: HashMap<(Labels, Option<Vec<TermKey>>), AffinityId>,
    pub(crate) preferences: Vec<PreferencesRow>,
    preferences_by: HashMap<Vec<(i64, TermKey)>, PreferencesId>,
    pub(crate) images: Vec<ImagesRow>,
    images_by: HashMap<(Vec<Text>, i64), ImagesId>,
    pub(crate) combined: Vec<StaticRow>,
    combined_by: HashMap<(TolerationsId, Option<AffinityId>), StaticId>,
    /// On how many nodes each image is, and whether that is out of date.
    image_nodes: HashMap<Text, i64>,
    image_total: i64,
    pub(crate) images_stale: bool,
}

impl Statics {
    pub(crate) fn tolerations(&mut self, spec: &PodSpec, nodes: &Nodes) -> TolerationsId {
        if let Some(id) = self.tolerations_by.get(&spec.tolerations) {
            return *id;
        }
        let id = TolerationsId::at(self.tolerations.len());
        let cordon = Taint { key: "node.kubernetes.io/unschedulable".into(), effect: "NoSchedule".into(), ..Taint::default() };
        let mut row = TolerationsRow {
            tolerations: spec.tolerations.clone(),
            tolerates_unschedulable: spec.tolerations.iter().any(|it| it.tolerates(&cordon)),
            hard: Vec::new(),
            soft: Vec::new(),
            any_soft: false,
        };
        (0..nodes.len()).for_each(|at| row.refresh(at, nodes));
        self.tolerations.push(row);
        self.tolerations_by.insert(spec.tolerations.clone(), id);
        id
    }

    /// The row of a node selector with required affinity; `None` when the pod has neither.
    pub(crate) fn affinity(&mut self, selector: &Labels, terms: Option<&[NodeSelectorTerm]>, nodes: &Nodes) -> Option<AffinityId> {
        if selector.is_empty() && terms.is_none() {
            return None;
        }
        let key = (selector.clone(), terms.map(|it| it.iter().map(term_key).collect()));
        if let Some(id) = self.affinities_by.get(&key) {
            return Some(*id);
        }
        let id = AffinityId::at(self.affinities.len());
        let mut row = AffinityRow { selector: selector.clone(), terms: terms.map(<[_]>::to_vec), ok: Vec::new() };
        (0..nodes.len()).for_each(|at| row.refresh(at, nodes));
        self.affinities.push(row);
        self.affinities_by.insert(key, id);
        Some(id)
    }

    pub(crate) fn preferences(&mut self, terms: &[PreferredTerm], nodes: &Nodes) -> Option<PreferencesId> {
        if terms.is_empty() {
            return None;
        }
        let key: Vec<_> = terms.iter().map(|it| (it.weight, term_key(&it.preference))).collect();
        if let Some(id) = self.preferences_by.get(&key) {
            return Some(*id);
        }
        let id = PreferencesId::at(self.preferences.len());
        let mut row = PreferencesRow { terms: terms.to_vec(), weight: Vec::new() };
        (0..nodes.len()).for_each(|at| row.refresh(at, nodes));
        self.preferences.push(row);
        self.preferences_by.insert(key, id);
        Some(id)
    }

    /// The row of a pod's images; `None` when no node has any of them.
    pub(crate) fn images(&mut self, spec: &PodSpec, volumes_count: bool, nodes: &Nodes) -> Option<ImagesId> {
        self.count_images(nodes);
        let volumes = spec.volumes.iter().filter(|_| volumes_count).filter_map(|it| Some(&it.image.as_ref()?.reference));
        let all = spec.all_containers().map(|it| &it.image).chain(volumes);
        let mut names: Vec<Text> = all.map(|it| normalized_image(it)).filter(|it| self.image_nodes.contains_key(it)).collect();
        if names.is_empty() {
            return None;
        }
        names.sort();
        let containers = (spec.containers.len() + spec.init_containers.len()) as i64;
        let key = (names, containers);
        if let Some(id) = self.images_by.get(&key) {
            return Some(*id);
        }
        let id = ImagesId::at(self.images.len());
        let mut row = ImagesRow { names: key.0.clone(), containers, score: Vec::new(), any: false };
        row.refresh(nodes, &self.image_nodes, self.image_total);
        self.images.push(row);
        self.images_by.insert(key, id);
        Some(id)
    }

    pub(crate) fn combined(&mut self, tolerations: TolerationsId, affinity: Option<AffinityId>, nodes: &Nodes) -> StaticId {
        if let Some(id) = self.combined_by.get(&(tolerations, affinity)) {
            return *id;
        }
        let id = StaticId::at(self.combined.len());
        let ok = (0..nodes.len()).map(|at| self.allows(tolerations, affinity, NodeId::at(at), nodes)).collect();
        self.combined.push(StaticRow { tolerations, affinity, ok });
        self.combined_by.insert((tolerations, affinity), id);
        id
    }

    fn allows(&self, tolerations: TolerationsId, affinity: Option<AffinityId>, node: NodeId, nodes: &Nodes) -> bool {
        let row = &self.tolerations[tolerations.index()];
        let cordoned = nodes.unschedulable[node.index()] && !row.tolerates_unschedulable;
        nodes.present[node.index()] && !cordoned && row.hard[node.index()] == 0 && affinity.is_none_or(|it| self.affinities[it.index()].ok[node.index()])
    }

    /// Takes in a new or changed node.
    pub(crate) fn refresh(&mut self, node: NodeId, nodes: &Nodes) {
        let at = node.index();
        self.tolerations.iter_mut().for_each(|it| it.refresh(at, nodes));
        self.affinities.iter_mut().for_each(|it| it.refresh(at, nodes));
        self.preferences.iter_mut().for_each(|it| it.refresh(at, nodes));
        for row in 0..self.combined.len() {
            let it = &self.combined[row];
            let ok = self.allows(it.tolerations, it.affinity, node, nodes);
            put(&mut self.combined[row].ok, at, ok);
        }
        self.images_stale = true;
    }

    /// Counts on how many nodes each image is, and scores all image rows afresh.
    ///
    /// Source: kubernetes pkg/scheduler/backend/cache/snapshot.go createImageExistenceMap, plugins/imagelocality/image_locality.go.
    pub(crate) fn count_images(&mut self, nodes: &Nodes) {
        if !self.images_stale {
            return;
        }
        self.images_stale = false;
        self.image_nodes.clear();
        for at in (0..nodes.len()).filter(|at| nodes.present[*at]) {
            for (name, _) in &nodes.images[at] {
                *self.image_nodes.entry(name.clone()).or_insert(0) += 1;
            }
        }
        self.image_total = nodes.present.iter().filter(|it| **it).count() as i64;
        for row in &mut self.images {
            row.refresh(nodes, &self.image_nodes, self.image_total);
        }
    }

    /// Whether the set of images that any node has may have changed, so that plans which skipped images must be made anew.
    pub(crate) fn knows_image(&self, name: &Text) -> bool {
        self.image_nodes.contains_key(name)
    }
}

fn put<T: Clone + Default>(row: &mut Vec<T>, at: usize, value: T) {
    if at >= row.len() {
        row.resize(at + 1, T::default());
    }
    row[at] = value;
}

impl TolerationsRow {
    fn refresh(&mut self, at: usize, nodes: &Nodes) {
        let open = |taint: &Taint| !self.tolerations.iter().any(|it| it.tolerates(taint));
        let hard = nodes.taints[at].iter().position(|it| matches!(&*it.effect, "NoSchedule" | "NoExecute") && open(it));
        // Only tolerations without an effect or for PreferNoSchedule are asked, which `tolerates` sees to.
        let soft = nodes.taints[at].iter().filter(|it| &*it.effect == "PreferNoSchedule" && open(it)).count();
        self.any_soft |= soft > 0;
        put(&mut self.hard, at, hard.map_or(0, |it| u8::try_from(it + 1).unwrap_or(u8::MAX)));
        put(&mut self.soft, at, u8::try_from(soft).unwrap_or(u8::MAX));
    }
}

impl AffinityRow {
    fn refresh(&mut self, at: usize, nodes: &Nodes) {
        let (name, labels) = (&nodes.name[at], &nodes.labels[at]);
        let ok = self.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.terms.as_ref().is_none_or(|terms| terms.iter().any(|it| term_matches(it, name, labels)));
        put(&mut self.ok, at, ok);
    }
}

impl PreferencesRow {
    fn refresh(&mut self, at: usize, nodes: &Nodes) {
        let (name, labels) = (&nodes.name[at], &nodes.labels[at]);
        let matching = self.terms.iter().filter(|it| it.weight != 0 && term_matches(&it.preference, name, labels));
        let weight = matching.map(|it| it.weight).sum();
        put(&mut self.weight, at, weight);
    }
}

/// Bytes below which images do not matter, and those beyond which more do not matter (per container).
const MIN_THRESHOLD: i64 = 23 << 20;
const MAX_CONTAINER_THRESHOLD: i64 = 1000 << 20;

impl ImagesRow {
    fn refresh(&mut self, nodes: &Nodes, image_nodes: &HashMap<Text, i64>, total: i64) {
        self.score = (0..nodes.len()).map(|at| self.score_of(&nodes.images[at], image_nodes, total)).collect();
        self.any = self.score.iter().any(|it| *it > 0);
    }

    fn score_of(&self, images: &[(Text, i64)], image_nodes: &HashMap<Text, i64>, total: i64) -> u8 {
        let scaled = |name: &Text| {
            let size = images.iter().rfind(|it| it.0 == *name)?.1;
            let spread = *image_nodes.get(name)? as f64 / total as f64;
            Some((size as f64 * spread) as i64)
        };
        image_score(self.names.iter().filter_map(scaled).sum(), self.containers)
    }
}

/// The score of a sum of scaled image sizes.
///
/// Source: kubernetes pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
fn image_score(sum: i64, containers: i64) -> u8 {
    let most = MAX_CONTAINER_THRESHOLD * containers;
    // Not `clamp`: without containers the upper bound is below the lower one.
    let sum = if sum < MIN_THRESHOLD { MIN_THRESHOLD } else { sum.min(most) };
    u8::try_from(100 * (sum - MIN_THRESHOLD) / (most - MIN_THRESHOLD)).unwrap_or(0)
}

/// The image name with `:latest` where no tag is written.
pub fn normalized_image(name: &str) -> Text {
    let tagged = match (name.rfind(':'), name.rfind('/')) {
        (Some(colon), Some(slash)) => colon > slash,
        (colon, _) => colon.is_some(),
    };
    if tagged { Text::new(name) } else { Text::from(format!("{name}:latest")) }
}
