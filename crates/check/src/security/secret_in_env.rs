//! A secret written into a variable is open to whoever may read the workload.

use seatrial_facts::guide::Row;
use seatrial_model::{Literal, LooksLike, Need};
use seatrial_report::{Confidence, Severity};

use super::secret_uses::is_aws_key;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-in-env",
    rows: &[Row::SecretsInSecretsManager, Row::PitfallSecretsInEnv],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A secret is written into an environment variable",
    why: "It stands in git, in kubectl describe and in every process dump and crash report; to rotate it means a rollout.",
    verify: "kubectl describe pod POD | grep -A 20 Environment",
    fix: "Keep the value in Secrets Manager, let an ExternalSecret bring it in, and mount the Secret as a volume.",
    sources: &["Guide, Common Pitfalls 3", "Guide, Production Readiness Checklist, Security"],
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
        - name: DB_PASSWORD
          value: hunter2 #~ secret-in-env
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
        env:
        - name: DB_PASSWORD_FILE
          value: /run/secrets/db/password
        volumeMounts:
        - name: db
          mountPath: /run/secrets/db
          readOnly: true
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    out.assess();
    let workload = it.workload;
    for (at, env) in it.container.env.iter().enumerate() {
        let Some(looks_like) = env.value.as_ref().and_then(Literal::looks_like) else { continue };
        // Keys of AWS are the business of static-aws-keys.
        if is_aws_key(&env.name) || matches!(looks_like, LooksLike::AwsAccessKeyId | LooksLike::AwsSecretKey) {
            continue;
        }
        let path = it.path.key("env").index(at).key("value");
        let draft = out.report(
            workload,
            path,
            format!("{workload}: variable {} holds what looks like {}, open to whoever reads the workload or its repository", env.name, looks_like.words()),
        );
        draft.container(&it.container.name);
        if looks_like == LooksLike::Named {
            draft.confidence(Confidence::Medium);
        }
    }
}
