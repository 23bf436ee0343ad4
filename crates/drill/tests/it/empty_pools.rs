//! Groups and pools that have no node yet: what is added to them, and when nothing is.

use seatrial_drill::Request;
use seatrial_report::drill::{Answer, Verdict};

use crate::town::{Town, said};

/// A full node of no pool, pods that want a pool called `batch`, and what that pool asks for.
fn pool(requirements: &str, rest: &str) -> Town {
    let mut town = Town::new();
    town.node_with("a1", "us-east-1a", "1", "pool: batch", "").deployment("api", &["a1", "a1"], "", "");
    town.add(&format!(
        "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {{name: batch}}\nspec: {{{rest}template: {{metadata: {{labels: {{pool: batch}}}}, spec: {{requirements: [{requirements}]}}}}}}"
    ));
    town
}

fn grown(town: &Town, times: u32) -> Answer {
    town.drill("scale", &Request { targets: vec!["shop/api".into()], times: Some(times), seeds: 1, ..Request::default() })
}

fn says(answer: &Answer, what: &str) -> bool {
    answer.assumptions.iter().any(|it| it.contains(what))
}

#[test]
fn karpenter_launches_the_smallest_known_type_that_its_requirements_allow() {
    let requirements =
        "{key: karpenter.k8s.aws/instance-family, operator: In, values: [m6i]}, {key: karpenter.k8s.aws/instance-cpu, operator: Lt, values: [\"17\"]}";
    let answer = grown(&pool(requirements, ""), 8);
    // 14 more pods of 500m: 7 cores are more than an xlarge leaves to pods.
    assert_eq!(answer.drills[0].verdict, Verdict::Survives, "{:?}", said(&answer.drills[0]));
    assert!(answer.drills[0].summary.contains("Karpenter adds 1 node (m6i.2xlarge in us-east-1a)"), "{}", answer.drills[0].summary);
    assert!(says(&answer, "NodePool batch has no node: a new one is taken to be one of 4 instance types in us-east-1a"), "{:#?}", answer.assumptions);
}

#[test]
fn what_daemon_sets_take_of_a_new_node_is_not_there_for_others() {
    let requirements = "{key: node.kubernetes.io/instance-type, operator: In, values: [m6i.xlarge, m6i.2xlarge]}";
    let mut town = pool(requirements, "");
    town.add("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: kube-system}\nspec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: agent, image: agent, resources: {requests: {cpu: \"1\"}}}]}}}");
    // Six more pods are 3 cores: an xlarge leaves 3.92 of 4 to pods, and 2.92 beside the agent.
    let answer = grown(&town, 4);
    assert!(answer.drills[0].summary.contains("m6i.2xlarge in us-east-1a"), "{}", answer.drills[0].summary);
    let alone = grown(&pool(requirements, ""), 4);
    assert!(alone.drills[0].summary.contains("m6i.xlarge in us-east-1a"), "{}", alone.drills[0].summary);
}

#[test]
fn limits_taints_and_zones_of_an_empty_pool_hold() {
    let family = "{key: karpenter.k8s.aws/instance-family, operator: In, values: [m6i]}";
    let stuck = |town: &Town| {
        let mut answer = grown(town, 8);
        assert_eq!(answer.drills[0].verdict, Verdict::Stuck, "{:?}", said(&answer.drills[0]));
        answer.drills.remove(0).summary
    };
    assert!(stuck(&pool(family, "limits: {cpu: \"4\"}, ")).contains("spec.limits.cpu is 4"));
    let mut tainted = pool("", "");
    tainted.add("apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: batch}\nspec: {template: {metadata: {labels: {pool: batch}}, spec: {taints: [{key: batch, effect: NoSchedule}], requirements: []}}}");
    assert!(stuck(&tainted).contains("fit on no instance of any NodePool"), "the pods do not tolerate it");
    let zone = format!("{family}, {{key: topology.kubernetes.io/zone, operator: In, values: [us-east-1b]}}");
    let elsewhere = grown(&pool(&zone, ""), 8);
    assert!(elsewhere.drills[0].summary.contains("in us-east-1b)"), "{}", elsewhere.drills[0].summary);
}

#[test]
fn requirements_that_cannot_be_told_add_nothing_and_say_so() {
    for (requirement, why) in [
        (
            "{key: karpenter.k8s.aws/instance-network-bandwidth, operator: Gt, values: [\"5000\"]}",
            "its requirement on karpenter.k8s.aws/instance-network-bandwidth cannot be told of an instance type",
        ),
        ("{key: karpenter.k8s.aws/instance-family, operator: In, values: [p5]}", "no instance type that is known meets its requirements"),
        ("{key: karpenter.k8s.aws/instance-gpu-count, operator: Gt, values: [\"0\"]}", "no instance type that is known meets its requirements"),
    ] {
        let answer = grown(&pool(requirement, ""), 8);
        assert_eq!(answer.drills[0].verdict, Verdict::Stuck, "{:?}", said(&answer.drills[0]));
        assert!(says(&answer, &format!("NodePool batch has no node, and none is added to it: {why}")), "{:#?}", answer.assumptions);
    }
}

#[test]
fn spot_is_taken_where_it_may_be_and_not_when_it_is_gone() {
    let both = "{key: karpenter.sh/capacity-type, operator: In, values: [spot, on-demand]}, {key: node.kubernetes.io/instance-type, operator: In, values: [m6i.2xlarge]}";
    let mut town = pool(both, "");
    town.node_with("s1", "us-east-1a", "4", "eks.amazonaws.com/capacityType: SPOT", "").deployment("web", &["s1", "s1"], "", "");
    let spot = |answer: &Answer| {
        let nodes = answer.drills[0].zones.iter().flat_map(|it| &it.nodes).filter(|it| it.name.starts_with("batch-new"));
        nodes.map(|it| it.name.clone()).collect::<Vec<_>>()
    };
    let wave = town.drill("spot-wave", &Request { seeds: 1, ..Request::default() });
    assert_eq!((wave.drills[0].verdict, spot(&wave).len()), (Verdict::Down, 1), "{:?}", said(&wave.drills[0]));
    let only = both.replace("[spot, on-demand]", "[spot]");
    let mut town = pool(&only, "");
    town.node_with("s1", "us-east-1a", "4", "eks.amazonaws.com/capacityType: SPOT", "").deployment("web", &["s1", "s1"], "", "");
    let wave = town.drill("spot-wave", &Request { seeds: 1, ..Request::default() });
    assert_eq!((spot(&wave).len(), wave.drills[0].pods.pending), (0, 2), "{:?}", said(&wave.drills[0]));
}

/// Cluster Autoscaler, a full node of group `od`, and group `extra`, which has none.
fn group(extra: &str, scaling: &str) -> Town {
    let mut town = Town::new();
    town.node_with("a1", "us-east-1a", "1", "eks.amazonaws.com/nodegroup: od, pool: extra", "").deployment("api", &["a1"], "nodeSelector: {pool: extra}", "");
    town.add("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cluster-autoscaler, namespace: kube-system}\nspec: {replicas: 1, selector: {matchLabels: {app: ca}}, template: {metadata: {labels: {app: ca}}, spec: {containers: [{name: ca, image: \"registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.1\"}]}}}");
    town.add(&format!(
        "apiVersion: seatrial.dev/v1alpha1\nkind: Account\nnodeGroups:\n- {{name: od, status: ACTIVE, instanceTypes: [m6i.xlarge], minSize: 1, maxSize: 1, desiredSize: 1}}\n- {{name: extra, status: ACTIVE, capacityType: ON_DEMAND, minSize: 0, maxSize: 2, desiredSize: 0, labels: {{pool: extra}}, autoScalingGroups: [eks-extra], {extra}}}\nautoScalingGroups: [{scaling}]"
    ));
    town
}

#[test]
fn cluster_autoscaler_grows_a_group_from_nothing() {
    let asg = "{name: eks-extra, minSize: 0, maxSize: 2, zones: [us-east-1b]}";
    let answer = grown(&group("instanceTypes: [m6i.xlarge]", asg), 8);
    assert_eq!(answer.drills[0].verdict, Verdict::Survives, "{:?}", said(&answer.drills[0]));
    assert!(answer.drills[0].summary.contains("Cluster Autoscaler adds 1 node (m6i.xlarge in us-east-1b)"), "{}", answer.drills[0].summary);
    assert!(says(&answer, "node group extra has no node: a new one is taken to be m6i.xlarge in us-east-1b"), "{:#?}", answer.assumptions);
    let beyond = grown(&group("instanceTypes: [m6i.xlarge]", asg), 32);
    assert_eq!(beyond.drills[0].verdict, Verdict::Stuck, "two nodes are its most: {:?}", said(&beyond.drills[0]));
}

#[test]
fn a_group_that_cannot_be_told_adds_nothing_and_says_so() {
    let asg = "{name: eks-extra, minSize: 0, maxSize: 2, zones: [us-east-1b]}";
    for (extra, scaling, why) in [
        ("instanceTypes: [p5.48xlarge]", asg, "the table of instance types has no p5.48xlarge"),
        ("instanceTypes: [m6i.xlarge]", "", "the zones of its subnets are not known"),
        ("taints: []", asg, "its launch template, which names the instance type, was not read"),
        ("instanceTypes: [m6i.xlarge], amiType: WINDOWS_CORE_2022_x86_64", asg, "its nodes run Windows"),
    ] {
        let answer = grown(&group(extra, scaling), 8);
        assert_eq!(answer.drills[0].verdict, Verdict::Stuck, "{:?}", said(&answer.drills[0]));
        assert!(says(&answer, &format!("node group extra has no node, and none is added to it: {why}")), "{:#?}", answer.assumptions);
    }
    let tainted = grown(&group("instanceTypes: [m6i.xlarge], taints: [{key: gpu, effect: NoSchedule}]", asg), 8);
    assert_eq!(tainted.drills[0].verdict, Verdict::Stuck, "{:?}", said(&tainted.drills[0]));
}

#[test]
fn a_pod_that_selects_a_small_instance_gets_one_though_the_pool_has_larger_ones() {
    let mut town = Town::new();
    let small = "nodeSelector: {node.kubernetes.io/instance-type: m6i.large}";
    town.node_with("a1", "us-east-1a", "1", "pool: batch, node.kubernetes.io/instance-type: m6i.large", "").deployment("api", &["a1", "a1"], small, "");
    let types = "requirements: [{key: node.kubernetes.io/instance-type, operator: In, values: [m6i.large, m6i.4xlarge]}]";
    town.add(&format!("apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {{name: batch}}\nspec: {{template: {{spec: {{{types}}}}}}}"));
    let answer = grown(&town, 2);
    assert!(answer.drills[0].summary.contains("Karpenter adds 1 node (m6i.large in us-east-1a)"), "{}", answer.drills[0].summary);
}

#[test]
fn new_nodes_have_the_labels_that_kubelets_still_set() {
    let mut town = Town::new();
    let older = "nodeSelector: {beta.kubernetes.io/os: linux, failure-domain.beta.kubernetes.io/zone: us-east-1a, pool: batch}";
    let full = "pool: batch, beta.kubernetes.io/os: linux, failure-domain.beta.kubernetes.io/zone: us-east-1a";
    town.node_with("a1", "us-east-1a", "1", full, "").deployment("api", &["a1", "a1"], older, "");
    town.add("apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: batch}\nspec: {template: {metadata: {labels: {pool: batch}}, spec: {requirements: [{key: karpenter.k8s.aws/instance-family, operator: In, values: [m6i]}]}}}");
    let answer = grown(&town, 2);
    assert_eq!(answer.drills[0].verdict, Verdict::Survives, "{:?}", said(&answer.drills[0]));
}
