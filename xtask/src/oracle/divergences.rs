//! Where we judge otherwise on purpose, and why.

use seatrial_model::Snapshot;

use super::case::Case;
use super::conditions as when;

/// A reason to judge otherwise, and the cases it holds for.
pub struct Divergence {
    /// Tools and their checks.
    pub checks: &'static [(&'static str, &'static str)],
    /// What the tool says in these cases.
    pub theirs: Theirs,
    /// In which of the checks' cases, in words.
    pub condition: &'static str,
    /// The same for the machine. No condition may be wide enough to cover a case that we judge wrong for another reason.
    pub when: fn(&Files<'_>) -> bool,
    /// Why.
    pub reason: &'static str,
}

/// What the other tool says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theirs {
    /// It finds something and we do not.
    Finds,
    /// We find something and it does not.
    Passes,
    /// It counts other objects of the files.
    Counts,
}

impl Theirs {
    /// As it stands in the documentation.
    pub fn words(self) -> &'static str {
        match self {
            Self::Finds => "only the peer finds it",
            Self::Passes => "only Seatrial finds it",
            Self::Counts => "they find other objects",
        }
    }
}

/// A case's files.
pub struct Files<'a> {
    /// Their text, one after another.
    pub text: &'a str,
    /// What they hold.
    pub snapshot: &'a Snapshot,
}

/// The reason for judging this case otherwise.
pub fn find(case: &Case, files: &Files<'_>) -> Option<&'static Divergence> {
    let theirs = match case.verdict.as_str() {
        "fail" | "warn" => Theirs::Finds,
        "pass" | "fixed" => Theirs::Passes,
        _ => Theirs::Counts,
    };
    let is_of = |it: &&Divergence| it.theirs == theirs && it.checks.contains(&(case.tool.as_str(), case.check.as_str()));
    DIVERGENCES.iter().filter(is_of).find(|it| (it.when)(files))
}

/// Every divergence.
pub const DIVERGENCES: &[Divergence] = &[
    Divergence {
        checks: &[("polaris", "livenessProbeMissing"), ("polaris", "readinessProbeMissing"), ("kube-linter", "no-liveness-probe"), ("kube-linter", "no-readiness-probe"), ("kubescape", "configured-liveness-probe"), ("kubescape", "configured-readiness-probe"), ("checkov", "CKV_K8S_8"), ("checkov", "CKV_K8S_9")],
        theirs: Theirs::Finds,
        condition: "no container without the probe declares a port, and no Service selects the pods",
        when: when::nothing_is_served,
        reason: "A worker that serves nothing has no request that a probe could stand for; a probe that always succeeds would only look like one.",
    },
    Divergence {
        checks: &[("kube-score", "container-resources"), ("kubescape", "resources-cpu-limit-and-request"), ("kubescape", "resources-cpu-requests"), ("kubescape", "resources-memory-limit-and-request"), ("kubescape", "resources-memory-requests"), ("kubescape", "resource-policies")],
        theirs: Theirs::Finds,
        condition: "each container has a limit where it has no request",
        when: when::requests_follow_limits,
        reason: "The API server fills in a missing request with the limit, so nothing is missing; a maximum size of requests and limits is a house rule.",
    },
    Divergence {
        checks: &[("kube-score", "container-resources")],
        theirs: Theirs::Passes,
        condition: "a container has no limit",
        when: when::a_limit_is_missing,
        reason: "The peer was told to leave limits alone; the files do not say so.",
    },
    Divergence {
        checks: &[("kube-score", "container-ephemeral-storage-request-and-limit")],
        theirs: Theirs::Finds,
        condition: "each container has a limit of ephemeral storage",
        when: when::ephemeral_storage_is_limited,
        reason: "The API server fills in a missing request with the limit.",
    },
    Divergence {
        checks: &[("kube-score", "stable-version")],
        theirs: Theirs::Passes,
        condition: "the API version is a beta",
        when: |it| it.text.contains("beta"),
        reason: "The peer was told to judge for an old Kubernetes; we judge for the versions that EKS runs.",
    },
    Divergence {
        checks: &[("kube-score", "deployment-replicas")],
        theirs: Theirs::Passes,
        condition: "one replica",
        when: |it| it.text.contains("replicas: 1"),
        reason: "The peer was told that one replica is enough; the files do not say so.",
    },
    Divergence {
        checks: &[("kube-score", "ingress-targets-service")],
        theirs: Theirs::Finds,
        condition: "the backend is written as in v1beta1",
        when: |it| it.text.contains("networking.k8s.io/v1\n") && it.text.contains("serviceName:"),
        reason: "The API server refuses such a backend: field-unknown says so, and no Service is looked for.",
    },
    Divergence {
        checks: &[("kube-score", "deployment-has-host-podantiaffinity"), ("kube-score", "statefulset-has-host-podantiaffinity")],
        theirs: Theirs::Passes,
        condition: "pods are kept apart by node only",
        when: |it| it.text.contains("kubernetes.io/hostname") && !it.text.contains("topology.kubernetes.io/zone"),
        reason: "On EKS the failure to outlive is that of an availability zone: replicas on different nodes of one zone go down together.",
    },
    Divergence {
        checks: &[("kube-score", "container-seccomp-profile")],
        theirs: Theirs::Passes,
        condition: "the profile is named by an annotation",
        when: |it| it.text.contains("seccomp.security.alpha.kubernetes.io"),
        reason: "Kubernetes reads no seccomp annotation since 1.27: the container runs without a profile.",
    },
    Divergence {
        checks: &[("checkov", "CKV_K8S_31")],
        theirs: Theirs::Counts,
        condition: "the profile is named by an annotation",
        when: |it| it.text.contains("seccomp.security.alpha.kubernetes.io"),
        reason: "Kubernetes reads no seccomp annotation since 1.27: the container runs without a profile.",
    },
    Divergence {
        checks: &[("polaris", "linuxHardening"), ("kubescape", "linux-hardening")],
        theirs: Theirs::Passes,
        condition: "AppArmor, SELinux or capabilities are set and not seccomp, or the pod says Unconfined",
        when: when::is_hardened_otherwise,
        reason: "The peer takes any one measure for all. The restricted level asks for the seccomp profile whatever else is set, and refuses a pod that says Unconfined even where each container says otherwise.",
    },
    Divergence {
        checks: &[("checkov", "CKV_K8S_28")],
        theirs: Theirs::Counts,
        condition: "NET_RAW alone is dropped",
        when: |it| it.text.contains("NET_RAW"),
        reason: "The restricted level wants all default capabilities dropped, not only raw sockets.",
    },
    Divergence {
        checks: &[("kube-linter", "drop-net-raw-capability"), ("kubescape", "drop-capability-netraw")],
        theirs: Theirs::Passes,
        condition: "NET_RAW alone is dropped",
        when: |it| it.text.contains("NET_RAW"),
        reason: "The restricted level wants all default capabilities dropped, not only raw sockets.",
    },
    Divergence {
        checks: &[("checkov", "CKV_K8S_14")],
        theirs: Theirs::Counts,
        condition: "an image has a digest that is cut short",
        when: |it| it.text.contains("@sha256:") && when::a_digest_is_cut_short(it),
        reason: "Half a digest pins nothing: the container runtime refuses the name.",
    },
    Divergence {
        checks: &[("checkov", "CKV_K8S_49")],
        theirs: Theirs::Counts,
        condition: "only the API group is a wildcard",
        when: |it| it.text.contains("apiGroups: [\"*\""),
        reason: "A named resource with named verbs in any API group is no more than that resource.",
    },
    Divergence {
        checks: &[("hardeneks", "ensure_namespace_quotas_exist")],
        theirs: Theirs::Counts,
        condition: "nothing runs in the namespace",
        when: |it| it.snapshot.cluster.workloads.is_empty(),
        reason: "An empty namespace uses nothing that a quota could bound.",
    },
    Divergence {
        checks: &[("polaris", "clusterrolebindingPodExecAttach"), ("polaris", "rolebindingClusterRolePodExecAttach"), ("polaris", "rolebindingRolePodExecAttach")],
        theirs: Theirs::Passes,
        condition: "the binding bears the name of a built-in one",
        when: when::a_binding_is_built_in,
        reason: "We report the role, which the user wrote and which allows everything, whoever binds it.",
    },
    Divergence {
        checks: &[("polaris", "rolebindingRolePodExecAttach"), ("polaris", "rolebindingClusterAdminRole")],
        theirs: Theirs::Passes,
        condition: "the binding grants a ClusterRole",
        when: when::bindings_grant_cluster_roles,
        reason: "The peer has another check for that, we have one for both: the namespace gets an administrator either way.",
    },
    Divergence {
        checks: &[("polaris", "clusterrolebindingPodExecAttach"), ("polaris", "rolebindingClusterRolePodExecAttach"), ("polaris", "rolebindingRolePodExecAttach"), ("polaris", "rolebindingClusterAdminClusterRole")],
        theirs: Theirs::Finds,
        condition: "a ClusterRole is written with a namespace",
        when: when::a_cluster_role_has_a_namespace,
        reason: "ClusterRoles have no namespace: the object is refused, and the binding finds no role.",
    },
    Divergence {
        checks: &[("polaris", "sensitiveConfigmapContent"), ("polaris", "sensitiveContainerEnvVar"), ("kubescape", "rule-credentials-configmap"), ("kubescape", "rule-credentials-in-env-var")],
        theirs: Theirs::Finds,
        condition: "the value is masked",
        when: |it| it.text.contains("xxxx"),
        reason: "A mask tells nobody a secret; placeholder-left asks for real values where it matters.",
    },
    Divergence {
        checks: &[("kubescape", "rule-credentials-in-env-var")],
        theirs: Theirs::Finds,
        condition: "the value only says that it would be a key",
        when: |it| it.text.contains("my_key_value"),
        reason: "The name is neutral and the value is words: neither looks like a credential.",
    },
    Divergence {
        checks: &[("polaris", "topologySpreadConstraint")],
        theirs: Theirs::Finds,
        condition: "a single replica",
        when: when::single_pods,
        reason: "One pod cannot be spread: single-replica is the finding.",
    },
    Divergence {
        checks: &[("polaris", "pdbMinAvailableGreaterThanHPAMinReplicas")],
        theirs: Theirs::Passes,
        condition: "the autoscaler sets no minimum",
        when: |it| !it.text.contains("minReplicas"),
        reason: "The minimum is 1 where none is set, and the budget blocks drains at it.",
    },
    Divergence {
        checks: &[("polaris", "pdbDisruptionsIsZero")],
        theirs: Theirs::Finds,
        condition: "the budget is written as apiVersion v1",
        when: |it| it.snapshot.cluster.pod_disruption_budgets.is_empty(),
        reason: "No version of Kubernetes serves such an object, so it blocks nothing.",
    },
    Divergence {
        checks: &[("polaris", "hpaMinAvailability"), ("polaris", "hpaMaxAvailability")],
        theirs: Theirs::Finds,
        condition: "the workload is not among the files",
        when: |it| it.snapshot.cluster.workloads.is_empty(),
        reason: "How low an autoscaler may go depends on what it scales: a worker may go to one pod. That the workload is missing is reported.",
    },
    Divergence {
        checks: &[("kubescape", "ensure-external-secrets-storage-is-in-use")],
        theirs: Theirs::Finds,
        condition: "no Secret is written",
        when: |it| it.snapshot.cluster.secrets.is_empty(),
        reason: "What uses no Secret needs no store for it.",
    },
    Divergence {
        checks: &[("kubescape", "ensure_network_policy_configured_in_labels"), ("kubescape", "ingress-and-egress-blocked"), ("kubescape", "internal-networking")],
        theirs: Theirs::Finds,
        condition: "a Cilium policy is among the files",
        when: |it| it.text.contains("cilium.io/"),
        reason: "We do not read what a Cilium policy selects; where there is one we do not claim that there is none.",
    },
    Divergence {
        checks: &[("kubescape", "ingress-and-egress-blocked")],
        theirs: Theirs::Finds,
        condition: "the pods use the network of the node",
        when: |it| it.text.contains("hostNetwork: true"),
        reason: "No network policy governs such pods: host-namespace is the finding.",
    },
    Divergence {
        checks: &[("kubescape", "ingress-and-egress-blocked")],
        theirs: Theirs::Passes,
        condition: "the policy governs egress only",
        when: |it| it.text.contains("- Egress") && !it.text.contains("- Ingress"),
        reason: "One direction is open: that is what we report.",
    },
    Divergence {
        checks: &[("kubescape", "image-not-pinned-to-digest")],
        theirs: Theirs::Finds,
        condition: "the image is that of an ephemeral container",
        when: |it| it.text.contains("ephemeralContainers"),
        reason: "An ephemeral container is added by hand to debug a pod and ends with it; no manifest can hold it.",
    },
    Divergence {
        checks: &[("kubescape", "no-rolling-update-strategy"), ("kube-linter", "no-rolling-update-strategy")],
        theirs: Theirs::Finds,
        condition: "no Service sends to the workload",
        when: |it| it.snapshot.cluster.services.is_empty(),
        reason: "Without callers nobody notices that a rollout stops the old pods first, and some workers need it so.",
    },
    Divergence {
        checks: &[("kubescape", "exec-into-container-v1")],
        theirs: Theirs::Finds,
        condition: "the resource is written `pods/*`",
        when: |it| it.text.contains("pods/*"),
        reason: "RBAC has no such pattern: the rule grants nothing.",
    },
    Divergence {
        checks: &[("kubescape", "workload-with-administrative-roles"), ("kubescape", "workload-with-cluster-takeover-roles")],
        theirs: Theirs::Passes,
        condition: "no pod holds the token, or the role is bound in one namespace",
        when: |it| it.text.contains("automountServiceAccountToken: false") || it.text.contains("kind: RoleBinding"),
        reason: "The peer judges the pods of the day. The right is given all the same, and the next pod or person of that name uses it.",
    },
];
