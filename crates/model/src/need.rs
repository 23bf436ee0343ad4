//! What an analysis needs to have been collected.

use serde::{Deserialize, Serialize};

macro_rules! needs {
    ($($(#[$m:meta])* $need:ident = $name:literal),* $(,)?) => {
        /// One thing that can be collected: a Kubernetes resource or a fact of the AWS account.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[allow(missing_docs, reason = "each is named by its resource")]
        pub enum Need { $($(#[$m])* $need),* }

        impl Need {
            /// All of them.
            pub const ALL: &[Need] = &[$(Need::$need),*];

            /// The plural resource name, or the AWS fact in words.
            pub fn name(self) -> &'static str {
                match self { $(Self::$need => $name),* }
            }
        }
    };
}

needs! {
    Workloads = "workloads", Pods = "pods", Services = "services", EndpointSlices = "endpointslices", Ingresses = "ingresses",
    IngressClasses = "ingressclasses", IngressClassParams = "ingressclassparams", TargetGroupBindings = "targetgroupbindings",
    AwsGatewayConfigs = "loadbalancerconfigurations", GatewayClasses = "gatewayclasses", Gateways = "gateways", Routes = "httproutes",
    NetworkPolicies = "networkpolicies", PodDisruptionBudgets = "poddisruptionbudgets", HorizontalPodAutoscalers = "horizontalpodautoscalers",
    ScaledObjects = "scaledobjects", TriggerAuthentications = "triggerauthentications", VerticalPodAutoscalers = "verticalpodautoscalers",
    ResourceQuotas = "resourcequotas", LimitRanges = "limitranges", PriorityClasses = "priorityclasses", NodePools = "nodepools",
    Ec2NodeClasses = "ec2nodeclasses", StorageClasses = "storageclasses", PersistentVolumes = "persistentvolumes",
    PersistentVolumeClaims = "persistentvolumeclaims", VolumeSnapshots = "volumesnapshots", VolumeSnapshotClasses = "volumesnapshotclasses",
    CsiNodes = "csinodes", CsiDrivers = "csidrivers", VolumeAttachments = "volumeattachments", Namespaces = "namespaces",
    ServiceAccounts = "serviceaccounts", Roles = "roles", RoleBindings = "rolebindings", Webhooks = "webhookconfigurations",
    CustomResourceDefinitions = "customresourcedefinitions", ExternalSecrets = "externalsecrets", SecretStores = "secretstores",
    Secrets = "secrets", ConfigMaps = "configmaps", Nodes = "nodes", Events = "events", Deliveries = "Argo CD or Flux objects",
    Monitors = "servicemonitors", PrometheusRules = "prometheusrules", AckLogGroups = "loggroups", AckQueues = "queues",
    AckRepositories = "repositories",
    /// What Helm has installed, out of the Secrets it keeps its releases in.
    HelmReleases = "Helm releases",
    /// Which API versions the cluster serves, and its own version.
    ServerVersion = "the API server's version",
    /// `apiserver_requested_deprecated_apis`.
    DeprecatedCalls = "the API server's deprecated-API metric",
    /// metrics.k8s.io or better.
    Usage = "resource usage",
    /// The kubelet's `kubelet_volume_stats_used_bytes`.
    VolumeUsage = "volume usage",
    AwsEksCluster = "the EKS cluster", AwsNodeGroups = "managed node groups", AwsAddons = "EKS add-ons", AwsAccessEntries = "access entries",
    AwsPodIdentity = "Pod Identity associations", AwsInsights = "EKS insights", AwsInstances = "EC2 instances", AwsSubnets = "subnets",
    AwsNatGateways = "NAT gateways", AwsVpcEndpoints = "VPC endpoints", AwsVolumes = "EBS volumes", AwsSnapshots = "EBS snapshots",
    AwsBackup = "backup plans", AwsAutoScaling = "Auto Scaling groups", AwsLoadBalancers = "load balancers", AwsCertificates = "ACM certificates",
    AwsRepositories = "ECR repositories", AwsRegistry = "ECR registry settings", AwsRoles = "IAM roles", AwsAlarms = "CloudWatch alarms",
    AwsDashboards = "CloudWatch dashboards", AwsLogGroups = "log groups", AwsSecrets = "Secrets Manager secrets", AwsQueues = "SQS queues",
    AwsHealthChecks = "Route 53 health checks", AwsGuardDuty = "GuardDuty", AwsUpdates = "EKS updates", AwsSecurityGroups = "security groups",
    AwsQuotas = "service quotas", AwsClusterVersions = "EKS' versions of Kubernetes",
    AwsAddresses = "Elastic IP addresses", AwsLaunchTemplates = "launch templates",
    AwsContainerInsights = "Container Insights' metrics",
}

impl Need {
    /// The lists that tell what it is of: bare pods are workloads, and of the account is read what the cluster's objects name. Where one of
    /// these was not read, neither was it.
    pub fn told_by(self) -> &'static [Self] {
        match self {
            Self::Workloads | Self::VolumeUsage => &[Self::Pods],
            Self::HelmReleases => &[Self::Secrets],
            Self::AwsInstances | Self::AwsSubnets | Self::AwsSecurityGroups => &[Self::Nodes],
            Self::AwsVolumes | Self::AwsSnapshots | Self::AwsBackup => &[Self::PersistentVolumes],
            Self::AwsRepositories => &[Self::Workloads, Self::Pods],
            Self::AwsRoles => &[Self::ServiceAccounts, Self::TriggerAuthentications, Self::SecretStores],
            Self::AwsAlarms => &[Self::Nodes, Self::ScaledObjects, Self::Workloads, Self::Pods],
            Self::AwsSecrets => &[Self::ExternalSecrets, Self::SecretStores],
            Self::AwsQueues => &[Self::ScaledObjects, Self::Workloads, Self::Pods],
            Self::AwsLoadBalancers => &[Self::Ingresses, Self::Services],
            Self::AwsAddresses => &[Self::Nodes, Self::Ingresses, Self::Services],
            Self::AwsLogGroups => &[Self::ConfigMaps, Self::AckLogGroups],
            _ => &[],
        }
    }

    /// The list that objects of this group and kind are read with, though only their identity is kept.
    pub fn of_identity(group: &str, kind: &str) -> Option<Self> {
        Some(match (group, kind) {
            ("cilium.io", _) | ("crd.projectcalico.org", "NetworkPolicy" | "GlobalNetworkPolicy") | ("security.istio.io", "AuthorizationPolicy") => {
                Self::NetworkPolicies
            }
            ("policy.networking.k8s.io" | "networking.k8s.aws", _) | ("vpcresources.k8s.aws", "SecurityGroupPolicy") => Self::NetworkPolicies,
            ("apiregistration.k8s.io", "APIService") => Self::HorizontalPodAutoscalers,
            ("velero.io" | "k8up.io", "Schedule") | ("config.kio.kasten.io", "Policy") | ("snapscheduler.backube", "SnapshotSchedule") => {
                Self::PersistentVolumes
            }
            ("volsync.backube", "ReplicationSource") | ("postgresql.cnpg.io", "ScheduledBackup") => Self::PersistentVolumes,
            ("longhorn.io", "RecurringJob") | ("stash.appscode.com", "BackupConfiguration") => Self::PersistentVolumes,
            ("bitnami.com", "SealedSecret") | ("secrets.hashicorp.com", "VaultStaticSecret") | ("onepassword.com", "OnePasswordItem") => Self::Secrets,
            _ => return None,
        })
    }

    /// Whether it is a fact of the AWS account.
    pub fn is_aws(self) -> bool {
        self >= Self::AwsEksCluster
    }

    /// Whether manifests never hold it: only a running cluster or the account does.
    pub fn is_live(self) -> bool {
        self.is_aws()
            || matches!(
                self,
                Self::Pods
                    | Self::EndpointSlices
                    | Self::Nodes
                    | Self::Events
                    | Self::PersistentVolumes
                    | Self::CsiNodes
                    | Self::VolumeAttachments
                    | Self::HelmReleases
                    | Self::ServerVersion
                    | Self::DeprecatedCalls
                    | Self::Usage
                    | Self::VolumeUsage
            )
    }

    /// Whether it stands in namespaces, so that one namespace is not all of it.
    pub fn is_namespaced(self) -> bool {
        !self.is_aws()
            && !matches!(
                self,
                Self::IngressClasses
                    | Self::IngressClassParams
                    | Self::GatewayClasses
                    | Self::PriorityClasses
                    | Self::NodePools
                    | Self::Ec2NodeClasses
                    | Self::StorageClasses
                    | Self::PersistentVolumes
                    | Self::VolumeSnapshotClasses
                    | Self::CsiNodes
                    | Self::CsiDrivers
                    | Self::VolumeAttachments
                    | Self::Namespaces
                    | Self::Webhooks
                    | Self::CustomResourceDefinitions
                    | Self::Nodes
                    | Self::ServerVersion
                    | Self::DeprecatedCalls
            )
    }

    /// The API group of a kind that an extension defines; `None` for Kubernetes' own kinds.
    pub fn extension_group(self) -> Option<&'static str> {
        Some(match self {
            Self::IngressClassParams | Self::TargetGroupBindings => "elbv2.k8s.aws",
            Self::AwsGatewayConfigs => "gateway.k8s.aws",
            Self::GatewayClasses | Self::Gateways | Self::Routes => "gateway.networking.k8s.io",
            Self::ScaledObjects | Self::TriggerAuthentications => "keda.sh",
            Self::VerticalPodAutoscalers => "autoscaling.k8s.io",
            Self::NodePools => "karpenter.sh",
            Self::Ec2NodeClasses => "karpenter.k8s.aws",
            Self::VolumeSnapshots | Self::VolumeSnapshotClasses => "snapshot.storage.k8s.io",
            Self::ExternalSecrets | Self::SecretStores => "external-secrets.io",
            Self::Deliveries => "argoproj.io",
            Self::Monitors | Self::PrometheusRules => "monitoring.coreos.com",
            Self::AckLogGroups => "cloudwatchlogs.services.k8s.aws",
            Self::AckQueues => "sqs.services.k8s.aws",
            Self::AckRepositories => "ecr.services.k8s.aws",
            _ => return None,
        })
    }
}
