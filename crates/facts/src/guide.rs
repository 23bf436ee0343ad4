//! The guide's rows: the five checklist tables, the pitfalls, and its further sections.

/// A table or section of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the guide's own headings")]
pub enum Table {
    Infrastructure,
    Security,
    Reliability,
    Observability,
    Operations,
    Pitfalls,
    Patterns,
    Cost,
    Upgrade,
    Recovery,
    /// Not the guide's: whether the API server accepts the objects at all, and whether what they name exists.
    Validity,
}

impl Table {
    /// As it is printed.
    pub fn title(self) -> &'static str {
        match self {
            Self::Infrastructure => "Infrastructure",
            Self::Security => "Security",
            Self::Reliability => "Reliability",
            Self::Observability => "Observability",
            Self::Operations => "Operations",
            Self::Pitfalls => "Common Pitfalls",
            Self::Patterns => "Architecture Patterns",
            Self::Cost => "Cost Optimization",
            Self::Upgrade => "Upgrade Strategy",
            Self::Recovery => "Disaster Recovery",
            Self::Validity => "Validity",
        }
    }

    /// Whether it is one of the tables that answer "am I ready for production?".
    pub fn is_checklist(self) -> bool {
        self <= Self::Pitfalls
    }
}

macro_rules! rows {
    ($($row:ident = $table:ident, $slug:literal, $title:literal, $from:ident, $verify:literal;)*) => {
        /// A row of the guide.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each is named by the guide's item")]
        pub enum Row { $($row),* }

        impl Row {
            /// All rows, in the guide's order.
            pub const ALL: &[Row] = &[$(Row::$row),*];

            /// The table it stands in.
            pub fn table(self) -> Table {
                match self { $(Self::$row => Table::$table),* }
            }

            /// Its id, such as `reliability/pod-disruption-budgets`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$row => $slug),* }
            }

            /// The guide's item.
            pub fn title(self) -> &'static str {
                match self { $(Self::$row => $title),* }
            }

            /// What can decide it.
            pub fn decided_by(self) -> DecidedBy {
                match self { $(Self::$row => DecidedBy::$from),* }
            }

            /// How to verify it by hand.
            pub fn verify(self) -> &'static str {
                match self { $(Self::$row => $verify),* }
            }
        }
    };
}

/// What evidence a row needs before it may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// Manifests tell; a cluster tells more.
    Manifests,
    /// Only a running cluster or the account tells.
    Live,
}

rows! {
    MultiAzNodes = Infrastructure, "infrastructure/multi-az-nodes", "Multi-AZ nodes", Live,
        "kubectl get nodes -L topology.kubernetes.io/zone";
    NodeAutoscaling = Infrastructure, "infrastructure/node-auto-scaling", "Node auto-scaling", Live,
        "aws eks describe-nodegroup --cluster-name CLUSTER --nodegroup-name GROUP --query nodegroup.scalingConfig";
    PrivateSubnets = Infrastructure, "infrastructure/private-subnets", "Private subnets", Live,
        "kubectl get nodes -o wide   # EXTERNAL-IP must be <none>";
    EcrScanning = Infrastructure, "infrastructure/ecr-scanning", "ECR scanning enabled", Live,
        "aws ecr describe-repositories --query 'repositories[].[repositoryName,imageScanningConfiguration.scanOnPush]'";
    PodIdentity = Security, "security/pod-identity", "Pod Identity working", Live,
        "aws eks list-pod-identity-associations --cluster-name CLUSTER; kubectl exec POD -- env | grep AWS_CONTAINER";
    SecretsInSecretsManager = Security, "security/secrets-in-secrets-manager", "Secrets in Secrets Manager", Manifests,
        "kubectl get externalsecrets -A; kubectl get configmaps -A -o yaml | grep -iE 'password|token|secret'";
    HttpsOnly = Security, "security/https-only", "HTTPS only", Manifests,
        "kubectl get ingress -A -o yaml | grep -E 'listen-ports|ssl-redirect|certificate-arn'";
    NetworkPolicies = Security, "security/network-policies", "Network policies", Manifests,
        "kubectl get networkpolicies -A";
    IamLeastPrivilege = Security, "security/iam-least-privilege", "IAM least privilege", Live,
        "aws iam get-role-policy --role-name ROLE --policy-name POLICY   # look for \"*\"";
    RequestsLimits = Reliability, "reliability/requests-limits", "Resource requests/limits set", Manifests,
        "kubectl describe pod POD | grep -A 3 -E 'Requests|Limits'";
    Probes = Reliability, "reliability/probes", "Liveness/readiness probes", Manifests,
        "kubectl get deployment NAME -o yaml | grep -A 6 Probe";
    PodDisruptionBudgets = Reliability, "reliability/pod-disruption-budgets", "PodDisruptionBudgets", Manifests,
        "kubectl get pdb -A";
    MultipleReplicas = Reliability, "reliability/multiple-replicas", "Multiple replicas", Manifests,
        "kubectl get deployment -A";
    CloudWatchObservability = Observability, "observability/cloudwatch", "CloudWatch Observability", Live,
        "aws eks describe-addon --cluster-name CLUSTER --addon-name amazon-cloudwatch-observability --query addon.status";
    LogRetention = Observability, "observability/log-retention", "Log retention set", Live,
        "aws logs describe-log-groups --query 'logGroups[].[logGroupName,retentionInDays]'";
    Alarms = Observability, "observability/alarms", "Alarms configured", Live,
        "aws cloudwatch describe-alarms --query 'MetricAlarms[].[AlarmName,MetricName,StateValue]'";
    ApplicationMetrics = Observability, "observability/application-metrics", "Application metrics", Manifests,
        "kubectl get servicemonitors,podmonitors -A; curl http://POD:PORT/metrics";
    BackupStrategy = Operations, "operations/backup-strategy", "Backup strategy", Live,
        "kubectl get volumesnapshots -A; aws ec2 describe-snapshots --owner-ids self --filters Name=volume-id,Values=VOLUME";
    UpgradePlan = Operations, "operations/upgrade-plan", "Upgrade plan", Live,
        "aws eks describe-cluster --name CLUSTER --query cluster.version; aws eks describe-cluster-versions";
    Runbooks = Operations, "operations/runbooks", "Runbooks documented", Manifests,
        "kubectl get deployments -A -o custom-columns=NAME:.metadata.name,RUNBOOK:.metadata.annotations.app\\.kubernetes\\.io/runbook";
    AccessControls = Operations, "operations/access-controls", "Access controls", Manifests,
        "kubectl auth can-i --list --as USER; aws eks describe-cluster --name CLUSTER --query cluster.logging";
    PitfallNoLimits = Pitfalls, "pitfalls/no-resource-limits", "1. No resource limits", Manifests,
        "kubectl describe nodes | grep -A 5 'Allocated resources'";
    PitfallSingleReplica = Pitfalls, "pitfalls/single-replica", "2. Single replica in production", Manifests,
        "kubectl get deployment -A";
    PitfallSecretsInEnv = Pitfalls, "pitfalls/secrets-in-env", "3. Secrets in environment variables", Manifests,
        "kubectl describe pod POD | grep -A 20 Environment";
    PitfallNoReadiness = Pitfalls, "pitfalls/no-readiness-probes", "4. No readiness probes", Manifests,
        "kubectl get deployment NAME -o yaml | grep -A 6 readinessProbe";
    PitfallIgnoringPodIdentity = Pitfalls, "pitfalls/ignoring-pod-identity", "5. Ignoring Pod Identity", Manifests,
        "kubectl get pods -A -o yaml | grep -E 'AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY'";
    PitfallOversizedVolumes = Pitfalls, "pitfalls/oversized-volumes", "6. Oversized persistent volumes", Live,
        "kubectl exec POD -- df -h";
    PitfallNoLogRetention = Pitfalls, "pitfalls/no-log-retention", "7. No log retention", Live,
        "aws logs describe-log-groups --query 'logGroups[?retentionInDays==null].logGroupName'";
    PatternStateless = Patterns, "patterns/stateless-web", "Pattern 1: stateless web application", Manifests,
        "kubectl get deployment NAME -o yaml | grep -A 4 strategy";
    PatternStateful = Patterns, "patterns/stateful", "Pattern 2: stateful application", Manifests,
        "kubectl get statefulsets,storageclasses -A";
    PatternWorker = Patterns, "patterns/worker", "Pattern 3: background worker", Manifests,
        "kubectl get scaledobjects,hpa -A";
    PatternCron = Patterns, "patterns/cron", "Pattern 4: scheduled jobs", Manifests,
        "kubectl get cronjobs -A -o yaml | grep -E 'concurrencyPolicy|DeadlineSeconds|ttlSeconds'";
    PatternMultiTier = Patterns, "patterns/multi-tier", "Pattern 5: multi-tier application", Manifests,
        "kubectl get networkpolicies,resourcequotas -A";
    CostCompute = Cost, "cost/compute", "Compute", Manifests, "kubectl top pods; kubectl describe pod POD | grep -A 2 Requests";
    CostStorage = Cost, "cost/storage", "Storage", Manifests, "kubectl get pvc -A | grep -v Bound; kubectl get storageclass";
    CostNetworking = Cost, "cost/networking", "Networking", Manifests, "kubectl get ingress,svc -A; aws ec2 describe-vpc-endpoints";
    CostMonitoring = Cost, "cost/monitoring", "Monitoring", Live, "aws logs describe-log-groups --query 'logGroups[].[logGroupName,storedBytes]'";
    UpgradeApis = Upgrade, "upgrade/deprecated-apis", "Deprecated and removed APIs", Manifests,
        "kubectl get --raw /metrics | grep apiserver_requested_deprecated_apis";
    UpgradeVersions = Upgrade, "upgrade/versions", "Version compatibility", Live, "kubectl get nodes; aws eks describe-addon-versions";
    RecoveryConfig = Recovery, "recovery/cluster-config", "Cluster config in git", Manifests, "kubectl get applications,kustomizations,helmreleases -A";
    RecoveryReplication = Recovery, "recovery/replication", "Cross-region replication", Live,
        "aws ecr describe-registry --query replicationConfiguration; aws secretsmanager list-secrets";
    RecoveryFailure = Recovery, "recovery/failure-scenarios", "Pod, node and AZ failure", Manifests, "kubectl drain NODE --dry-run=server";
    ValidObjects = Validity, "validity/accepted-by-api-server", "Accepted by the API server", Manifests, "kubectl apply --dry-run=server --validate=strict -f FILE";
    ValidReferences = Validity, "validity/references-exist", "What is referred to exists", Manifests, "kubectl describe pod POD   # events name what is missing";
    ValidIgnores = Validity, "validity/ignores", "Suppressions are reasoned and current", Manifests, "seatrial check --no-ignores";
}
