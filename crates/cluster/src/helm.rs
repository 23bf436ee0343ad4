//! What Helm has deployed, out of the Secrets it keeps its releases in; values and texts are dropped while reading.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use seatrial_manifest::read::Part;
use seatrial_manifest::split::documents;
use seatrial_manifest::tree::parse;
use seatrial_model::kinds::apps::{HelmObject, HelmRelease};
use seatrial_model::{Head, Object, Origin, Text};
use serde::Deserialize;

/// The type of Helm's Secrets, and the API version that releases get in the model.
const TYPE: &str = "helm.sh/release.v1";
/// A Secret holds at most 1 MiB; what it unpacks to is bounded too.
const LARGEST_RELEASE: u64 = 64 << 20;

/// Adds the release that a Secret holds, if it is the deployed revision of one.
pub fn inspect(head: &Head, text: &str, file: u32, part: &mut Part) {
    // Helm keeps ten revisions: the others are history.
    let is_deployed = head.metadata.label("owner") == Some("helm") && head.metadata.label("status") == Some("deployed");
    if head.kind != "Secret" || !is_deployed || !text.contains(TYPE) {
        return;
    }
    match release(text) {
        Some(it) => part.cluster.helm_releases.push(Object {
            api_version: TYPE.into(),
            kind: "Release".into(),
            meta: head.metadata.clone(),
            origin: Some(Origin::api(file)),
            it,
        }),
        None => {
            let namespace = head.metadata.namespace.as_deref().unwrap_or("");
            part.unread.push(seatrial_model::Unread {
                file: format!("/api/v1/namespaces/{namespace}/secrets/{}", head.metadata.name),
                line: 0,
                column: 0,
                reason: "the Helm release in this Secret cannot be unpacked".to_owned(),
            });
        }
    }
}

/// Helm packs a release with gzip and writes it in Base64, which the API server does once more.
fn release(secret: &str) -> Option<HelmRelease> {
    #[derive(Deserialize)]
    struct Secret<'a> {
        #[serde(borrow)]
        data: Data<'a>,
    }
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        release: std::borrow::Cow<'a, str>,
    }
    let secret: Secret<'_> = serde_json::from_str(secret).ok()?;
    let written = STANDARD.decode(secret.data.release.as_bytes()).ok()?;
    let packed = STANDARD.decode(written.trim_ascii()).ok()?;
    let mut text = Vec::new();
    if packed.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(packed.as_slice()).take(LARGEST_RELEASE).read_to_end(&mut text).ok()?;
    } else {
        text = packed;
    }
    let it: Written = serde_json::from_slice(&text).ok()?;
    let about = it.chart.metadata;
    Some(HelmRelease {
        release: it.name,
        revision: it.version,
        chart: about.name,
        chart_version: about.version,
        app_version: about.app_version,
        objects: objects(&it.manifest),
    })
}

/// The identities of what a manifest holds, sorted.
fn objects(manifest: &str) -> Vec<HelmObject> {
    let mut found = Vec::new();
    for chunk in documents(manifest) {
        for tree in &parse(chunk.text).0 {
            let text = |at, key: &str| tree.child(at, key).and_then(|it| tree.text(it)).map(Text::new);
            let root = tree.root();
            let (Some(api_version), Some(kind)) = (text(root, "apiVersion"), text(root, "kind")) else { continue };
            let meta = tree.child(root, "metadata");
            let of_meta = |key| meta.and_then(|it| text(it, key));
            found.push(HelmObject { api_version, kind, namespace: of_meta("namespace"), name: of_meta("name").unwrap_or_default() });
        }
    }
    found.sort_by(|a, b| (&a.api_version, &a.kind, &a.namespace, &a.name).cmp(&(&b.api_version, &b.kind, &b.namespace, &b.name)));
    found
}

/// A release as Helm writes it, without its values, templates and notes.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Written {
    name: Text,
    version: i64,
    manifest: String,
    chart: Chart,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chart {
    metadata: ChartMetadata,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ChartMetadata {
    name: Text,
    version: Option<Text>,
    app_version: Option<Text>,
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(release: &str) -> String {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(release.as_bytes()).expect("memory");
        STANDARD.encode(STANDARD.encode(gz.finish().expect("memory")))
    }

    fn read(status: &str, data: &str) -> Part {
        let text = format!(
            r#"{{"metadata":{{"name":"sh.helm.release.v1.web.v3","namespace":"shop","labels":{{"owner":"helm","status":"{status}"}}}},"type":"helm.sh/release.v1","data":{{"release":"{data}"}}}}"#
        );
        let mut head: Head = serde_json::from_str(&text).expect("a Secret");
        head.kind = "Secret".into();
        let mut part = Part::default();
        inspect(&head, &text, 4, &mut part);
        part
    }

    const RELEASE: &str = r#"{"name":"web","version":3,"config":{"password":"hunter2"},"chart":{"metadata":{"name":"web","version":"1.2.3"}},
        "manifest":"---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n---\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n"}"#;

    #[test]
    fn a_deployed_revision_tells_what_it_holds_and_no_values() {
        let part = read("deployed", &packed(RELEASE));
        let it = &part.cluster.helm_releases[0];
        assert_eq!((it.release.as_str(), it.revision, it.chart_version.as_deref()), ("web", 3, Some("1.2.3")));
        let held: Vec<_> = it.objects.iter().map(|it| format!("{} {} {}", it.api_version, it.kind, it.name)).collect();
        assert_eq!(held, ["policy/v1beta1 PodDisruptionBudget web", "v1 Secret s"]);
        assert!(!format!("{it:?}").contains("hunter2"));
    }

    #[test]
    fn history_is_left_alone_and_damage_is_named() {
        assert!(read("superseded", &packed(RELEASE)).cluster.helm_releases.is_empty());
        assert_eq!(read("deployed", "bm90IGEgcmVsZWFzZQ==").unread[0].file, "/api/v1/namespaces/shop/secrets/sh.helm.release.v1.web.v3");
    }
}
