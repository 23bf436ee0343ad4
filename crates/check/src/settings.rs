//! What the user decides: profile, thresholds, the version to judge for.

use seatrial_model::Version;

/// Everything a check may ask of the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Which checks are wanted.
    pub profile: Profile,
    /// The Kubernetes version that objects are judged for.
    pub target: Version,
    /// Limits that checks compare with.
    pub thresholds: Thresholds,
    /// Annotations whose value is a runbook.
    pub runbook_annotations: Vec<String>,
    /// Registries besides ECR that images may come from, as prefixes.
    pub trusted_registries: Vec<String>,
    /// Only findings on objects in these namespaces, and on those in none, are wanted; empty for all.
    pub namespaces: Vec<String>,
    /// Namespaces that the platform owns: left alone in a running cluster.
    pub platform_namespaces: Vec<String>,
}

impl Settings {
    /// Whether findings on objects in this namespace are wanted; `None` for objects in none.
    pub fn wants(&self, namespace: Option<&str>) -> bool {
        self.namespaces.is_empty() || namespace.is_none_or(|it| self.namespaces.iter().any(|wanted| wanted == it))
    }
}

/// The guide's Test and Production columns, and a stricter taste.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Profile {
    /// Production.
    #[default]
    Prod,
    /// A test cluster: what the guide's Test column relaxes is left out.
    Test,
    /// Production, and matters of taste.
    Pedantic,
}

/// Limits that checks compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// Days of log retention below which history is too short.
    pub log_retention_min_days: i64,
    /// Days of log retention above which the bill is the finding.
    pub log_retention_max_days: i64,
    /// Age in hours above which a backup is too old.
    pub backup_max_age_hours: i64,
    /// Share of its request that a workload must use not to be overprovisioned, in percent.
    pub usage_min_percent: i64,
    /// Share of a volume that must be used for it not to be oversized, in percent.
    pub volume_used_min_percent: i64,
    /// Days before the end of standard support from which on it is a finding.
    pub support_warning_days: i64,
    /// Days before a certificate's end from which on it is a finding.
    pub certificate_warning_days: i64,
    /// Free addresses of a subnet below which nodes and rollouts may get none.
    pub subnet_min_free_ips: i64,
    /// Seconds that an ALB needs to take a pod out of its targets.
    pub deregistration_seconds: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::Prod,
            target: Version::minor(36),
            thresholds: Thresholds::default(),
            runbook_annotations: vec!["app.kubernetes.io/runbook".to_owned()],
            trusted_registries: Vec::new(),
            namespaces: Vec::new(),
            platform_namespaces: [
                "kube-system",
                "kube-public",
                "kube-node-lease",
                "amazon-cloudwatch",
                "amazon-guardduty",
                "aws-observability",
                "cert-manager",
                "external-secrets",
                "karpenter",
                "keda",
                "argocd",
                "flux-system",
                "istio-system",
                "calico-system",
                "tigera-operator",
                "gatekeeper-system",
                "monitoring",
                "prometheus",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            log_retention_min_days: 7,
            log_retention_max_days: 400,
            backup_max_age_hours: 26,
            usage_min_percent: 20,
            volume_used_min_percent: 20,
            support_warning_days: 90,
            certificate_warning_days: 30,
            subnet_min_free_ips: 16,
            deregistration_seconds: 5,
        }
    }
}
