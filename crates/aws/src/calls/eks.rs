//! Elastic Kubernetes Service.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static EKS: Service =
    Service { name: "eks", id: "EKS", iam: "eks", signing: "eks", prefix: "eks", version: "2017-11-01", protocol: Protocol::RestJson, global: false };

const CLUSTER: &[&str] = &["arn:{partition}:eks:{region}:{account}:cluster/{cluster}"];
const NODE_GROUP: &[&str] = &["arn:{partition}:eks:{region}:{account}:nodegroup/{cluster}/*"];
const ADDON: &[&str] = &["arn:{partition}:eks:{region}:{account}:addon/{cluster}/*"];
const ACCESS_ENTRY: &[&str] = &["arn:{partition}:eks:{region}:{account}:access-entry/{cluster}/*"];
const ASSOCIATION: &[&str] = &["arn:{partition}:eks:{region}:{account}:podidentityassociation/{cluster}/*"];

calls! {
    DESCRIBE_CLUSTER = Call::new(&EKS, "DescribeCluster").on(CLUSTER).at("GET", "/clusters/{name}").send(&["name"]).must("cluster").keep(&[
        "cluster.name", "cluster.arn", "cluster.version", "cluster.platformVersion", "cluster.status", "cluster.resourcesVpcConfig.subnetIds",
        "cluster.resourcesVpcConfig.vpcId", "cluster.resourcesVpcConfig.endpointPublicAccess", "cluster.resourcesVpcConfig.endpointPrivateAccess",
        "cluster.resourcesVpcConfig.publicAccessCidrs", "cluster.resourcesVpcConfig.securityGroupIds",
        "cluster.resourcesVpcConfig.clusterSecurityGroupId", "cluster.logging.clusterLogging.types", "cluster.logging.clusterLogging.enabled",
        "cluster.accessConfig.authenticationMode", "cluster.upgradePolicy.supportType", "cluster.deletionProtection",
        "cluster.encryptionConfig.provider.keyArn", "cluster.identity.oidc.issuer", "cluster.computeConfig.enabled",
        "cluster.zonalShiftConfig.enabled", "cluster.tags",
    ]);
    LIST_NODEGROUPS = Call::new(&EKS, "ListNodegroups").on(CLUSTER).at("GET", "/clusters/{name}/node-groups").send(&["name"])
        .paged("nextToken", "nextToken", Some(("maxResults", 100))).must("nodegroups").keep(&["nodegroups"]);
    DESCRIBE_NODEGROUP = Call::new(&EKS, "DescribeNodegroup").on(NODE_GROUP).at("GET", "/clusters/{name}/node-groups/{nodegroupName}")
        .send(&["name", "nodegroupName"]).must("nodegroup").keep(&[
            "nodegroup.nodegroupName", "nodegroup.status", "nodegroup.version", "nodegroup.capacityType", "nodegroup.instanceTypes", "nodegroup.amiType",
            "nodegroup.releaseVersion", "nodegroup.scalingConfig.minSize", "nodegroup.scalingConfig.maxSize", "nodegroup.scalingConfig.desiredSize",
            "nodegroup.subnets", "nodegroup.labels", "nodegroup.taints.key", "nodegroup.taints.value", "nodegroup.taints.effect",
            "nodegroup.updateConfig.maxUnavailable", "nodegroup.updateConfig.maxUnavailablePercentage", "nodegroup.resources.autoScalingGroups.name",
            "nodegroup.nodeRole", "nodegroup.health.issues.code", "nodegroup.health.issues.message", "nodegroup.nodeRepairConfig.enabled",
            "nodegroup.launchTemplate.id", "nodegroup.launchTemplate.version",
        ]);
    LIST_ADDONS = Call::new(&EKS, "ListAddons").on(CLUSTER).at("GET", "/clusters/{name}/addons").send(&["name"])
        .paged("nextToken", "nextToken", Some(("maxResults", 50))).must("addons").keep(&["addons"]);
    DESCRIBE_ADDON = Call::new(&EKS, "DescribeAddon").on(ADDON).at("GET", "/clusters/{name}/addons/{addonName}").send(&["name", "addonName"])
        .must("addon").keep(&[
            "addon.addonName", "addon.addonVersion", "addon.status", "addon.health.issues.code", "addon.health.issues.message",
            "addon.serviceAccountRoleArn", "addon.podIdentityAssociations", "addon.configurationValues",
        ]);
    LIST_ACCESS_ENTRIES = Call::new(&EKS, "ListAccessEntries").on(CLUSTER).at("GET", "/clusters/{name}/access-entries").send(&["name"])
        .paged("nextToken", "nextToken", Some(("maxResults", 100))).must("accessEntries").keep(&["accessEntries"]);
    DESCRIBE_ACCESS_ENTRY = Call::new(&EKS, "DescribeAccessEntry").on(ACCESS_ENTRY).at("GET", "/clusters/{name}/access-entries/{principalArn}")
        .send(&["name", "principalArn"]).must("accessEntry")
        .keep(&["accessEntry.principalArn", "accessEntry.type", "accessEntry.username", "accessEntry.kubernetesGroups"]);
    LIST_ASSOCIATED_ACCESS_POLICIES = Call::new(&EKS, "ListAssociatedAccessPolicies").on(ACCESS_ENTRY)
        .at("GET", "/clusters/{name}/access-entries/{principalArn}/access-policies").send(&["name", "principalArn"])
        .paged("nextToken", "nextToken", Some(("maxResults", 100))).must("associatedAccessPolicies").keep(&[
            "associatedAccessPolicies.policyArn", "associatedAccessPolicies.accessScope.type", "associatedAccessPolicies.accessScope.namespaces",
        ]);
    LIST_POD_IDENTITY_ASSOCIATIONS = Call::new(&EKS, "ListPodIdentityAssociations").on(CLUSTER)
        .at("GET", "/clusters/{name}/pod-identity-associations").send(&["name"]).paged("nextToken", "nextToken", Some(("maxResults", 100)))
        .must("associations").keep(&["associations.associationId"]);
    DESCRIBE_POD_IDENTITY_ASSOCIATION = Call::new(&EKS, "DescribePodIdentityAssociation").on(ASSOCIATION)
        .at("GET", "/clusters/{name}/pod-identity-associations/{associationId}").send(&["name", "associationId"]).must("association").keep(&[
            "association.namespace", "association.serviceAccount", "association.roleArn", "association.targetRoleArn", "association.associationId",
            "association.disableSessionTags",
        ]);
    LIST_INSIGHTS = Call::new(&EKS, "ListInsights").on(CLUSTER).at("POST", "/clusters/{name}/insights").send(&["name", "filter"])
        .paged("nextToken", "nextToken", Some(("maxResults", 100))).must("insights").keep(&["insights.id"]);
    DESCRIBE_INSIGHT = Call::new(&EKS, "DescribeInsight").on(CLUSTER).at("GET", "/clusters/{name}/insights/{id}").send(&["name", "id"])
        .must("insight").keep(&[
            "insight.name", "insight.category", "insight.kubernetesVersion", "insight.insightStatus.status", "insight.insightStatus.reason",
            "insight.resources.kubernetesResourceUri", "insight.resources.arn",
        ]);
    LIST_UPDATES = Call::new(&EKS, "ListUpdates").on(CLUSTER).at("GET", "/clusters/{name}/updates").send(&["name"])
        .paged("nextToken", "nextToken", Some(("maxResults", 100))).must("updateIds").keep(&["updateIds"]);
    DESCRIBE_UPDATE = Call::new(&EKS, "DescribeUpdate").on(CLUSTER).at("GET", "/clusters/{name}/updates/{updateId}").send(&["name", "updateId"])
        .must("update").keep(&["update.id", "update.status", "update.type", "update.createdAt", "update.errors.errorCode", "update.errors.errorMessage"]);
    /// Of no cluster, so IAM knows no resource for it.
    DESCRIBE_CLUSTER_VERSIONS = Call::new(&EKS, "DescribeClusterVersions").at("GET", "/cluster-versions").send(&["includeAll"])
        .paged("nextToken", "nextToken", Some(("maxResults", 100))).must("clusterVersions").keep(&[
            "clusterVersions.clusterVersion", "clusterVersions.versionStatus", "clusterVersions.defaultVersion",
            "clusterVersions.endOfStandardSupportDate", "clusterVersions.endOfExtendedSupportDate",
        ]);
}
