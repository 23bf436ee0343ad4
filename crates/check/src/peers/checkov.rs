//! Checkov.

use super::Peer;

/// Sorted by id.
pub(super) const PEERS: &[Peer] = &[
    Peer::of("checkov", "CKV2_K8S_6", &["network-policy-missing", "workload-not-isolated"]),
    Peer::of("checkov", "CKV_K8S_10", &["requests-missing"]).about(&["cpu", "no requests"]),
    Peer::of("checkov", "CKV_K8S_11", &["cpu-limit-missing"]),
    Peer::of("checkov", "CKV_K8S_12", &["requests-missing"]).about(&["memory", "no requests"]),
    Peer::of("checkov", "CKV_K8S_13", &["memory-limit-missing"]),
    Peer::of("checkov", "CKV_K8S_14", &["image-tag-latest"]),
    Peer::of("checkov", "CKV_K8S_15", &[])
        .note("a policy must fit the tag (image-pull-policy-contradiction); Always costs each start a question to the registry"),
    Peer::of("checkov", "CKV_K8S_156", &["rbac-escalation"])
        .instead(&["rbac-wildcard"])
        .note("a wildcard is found as that")
        .about(&["certificates.k8s.io", "take on further rights"]),
    Peer::of("checkov", "CKV_K8S_157", &["rbac-escalation"]).instead(&["rbac-wildcard"]).note("a wildcard is found as that").about(&[
        "take on further rights",
        "rolebindings",
        "every resource",
    ]),
    Peer::of("checkov", "CKV_K8S_158", &["rbac-escalation"]).instead(&["rbac-wildcard"]).note("a wildcard is found as that").about(&[
        "take on further rights",
        "roles",
        "every resource",
    ]),
    Peer::of("checkov", "CKV_K8S_16", &["privileged-container"]),
    Peer::of("checkov", "CKV_K8S_17", &["host-namespace"]).about(&["PID"]),
    Peer::of("checkov", "CKV_K8S_18", &["host-namespace"]).about(&["IPC"]),
    Peer::of("checkov", "CKV_K8S_19", &["host-namespace"]).about(&["Network"]),
    Peer::of("checkov", "CKV_K8S_20", &["privilege-escalation-allowed"]),
    Peer::of("checkov", "CKV_K8S_21", &["default-namespace-used"]),
    Peer::of("checkov", "CKV_K8S_22", &["root-filesystem-writable"]),
    Peer::of("checkov", "CKV_K8S_23", &["may-run-as-root", "run-as-root"]),
    Peer::of("checkov", "CKV_K8S_25", &["dangerous-capabilities"]),
    Peer::of("checkov", "CKV_K8S_26", &["host-port"])
        .instead(&["host-namespace"])
        .note("on the node's network each port is the node's: host-namespace is the finding")
        .about(&["hostNetwork", "hostPort"]),
    Peer::of("checkov", "CKV_K8S_27", &["container-runtime-socket"]),
    Peer::of("checkov", "CKV_K8S_28", &["capabilities-not-dropped"]),
    Peer::of("checkov", "CKV_K8S_31", &["seccomp-profile-missing"]),
    Peer::of("checkov", "CKV_K8S_35", &["secret-as-env"]),
    Peer::of("checkov", "CKV_K8S_37", &["capabilities-not-dropped"]),
    Peer::of("checkov", "CKV_K8S_38", &["service-account-token-mounted"]),
    Peer::of("checkov", "CKV_K8S_39", &["dangerous-capabilities"]),
    Peer::of("checkov", "CKV_K8S_40", &[]).note("any user but root will do; a high number only matters where pods share the node's user namespace"),
    Peer::of("checkov", "CKV_K8S_42", &["rbac-default-service-account"])
        .instead(&["rbac-cluster-admin-binding"])
        .note("bound to cluster-admin it is found as that")
        .about(&["/default", "default ServiceAccount"]),
    Peer::of("checkov", "CKV_K8S_43", &["image-not-pinned"]),
    Peer::of("checkov", "CKV_K8S_49", &["rbac-wildcard"]),
    Peer::of("checkov", "CKV_K8S_8", &["liveness-probe-missing"]),
    Peer::of("checkov", "CKV_K8S_9", &["readiness-probe-missing"]),
];
