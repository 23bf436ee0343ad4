//! Polaris, by the names of its configuration.

use super::Peer;

/// Sorted by id.
pub(super) const PEERS: &[Peer] = &[
    Peer::of("polaris", "automountServiceAccountToken", &["service-account-token-mounted"]),
    Peer::of("polaris", "clusterrolePodExecAttach", &["rbac-pod-exec"]).instead(&["rbac-wildcard"]),
    Peer::of("polaris", "clusterrolebindingClusterAdmin", &["rbac-cluster-admin-binding"]),
    Peer::of("polaris", "clusterrolebindingPodExecAttach", &["rbac-pod-exec"])
        .instead(&["rbac-wildcard", "rbac-cluster-admin-binding", "role-missing"])
        .note("found at the role that is bound"),
    Peer::of("polaris", "cpuLimitsMissing", &["cpu-limit-missing"]),
    Peer::of("polaris", "cpuRequestsMissing", &["requests-missing"]).about(&["cpu", "no requests"]),
    Peer::of("polaris", "dangerousCapabilities", &["dangerous-capabilities"]),
    Peer::of("polaris", "deploymentMissingReplicas", &["single-replica"]),
    Peer::of("polaris", "hostIPCSet", &["host-namespace"]).about(&["IPC"]),
    Peer::of("polaris", "hostNetworkSet", &["host-namespace"]).about(&["Network"]),
    Peer::of("polaris", "hostPIDSet", &["host-namespace"]).about(&["PID"]),
    Peer::of("polaris", "hostPathSet", &["host-path-volume", "writable-host-mount"]).instead(&["container-runtime-socket"]),
    Peer::of("polaris", "hostPortSet", &["host-port"])
        .instead(&["host-namespace"])
        .note("on the node's network each port is the node's: host-namespace is the finding")
        .about(&["hostNetwork", "hostPort"]),
    Peer::of("polaris", "hostProcess", &["host-process"]),
    Peer::of("polaris", "hpaMaxAvailability", &["autoscaler-cannot-scale"]),
    Peer::of("polaris", "hpaMinAvailability", &["autoscaler-minimum-below-two"]),
    Peer::of("polaris", "insecureCapabilities", &["capabilities-not-dropped"]),
    Peer::of("polaris", "linuxHardening", &["seccomp-profile-missing", "isolation-weakened"])
        .note("AppArmor and SELinux do other things than seccomp: the profile is asked for in each case"),
    Peer::of("polaris", "livenessProbeMissing", &["liveness-probe-missing"]),
    Peer::of("polaris", "memoryLimitsMissing", &["memory-limit-missing"]),
    Peer::of("polaris", "memoryRequestsMissing", &["requests-missing"]).about(&["memory", "no requests"]),
    Peer::of("polaris", "metadataAndInstanceMismatched", &[]).note("the two recommended labels answer different questions and need not be equal"),
    Peer::of("polaris", "missingNetworkPolicy", &["network-policy-missing", "workload-not-isolated"]).instead(&["egress-unrestricted"]),
    Peer::of("polaris", "missingPodDisruptionBudget", &["pdb-missing"])
        .instead(&["single-replica"])
        .note("of a single pod it is evidence at that finding")
        .about(&["PodDisruptionBudget"]),
    Peer::of("polaris", "notReadOnlyRootFilesystem", &["root-filesystem-writable"]),
    Peer::of("polaris", "pdbDisruptionsIsZero", &["pdb-blocks-drain"]),
    Peer::of("polaris", "pdbMinAvailableGreaterThanHPAMinReplicas", &["pdb-above-autoscaler-minimum"]),
    Peer::of("polaris", "priorityClassNotSet", &["priority-class-unset"]),
    Peer::of("polaris", "privilegeEscalationAllowed", &["privilege-escalation-allowed"]),
    Peer::of("polaris", "procMount", &["isolation-weakened"]),
    Peer::of("polaris", "pullPolicyNotAlways", &[])
        .note("a policy must fit the tag (image-pull-policy-contradiction); Always costs each start a question to the registry"),
    Peer::of("polaris", "readinessProbeMissing", &["readiness-probe-missing"]),
    Peer::of("polaris", "resourceRange", &[]).note("a range of request sizes is a house rule: without one configured there is nothing to compare with"),
    Peer::of("polaris", "rolePodExecAttach", &["rbac-pod-exec"]).instead(&["rbac-wildcard"]),
    Peer::of("polaris", "rolebindingClusterAdminClusterRole", &["rbac-cluster-admin-binding"]),
    Peer::of("polaris", "rolebindingClusterAdminRole", &["rbac-cluster-admin-binding"]),
    Peer::of("polaris", "rolebindingClusterRolePodExecAttach", &["rbac-pod-exec"])
        .instead(&["rbac-wildcard", "rbac-cluster-admin-binding", "role-missing"])
        .note("found at the role that is bound"),
    Peer::of("polaris", "rolebindingRolePodExecAttach", &["rbac-pod-exec"])
        .instead(&["rbac-wildcard", "rbac-cluster-admin-binding", "role-missing"])
        .note("found at the role that is bound"),
    Peer::of("polaris", "runAsPrivileged", &["privileged-container"]),
    Peer::of("polaris", "runAsRootAllowed", &["may-run-as-root", "run-as-root"]),
    Peer::of("polaris", "sensitiveConfigmapContent", &["secret-in-configmap"]),
    Peer::of("polaris", "sensitiveContainerEnvVar", &["secret-in-env"]),
    Peer::of("polaris", "tagNotSpecified", &["image-tag-latest"]),
    Peer::of("polaris", "tlsSettingsMissing", &["ingress-tls-missing"]),
    Peer::of("polaris", "topologySpreadConstraint", &["spread-missing"]),
];
