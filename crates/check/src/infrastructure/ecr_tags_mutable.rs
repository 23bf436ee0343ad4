//! A tag in ECR must keep its image.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ecr-tags-mutable",
    rows: &[Row::EcrScanning],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsRepositories],
    title: "Tags of an ECR repository can be overwritten",
    why: "The image behind a tag changes after it was scanned and reviewed, and a restart or rollback runs something else.",
    verify: "aws ecr describe-repositories --query 'repositories[].[repositoryName,imageTagMutability]'",
    fix: "Set imageTagMutability to IMMUTABLE, with exclusions for the few tags that must move.",
    sources: &["ECR user guide, preventing image tags from being overwritten"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- {name: shop/api, uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api, scanOnPush: true, tagMutability: MUTABLE} #~ ecr-tags-mutable
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- {name: shop/api, uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api, scanOnPush: true, tagMutability: IMMUTABLE}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for repository in cx.snapshot.account.repositories.known().into_iter().flatten() {
        out.assess();
        if matches!(repository.tag_mutability.as_str(), "MUTABLE" | "MUTABLE_WITH_EXCLUSION") {
            out.report_aws(
                "AWS Repository",
                &repository.name,
                format!("AWS Repository {}: tags can be overwritten, so a rollback may run an image nobody has seen", repository.name),
            );
        }
    }
}
