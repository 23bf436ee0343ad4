//! Karpenter must not follow the newest AMI by itself.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-class-ami-unpinned",
    rows: &[Row::UpgradeVersions, Row::UpgradePlan],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Ec2NodeClasses],
    title: "Nodes follow the latest AMI",
    why: "The hour AWS publishes an image, every node counts as drifted and is replaced with one that nobody has tested here.",
    verify: "kubectl get ec2nodeclasses -o yaml | grep alias",
    fix: "Pin the alias to a version such as al2023@v20260901 and raise it through the test cluster first.",
    sources: &["Karpenter documentation, NodeClasses: spec.amiSelectorTerms", "Karpenter documentation, managing AMIs"],
    bad: "
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: node
  amiSelectorTerms:
  - alias: al2023@latest #~ node-class-ami-unpinned
",
    good: "
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: node
  amiSelectorTerms:
  - alias: al2023@v20260901
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for class in &cx.cluster.ec2_node_classes {
        out.assess();
        let latest = class.spec.ami_selector_terms.iter().position(|it| it.alias.as_deref().is_some_and(|it| it.ends_with("@latest")));
        if let Some(at) = latest {
            let path = Path::of("spec.amiSelectorTerms").index(at).key("alias");
            out.report(class, path, format!("{class}: a new AMI replaces every node the day it is published, untested"));
        }
    }
}
