//! Images must survive the loss of a region.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "registry-not-replicated",
    rows: &[Row::RecoveryReplication],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsRegistry, Need::AwsRepositories],
    title: "ECR does not replicate to another region",
    why: "After the loss of the region there is no image to start a new cluster with.",
    verify: "aws ecr describe-registry --query replicationConfiguration",
    fix: "Add a replication rule to the region you would recover in.",
    sources: &["Guide, Disaster Recovery: what to back up", "ECR user guide, private image replication"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- {name: shop/api, uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api, scanOnPush: true}
registryReplication: [] #~ registry-not-replicated
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- {name: shop/api, uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api, scanOnPush: true}
registryReplication: [us-west-2]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let (Some(regions), Some(repositories)) = (account.registry_replication.known(), account.repositories.known()) else { return };
    if repositories.is_empty() {
        return;
    }
    out.assess();
    if regions.is_empty() {
        out.report_aws("AWS Registry", "ecr", format!("AWS Registry ecr: {} repositories exist in one region alone, and are lost with it", repositories.len()));
    }
}
