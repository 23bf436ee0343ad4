//! Which resources of the API hold what an analysis needs, and the permission to read each.

use std::collections::BTreeSet;

use seatrial_model::Need;

/// A resource that is listed for a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// What it is listed for.
    pub need: Need,
    /// API group, empty for the core group. The version is whichever the server prefers.
    pub group: &'static str,
    /// Plural name, as in paths and RBAC rules.
    pub plural: &'static str,
    /// Kind of its objects.
    pub kind: &'static str,
}

/// A rule of a Role or ClusterRole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// API groups; empty where paths are meant.
    pub api_groups: Vec<&'static str>,
    /// Resources, subresources with their slash.
    pub resources: Vec<&'static str>,
    /// Paths that are no resources, such as `/metrics`.
    pub non_resource_urls: Vec<&'static str>,
    /// `get` or `list`, never anything that writes.
    pub verbs: Vec<&'static str>,
}

macro_rules! resources {
    ($($need:ident: $($group:literal $plural:literal $kind:literal),+;)*) => {
        /// Every resource that is read, in the order of needs.
        pub const RESOURCES: &[Resource] = &[$($(Resource { need: Need::$need, group: $group, plural: $plural, kind: $kind }),+),*];
    };
}

resources! {
    Workloads: "apps" "deployments" "Deployment", "apps" "daemonsets" "DaemonSet", "apps" "replicasets" "ReplicaSet", "apps" "statefulsets" "StatefulSet",
        "" "replicationcontrollers" "ReplicationController", "batch" "jobs" "Job", "batch" "cronjobs" "CronJob", "argoproj.io" "rollouts" "Rollout";
    Pods: "" "pods" "Pod";
    Services: "" "services" "Service";
    EndpointSlices: "discovery.k8s.io" "endpointslices" "EndpointSlice";
    Ingresses: "networking.k8s.io" "ingresses" "Ingress";
    IngressClasses: "networking.k8s.io" "ingressclasses" "IngressClass";
    IngressClassParams: "elbv2.k8s.aws" "ingressclassparams" "IngressClassParams", "eks.amazonaws.com" "ingressclassparams" "IngressClassParams";
    TargetGroupBindings: "elbv2.k8s.aws" "targetgroupbindings" "TargetGroupBinding";
    AwsGatewayConfigs: "gateway.k8s.aws" "loadbalancerconfigurations" "LoadBalancerConfiguration",
        "gateway.k8s.aws" "targetgroupconfigurations" "TargetGroupConfiguration";
    GatewayClasses: "gateway.networking.k8s.io" "gatewayclasses" "GatewayClass";
    Gateways: "gateway.networking.k8s.io" "gateways" "Gateway";
    Routes: "gateway.networking.k8s.io" "httproutes" "HTTPRoute", "gateway.networking.k8s.io" "grpcroutes" "GRPCRoute",
        "gateway.networking.k8s.io" "tlsroutes" "TLSRoute", "gateway.networking.k8s.io" "tcproutes" "TCPRoute",
        "gateway.networking.k8s.io" "udproutes" "UDPRoute";
    // Policies of other engines are kept by identity: where they govern, nothing is said of NetworkPolicy.
    NetworkPolicies: "networking.k8s.io" "networkpolicies" "NetworkPolicy", "cilium.io" "ciliumnetworkpolicies" "CiliumNetworkPolicy",
        "cilium.io" "ciliumclusterwidenetworkpolicies" "CiliumClusterwideNetworkPolicy", "crd.projectcalico.org" "networkpolicies" "NetworkPolicy",
        "crd.projectcalico.org" "globalnetworkpolicies" "GlobalNetworkPolicy", "policy.networking.k8s.io" "adminnetworkpolicies" "AdminNetworkPolicy",
        "policy.networking.k8s.io" "baselineadminnetworkpolicies" "BaselineAdminNetworkPolicy",
        "policy.networking.k8s.io" "clusternetworkpolicies" "ClusterNetworkPolicy", "networking.k8s.aws" "clusternetworkpolicies" "ClusterNetworkPolicy",
        "networking.k8s.aws" "applicationnetworkpolicies" "ApplicationNetworkPolicy", "vpcresources.k8s.aws" "securitygrouppolicies" "SecurityGroupPolicy",
        "security.istio.io" "authorizationpolicies" "AuthorizationPolicy";
    PodDisruptionBudgets: "policy" "poddisruptionbudgets" "PodDisruptionBudget";
    HorizontalPodAutoscalers: "autoscaling" "horizontalpodautoscalers" "HorizontalPodAutoscaler", "apiregistration.k8s.io" "apiservices" "APIService";
    ScaledObjects: "keda.sh" "scaledobjects" "ScaledObject", "keda.sh" "scaledjobs" "ScaledJob";
    TriggerAuthentications: "keda.sh" "triggerauthentications" "TriggerAuthentication", "keda.sh" "clustertriggerauthentications" "ClusterTriggerAuthentication";
    VerticalPodAutoscalers: "autoscaling.k8s.io" "verticalpodautoscalers" "VerticalPodAutoscaler";
    ResourceQuotas: "" "resourcequotas" "ResourceQuota";
    LimitRanges: "" "limitranges" "LimitRange";
    PriorityClasses: "scheduling.k8s.io" "priorityclasses" "PriorityClass";
    NodePools: "karpenter.sh" "nodepools" "NodePool";
    Ec2NodeClasses: "karpenter.k8s.aws" "ec2nodeclasses" "EC2NodeClass";
    StorageClasses: "storage.k8s.io" "storageclasses" "StorageClass";
    // Schedules of backup programs are kept by identity: what they cover is not judged.
    PersistentVolumes: "" "persistentvolumes" "PersistentVolume", "velero.io" "schedules" "Schedule", "config.kio.kasten.io" "policies" "Policy",
        "snapscheduler.backube" "snapshotschedules" "SnapshotSchedule", "volsync.backube" "replicationsources" "ReplicationSource",
        "k8up.io" "schedules" "Schedule", "postgresql.cnpg.io" "scheduledbackups" "ScheduledBackup", "longhorn.io" "recurringjobs" "RecurringJob",
        "stash.appscode.com" "backupconfigurations" "BackupConfiguration";
    PersistentVolumeClaims: "" "persistentvolumeclaims" "PersistentVolumeClaim";
    VolumeSnapshots: "snapshot.storage.k8s.io" "volumesnapshots" "VolumeSnapshot";
    VolumeSnapshotClasses: "snapshot.storage.k8s.io" "volumesnapshotclasses" "VolumeSnapshotClass";
    CsiNodes: "storage.k8s.io" "csinodes" "CSINode";
    CsiDrivers: "storage.k8s.io" "csidrivers" "CSIDriver";
    VolumeAttachments: "storage.k8s.io" "volumeattachments" "VolumeAttachment";
    Namespaces: "" "namespaces" "Namespace";
    ServiceAccounts: "" "serviceaccounts" "ServiceAccount";
    Roles: "rbac.authorization.k8s.io" "roles" "Role", "rbac.authorization.k8s.io" "clusterroles" "ClusterRole";
    RoleBindings: "rbac.authorization.k8s.io" "rolebindings" "RoleBinding", "rbac.authorization.k8s.io" "clusterrolebindings" "ClusterRoleBinding";
    Webhooks: "admissionregistration.k8s.io" "validatingwebhookconfigurations" "ValidatingWebhookConfiguration",
        "admissionregistration.k8s.io" "mutatingwebhookconfigurations" "MutatingWebhookConfiguration";
    CustomResourceDefinitions: "apiextensions.k8s.io" "customresourcedefinitions" "CustomResourceDefinition";
    ExternalSecrets: "external-secrets.io" "externalsecrets" "ExternalSecret", "external-secrets.io" "clusterexternalsecrets" "ClusterExternalSecret";
    SecretStores: "external-secrets.io" "secretstores" "SecretStore", "external-secrets.io" "clustersecretstores" "ClusterSecretStore";
    // What else makes Secrets is kept by identity.
    Secrets: "" "secrets" "Secret", "bitnami.com" "sealedsecrets" "SealedSecret", "secrets.hashicorp.com" "vaultstaticsecrets" "VaultStaticSecret",
        "onepassword.com" "onepassworditems" "OnePasswordItem";
    ConfigMaps: "" "configmaps" "ConfigMap";
    Nodes: "" "nodes" "Node";
    Events: "" "events" "Event";
    Deliveries: "argoproj.io" "applications" "Application", "argoproj.io" "applicationsets" "ApplicationSet",
        "kustomize.toolkit.fluxcd.io" "kustomizations" "Kustomization", "helm.toolkit.fluxcd.io" "helmreleases" "HelmRelease",
        "source.toolkit.fluxcd.io" "gitrepositories" "GitRepository";
    Monitors: "monitoring.coreos.com" "servicemonitors" "ServiceMonitor", "monitoring.coreos.com" "podmonitors" "PodMonitor";
    PrometheusRules: "monitoring.coreos.com" "prometheusrules" "PrometheusRule";
    AckLogGroups: "cloudwatchlogs.services.k8s.aws" "loggroups" "LogGroup";
    AckQueues: "sqs.services.k8s.aws" "queues" "Queue";
    AckRepositories: "ecr.services.k8s.aws" "repositories" "Repository";
    Usage: "metrics.k8s.io" "pods" "PodMetrics";
}

impl Resource {
    /// `deployments.apps`, `pods`: as `kubectl` names it.
    pub fn full_name(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Whether its group is one that an extension brings: where it is not served, there are none.
    pub fn is_extension(&self) -> bool {
        const OWN: [&str; 12] = [
            "apps",
            "batch",
            "autoscaling",
            "policy",
            "networking.k8s.io",
            "rbac.authorization.k8s.io",
            "storage.k8s.io",
            "scheduling.k8s.io",
            "discovery.k8s.io",
            "admissionregistration.k8s.io",
            "apiextensions.k8s.io",
            "apiregistration.k8s.io",
        ];
        !self.group.is_empty() && !OWN.contains(&self.group)
    }
}

/// The resources that are listed for a need.
pub fn resources_of(need: Need) -> impl Iterator<Item = &'static Resource> {
    RESOURCES.iter().filter(move |it| it.need == need)
}

/// What a user must be allowed to in the cluster so that a need can be read; one rule for each API group.
pub fn rbac(need: Need) -> Vec<Rule> {
    let paths = |path| vec![Rule { api_groups: vec![], resources: vec![], non_resource_urls: vec![path], verbs: vec!["get"] }];
    match need {
        Need::ServerVersion => return paths("/version"),
        Need::DeprecatedCalls => return paths("/metrics"),
        // Helm keeps its releases in Secrets.
        Need::HelmReleases => return vec![Rule { api_groups: vec![""], resources: vec!["secrets"], non_resource_urls: vec![], verbs: vec!["list"] }],
        _ => {}
    }
    let mut rules: Vec<Rule> = Vec::new();
    if need == Need::VolumeUsage {
        rules.push(Rule { api_groups: vec![""], resources: vec!["nodes/proxy"], non_resource_urls: vec![], verbs: vec!["get"] });
    }
    let all: BTreeSet<Need> = std::iter::once(need).chain(need.told_by().iter().copied()).collect();
    for it in RESOURCES.iter().filter(|it| all.contains(&it.need)) {
        let is_list = |rule: &Rule| rule.api_groups == [it.group] && rule.verbs == ["list"];
        match rules.iter_mut().find(|rule| is_list(rule)) {
            Some(rule) => rule.resources.push(it.plural),
            None => rules.push(Rule { api_groups: vec![it.group], resources: vec![it.plural], non_resource_urls: vec![], verbs: vec!["list"] }),
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use seatrial_model::Cluster;

    use super::*;

    #[test]
    fn every_kubernetes_need_has_its_permission() {
        for &need in Need::ALL.iter().filter(|it| !it.is_aws()) {
            assert!(!rbac(need).is_empty(), "nothing reads {}", need.name());
        }
        let of = |need| rbac(need).iter().flat_map(|it| it.resources.clone()).collect::<Vec<_>>();
        assert_eq!(of(Need::AwsVolumes)[0], "persistentvolumes");
        assert!(of(Need::Workloads).contains(&"pods"), "bare pods are workloads");
        assert_eq!(of(Need::VolumeUsage), ["nodes/proxy", "pods"]);
        // What tells what tells it is among them.
        assert!(Need::ALL.iter().all(|it| it.told_by().iter().flat_map(|it| it.told_by()).all(|further| it.told_by().contains(further))));
    }

    #[test]
    fn objects_go_to_the_list_they_are_read_for() {
        for it in RESOURCES {
            let api_version = if it.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", it.group) };
            // Kinds that are kept by identity have no list of their own.
            let need = Cluster::need_of(&api_version, it.kind).or(Need::of_identity(it.group, it.kind));
            assert_eq!(need, Some(it.need), "{}", it.full_name());
        }
        for &need in Need::ALL.iter().filter(|it| resources_of(**it).next().is_some()) {
            let typed = resources_of(need).any(|it| Cluster::need_of(&format!("{}/v1", it.group), it.kind) == Some(need));
            assert!(typed || resources_of(need).any(|it| Cluster::need_of("v1", it.kind) == Some(need)), "{}", need.name());
        }
    }

    #[test]
    fn nothing_is_ever_written() {
        let verbs: Vec<&str> = Need::ALL.iter().flat_map(|it| rbac(*it)).flat_map(|it| it.verbs).collect();
        assert!(verbs.iter().all(|it| matches!(*it, "get" | "list")), "{verbs:?}");
    }
}
