//! `cargo xtask schema`: generates the tables of `crates/facts/src/schema/data` from published OpenAPI documents.
//!
//! Documents come from Go modules (pinned below, unpacked by `go mod download`) and, where no module has them, from the manifests
//! below the folder in `SEATRIAL_CORPUS`. Only structure is taken: names, types, limits; no descriptions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use seatrial_facts::schema::write_set;
use seatrial_manifest::schema::Structural;
use seatrial_manifest::tree::{NodeId, Tree, parse};

use crate::schema_builtin;

/// Kubernetes by minor version.
const KUBERNETES: &[(u16, &str)] = &[(33, "v1.33.13"), (34, "v1.34.4"), (35, "v1.35.4"), (36, "v1.36.3"), (37, "v1.37.1")];

/// Modules with CustomResourceDefinitions, and where in them. Of a kind that two hold, the first counts.
const MODULES: &[(&str, &str)] = &[
    ("github.com/external-secrets/external-secrets@v1.3.2", "config/crds/bases"),
    ("github.com/kedacore/keda/v2@v2.20.2", "config/crd/bases"),
    ("sigs.k8s.io/gateway-api@v1.4.1", "config/crd/experimental"),
    ("github.com/aws/karpenter-provider-aws@v1.15.1", "pkg/apis/crds"),
    ("sigs.k8s.io/karpenter@v1.8.0", "pkg/apis/crds"),
    ("github.com/kubernetes-csi/external-snapshotter/client/v8@v8.7.0", "config/crd"),
    ("github.com/prometheus-operator/prometheus-operator@v0.85.0", "example/prometheus-operator-crd"),
    ("github.com/argoproj/argo-cd/v3@v3.6.1", "manifests/crds"),
    ("github.com/argoproj/argo-rollouts@v1.10.2", "manifests/crds"),
    ("github.com/fluxcd/kustomize-controller@v1.10.1", "config/crd/bases"),
    ("github.com/fluxcd/source-controller@v1.10.1", "config/crd/bases"),
    ("github.com/fluxcd/helm-controller@v1.6.0", "config/crd/bases"),
    ("k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1", "deploy"),
];

/// Folders of the corpus with definitions that no module holds.
const CORPUS: &[&str] = &[
    "aws+eks-charts/files/stable/aws-load-balancer-controller/crds",
    "aws+eks-charts/files/stable/aws-vpc-cni/crds",
    "aws+karpenter-provider-aws/files/charts/karpenter/crds",
    "cert-manager+cert-manager/files/deploy/crds",
    "kedacore+keda/files/config/crd/bases",
];

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/facts/src/schema/data");

/// Writes all tables.
pub fn run(_: &[String]) -> Result<(), String> {
    fs::create_dir_all(DATA).map_err(|error| format!("{DATA}: {error}"))?;
    let mut documents = Vec::new();
    for (minor, version) in KUBERNETES {
        let path = module(&format!("k8s.io/kubernetes@{version}"))?.join("api/openapi-spec/swagger.json");
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        documents.push((*minor, serde_json::from_str(&text).map_err(|error| error.to_string())?));
    }
    let sources: Vec<String> = KUBERNETES.iter().map(|it| format!("k8s.io/kubernetes@{}", it.1)).collect();
    write("kubernetes.txt", &format!("# Source: {} api/openapi-spec/swagger.json\n{}", sources.join(", "), schema_builtin::table(&documents)?))?;
    let groups = custom()?;
    let registration = registration(groups.keys());
    for (group, it) in groups {
        write(&format!("{group}.txt"), &it.text())?;
    }
    write("../tables.rs", &registration)
}

/// The custom resources of one group.
#[derive(Default)]
struct Group {
    sources: BTreeSet<String>,
    kinds: BTreeMap<(String, String), String>,
    structural: Structural,
}

impl Group {
    fn text(self) -> String {
        let sources: Vec<&str> = self.sources.iter().map(String::as_str).collect();
        let kinds: Vec<&str> = self.kinds.values().map(String::as_str).collect();
        format!("# Source: {}\n{}\n{}", sources.join(", "), kinds.join("\n"), write_set(&self.structural.into_set()))
    }
}

fn custom() -> Result<BTreeMap<String, Group>, String> {
    let mut groups = BTreeMap::new();
    for (name, folder) in MODULES {
        read_folder(&module(name)?.join(folder), name, &mut groups)?;
    }
    match std::env::var("SEATRIAL_CORPUS") {
        Ok(root) => {
            for folder in CORPUS {
                let repository = folder.split('/').next().unwrap_or(folder).replace('+', "/");
                read_folder(&Path::new(&root).join("corpus").join(folder), &format!("github.com/{repository}"), &mut groups)?;
            }
        }
        Err(_) => eprintln!("SEATRIAL_CORPUS is not set: groups that only manifests define are left out"),
    }
    Ok(groups)
}

fn read_folder(folder: &Path, source: &str, groups: &mut BTreeMap<String, Group>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).filter(|it| it.extension().is_some_and(|it| it == "yaml")).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        for tree in parse(&text).0 {
            read_definition(&tree, source, groups);
        }
    }
    Ok(())
}

fn read_definition(tree: &Tree<'_>, source: &str, groups: &mut BTreeMap<String, Group>) {
    let text = |id: Option<NodeId>| id.and_then(|it| tree.text(it)).unwrap_or("");
    let root = tree.root();
    let (Some(spec), "CustomResourceDefinition") = (tree.child(root, "spec"), text(tree.child(root, "kind"))) else { return };
    let (group, kind) = (text(tree.child(spec, "group")), text(tree.child(spec, "names").and_then(|it| tree.child(it, "kind"))));
    let scope = if text(tree.child(spec, "scope")) == "Cluster" { "C" } else { "N" };
    let table = groups.entry(group.to_owned()).or_default();
    for version in tree.child(spec, "versions").map_or(&[] as &[NodeId], |it| tree.items(it)) {
        let name = text(tree.child(*version, "name"));
        let schema = tree.child(*version, "schema").and_then(|it| tree.child(it, "openAPIV3Schema"));
        let key = (name.to_owned(), kind.to_owned());
        if let (Some(schema), false) = (schema, table.kinds.contains_key(&key)) {
            let type_name = format!("{name}.{kind}");
            let id = table.structural.root(tree, schema, &type_name);
            let type_name = table.structural.name(id);
            table.kinds.insert(key, format!("K {group}/{name} {kind} {type_name} {scope}"));
            table.sources.insert(source.to_owned());
        }
    }
}

/// The file that names every table, sorted by group.
fn registration<'a>(groups: impl Iterator<Item = &'a String>) -> String {
    let line = |it: &String| format!("    {} \"{it}\" \"{it}.txt\"\n", it.to_uppercase().replace(['.', '-'], "_"));
    format!("// Written by `cargo xtask schema`.\ntables! {{\n{}}}\n", groups.map(line).collect::<String>())
}

fn write(name: &str, text: &str) -> Result<(), String> {
    println!("{:>8} {name}", text.len());
    fs::write(Path::new(DATA).join(name), text).map_err(|error| format!("{name}: {error}"))
}

/// Where a Go module is unpacked. A module that asks for a newer Go is unpacked all the same, with an error beside it.
fn module(name: &str) -> Result<PathBuf, String> {
    let output = Command::new("go")
        .args(["mod", "download", "-json", name])
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "-mod=mod")
        .current_dir(std::env::temp_dir())
        .output()
        .map_err(|error| format!("go mod download {name}: {error}"))?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("go mod download {name}: {error}"))?;
    if let Some(it) = answer["Dir"].as_str() {
        return Ok(PathBuf::from(it));
    }
    let cache = Command::new("go").args(["env", "GOMODCACHE"]).output().map_err(|error| format!("go env: {error}"))?;
    let folder = Path::new(String::from_utf8_lossy(&cache.stdout).trim()).join(name);
    if folder.is_dir() { Ok(folder) } else { Err(format!("go mod download {name}: {}", answer["Error"])) }
}
