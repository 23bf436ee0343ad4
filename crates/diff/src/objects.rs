//! Objects paired by identity and compared field by field.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::cluster::{Compare, Fields};
use seatrial_model::{Need, Object, Snapshot};
use seatrial_report::ObjectId;
use seatrial_report::diff::{Change, FieldChange, ObjectChange};

use crate::document;
use crate::fields;
use crate::noise::{self, Folded};

/// Every object that was added, removed, recreated or changed, by kind, namespace and name.
pub fn changes(before: &Snapshot, after: &Snapshot, folded: &mut Folded) -> Vec<ObjectChange> {
    let scaled = scaled(before).union(&scaled(after)).cloned().collect();
    let mut all = Objects { before, after, scaled, folded, found: Vec::new() };
    before.cluster.compare(&after.cluster, &mut all);
    let mut found = all.found;
    let key = |it: &ObjectChange| (it.object.kind.clone(), it.object.namespace.clone(), it.object.name.clone(), it.object.api_version.clone());
    found.sort_by_cached_key(key);
    found
}

/// Namespace, kind and name of what an autoscaler scales: its replicas are the autoscaler's.
type Scaled = BTreeSet<(String, String, String)>;

fn scaled(snapshot: &Snapshot) -> Scaled {
    let cluster = &snapshot.cluster;
    let of_hpa = cluster.horizontal_pod_autoscalers.iter().map(|it| (it.meta.ns(), &it.spec.scale_target_ref));
    let of_keda = cluster.scaled_objects.iter().map(|it| (it.meta.ns(), &it.spec.scale_target_ref));
    of_hpa.chain(of_keda).map(|(ns, it)| (ns.to_owned(), it.kind.as_deref().unwrap_or("Deployment").to_owned(), it.name.to_string())).collect()
}

struct Objects<'a> {
    before: &'a Snapshot,
    after: &'a Snapshot,
    scaled: Scaled,
    folded: &'a mut Folded,
    found: Vec<ObjectChange>,
}

/// Objects of one identity on both sides; manifests may hold several.
type Pair<'a, T> = (Vec<&'a Object<T>>, Vec<&'a Object<T>>);

impl Compare for Objects<'_> {
    fn lists<T: Fields>(&mut self, name: &'static str, need: Option<Need>, before: &[Object<T>], after: &[Object<T>]) {
        let mut pairs: BTreeMap<(String, String, String, String), Pair<'_, T>> = BTreeMap::new();
        for it in before.iter().filter(|it| !noise::is_pod_as_workload(it)) {
            pairs.entry(identity(it)).or_default().0.push(it);
        }
        for it in after.iter().filter(|it| !noise::is_pod_as_workload(it)) {
            pairs.entry(identity(it)).or_default().1.push(it);
        }
        if let Some(what) = noise::counted(name) {
            return self.folded.add(what, pairs.values().filter(|it| it.0.len() != it.1.len()).count());
        }
        for ((group, kind, ..), (earlier, later)) in pairs {
            // Kinds that are kept by identity are read with another list.
            let need = need.or_else(|| Need::of_identity(&group, &kind));
            let unread = |snapshot: &Snapshot| need.is_some_and(|it| snapshot.gaps.contains_key(&it));
            let side = Unread { before: unread(self.before), after: unread(self.after) };
            for at in 0..earlier.len().max(later.len()) {
                self.pair(name, side, earlier.get(at).copied(), later.get(at).copied());
            }
        }
    }
}

/// Whether a list was not read, or not as a whole.
#[derive(Clone, Copy)]
struct Unread {
    before: bool,
    after: bool,
}

fn identity<T>(it: &Object<T>) -> (String, String, String, String) {
    let name = if it.meta.name.is_empty() { it.meta.generate_name.as_deref().unwrap_or_default() } else { &it.meta.name };
    let ns = it.meta.namespace.as_deref().unwrap_or_default();
    (document::group(it).to_owned(), it.kind.to_string(), ns.to_owned(), name.to_owned())
}

impl Objects<'_> {
    fn pair<T: Fields>(&mut self, list: &str, unread: Unread, before: Option<&Object<T>>, after: Option<&Object<T>>) {
        let Some(any) = after.or(before) else { return };
        // Pods of an owner and nodes are told in groups.
        if list == "pods" && any.meta.controller().is_some() {
            return;
        }
        if let Some(what) = noise::comes_and_goes(list, any) {
            if before.is_none() || after.is_none() {
                self.folded.add(what, 1);
            }
            return;
        }
        match (before, after) {
            (None, Some(_)) if unread.before => self.folded.add("objects of lists that were not read before", 1),
            (Some(_), None) if unread.after => self.folded.add("objects of lists that were not read after", 1),
            (None, Some(it)) if !noise::covers(self.before, it.meta.namespace.as_deref()) => {
                self.folded.add("objects of namespaces that were not read before", 1)
            }
            (Some(it), None) if !noise::covers(self.after, it.meta.namespace.as_deref()) => {
                self.folded.add("objects of namespaces that were not read after", 1)
            }
            (None, Some(_)) | (Some(_), None) if list == "nodes" => {}
            (None, Some(it)) => self.say(it, Change::Added, Vec::new()),
            (Some(it), None) => self.say(it, Change::Removed, Vec::new()),
            (Some(a), Some(b)) => self.both(a, b),
            (None, None) => {}
        }
    }

    fn both<T: Fields>(&mut self, before: &Object<T>, after: &Object<T>) {
        let recreated = matches!((&before.meta.uid, &after.meta.uid), (Some(a), Some(b)) if a != b);
        if !recreated && before.it == after.it && before.meta == after.meta && before.api_version == after.api_version {
            return;
        }
        let mut found = Vec::new();
        fields::compare("", &document::of(before), &document::of(after), &mut found);
        if self.scaled.contains(&(after.meta.ns().to_owned(), after.kind.to_string(), after.meta.name.to_string())) {
            let all = found.len();
            found.retain(|it| it.path != "spec.replicas");
            self.folded.add("replicas that an autoscaler set", all - found.len());
        }
        if recreated {
            return self.say(after, Change::Recreated, found);
        }
        if !found.is_empty() && found.iter().all(|it| noise::is_release_mark(&it.path)) {
            return self.folded.add("objects of which only the labels of their release differ", 1);
        }
        if !found.is_empty() {
            self.say(after, Change::Changed, found);
        }
    }

    fn say<T: Fields>(&mut self, it: &Object<T>, change: Change, fields: Vec<FieldChange>) {
        let it = it.object_ref();
        let object = ObjectId {
            api_version: it.api_version.to_string(),
            kind: it.kind.to_string(),
            namespace: it.namespace.map(|it| it.to_string()),
            name: it.name.to_string(),
            container: None,
        };
        self.found.push(ObjectChange { change, object, fields });
    }
}
