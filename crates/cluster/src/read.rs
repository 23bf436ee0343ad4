//! From needs to calls: everything that the selected checks need, several lists at a time; what cannot be read leaves a gap.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::pending;
use std::mem::discriminant;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use futures_util::stream::iter;
use seatrial_manifest::read::{Options, Part};
use seatrial_model::account::{DeprecatedCall, VolumeUsage};
use seatrial_model::{Gap, Known, Need, SourceFile, Version};
use tokio::sync::watch;

use crate::api::Api;
use crate::discovery::{Discovery, Served};
use crate::fault::{Fault, permission};
use crate::list::{ObjectTexts, Planned, list};
use crate::measure;
use crate::resources::{Resource, resources_of};

/// What is to be read.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Needs; those of AWS are left to others.
    pub needs: BTreeSet<Need>,
    /// Where the whole cluster may not be listed, this namespace is.
    pub namespace: Option<String>,
    /// Kinds whose objects' texts are wanted, too; of Secrets without values.
    pub texts_of: BTreeSet<&'static str>,
}

/// What was read, and what was not.
#[derive(Default)]
pub struct Reading {
    /// Objects, and what of them could not be read.
    pub part: Part,
    /// The resources that objects were read from; origins count into it.
    pub files: Vec<SourceFile>,
    /// Needs that were not read.
    pub gaps: BTreeMap<Need, Gap>,
    /// The version that runs.
    pub version: Option<Version>,
    /// Requests to deprecated APIs, if they were asked for.
    pub deprecated_calls: Option<Known<Vec<DeprecatedCall>>>,
    /// How full claims are, if that was asked for.
    pub volume_usage: Option<Known<Vec<VolumeUsage>>>,
    /// The only namespace whose objects were read, where the whole cluster may not be listed.
    pub only: Option<String>,
    /// How many lists were read.
    pub lists: usize,
    /// Texts of objects, by the number of their resource in [`Reading::files`].
    pub texts: HashMap<u32, ObjectTexts>,
}

/// Hears what was read: a resource's plural name, and how many objects of it so far.
pub type Progress<'a> = &'a (dyn Fn(&str, usize) + Sync);

/// Reads everything that is wanted until `stop` says true; what is not read by then is a gap.
///
/// # Errors
/// The API server cannot be reached, or lets nobody in.
pub async fn read(api: &Api, wanted: &Wanted, progress: Progress<'_>, stop: &watch::Receiver<bool>) -> Result<Reading, Fault> {
    let mut reading = Reading::default();
    let tell = wanted.needs.iter().flat_map(|it| it.told_by().iter().copied());
    let wanted = &Wanted { needs: wanted.needs.iter().copied().chain(tell).collect(), ..wanted.clone() };
    for &need in Need::ALL.iter().filter(|it| !it.is_aws() && !wanted.needs.contains(it)) {
        reading.gaps.insert(need, Gap::not_asked(need));
    }
    let discovery = match until(stop, Discovery::ask(api)).await {
        Ok(it) => it,
        Err(fault @ (Fault::Forbidden(_) | Fault::Interrupted)) => {
            let rule = "nonResourceURLs: [/api, /api/*, /apis, /apis/*], verbs: [get] (the role system:discovery)";
            for &need in wanted.needs.iter().filter(|it| !it.is_aws()) {
                reading.gap(need, fault.gap(need, "which APIs there are", rule));
            }
            return Ok(reading);
        }
        Err(fault) => return Err(fault),
    };
    match until(stop, measure::version(api)).await {
        Ok(it) => reading.version = Some(it),
        Err(fault) => reading.gap(Need::ServerVersion, fault.gap(Need::ServerVersion, "/version", "nonResourceURLs: [/version], verbs: [get]")),
    }
    // The version only tells a reader of odd objects which fields there are.
    let options = Arc::new(Options::new(reading.version.unwrap_or(Version::minor(36))));
    let plan = reading.plan(&discovery, wanted);
    let (calls, lists) = tokio::join!(
        async {
            match wanted.needs.contains(&Need::DeprecatedCalls) {
                true => Some(until(stop, measure::deprecated_calls(api)).await),
                false => None,
            }
        },
        reading.read_lists(api, &plan, wanted, &options, progress, stop)
    );
    lists.into_iter().for_each(|(need, gap)| reading.gap(need, gap));
    if let Some(calls) = calls {
        let need = Need::DeprecatedCalls;
        reading.deprecated_calls = Some(known(calls, |it| it.gap(need, "/metrics", "nonResourceURLs: [/metrics], verbs: [get]")));
    }
    for need in wanted.needs.iter().filter(|it| !it.is_aws()) {
        reading.lacks_what_tells_it(*need);
    }
    if wanted.needs.contains(&Need::VolumeUsage) {
        reading.volume_usage = Some(reading.ask_kubelets(api, progress, stop).await);
    }
    Ok(reading)
}

fn known<T>(result: Result<T, Fault>, gap: impl Fn(&Fault) -> Gap) -> Known<T> {
    match result {
        Ok(it) => Known::Yes(it),
        Err(fault) => Known::No(gap(&fault)),
    }
}

/// `work`, unless the user stops it before.
async fn until<T>(stop: &watch::Receiver<bool>, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let mut stop = stop.clone();
    let stopped = async {
        if stop.wait_for(|it| *it).await.is_err() {
            // Nobody is left who could stop it.
            pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = stopped => Err(Fault::Interrupted),
        it = work => it,
    }
}

impl Reading {
    /// Leaves a gap for a need of which a list that tells it was not read.
    pub fn lacks_what_tells_it(&mut self, need: Need) {
        let Some(cause) = need.told_by().iter().find_map(|it| self.gaps.get(it)) else { return };
        let gap =
            Gap { what: need.name().to_owned(), why: format!("it takes {}, which were not read: {}", cause.what, cause.why), remedy: cause.remedy.clone() };
        self.gap(need, gap);
    }

    fn gap(&mut self, need: Need, gap: Gap) {
        self.part.listed.remove(&need);
        self.gaps.entry(need).or_insert(gap);
    }

    /// What is to be listed, in the order of the table. What is not served at all is known to be empty, or a gap.
    fn plan(&mut self, discovery: &Discovery, wanted: &Wanted) -> Vec<Arc<Planned>> {
        let helm = wanted.needs.contains(&Need::HelmReleases);
        let mut plan = Vec::new();
        for &need in Need::ALL.iter().filter(|it| wanted.needs.contains(it)) {
            for resource in resources_of(need) {
                if !self.gaps.contains_key(&need) {
                    self.part.listed.insert(need);
                }
                match discovery.find(resource) {
                    Served::Yes(place) => {
                        let file = u32::try_from(plan.len()).unwrap_or(u32::MAX);
                        let helm = helm && need == Need::Secrets && resource.group.is_empty();
                        let texts = wanted.texts_of.contains(resource.kind).then(Mutex::default);
                        plan.push(Arc::new(Planned { resource, version: place.version, namespaced: place.namespaced, file, helm, texts }));
                    }
                    Served::No => {
                        if let Some(gap) = not_served(resource) {
                            self.gap(need, gap);
                        }
                    }
                    Served::Unavailable => {
                        self.gap(need, Fault::Unavailable(resource.group.to_owned()).gap(need, &format!("list {}", resource.full_name()), ""))
                    }
                }
            }
        }
        if helm {
            self.part.listed.insert(Need::HelmReleases);
        }
        self.files = plan.iter().map(|it| SourceFile { path: it.template(), rendered_from: None }).collect();
        plan
    }

    /// Reads the lists; the gaps of those that cannot be read.
    async fn read_lists(
        &mut self,
        api: &Api,
        plan: &[Arc<Planned>],
        wanted: &Wanted,
        options: &Arc<Options>,
        progress: Progress<'_>,
        stop: &watch::Receiver<bool>,
    ) -> Vec<(Need, Gap)> {
        let read_one = |(at, planned): (usize, &Arc<Planned>)| {
            let planned = Arc::clone(planned);
            async move {
                let hear = |count: usize| progress(planned.resource.plural, count);
                let whole = until(stop, list(api, &planned, None, options, &hear)).await;
                let own = wanted.namespace.as_deref().filter(|_| planned.namespaced);
                match (whole, own) {
                    (Err(Fault::Forbidden(_)), Some(namespace)) => (at, until(stop, list(api, &planned, Some(namespace), options, &hear)).await, true),
                    (it, _) => (at, it, false),
                }
            }
        };
        let mut answers: Vec<_> = iter(plan.iter().enumerate().map(read_one)).buffer_unordered(api.patience.lists_at_once).collect().await;
        // Which list came first is chance.
        answers.sort_by_key(|it| it.0);
        let mut failed: BTreeMap<Need, Vec<(&Resource, Fault)>> = BTreeMap::new();
        for (at, answer, only_one) in answers {
            let planned = &plan[at];
            match answer {
                Ok(part) => {
                    self.lists += 1;
                    self.part.append(part);
                    if let Some(texts) = &planned.texts {
                        self.texts.insert(planned.file, std::mem::take(&mut *texts.lock().unwrap_or_else(PoisonError::into_inner)));
                    }
                    if only_one {
                        self.only.clone_from(&wanted.namespace);
                    }
                }
                Err(fault) => {
                    failed.entry(planned.resource.need).or_default().push((planned.resource, fault));
                }
            }
        }
        failed.into_iter().map(|(need, faults)| (need, gap_of(need, &faults))).collect()
    }

    async fn ask_kubelets(&self, api: &Api, progress: Progress<'_>, stop: &watch::Receiver<bool>) -> Known<Vec<VolumeUsage>> {
        if let Some(gap) = self.gaps.get(&Need::VolumeUsage) {
            return Known::No(gap.clone());
        }
        let nodes = measure::nodes_with_claims(&self.part.cluster);
        let ask = |node: &String| {
            let node = node.clone();
            async move {
                let answer = until(stop, measure::volume_usage(api, &node)).await;
                (node, answer)
            }
        };
        let answers: Vec<_> = iter(nodes.iter().map(ask)).buffer_unordered(api.patience.lists_at_once).collect().await;
        let mut all = Vec::new();
        let mut failed = Vec::new();
        for (node, answer) in answers {
            match answer {
                Ok(usage) => all.extend(usage),
                Err(fault) => failed.push((node, fault)),
            }
        }
        progress("volumes", all.len());
        failed.sort_by(|a, b| a.0.cmp(&b.0));
        if let Some((node, fault)) = failed.first() {
            let mut gap = fault.gap(Need::VolumeUsage, &format!("the kubelet of {node}"), "apiGroups: [\"\"], resources: [nodes/proxy], verbs: [get]");
            if failed.len() > 1 && *fault != Fault::Interrupted {
                gap.why = format!("{} ({} of {} kubelets)", gap.why, failed.len(), nodes.len());
            }
            return Known::No(gap);
        }
        // Pods may share a claim.
        all.sort_by(|a: &VolumeUsage, b| (&a.namespace, &a.claim, b.used_bytes).cmp(&(&b.namespace, &b.claim, a.used_bytes)));
        all.dedup_by(|a, b| (&a.namespace, &a.claim) == (&b.namespace, &b.claim));
        Known::Yes(all)
    }
}

/// Where a resource is not served: none for an extension's, of which there are none then.
fn not_served(it: &Resource) -> Option<Gap> {
    let what = it.need.name().to_owned();
    if it.need == Need::Usage {
        let remedy = "install metrics-server, for EKS as an add-on: aws eks create-addon --addon-name metrics-server".to_owned();
        return Some(Gap { what, why: "the cluster has no metrics API".to_owned(), remedy });
    }
    (!it.is_extension()).then(|| Gap {
        what,
        why: format!("the API server does not list {}", it.full_name()),
        remedy: "look at `kubectl api-resources`: is this a Kubernetes API server?".to_owned(),
    })
}

/// One gap for the lists of a need, named after the first: those that failed alike stand in it.
fn gap_of(need: Need, faults: &[(&Resource, Fault)]) -> Gap {
    let Some((_, first)) = faults.first() else { return Gap { what: need.name().to_owned(), why: String::new(), remedy: String::new() } };
    let alike = faults.iter().filter(|it| discriminant(&it.1) == discriminant(first)).map(|it| it.0);
    let (names, rules): (Vec<String>, Vec<String>) = alike.map(|it| (it.full_name(), permission(it))).unzip();
    first.gap(need, &format!("list {}", names.join(", ")), &rules.join("; "))
}
