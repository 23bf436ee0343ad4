//! The cluster as EKS knows it.

use futures_util::future::{try_join, try_join_all};
use seatrial_model::Text;
use seatrial_model::account::{AccessEntry, AccessPolicy, Addon, ClusterVersion, EksCluster, EksUpdate, Insight, NodeGroup, PodIdentityAssociation};
use seatrial_model::pod::Taint;
use serde_json::{Value, json};

use crate::calls::eks as calls;
use crate::failure::Failure;
use crate::reader::{Reader, members};
use crate::tree::Tree;

pub async fn cluster(r: &Reader<'_>) -> Result<EksCluster, Failure> {
    let answer = r.of_cluster(&calls::DESCRIBE_CLUSTER, &[]).await?;
    let it = Tree(&answer).at("cluster");
    let vpc = it.at("resourcesVpcConfig");
    let logging = it.list("logging.clusterLogging").filter(|it| it.flag("enabled") == Some(true)).flat_map(|it| it.texts("types"));
    Ok(EksCluster {
        name: it.word("name"),
        arn: it.word("arn"),
        version: it.word("version"),
        platform_version: it.text("platformVersion"),
        status: it.word("status"),
        endpoint_public_access: vpc.flag("endpointPublicAccess").unwrap_or(false),
        endpoint_private_access: vpc.flag("endpointPrivateAccess").unwrap_or(false),
        public_access_cidrs: vpc.texts("publicAccessCidrs"),
        subnet_ids: vpc.texts("subnetIds"),
        vpc_id: vpc.text("vpcId"),
        logging: logging.collect(),
        authentication_mode: it.text("accessConfig.authenticationMode"),
        support_type: it.text("upgradePolicy.supportType"),
        deletion_protection: it.flag("deletionProtection"),
        encryption_key_arn: it.list("encryptionConfig").find_map(|it| it.text("provider.keyArn")),
        oidc_issuer: it.text("identity.oidc.issuer"),
        security_groups: vpc.text("clusterSecurityGroupId").into_iter().chain(vpc.texts("securityGroupIds")).collect(),
        auto_mode: it.flag("computeConfig.enabled").unwrap_or(false),
        zonal_shift: it.flag("zonalShiftConfig.enabled"),
        tags: it.labels("tags"),
    })
}

/// Names of a list of texts.
fn names(list: &[Value]) -> impl Iterator<Item = &str> {
    list.iter().filter_map(Value::as_str)
}

/// `code: message` of each health issue.
fn issues(it: Tree<'_>) -> Vec<Text> {
    let issues = it.list("health.issues");
    issues.map(|it| Text::new(format!("{}: {}", it.word("code"), it.word("message")).trim_end_matches(": "))).collect()
}

pub async fn node_groups(r: &Reader<'_>) -> Result<Vec<NodeGroup>, Failure> {
    let list = r.list_of_cluster(&calls::LIST_NODEGROUPS).await?;
    let answers = names(&list).map(|name| async move { r.of_cluster(&calls::DESCRIBE_NODEGROUP, &[("nodegroupName", name)]).await });
    Ok(present(try_join_all(answers.map(absent)).await?).iter().map(|it| node_group(Tree(it).at("nodegroup"))).collect())
}

fn node_group(it: Tree<'_>) -> NodeGroup {
    NodeGroup {
        name: it.word("nodegroupName"),
        status: it.word("status"),
        version: it.word("version"),
        capacity_type: it.word("capacityType"),
        instance_types: it.texts("instanceTypes"),
        ami_type: it.text("amiType"),
        release_version: it.text("releaseVersion"),
        min_size: it.int("scalingConfig.minSize").unwrap_or(0),
        max_size: it.int("scalingConfig.maxSize").unwrap_or(0),
        desired_size: it.int("scalingConfig.desiredSize").unwrap_or(0),
        subnets: it.texts("subnets"),
        labels: it.labels("labels"),
        taints: it.list("taints").map(taint).collect(),
        max_unavailable: it.int("updateConfig.maxUnavailable"),
        max_unavailable_percentage: it.int("updateConfig.maxUnavailablePercentage"),
        auto_scaling_groups: it.list("resources.autoScalingGroups").filter_map(|it| it.text("name")).collect(),
        node_role: it.text("nodeRole"),
        health_issues: issues(it),
        node_repair: it.flag("nodeRepairConfig.enabled"),
        launch_template_id: it.text("launchTemplate.id"),
        launch_template_version: it.text("launchTemplate.version"),
    }
}

/// EKS spells effects `NO_SCHEDULE`, Kubernetes `NoSchedule`.
fn taint(it: Tree<'_>) -> Taint {
    let effect = match it.str("effect").unwrap_or_default() {
        "NO_SCHEDULE" => "NoSchedule",
        "NO_EXECUTE" => "NoExecute",
        "PREFER_NO_SCHEDULE" => "PreferNoSchedule",
        other => other,
    };
    Taint { key: it.word("key"), value: it.text("value"), effect: Text::new(effect), time_added: None }
}

pub async fn addons(r: &Reader<'_>) -> Result<Vec<Addon>, Failure> {
    let list = r.list_of_cluster(&calls::LIST_ADDONS).await?;
    let answers = names(&list).map(|name| async move { r.of_cluster(&calls::DESCRIBE_ADDON, &[("addonName", name)]).await });
    Ok(present(try_join_all(answers.map(absent)).await?).iter().map(|it| addon(Tree(it).at("addon"))).collect())
}

fn addon(it: Tree<'_>) -> Addon {
    Addon {
        name: it.word("addonName"),
        version: it.word("addonVersion"),
        status: it.word("status"),
        health_issues: issues(it),
        service_account_role_arn: it.text("serviceAccountRoleArn"),
        pod_identity_associations: it.texts("podIdentityAssociations"),
        configuration: it.text("configurationValues"),
    }
}

pub async fn access_entries(r: &Reader<'_>) -> Result<Vec<AccessEntry>, Failure> {
    let list = match r.list_of_cluster(&calls::LIST_ACCESS_ENTRIES).await {
        // A cluster that only knows the aws-auth ConfigMap has none.
        Err(Failure::Refused { code, message, .. }) if code == "InvalidRequestException" && message.contains("authentication mode") => Vec::new(),
        other => other?,
    };
    let entries = names(&list).map(|arn| async move {
        let entry = async { r.of_cluster(&calls::DESCRIBE_ACCESS_ENTRY, &[("principalArn", arn)]).await };
        let policies = async {
            let name = r.name().await?;
            r.client.list(&calls::LIST_ASSOCIATED_ACCESS_POLICIES, members(&[("name", name), ("principalArn", arn)])).await
        };
        try_join(entry, policies).await
    });
    let found = try_join_all(entries.map(absent)).await?;
    Ok(found.into_iter().flatten().map(|(entry, policies)| access_entry(Tree(&entry).at("accessEntry"), &policies)).collect())
}

fn access_entry(it: Tree<'_>, policies: &[Value]) -> AccessEntry {
    AccessEntry {
        principal_arn: it.word("principalArn"),
        kind: it.text("type"),
        username: it.text("username"),
        groups: it.texts("kubernetesGroups"),
        policies: policies
            .iter()
            .map(Tree)
            .map(|it| AccessPolicy { policy_arn: it.word("policyArn"), scope: it.word("accessScope.type"), namespaces: it.texts("accessScope.namespaces") })
            .collect(),
    }
}

pub async fn associations(r: &Reader<'_>) -> Result<Vec<PodIdentityAssociation>, Failure> {
    let list = r.list_of_cluster(&calls::LIST_POD_IDENTITY_ASSOCIATIONS).await?;
    let ids: Vec<&str> = list.iter().filter_map(|it| it["associationId"].as_str()).collect();
    let answers = ids.iter().map(|id| async move { r.of_cluster(&calls::DESCRIBE_POD_IDENTITY_ASSOCIATION, &[("associationId", id)]).await });
    Ok(present(try_join_all(answers.map(absent)).await?).iter().map(|it| association(Tree(it).at("association"))).collect())
}

fn association(it: Tree<'_>) -> PodIdentityAssociation {
    PodIdentityAssociation {
        namespace: it.word("namespace"),
        service_account: it.word("serviceAccount"),
        role_arn: it.word("roleArn"),
        target_role_arn: it.text("targetRoleArn"),
        association_id: it.text("associationId"),
        disable_session_tags: it.flag("disableSessionTags"),
    }
}

/// Insights into the next upgrade; those into misconfiguration or a way back are other questions.
pub async fn insights(r: &Reader<'_>) -> Result<Vec<Insight>, Failure> {
    let mut asked = members(&[("name", r.name().await?)]);
    asked.insert("filter".to_owned(), json!({"categories": ["UPGRADE_READINESS"]}));
    let list = r.client.list(&calls::LIST_INSIGHTS, asked).await?;
    let ids: Vec<&str> = list.iter().filter_map(|it| it["id"].as_str()).collect();
    let answers = ids.iter().map(|id| async move { r.of_cluster(&calls::DESCRIBE_INSIGHT, &[("id", id)]).await });
    Ok(present(try_join_all(answers.map(absent)).await?).iter().map(|it| insight(Tree(it).at("insight"))).collect())
}

fn insight(it: Tree<'_>) -> Insight {
    let resources = it.list("resources").filter_map(|it| it.text("kubernetesResourceUri").or_else(|| it.text("arn")));
    Insight {
        name: it.word("name"),
        category: it.word("category"),
        kubernetes_version: it.text("kubernetesVersion"),
        status: it.word("insightStatus.status"),
        reason: it.text("insightStatus.reason"),
        resources: resources.collect(),
    }
}

pub async fn updates(r: &Reader<'_>) -> Result<Vec<EksUpdate>, Failure> {
    let list = r.list_of_cluster(&calls::LIST_UPDATES).await?;
    let answers = names(&list).map(|id| async move { r.of_cluster(&calls::DESCRIBE_UPDATE, &[("updateId", id)]).await });
    let mut found: Vec<EksUpdate> = present(try_join_all(answers.map(absent)).await?).iter().map(|it| update(Tree(it).at("update"))).collect();
    found.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(found)
}

fn update(it: Tree<'_>) -> EksUpdate {
    let errors = it.list("errors").map(|it| Text::new(format!("{}: {}", it.word("errorCode"), it.word("errorMessage")).trim_end_matches(": ")));
    EksUpdate { id: it.word("id"), kind: it.word("type"), status: it.word("status"), created_at: it.time("createdAt"), errors: errors.collect() }
}

/// Every version, those that are no longer supported among them; of two kinds of clusters the first counts.
pub async fn versions(r: &Reader<'_>) -> Result<Vec<ClusterVersion>, Failure> {
    let list = r.client.list(&calls::DESCRIBE_CLUSTER_VERSIONS, members(&[("includeAll", "true")])).await?;
    let mut found: Vec<ClusterVersion> = list.iter().map(|it| version(Tree(it))).collect();
    found.sort_by(|a, b| a.version.cmp(&b.version));
    found.dedup_by(|a, b| a.version == b.version);
    Ok(found)
}

fn version(it: Tree<'_>) -> ClusterVersion {
    ClusterVersion {
        version: it.word("clusterVersion"),
        status: it.word("versionStatus"),
        is_default: it.flag("defaultVersion").unwrap_or(false),
        end_of_standard_support: it.time("endOfStandardSupportDate"),
        end_of_extended_support: it.time("endOfExtendedSupportDate"),
    }
}

/// What was deleted between a list and its description is simply no more.
pub(super) async fn absent<T>(asked: impl Future<Output = Result<T, Failure>>) -> Result<Option<T>, Failure> {
    match asked.await {
        Ok(it) => Ok(Some(it)),
        Err(failure) if failure.is_missing() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Those that are there.
pub(super) fn present<T>(all: Vec<Option<T>>) -> Vec<T> {
    all.into_iter().flatten().collect()
}
