//! A repository written as a manifest must keep the image of a tag.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "repository-tags-mutable",
    rows: &[Row::EcrScanning],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AckRepositories],
    title: "A Repository manifest lets tags be overwritten",
    why: "The image behind a tag changes after it was scanned and reviewed, and a restart or rollback runs something else.",
    verify: "kubectl get repositories.ecr.services.k8s.aws -A -o yaml | grep imageTagMutability",
    fix: "Set spec.imageTagMutability to IMMUTABLE.",
    sources: &["ECR user guide, preventing image tags from being overwritten"],
    bad: "
apiVersion: ecr.services.k8s.aws/v1alpha1
kind: Repository
metadata: {name: shop-api, namespace: shop}
spec: 
  name: shop/api
  imageTagMutability: MUTABLE #~ repository-tags-mutable
",
    good: "
apiVersion: ecr.services.k8s.aws/v1alpha1
kind: Repository
metadata: {name: shop-api, namespace: shop}
spec: 
  name: shop/api
  imageTagMutability: IMMUTABLE
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for repository in &cx.cluster.ack_repositories {
        out.assess();
        // ECR's default is MUTABLE.
        if !repository.spec.image_tag_mutability.as_deref().is_some_and(|it| it.starts_with("IMMUTABLE")) {
            out.report(repository, "spec.imageTagMutability", format!("{repository}: tags can be overwritten, so a rollback may run an image nobody has seen"));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "IMMUTABLE".to_owned() } }]
}
