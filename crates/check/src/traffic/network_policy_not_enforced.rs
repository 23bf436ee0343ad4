//! Network policies need a network plugin that enforces them.

use seatrial_facts::guide::Row;
use seatrial_model::account::Addon;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::is_auto_mode;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-not-enforced",
    rows: &[Row::NetworkPolicies],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::NetworkPolicies, Need::Workloads, Need::AwsAddons],
    title: "Nothing in the cluster enforces network policies",
    why: "The API server stores the policies and nobody acts on them: every pod still reaches every other.",
    verify: "aws eks describe-addon --cluster-name CLUSTER --addon-name vpc-cni --query addon.configurationValues",
    fix: "Set enableNetworkPolicy to true in the vpc-cni add-on's configuration, or install Calico or Cilium.",
    sources: &["EKS user guide, limit pod traffic with Kubernetes network policies"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
addons: [{name: vpc-cni, version: v1.20.0-eksbuild.1, status: ACTIVE, configuration: '{}'}] #~ network-policy-not-enforced
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny}
spec: {podSelector: {}}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
addons: [{name: vpc-cni, version: v1.20.0-eksbuild.1, status: ACTIVE, configuration: '{\"enableNetworkPolicy\": \"true\"}'}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny}
spec: {podSelector: {}}
",
    run: Run::InCluster(&[Need::Nodes, Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let (Some(addons), Some(_)) = (cx.snapshot.account.addons.known(), cx.cluster.network_policies.first()) else { return };
    // EKS Auto Mode has its own agent, set on the NodeClass.
    if is_auto_mode(cx) {
        return;
    }
    out.assess();
    let enforces = addons.iter().any(is_enforcing) || cx.cluster.workloads.iter().any(is_engine);
    if enforces {
        return;
    }
    let how_many = cx.cluster.network_policies.len();
    let why = if addons.iter().any(|it| it.name == "vpc-cni") {
        "the vpc-cni add-on has enableNetworkPolicy off"
    } else {
        "no network plugin that enforces policies was found"
    };
    out.report_aws("AWS Addon", "vpc-cni", format!("add-on vpc-cni: {how_many} network policies are written and none is enforced")).evidence(why);
}

fn is_enforcing(it: &Addon) -> bool {
    let configuration: String = it.configuration.as_deref().unwrap_or("").chars().filter(|it| !it.is_whitespace() && *it != '"' && *it != '\'').collect();
    (it.name == "vpc-cni" && configuration.contains("enableNetworkPolicy:true")) || it.name.contains("calico") || it.name.contains("cilium")
}

/// Calico, Cilium and Antrea, or a VPC CNI that was installed by hand with its policy agent switched on.
fn is_engine(it: &Object<Workload>) -> bool {
    let engine = ["calico-node", "cilium", "antrea-agent", "kube-router"].contains(&it.meta.name.as_str());
    engine || (it.meta.name == "aws-node" && it.pod().containers.iter().flat_map(|it| it.command_line()).any(|it| it == "--enable-network-policy=true"))
}
