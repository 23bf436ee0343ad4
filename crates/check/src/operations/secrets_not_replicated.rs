//! Secrets must survive the loss of a region.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secrets-not-replicated",
    rows: &[Row::RecoveryReplication],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsSecrets],
    title: "Secrets Manager does not replicate secrets",
    why: "After the loss of the region applications start elsewhere without credentials.",
    verify: "aws secretsmanager list-secrets --query 'SecretList[].[Name,ReplicationStatus]'",
    fix: "Add replica regions to the secrets that the recovery region needs.",
    sources: &["Guide, Disaster Recovery: region failure", "Secrets Manager user guide, replicate secrets across regions"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
secrets: [{name: EKS/prod/db, arn: \"arn:aws:secretsmanager:us-east-1:111122223333:secret:EKS/prod/db\", rotationEnabled: true, replicaRegions: []}] #~ secrets-not-replicated
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
secrets: [{name: EKS/prod/db, arn: \"arn:aws:secretsmanager:us-east-1:111122223333:secret:EKS/prod/db\", rotationEnabled: true, replicaRegions: [us-west-2]}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let secrets = cx.snapshot.account.secrets.known().map_or(&[][..], Vec::as_slice);
    secrets.iter().for_each(|_| out.assess());
    let found: Vec<&str> = secrets.iter().filter(|it| it.replica_regions.is_empty()).map(|it| it.name.as_str()).collect();
    // One setting of the account's habits, not one fault for each secret.
    if let Some(first) = found.first() {
        let shown: Vec<&str> = found.iter().take(8).copied().collect();
        let others = if found.len() == 1 { String::new() } else { format!(" and {} more", found.len() - 1) };
        out.report_aws("AWS Secret", first, format!("AWS Secret {first}{others}: they exist in one region alone, and are lost with it"))
            .evidence(format!("secrets: {}", shown.join(", ")));
    }
}
