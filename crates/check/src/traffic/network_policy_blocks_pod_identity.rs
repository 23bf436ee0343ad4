//! A pod that calls AWS must reach the Pod Identity agent of its node.

use std::net::IpAddr;

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::aws_use::pod_identity_evidence;
use super::flows::{Direction, Peer, PodEnd, Port, judge};
use super::isolation::{is_for_want_of_another, is_governable, other_engine};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-blocks-pod-identity",
    rows: &[Row::NetworkPolicies],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies, Need::Namespaces, Need::ServiceAccounts],
    title: "Network policies cut pods off from AWS credentials",
    why: "The SDK gets its credentials from the agent on the node; without it every AWS call fails, some minutes after the policy came.",
    verify: "kubectl exec POD -- wget -qO- http://169.254.170.23/   # must answer, if only with an error",
    fix: "Allow egress to 169.254.170.23/32 (and fd00:ec2::23/128 with IPv6) on TCP port 80.",
    sources: &["EKS user guide, EKS Pod Identity considerations: link-local addresses of the agent"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: worker}
spec:
  podSelector: {matchLabels: {app: worker}}
  egress: #~ network-policy-blocks-pod-identity
  - ports: [{port: 443}, {port: 53, protocol: UDP}, {port: 53}]
---
apiVersion: v1
kind: Pod
metadata: {name: worker, labels: {app: worker}}
spec:
  containers:
  - name: app
    image: registry/worker:1.0
    env: [{name: QUEUE_URL, value: 'https://sqs.us-east-1.amazonaws.com/111122223333/jobs'}]
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: worker}
spec:
  podSelector: {matchLabels: {app: worker}}
  egress:
  - ports: [{port: 443}, {port: 53, protocol: UDP}, {port: 53}]
  - to: [{ipBlock: {cidr: 169.254.170.23/32}}]
    ports: [{port: 80}]
---
apiVersion: v1
kind: Pod
metadata: {name: worker, labels: {app: worker}}
spec:
  containers:
  - name: app
    image: registry/worker:1.0
    env: [{name: QUEUE_URL, value: 'https://sqs.us-east-1.amazonaws.com/111122223333/jobs'}]
",
    run: Run::Asking(&[Need::AwsPodIdentity], &Run::Workload(run)),
    repair: Some((Safety::Unsafe, repair)),
};

const AGENT: [u8; 4] = [169, 254, 170, 23];
const AGENT_IPV6: [u16; 8] = [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x23];

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let policies = cx.graph.policies_of(workload);
    if !policies.iter().any(|it| it.governs_egress()) || !is_governable(workload) || other_engine(cx, workload.meta.ns()).is_some() {
        return;
    }
    // With the account at hand an association tells, whatever the environment says.
    if out.lacks(cx, Need::AwsPodIdentity) {
        return;
    }
    let Some(evidence) = pod_identity_evidence(cx, workload) else { return };
    out.assess();
    let own = PodEnd::of(workload);
    let denied = |address: IpAddr| judge(cx.cluster, &policies, &own, Direction::Egress, Peer::Address(address), Port::tcp(80)).denied_by();
    // A cluster is of one IP family; which one manifests do not tell.
    let (Some(by), Some(_)) = (denied(AGENT.into()), denied(AGENT_IPV6.into())) else { return };
    let Some(owner) = by.iter().copied().find(|it| !it.egress_rules().is_empty()).or(by.first().copied()) else { return };
    if is_for_want_of_another(cx, owner) {
        return;
    }
    let path = if owner.spec.egress.is_some() { Path::of("spec.egress") } else { Path::of("spec.policyTypes") };
    let message = format!("{owner}: {workload} cannot reach the Pod Identity agent (169.254.170.23:80), so its AWS calls have no credentials");
    out.report(owner, path, message).related(workload, workload.template_path().join("metadata.labels"), "these pods are selected").evidence(evidence);
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let yaml = "to:
  - ipBlock:
      cidr: 169.254.170.23/32
ports:
  - protocol: TCP
    port: 80
";
    vec![Edit { origin, change: Change::Append { path: Path::of("spec.egress"), yaml: yaml.to_owned() } }]
}
