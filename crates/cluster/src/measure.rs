//! What the running cluster measures: requests to deprecated APIs, how full volumes are.

use std::collections::{BTreeMap, BTreeSet};

use http_body_util::BodyExt;
use kube_client::client::Body;
use seatrial_model::account::{DeprecatedCall, VolumeUsage};
use seatrial_model::{Cluster, Text, Version};
use serde::Deserialize;
use tokio::time::timeout;

use crate::api::{Api, JSON};
use crate::fault::{Fault, chain};

/// The API server's metrics in Prometheus' text format.
const METRICS: &str = "text/plain;version=0.0.4";
const CALLS: &str = "apiserver_requested_deprecated_apis{";
/// No line that matters is longer.
const LONGEST_LINE: usize = 64 << 10;

/// The version that the API server runs.
pub async fn version(api: &Api) -> Result<Version, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Info {
        git_version: String,
    }
    let text = api.text("/version", JSON).await?;
    let info: Info = serde_json::from_slice(&text).map_err(|_| Fault::Malformed("/version has no gitVersion".to_owned()))?;
    info.git_version.parse().map_err(|error: seatrial_model::NotAVersion| Fault::Malformed(error.to_string()))
}

/// Which deprecated APIs were asked for since the API server started.
pub async fn deprecated_calls(api: &Api) -> Result<Vec<DeprecatedCall>, Fault> {
    api.get("/metrics", METRICS, |body| read_metrics(api, body)).await
}

/// The metrics are megabytes of which a few lines count: they are read line by line.
async fn read_metrics(api: &Api, mut body: Body) -> Result<Vec<DeprecatedCall>, Fault> {
    let idle = api.patience.idle;
    let mut line = Vec::new();
    let mut found = BTreeMap::new();
    let mut is_api_server = false;
    loop {
        let frame = match timeout(idle, body.frame()).await {
            Ok(Some(frame)) => frame.map_err(|error| Fault::Broken(chain(&error)))?,
            Ok(None) => break,
            Err(_) => return Err(Fault::TimedOut(idle)),
        };
        let Ok(data) = frame.into_data() else { continue };
        let mut pieces = data.split(|it| *it == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            if line.len() < LONGEST_LINE {
                line.extend_from_slice(piece);
            }
            if pieces.peek().is_some() {
                let text = String::from_utf8_lossy(&line);
                is_api_server |= text.starts_with("apiserver_");
                if let Some(it) = call(&text) {
                    found.insert((it.group.clone(), it.version.clone(), it.resource.clone()), it);
                }
                line.clear();
            }
        }
    }
    // A proxy's own metrics know no calls either: that is no evidence.
    if is_api_server { Ok(found.into_values().collect()) } else { Err(Fault::Malformed("these are not the metrics of an API server".to_owned())) }
}

/// `apiserver_requested_deprecated_apis{group="policy",removed_release="1.25",resource="...",subresource="",version="v1beta1"} 1`.
fn call(line: &str) -> Option<DeprecatedCall> {
    let (labels, value) = line.strip_prefix(CALLS)?.rsplit_once('}')?;
    if value.trim().parse::<f64>().ok()? == 0.0 {
        return None;
    }
    let label = |name: &str| {
        let value = labels.split("\",").find_map(|it| it.strip_prefix(name)?.strip_prefix("=\""))?;
        Some(Text::new(value.trim_end_matches('"')))
    };
    let removed_release = label("removed_release").filter(|it| !it.is_empty());
    Some(DeprecatedCall { group: label("group")?, version: label("version")?, resource: label("resource")?, removed_release, user_agent: None })
}

/// Nodes whose kubelets know how full a claim is: those of running pods that mount one.
pub fn nodes_with_claims(cluster: &Cluster) -> BTreeSet<String> {
    let mounts = |it: &seatrial_model::Object<seatrial_model::RunningPod>| {
        it.spec.volumes.iter().any(|it| it.persistent_volume_claim.is_some() || it.ephemeral.is_some())
    };
    let running = cluster.pods.iter().filter(|it| !it.is_finished() && mounts(it));
    running.filter_map(|it| it.node_name.as_deref().or(it.spec.node_name.as_deref()).map(str::to_owned)).collect()
}

/// What the kubelet of a node measured of the claims on it.
pub async fn volume_usage(api: &Api, node: &str) -> Result<Vec<VolumeUsage>, Fault> {
    let text = api.text(&format!("/api/v1/nodes/{node}/proxy/stats/summary"), JSON).await?;
    let summary: Summary = serde_json::from_slice(&text).map_err(|_| Fault::Malformed("it is no summary of a kubelet".to_owned()))?;
    let Some(pods) = summary.pods else { return Err(Fault::Malformed("it is no summary of a kubelet".to_owned())) };
    let volumes = pods.into_iter().flat_map(|it| it.volume);
    let usage = |it: Volume| {
        let claim = it.pvc_ref?;
        Some(VolumeUsage { namespace: claim.namespace, claim: claim.name, used_bytes: it.used_bytes?, capacity_bytes: it.capacity_bytes? })
    };
    Ok(volumes.filter_map(usage).collect())
}

/// `stats.summary` of the kubelet, as far as volumes go. Source: kubernetes k8s.io/kubelet pkg/apis/stats/v1alpha1.
#[derive(Deserialize)]
struct Summary {
    pods: Option<Vec<PodStats>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PodStats {
    volume: Vec<Volume>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Volume {
    pvc_ref: Option<Claim>,
    used_bytes: Option<i64>,
    capacity_bytes: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Claim {
    name: Text,
    namespace: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_metric_names_the_api() {
        let it = call(
            r#"apiserver_requested_deprecated_apis{group="policy",removed_release="1.25",resource="poddisruptionbudgets",subresource="",version="v1beta1"} 1"#,
        )
        .expect("a call");
        assert_eq!(
            (it.group.as_str(), it.version.as_str(), it.resource.as_str(), it.removed_release.as_deref()),
            ("policy", "v1beta1", "poddisruptionbudgets", Some("1.25"))
        );
        let core = call(r#"apiserver_requested_deprecated_apis{group="",removed_release="",resource="componentstatuses",subresource="",version="v1"} 1"#)
            .expect("a call");
        assert_eq!((core.group.as_str(), core.removed_release), ("", None));
        assert_eq!(call("apiserver_request_total{code=\"200\"} 3"), None);
    }
}
