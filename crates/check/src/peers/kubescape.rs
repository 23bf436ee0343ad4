//! Kubescape, by its rules.

use super::Peer;

/// Sorted by id.
pub(super) const PEERS: &[Peer] = &[
    Peer::of("kubescape", "alert-any-hostpath", &["host-path-volume", "writable-host-mount"]).instead(&["container-runtime-socket"]),
    Peer::of("kubescape", "alert-fargate-not-in-use", &[]).note("Fargate is one way to run pods, not a duty"),
    Peer::of("kubescape", "alert-mount-potential-credentials-paths", &[])
        .note("any path of the node is a finding of host-path-volume or writable-host-mount: which cloud keeps keys where makes no difference"),
    Peer::of("kubescape", "alert-rw-hostpath", &["writable-host-mount"]).instead(&["container-runtime-socket"]),
    Peer::of("kubescape", "anonymous-access-enabled", &["rbac-anonymous-binding"]),
    Peer::of("kubescape", "automount-service-account", &["service-account-token-mounted"]),
    Peer::of("kubescape", "cluster-access-manager-api-eks", &["access-by-config-map"]),
    Peer::of("kubescape", "cluster-admin-role", &["rbac-cluster-admin-binding"]),
    Peer::of("kubescape", "configured-liveness-probe", &["liveness-probe-missing"]),
    Peer::of("kubescape", "configured-readiness-probe", &["readiness-probe-missing"]),
    Peer::of("kubescape", "container-hostPort", &["host-port"])
        .instead(&["host-namespace"])
        .note("on the node's network each port is the node's: host-namespace is the finding")
        .about(&["hostNetwork", "hostPort"]),
    Peer::of("kubescape", "container-image-repository", &["image-from-public-registry"]),
    Peer::of("kubescape", "containers-mounting-docker-socket", &["container-runtime-socket"]),
    Peer::of("kubescape", "dangling-gateway-backend", &["route-reference-missing"]),
    Peer::of("kubescape", "dangling-ingress-backend", &["ingress-backend-missing"]),
    Peer::of("kubescape", "dangling-networkpolicy", &["network-policy-selects-nothing"]),
    Peer::of("kubescape", "drop-capability-netraw", &["capabilities-not-dropped"]),
    Peer::of("kubescape", "duplicate-env-var", &["duplicate-variable"]),
    Peer::of("kubescape", "ensure-aws-policies-are-present", &[]).note("a list of all policies of the account says nothing of the cluster"),
    Peer::of("kubescape", "ensure-endpointprivateaccess-is-enabled", &[])
        .note("read from an API's answer that manifests do not hold: live, cluster-endpoint-public judges the public endpoint"),
    Peer::of("kubescape", "ensure-endpointprivateaccess-is-enabled-and-endpointpublicaccess-is-disabled-eks", &[])
        .note("read from an API's answer that manifests do not hold: live, cluster-endpoint-public judges it"),
    Peer::of("kubescape", "ensure-endpointpublicaccess-is-disabled-on-private-nodes-eks", &[])
        .note("read from an API's answer that manifests do not hold: live, cluster-endpoint-public judges it"),
    Peer::of("kubescape", "ensure-external-secrets-storage-is-in-use", &["secret-not-external", "secret-in-git"]),
    Peer::of("kubescape", "ensure-https-loadbalancers-encrypted-with-tls-aws", &["load-balancer-plaintext"]),
    Peer::of("kubescape", "ensure-image-scanning-enabled-cloud", &[])
        .note("read from an API's answer that manifests do not hold: live, ecr-scan-off judges it"),
    Peer::of("kubescape", "ensure_network_policy_configured_in_labels", &["network-policy-missing", "workload-not-isolated"]),
    Peer::of("kubescape", "ensure_nodeinstancerole_has_right_permissions_for_ecr", &[]).note("read from an API's answer that manifests do not hold"),
    Peer::of("kubescape", "exec-into-container-v1", &["rbac-pod-exec"])
        .instead(&["rbac-wildcard", "rbac-cluster-admin-binding"])
        .note("found at the role that is bound"),
    Peer::of("kubescape", "host-ipc-privileges", &["host-namespace"]).about(&["IPC"]),
    Peer::of("kubescape", "host-network-access", &["host-namespace"]).about(&["Network"]),
    Peer::of("kubescape", "host-pid-ipc-privileges", &["host-namespace"]),
    Peer::of("kubescape", "host-pid-privileges", &["host-namespace"]).about(&["PID"]),
    Peer::of("kubescape", "hpa-has-target", &["autoscaler-target-missing"]),
    Peer::of("kubescape", "image-not-pinned-to-digest", &["image-not-pinned"]).instead(&["image-tag-latest"]),
    Peer::of("kubescape", "image-pull-policy-is-not-set-to-always", &[])
        .note("a policy must fit the tag (image-pull-policy-contradiction); Always costs each start a question to the registry"),
    Peer::of("kubescape", "immutable-container-filesystem", &["root-filesystem-writable"]),
    Peer::of("kubescape", "ingress-and-egress-blocked", &["network-policy-missing", "workload-not-isolated", "egress-unrestricted"]),
    Peer::of("kubescape", "ingress-no-tls", &["ingress-tls-missing"]),
    Peer::of("kubescape", "insecure-capabilities", &["dangerous-capabilities"]),
    Peer::of("kubescape", "internal-networking", &["network-policy-missing"]),
    Peer::of("kubescape", "k8s-audit-logs-enabled-cloud", &[]).note("read from an API's answer that manifests do not hold: live, audit-log-off judges it"),
    Peer::of("kubescape", "linux-hardening", &["seccomp-profile-missing", "isolation-weakened"])
        .note("AppArmor and SELinux do other things than seccomp: the profile is asked for in each case"),
    Peer::of("kubescape", "mismatching-selector", &["value-refused"]),
    Peer::of("kubescape", "no-rolling-update-strategy", &["recreate-strategy"]),
    Peer::of("kubescape", "non-existent-service-account", &["service-account-missing"]),
    Peer::of("kubescape", "non-root-containers", &["may-run-as-root", "run-as-root"]),
    Peer::of("kubescape", "outdated-k8s-version", &[])
        .note("judged by dates and not by a list of good versions: version-in-extended-support, version-support-ending"),
    Peer::of("kubescape", "pv-without-encryption", &[])
        .note("a PersistentVolume says nothing of encryption; storage-class-unencrypted judges the class that made it"),
    Peer::of("kubescape", "resource-policies", &["requests-missing", "memory-limit-missing", "cpu-limit-missing"]),
    Peer::of("kubescape", "resources-cpu-limit-and-request", &["requests-missing", "cpu-limit-missing"]).about(&["cpu", "no requests"]),
    Peer::of("kubescape", "resources-cpu-limits", &["cpu-limit-missing"]),
    Peer::of("kubescape", "resources-cpu-requests", &["requests-missing"]).about(&["cpu", "no requests"]),
    Peer::of("kubescape", "resources-memory-limit-and-request", &["requests-missing", "memory-limit-missing"]).about(&["memory", "no requests"]),
    Peer::of("kubescape", "resources-memory-limits", &["memory-limit-missing"]),
    Peer::of("kubescape", "resources-memory-requests", &["requests-missing"]).about(&["memory", "no requests"]),
    Peer::of("kubescape", "review-roles-with-aws-iam-authenticator", &[]).note("a reminder to review by hand, given for every Role"),
    Peer::of("kubescape", "rule-allow-privilege-escalation", &["privilege-escalation-allowed"]),
    Peer::of("kubescape", "rule-can-create-pod", &["rbac-pod-creation"])
        .instead(&["rbac-wildcard", "rbac-cluster-admin-binding"])
        .note("found at the role that is bound"),
    Peer::of("kubescape", "rule-can-impersonate-users-groups-v1", &["rbac-escalation"])
        .instead(&["rbac-wildcard", "rbac-cluster-admin-binding"])
        .note("found at the role that is bound"),
    Peer::of("kubescape", "rule-can-list-get-secrets-v1", &["rbac-secrets-access"])
        .instead(&["rbac-wildcard", "rbac-cluster-admin-binding"])
        .note("found at the role that is bound"),
    Peer::of("kubescape", "rule-credentials-configmap", &["secret-in-configmap"]).instead(&["static-aws-keys"]),
    Peer::of("kubescape", "rule-credentials-in-env-var", &["secret-in-env"])
        .instead(&["static-aws-keys", "secret-as-env"])
        .note("whole Secrets as variables are found by secret-as-env")
        .about(&["looks like", "stored AWS key", "envFrom"]),
    Peer::of("kubescape", "rule-list-all-cluster-admins-v1", &["rbac-cluster-admin-binding"]).instead(&["rbac-wildcard"]),
    Peer::of("kubescape", "rule-privileged-container", &["privileged-container"]).instead(&["dangerous-capabilities"]),
    Peer::of("kubescape", "rule-secrets-in-env-var", &["secret-as-env"]),
    Peer::of("kubescape", "secret-etcd-encryption-cloud", &[])
        .note("EKS encrypts etcd by itself since Kubernetes 1.28; a key of one's own is a matter of audits"),
    Peer::of("kubescape", "service-with-no-workload", &["service-selects-nothing"]),
    Peer::of("kubescape", "workload-with-administrative-roles", &["rbac-cluster-admin-binding"])
        .instead(&["rbac-wildcard"])
        .note("found at the role or binding"),
    Peer::of(
        "kubescape",
        "workload-with-cluster-takeover-roles",
        &["rbac-pod-creation", "rbac-escalation", "rbac-secrets-access", "rbac-wildcard", "rbac-pod-exec", "rbac-cluster-admin-binding"],
    )
    .note("found at the role or binding"),
];
