//! Mounted files keep a secret out of the environment.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::secret_uses::{self, How, is_aws_key};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-as-env",
    rows: &[Row::PitfallSecretsInEnv],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A Secret reaches a container as environment variables",
    why: "The environment is inherited by child processes, printed by crash reports and debug pages, and keeps the old value after a rotation.",
    verify: "kubectl get deployment NAME -o yaml | grep -E -B 2 -A 3 'secretKeyRef|secretRef'",
    fix: "Mount the Secret as a volume and let the app read the file.",
    sources: &["Guide, Common Pitfalls 3", "Kubernetes documentation, good practices for Secrets"],
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
        env:
        - name: DB_PASSWORD #~ secret-as-env
          valueFrom: {secretKeyRef: {name: db, key: password}}
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
      volumes:
      - name: db
        secret: {secretName: db}
      containers:
      - name: app
        image: registry/api:1.0
        volumeMounts:
        - name: db
          mountPath: /run/secrets/db
          readOnly: true
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    out.assess();
    let uses = secret_uses::variables(workload);
    let aws = |it: &&secret_uses::SecretUse<'_>| it.how == How::Variable && names_aws_key(workload, &it.path);
    let mut uses = uses.iter().filter(|it| !aws(it));
    let Some(first) = uses.next() else { return };
    let more = uses.count();
    let others = if more == 0 { String::new() } else { format!(" and {more} more") };
    let container = first.container.map_or("", |it| it.as_str());
    let draft = out.report(
        workload,
        first.path.clone(),
        format!("{workload}: Secret {} reaches container {container} as environment variables{others}, which logs and crash reports print", first.name),
    );
    if let Some(name) = first.container {
        draft.container(name);
    }
}

/// Keys of AWS in variables are the business of static-aws-keys.
fn names_aws_key(workload: &Object<Workload>, path: &Path) -> bool {
    let mut variables = workload.containers().flat_map(|(container, at)| {
        let path = at.key("env");
        container.env.iter().enumerate().map(move |(index, it)| (path.index(index), it))
    });
    variables.any(|(at, it)| at == *path && is_aws_key(&it.name))
}
