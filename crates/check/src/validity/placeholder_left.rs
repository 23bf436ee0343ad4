//! Placeholders are filled in before manifests are applied.

use seatrial_facts::guide::Row;
use seatrial_model::{Literal, Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "placeholder-left",
    rows: &[Row::ValidObjects],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A placeholder was left in",
    why: "The literal text is applied: the image cannot be pulled, or the application connects to a host called REPLACE_ME.",
    verify: "grep -rnE '\\{\\{|\\$\\{|REPLACE_ME|CHANGE_?ME' FOLDER",
    fix: "Render the template, or substitute the variable, before applying.",
    sources: &["Kubernetes documentation, configuration good practices"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:${TAG} #~ placeholder-left
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: \"registry/api:1.0\", env: [{name: URL, value: \"http://$(HOST)/\"}]}]}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    out.assess();
    for (container, path) in workload.containers() {
        if is_placeholder(&container.image) {
            let message = format!("{workload}: the image of container {} still holds a placeholder, so it cannot be pulled", container.name);
            out.report(workload, path.key("image"), message).container(&container.name).severity(Severity::Error);
        }
        for (at, it) in container.env.iter().enumerate() {
            // Braces alone may be for the application to expand.
            let whole = it.value.as_ref().and_then(Literal::plain).is_some_and(|it| is_whole_placeholder(it.trim()));
            if whole {
                let message = format!("{workload}: variable {} of container {} still holds a placeholder", it.name, container.name);
                out.report(workload, path.key("env").index(at).key("value"), message).container(&container.name).severity(Severity::Medium);
            }
        }
    }
}

fn is_placeholder(image: &str) -> bool {
    image.contains("{{") || image.contains("${") || image.contains('<') || is_word(image)
}

fn is_whole_placeholder(value: &str) -> bool {
    let one = |open: &str, close: &str| value.starts_with(open) && value.find(close) == Some(value.len() - close.len());
    // Three braces are the application's own template.
    let wrapped = (one("{{", "}}") && !value.starts_with("{{{")) || one("${", "}");
    wrapped || is_word(value)
}

fn is_word(value: &str) -> bool {
    let value = value.to_ascii_uppercase();
    ["REPLACE_ME", "CHANGE_ME", "CHANGEME", "REPLACEME"].iter().any(|it| value.contains(it))
}
