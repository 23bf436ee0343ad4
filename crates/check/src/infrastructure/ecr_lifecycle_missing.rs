//! Old images must be deleted.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ecr-lifecycle-missing",
    rows: &[Row::EcrScanning, Row::CostStorage],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsRepositories],
    title: "An ECR repository keeps every image",
    why: "Storage grows with each build and is billed by the month, and old vulnerable images stay deployable.",
    verify: "aws ecr get-lifecycle-policy --repository-name REPOSITORY",
    fix: "Add a lifecycle policy that expires untagged images and keeps the last releases.",
    sources: &["ECR user guide, automate the cleanup of images with lifecycle policies"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- {name: shop/api, uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api, scanOnPush: true, tagMutability: IMMUTABLE, hasLifecyclePolicy: false} #~ ecr-lifecycle-missing
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- {name: shop/api, uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api, scanOnPush: true, tagMutability: IMMUTABLE, hasLifecyclePolicy: true}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for repository in cx.snapshot.account.repositories.known().into_iter().flatten() {
        let Some(has_policy) = repository.has_lifecycle_policy else { continue };
        out.assess();
        if !has_policy {
            out.report_aws(
                "AWS Repository",
                &repository.name,
                format!("AWS Repository {}: no lifecycle policy, so every image ever built is kept and paid for", repository.name),
            );
        }
    }
}
