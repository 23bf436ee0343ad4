//! Secrets should be rotated.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secrets-not-rotated",
    rows: &[Row::SecretsInSecretsManager],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsSecrets],
    title: "Secrets are never rotated",
    why: "A password that leaked once works for ever.",
    verify: "aws secretsmanager list-secrets --query 'SecretList[].[Name,RotationEnabled,LastRotatedDate]'",
    fix: "Turn rotation on where a rotation function or managed rotation exists.",
    sources: &["Secrets Manager user guide, rotate secrets"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
secrets: [{name: EKS/prod/db, arn: \"arn:aws:secretsmanager:us-east-1:111122223333:secret:EKS/prod/db\", rotationEnabled: false, replicaRegions: []}] #~ secrets-not-rotated
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
secrets: [{name: EKS/prod/db, arn: \"arn:aws:secretsmanager:us-east-1:111122223333:secret:EKS/prod/db\", rotationEnabled: true, replicaRegions: []}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let secrets = cx.snapshot.account.secrets.known().map_or(&[][..], Vec::as_slice);
    secrets.iter().for_each(|_| out.assess());
    let found: Vec<&str> = secrets.iter().filter(|it| !it.rotation_enabled).map(|it| it.name.as_str()).collect();
    // One setting of the account's habits, not one fault for each secret.
    if let Some(first) = found.first() {
        let shown: Vec<&str> = found.iter().take(8).copied().collect();
        let others = if found.len() == 1 { String::new() } else { format!(" and {} more", found.len() - 1) };
        out.report_aws("AWS Secret", first, format!("AWS Secret {first}{others}: they are not rotated, so one that leaked works for ever"))
            .evidence(format!("secrets: {}", shown.join(", ")));
    }
}
