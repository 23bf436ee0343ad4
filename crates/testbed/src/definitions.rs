//! The custom resources that live in EKS clusters, as their authors define them: read from pinned Go modules, never kept in this repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::api::Api;

/// A module with definitions: version, checksum as go.sum would hold it, folder.
const MODULES: [(&str, &str, &str); 7] = [
    ("github.com/external-secrets/external-secrets@v1.3.2", "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=", "config/crds/bases"),
    ("github.com/kedacore/keda/v2@v2.20.2", "h1:SR60v8uIcelbveS8n/1jcl8tLdBBIbHMxmdOHw8tKqA=", "config/crd/bases"),
    ("sigs.k8s.io/gateway-api@v1.4.1", "h1:NPxFutNkKNa8UfLd2CMlEuhIPMQgDQ6DXNKG9sHbJU8=", "config/crd/standard"),
    ("sigs.k8s.io/karpenter@v1.8.0", "h1:AmTHUPtnuL8IX9mbcD3NOohyk62idrBCBtM+8Wn6Jvk=", "pkg/apis/crds"),
    ("github.com/kubernetes-csi/external-snapshotter/client/v8@v8.7.0", "h1:HVaSUeRRHPu49aSiL8eXOjS9Re9G6pM0NzdTGI7mM14=", "config/crd"),
    ("github.com/prometheus-operator/prometheus-operator@v0.85.0", "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=", "example/prometheus-operator-crd"),
    ("k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1", "h1:Pe8bV1wozN4gOKO1rleiIY5alIyAXN+DnXDbXQcL4fI=", "deploy"),
];

/// Kinds that no module of this Go version has, with the least that a definition needs: group, version, kind, plural, whether namespaced, whether it has a status.
const PLAIN: [(&str, &str, &str, &str, bool, bool); 10] = [
    ("argoproj.io", "v1alpha1", "Application", "applications", true, false),
    ("argoproj.io", "v1alpha1", "AppProject", "appprojects", true, false),
    ("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations", true, true),
    ("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases", true, true),
    ("source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories", true, true),
    ("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding", "targetgroupbindings", true, true),
    ("elbv2.k8s.aws", "v1beta1", "IngressClassParams", "ingressclassparams", false, false),
    ("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses", false, true),
    ("velero.io", "v1", "Schedule", "schedules", true, false),
    ("velero.io", "v1", "Backup", "backups", true, false),
];

/// Everything to be defined.
pub fn read() -> Result<Vec<Value>> {
    let mut all: Vec<Value> = PLAIN.iter().map(|&it| plain(it)).collect();
    for (module, sum, folder) in MODULES {
        let before = all.len();
        for path in files(&folder_of(module, sum)?.join(folder))? {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if text.contains("kind: CustomResourceDefinition") {
                let found = crate::yaml::values(&text).with_context(|| format!("{}", path.display()))?;
                all.extend(found.into_iter().filter(|it| it["kind"] == "CustomResourceDefinition"));
            }
        }
        if all.len() == before {
            bail!("{module} has no definitions in {folder}");
        }
    }
    Ok(all)
}

/// Defines them and waits until the server serves all of them.
pub async fn define(api: &Api, definitions: Vec<Value>) -> Result<()> {
    let names: Vec<String> = definitions.iter().filter_map(|it| it["metadata"]["name"].as_str().map(ToOwned::to_owned)).collect();
    api.create_all(definitions).await?;
    for name in names {
        let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
        let established =
            |it: &Value| it["status"]["conditions"].as_array().is_some_and(|all| all.iter().any(|it| it["type"] == "Established" && it["status"] == "True"));
        api.wait(&path, Duration::from_secs(60), &format!("{name} is established"), established).await?;
    }
    Ok(())
}

fn plain((group, version, kind, plural, namespaced, status): (&str, &str, &str, &str, bool, bool)) -> Value {
    let anything = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    let mut served = json!({"name": version, "served": true, "storage": true, "schema": anything});
    if status {
        served["subresources"] = json!({"status": {}});
    }
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {
            "group": group,
            "scope": if namespaced { "Namespaced" } else { "Cluster" },
            "names": {"kind": kind, "listKind": format!("{kind}List"), "plural": plural, "singular": kind.to_lowercase()},
            "versions": [served],
        },
    })
}

/// Where Go keeps a module; downloaded where it is not there yet, refused where it is not the one that was pinned.
fn folder_of(module: &str, sum: &str) -> Result<PathBuf> {
    let output = Command::new("go")
        .args(["mod", "download", "-json", module])
        .current_dir(std::env::temp_dir())
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "")
        .stdin(Stdio::null())
        .output()
        .context("cannot start go\nhelp: install Go 1.26 or newer")?;
    let answer: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("go cannot download {module}: {}", String::from_utf8_lossy(&output.stderr).lines().next_back().unwrap_or("")))?;
    if answer["Sum"] != sum {
        bail!("{module} is not the one that was pinned: {} {}", answer["Sum"], answer["Error"]);
    }
    answer["Dir"].as_str().map(PathBuf::from).with_context(|| format!("go does not say where {module} is"))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.filter_map(|it| it.ok().map(|it| it.path())).filter(|it| it.extension().is_some_and(|it| it == "yaml")).collect();
    found.sort();
    Ok(found)
}
