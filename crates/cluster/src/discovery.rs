//! Which resources the API server has, in which versions.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::{Api, JSON};
use crate::fault::Fault;
use crate::resources::{RESOURCES, Resource};

/// One request for all groups; older servers and proxies that drop the header answer with the plain list.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// What the API server has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Versions of a group, the preferred one first.
    groups: BTreeMap<String, Vec<ServedVersion>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ServedVersion {
    version: String,
    /// Whatever serves it does not answer: its resources are not known.
    stale: bool,
    /// Whether the objects of a resource stand in namespaces, by plural name; only what can be listed.
    resources: BTreeMap<String, bool>,
}

/// Whether and where a resource is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// It is.
    Yes(Place),
    /// It is not.
    No,
    /// Its group is there, but whatever serves it does not answer.
    Unavailable,
}

/// Where a resource is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Version.
    pub version: String,
    /// Whether its objects stand in namespaces.
    pub namespaced: bool,
}

impl Discovery {
    /// Asks the server.
    ///
    /// # Errors
    /// The server gives no answer, or an unreadable one.
    pub async fn ask(api: &Api) -> Result<Self, Fault> {
        let mut found = Self::default();
        // The core group stands apart from all others.
        for path in ["/api", "/apis"] {
            let text = api.text(path, AGGREGATED).await?;
            let answer: Answer = serde_json::from_slice(&text).map_err(|_| Fault::Malformed(format!("{path} is not a list of API groups")))?;
            match answer.kind.as_str() {
                "APIGroupDiscoveryList" => found.take(answer.items),
                "APIVersions" => found.ask_group(api, "", answer.versions).await?,
                "APIGroupList" => {
                    for group in answer.groups.into_iter().filter(|it| RESOURCES.iter().any(|mine| mine.group == it.name)) {
                        let versions = group.versions.into_iter().map(|it| it.version).collect();
                        found.ask_group(api, &group.name, versions).await?;
                    }
                }
                _ => return Err(Fault::Malformed(format!("{path} is not a list of API groups"))),
            }
        }
        Ok(found)
    }

    fn take(&mut self, groups: Vec<Group>) {
        for group in groups {
            let versions = group.versions.into_iter().map(|it| {
                let can_list = |it: &GroupResource| it.verbs.iter().any(|verb| verb == "list");
                let resources = it.resources.into_iter().filter(can_list).map(|it| (it.resource, it.scope == "Namespaced")).collect();
                ServedVersion { version: it.version, stale: it.freshness == "Stale", resources }
            });
            self.groups.insert(group.metadata.name, versions.collect());
        }
    }

    /// The way before aggregated discovery: a request for each version.
    async fn ask_group(&mut self, api: &Api, group: &str, versions: Vec<String>) -> Result<(), Fault> {
        let mut found = Vec::new();
        for version in versions {
            let served = match api.text(&root(group, &version), JSON).await {
                Ok(text) => {
                    let answer: Answer =
                        serde_json::from_slice(&text).map_err(|_| Fault::Malformed(format!("{} is not a list of resources", root(group, &version))))?;
                    let can_list = |it: &PlainResource| it.verbs.iter().any(|verb| verb == "list");
                    ServedVersion {
                        version,
                        stale: false,
                        resources: answer.resources.into_iter().filter(can_list).map(|it| (it.name, it.namespaced)).collect(),
                    }
                }
                Err(Fault::NotFound) => continue,
                Err(Fault::Refused { .. } | Fault::Unavailable(_)) => ServedVersion { version, stale: true, ..ServedVersion::default() },
                Err(fault) => return Err(fault),
            };
            found.push(served);
        }
        self.groups.insert(group.to_owned(), found);
        Ok(())
    }

    /// Where a resource is served: in the first version that has it.
    pub fn find(&self, it: &Resource) -> Served {
        let Some(versions) = self.groups.get(it.group) else { return Served::No };
        let place = |at: &ServedVersion| at.resources.get(it.plural).map(|&namespaced| Place { version: at.version.clone(), namespaced });
        match versions.iter().find_map(place) {
            Some(place) => Served::Yes(place),
            None if versions.iter().any(|it| it.stale) => Served::Unavailable,
            None => Served::No,
        }
    }
}

/// `/api/v1`, `/apis/apps/v1`.
pub fn root(group: &str, version: &str) -> String {
    if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") }
}

/// Aggregated or plain discovery, by its kind.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    kind: String,
    items: Vec<Group>,
    versions: Vec<String>,
    groups: Vec<PlainGroup>,
    resources: Vec<PlainResource>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Group {
    metadata: Name,
    versions: Vec<GroupVersion>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Name {
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct GroupVersion {
    version: String,
    freshness: String,
    resources: Vec<GroupResource>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct GroupResource {
    resource: String,
    scope: String,
    verbs: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PlainGroup {
    name: String,
    versions: Vec<PlainVersion>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PlainVersion {
    version: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PlainResource {
    name: String,
    namespaced: bool,
    verbs: Vec<String>,
}

#[cfg(test)]
mod tests {
    use seatrial_model::Need;

    use super::*;

    fn discovered(text: &str) -> Discovery {
        let mut found = Discovery::default();
        found.take(serde_json::from_str::<Answer>(text).expect("an answer").items);
        found
    }

    #[test]
    fn the_first_version_that_has_a_resource_is_taken() {
        let found = discovered(
            r#"{"kind":"APIGroupDiscoveryList","items":[
            {"metadata":{"name":"gateway.networking.k8s.io"},"versions":[
              {"version":"v1","freshness":"Current","resources":[{"resource":"gateways","scope":"Namespaced","verbs":["get","list"]}]},
              {"version":"v1alpha2","freshness":"Current","resources":[{"resource":"tcproutes","scope":"Namespaced","verbs":["list"]},{"resource":"udproutes","verbs":["get"]}]}]},
            {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]}"#,
        );
        let of = |group, plural| found.find(&Resource { need: Need::Routes, group, plural, kind: "" });
        assert_eq!(of("gateway.networking.k8s.io", "tcproutes"), Served::Yes(Place { version: "v1alpha2".to_owned(), namespaced: true }));
        assert_eq!(of("gateway.networking.k8s.io", "udproutes"), Served::No, "what cannot be listed is not there for us");
        assert_eq!(of("keda.sh", "scaledobjects"), Served::No);
        assert_eq!(of("metrics.k8s.io", "pods"), Served::Unavailable, "a stale group is not an absent one");
    }
}
