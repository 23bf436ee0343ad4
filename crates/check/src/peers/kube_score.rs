//! kube-score.

use super::Peer;

/// Sorted by id.
pub(super) const PEERS: &[Peer] = &[
    Peer::of("kube-score", "container-cpu-requests-equal-limits", &[]).note("equal requests and limits for cpu waste the capacity that bursts could use"),
    Peer::of("kube-score", "container-ephemeral-storage-request-and-limit", &["ephemeral-storage-unbounded"]),
    Peer::of("kube-score", "container-ephemeral-storage-request-equals-limit", &[])
        .note("only the limit keeps a container from filling its node; the request may be lower"),
    Peer::of("kube-score", "container-image-pull-policy", &[])
        .note("a policy must fit the tag (image-pull-policy-contradiction); Always costs each start a question to the registry"),
    Peer::of("kube-score", "container-image-tag", &["image-tag-latest"]),
    Peer::of("kube-score", "container-memory-requests-equal-limits", &[])
        .note("a limit above the request is a choice; memory-limit-far-above-request finds the excess"),
    Peer::of("kube-score", "container-ports-check", &["duplicate-port"]).instead(&["value-refused"]),
    Peer::of("kube-score", "container-resource-requests-equal-limits", &[]).note("equal requests and limits for cpu waste the capacity that bursts could use"),
    Peer::of("kube-score", "container-resources", &["requests-missing", "memory-limit-missing", "cpu-limit-missing"]),
    Peer::of("kube-score", "container-seccomp-profile", &["seccomp-profile-missing"]),
    Peer::of("kube-score", "container-security-context-privileged", &["privileged-container"]),
    Peer::of("kube-score", "container-security-context-readonlyrootfilesystem", &["root-filesystem-writable"]),
    Peer::of("kube-score", "container-security-context-user-group-id", &[]).note("any user but root will do, and images choose their own: see may-run-as-root"),
    Peer::of("kube-score", "cronjob-has-deadline", &["cron-start-deadline"]),
    Peer::of("kube-score", "cronjob-restartpolicy", &["value-refused"]),
    Peer::of("kube-score", "deployment-has-host-podantiaffinity", &["spread-missing"]).instead(&["anti-affinity-selector-mismatch"]),
    Peer::of("kube-score", "deployment-has-poddisruptionbudget", &["pdb-missing"])
        .instead(&["single-replica"])
        .note("of a single pod it is evidence at that finding")
        .about(&["PodDisruptionBudget"]),
    Peer::of("kube-score", "deployment-pod-selector-labels-match-template-metadata-labels", &["value-refused"]),
    Peer::of("kube-score", "deployment-replicas", &["single-replica"]),
    Peer::of("kube-score", "deployment-strategy", &["recreate-strategy"]),
    Peer::of("kube-score", "deployment-targeted-by-hpa-does-not-have-replicas-configured", &["replicas-set-beside-autoscaler"]),
    Peer::of("kube-score", "environment-variable-key-duplication", &["duplicate-variable"]),
    Peer::of("kube-score", "horizontalpodautoscaler-has-target", &["autoscaler-target-missing"]),
    Peer::of("kube-score", "horizontalpodautoscaler-replicas", &["autoscaler-minimum-below-two"]),
    Peer::of("kube-score", "ingress-targets-service", &["ingress-backend-missing"]),
    Peer::of("kube-score", "label-values", &["value-refused"]),
    Peer::of("kube-score", "networkpolicy-targets-pod", &["network-policy-selects-nothing"]),
    Peer::of("kube-score", "pod-networkpolicy", &["network-policy-missing", "workload-not-isolated"]).instead(&["egress-unrestricted"]),
    Peer::of("kube-score", "pod-probes", &["readiness-probe-missing", "liveness-probe-missing", "liveness-same-as-readiness"]),
    Peer::of("kube-score", "pod-probes-identical", &["liveness-same-as-readiness"]),
    Peer::of("kube-score", "pod-topology-spread-constraints", &["spread-selector-mismatch"])
        .instead(&["value-refused", "field-missing"])
        .note("judges the constraints that are there")
        .about(&["topologySpreadConstraints"]),
    Peer::of("kube-score", "poddisruptionbudget-has-policy", &["pdb-too-loose"]),
    Peer::of("kube-score", "service-targets-pod", &["service-selects-nothing"]),
    Peer::of("kube-score", "service-type", &[]).note("a Service of type NodePort is no fault behind an ALB with instance targets"),
    Peer::of("kube-score", "stable-version", &["api-removed", "api-deprecated"]),
    Peer::of("kube-score", "statefulset-has-host-podantiaffinity", &["spread-missing"]).instead(&["anti-affinity-selector-mismatch"]),
    Peer::of("kube-score", "statefulset-has-poddisruptionbudget", &["pdb-missing"])
        .instead(&["single-replica"])
        .note("of a single pod it is evidence at that finding")
        .about(&["PodDisruptionBudget"]),
    Peer::of("kube-score", "statefulset-has-servicename", &["headless-service-missing", "headless-service-mismatch"]),
    Peer::of("kube-score", "statefulset-pod-selector-labels-match-template-metadata-labels", &["value-refused"]),
    Peer::of("kube-score", "statefulset-replicas", &["single-replica"]),
];
