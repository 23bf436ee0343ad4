//! Karpenter's nodes must keep pods off the metadata service.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-class-metadata-open",
    rows: &[Row::IamLeastPrivilege],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ec2NodeClasses],
    title: "Karpenter's nodes let pods take the node role",
    why: "Any pod, or a request it is tricked into, reads the credentials of the node role.",
    verify: "kubectl get ec2nodeclasses -o yaml | grep -A 4 metadataOptions",
    fix: "Leave out metadataOptions, or set httpTokens: required and httpPutResponseHopLimit: 1.",
    sources: &["Karpenter documentation, NodeClasses: spec.metadataOptions"],
    bad: "
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: node
  metadataOptions:
    httpTokens: optional #~ node-class-metadata-open
    httpPutResponseHopLimit: 1
",
    good: "
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: node
  metadataOptions:
    httpTokens: required
    httpPutResponseHopLimit: 1
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for class in &cx.cluster.ec2_node_classes {
        out.assess();
        // Karpenter's own defaults are required and 1.
        let Some(options) = &class.spec.metadata_options else { continue };
        if options.http_endpoint.as_deref() == Some("disabled") {
            continue;
        }
        if options.http_tokens.as_deref() == Some("optional") {
            out.report(
                class,
                "spec.metadataOptions.httpTokens",
                format!("{class}: version 1 of the metadata service answers, so a pod can act as the node role"),
            );
        } else if options.http_put_response_hop_limit.is_some_and(|limit| limit > 1) {
            out.report(
                class,
                "spec.metadataOptions.httpPutResponseHopLimit",
                format!("{class}: the hop limit lets pods reach the metadata service and act as the node role"),
            )
            .severity(Severity::Medium);
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let is_limit = found.path.to_string().ends_with("HopLimit");
    let yaml = if is_limit { "1" } else { "required" }.to_owned();
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml } }]
}
