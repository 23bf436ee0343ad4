//! A secret on the command line is open to every process of the node.

use seatrial_facts::guide::Row;
use seatrial_model::{Literal, LooksLike, Need, Path};
use seatrial_report::{Confidence, Severity};

use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-in-command",
    rows: &[Row::SecretsInSecretsManager, Row::PitfallSecretsInEnv],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A secret is written into a command",
    why: "Command lines stand in git, in kubectl describe, in audit logs and in the process list of the node.",
    verify: "kubectl get pods -A -o yaml | grep -E -A 8 'command:|args:' | grep -iE 'password|token|secret'",
    fix: "Let the program read the value from a file of a mounted Secret.",
    sources: &["Guide, Common Pitfalls 3"],
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
        image: registry/api:1.0
        args:
        - --db-password=hunter2 #~ secret-in-command
",
    good: "
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
        image: registry/api:1.0
        args:
        - --db-password-file=/run/secrets/db/password
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    out.assess();
    let workload = it.workload;
    for (words, path) in commands(it) {
        for (at, looks_like) in words.iter().enumerate().filter_map(|(at, it)| Some((at, it.looks_like()?))) {
            let draft = out.report(
                workload,
                path.index(at),
                format!(
                    "{workload}: a command of container {} holds what looks like {}, open to whoever reads the workload or the node's process list",
                    it.container.name,
                    looks_like.words()
                ),
            );
            draft.container(&it.container.name);
            if looks_like == LooksLike::Named {
                draft.confidence(Confidence::Medium);
            }
        }
    }
}

fn commands<'a>(it: &ContainerAt<'a>) -> Vec<(&'a [Literal], Path)> {
    let container = it.container;
    let mut found: Vec<(&[Literal], Path)> = vec![(&container.command, it.path.key("command")), (&container.args, it.path.key("args"))];
    for (probe, name) in
        [(&container.liveness_probe, "livenessProbe"), (&container.readiness_probe, "readinessProbe"), (&container.startup_probe, "startupProbe")]
    {
        if let Some(exec) = probe.as_ref().and_then(|it| it.exec.as_ref()) {
            found.push((&exec.command, it.path.key(name).join("exec.command")));
        }
    }
    let hooks = container.lifecycle.iter().flat_map(|it| [(&it.pre_stop, "preStop"), (&it.post_start, "postStart")]);
    for (hook, name) in hooks {
        if let Some(exec) = hook.as_ref().and_then(|it| it.exec.as_ref()) {
            found.push((&exec.command, it.path.key("lifecycle").key(name).join("exec.command")));
        }
    }
    found
}
