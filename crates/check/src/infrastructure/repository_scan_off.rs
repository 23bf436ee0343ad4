//! A repository written as a manifest must scan what is pushed.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "repository-scan-off",
    rows: &[Row::EcrScanning],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AckRepositories],
    title: "A Repository manifest leaves scanning off",
    why: "Known vulnerabilities are deployed without anybody having been told of them.",
    verify: "kubectl get repositories.ecr.services.k8s.aws -A -o yaml | grep scanOnPush",
    fix: "Set spec.imageScanningConfiguration.scanOnPush to true.",
    sources: &["Guide, Production Readiness Checklist, Infrastructure", "ACK reference, ecr Repository"],
    bad: "
apiVersion: ecr.services.k8s.aws/v1alpha1
kind: Repository
metadata: {name: shop-api, namespace: shop}
spec: #~ repository-scan-off
  name: shop/api
",
    good: "
apiVersion: ecr.services.k8s.aws/v1alpha1
kind: Repository
metadata: {name: shop-api, namespace: shop}
spec: 
  name: shop/api
  imageScanningConfiguration: {scanOnPush: true}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for repository in &cx.cluster.ack_repositories {
        out.assess();
        let scans = repository.spec.image_scanning_configuration.as_ref().is_some_and(|it| it.scan_on_push);
        if !scans {
            out.report(
                repository,
                "spec.imageScanningConfiguration.scanOnPush",
                format!("{repository}: pushed images are not scanned, so known vulnerabilities are deployed unseen"),
            );
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "true".to_owned() } }]
}
