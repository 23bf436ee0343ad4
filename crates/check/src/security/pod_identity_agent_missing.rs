//! Pod Identity needs its agent.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::is_auto_mode;
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::find;

pub static CHECK: Check = Check {
    id: "pod-identity-agent-missing",
    rows: &[Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsPodIdentity, Need::AwsAddons, Need::Workloads],
    title: "The Pod Identity agent is not running",
    why: "Pods are told to fetch credentials from an address on their node where nobody answers: every AWS call fails.",
    verify: "aws eks describe-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent --query addon.status",
    fix: "aws eks create-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent.",
    sources: &["EKS user guide, set up the Pod Identity agent"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
addons: [] #~ pod-identity-agent-missing
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
addons: [{name: eks-pod-identity-agent, version: v1.3.10, status: ACTIVE}]
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
",
    run: Run::InCluster(&[Need::Nodes, Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

const AGENT: &str = "eks-pod-identity-agent";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let associations = account.pod_identity_associations.known().map_or(0, Vec::len);
    // Auto Mode brings the agent on its nodes.
    if associations == 0 || is_auto_mode(cx) {
        return;
    }
    out.assess();
    let addon = account.addons.known().into_iter().flatten().find(|it| it.name == AGENT);
    let by_hand = find(&cx.cluster.workloads, "kube-system", AGENT).is_some();
    let pods = if associations == 1 { "association has".to_owned() } else { format!("{associations} associations have") };
    match addon {
        Some(it) if it.status == "ACTIVE" => {}
        Some(it) => {
            out.report_aws("AWS Addon", AGENT, format!("Add-on {AGENT} is {}, so the pods whose {pods} a role may get no credentials", it.status))
                .severity(Severity::Medium);
        }
        None if by_hand => {}
        None => {
            out.report_aws("AWS Addon", AGENT, format!("Add-on {AGENT} is not installed, so the pods whose {pods} a role get no credentials"));
        }
    }
}
