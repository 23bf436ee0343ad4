//! Folders that hold one name several times: each object means the one that stands nearest to it.

use crate::session::{Folder, found};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: api
        image: api:1
        env:
        - name: MODE
          valueFrom: {configMapKeyRef: {name: settings, key: KEY}}
";

fn deployment(key: &str) -> String {
    DEPLOYMENT.replace("KEY", key)
}

fn settings(key: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: shop}}\ndata: {{{key}: \"1\"}}\n")
}

#[test]
fn a_key_is_looked_for_in_the_config_map_beside_the_workload() {
    let folder = Folder::with(&[
        ("prod/api.yaml", &deployment("strict")),
        ("prod/settings.yaml", &settings("strict")),
        ("dev/api.yaml", &deployment("lenient")),
        ("dev/settings.yaml", &settings("lenient")),
    ]);
    let missing = |report: &serde_json::Value| found(report).iter().filter(|it| *it == "config-map-missing").count();
    assert_eq!(missing(&folder.report(&["."])), 0, "each overlay has the key that its workload asks for");
    folder.write("dev/settings.yaml", settings("other").as_bytes());
    let report = folder.report(&["."]);
    assert_eq!(missing(&report), 1);
    let finding = report["findings"].as_array().unwrap().iter().find(|it| it["check"] == "config-map-missing").unwrap();
    let files: Vec<&str> = finding["locations"].as_array().unwrap().iter().filter_map(|it| it["file"].as_str()).collect();
    assert!(files.iter().all(|it| it.contains("dev")), "{files:?}");
}
