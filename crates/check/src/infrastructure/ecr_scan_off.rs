//! ECR must scan the images that are pushed.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ecr-scan-off",
    rows: &[Row::EcrScanning],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsRepositories],
    title: "An ECR repository does not scan its images",
    why: "Known vulnerabilities are deployed without anybody having been told of them.",
    verify: "aws ecr describe-repositories --query 'repositories[].[repositoryName,imageScanningConfiguration.scanOnPush]'",
    fix: "Turn on scan on push, or enhanced scanning for the registry.",
    sources: &["Guide, Production Readiness Checklist, Infrastructure", "ECR user guide, scan images for software vulnerabilities"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- {name: shop/api, uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api, scanOnPush: false, tagMutability: IMMUTABLE} #~ ecr-scan-off
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
        // Scan results show that the registry's own setting scans this repository.
        let newest = repository.images.iter().max_by_key(|it| it.pushed_at);
        let is_scanned = newest.is_some_and(|it| it.scanned_at.is_some());
        if !repository.scan_on_push && !is_scanned {
            out.report_aws(
                "AWS Repository",
                &repository.name,
                format!("AWS Repository {}: images are not scanned, so known vulnerabilities are deployed unseen", repository.name),
            );
        }
    }
}
