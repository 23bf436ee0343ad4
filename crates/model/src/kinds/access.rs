//! Service accounts and role-based access control.

use crate::pod::{Ignored, Named, lean};
use crate::selector::LabelSelector;
use crate::text::Text;

lean! {
/// `v1.ServiceAccount`.
pub struct ServiceAccount {
    pub automount_service_account_token: Option<bool>,
    pub image_pull_secrets: Vec<Named>,
    pub secrets: Vec<Named>,
}

/// `rbac.authorization.k8s.io/v1` Role and ClusterRole.
pub struct Role {
    pub rules: Vec<PolicyRule>,
    pub aggregation_rule: Option<AggregationRule>,
}
pub struct AggregationRule {
    pub cluster_role_selectors: Vec<LabelSelector>,
}
pub struct PolicyRule {
    pub api_groups: Vec<Text>,
    pub resources: Vec<Text>,
    pub resource_names: Vec<Text>,
    pub verbs: Vec<Text>,
    #[serde(rename = "nonResourceURLs")]
    pub non_resource_urls: Vec<Text>,
}

/// `rbac.authorization.k8s.io/v1` RoleBinding and ClusterRoleBinding.
pub struct RoleBinding {
    pub role_ref: RoleRef,
    pub subjects: Vec<Subject>,
}
pub struct RoleRef {
    pub api_group: Text,
    pub kind: Text,
    pub name: Text,
}
pub struct Subject {
    pub kind: Text,
    pub api_group: Option<Text>,
    pub name: Text,
    pub namespace: Option<Text>,
}

/// `admissionregistration.k8s.io/v1` Validating- and MutatingWebhookConfiguration.
pub struct WebhookConfiguration {
    pub webhooks: Vec<Webhook>,
}
pub struct Webhook {
    pub name: Text,
    pub failure_policy: Option<Text>,
    pub timeout_seconds: Option<i64>,
    pub namespace_selector: Option<LabelSelector>,
    pub object_selector: Option<LabelSelector>,
    pub client_config: WebhookClient,
    pub rules: Vec<WebhookRule>,
    pub match_conditions: Vec<Ignored>,
}
pub struct WebhookRule {
    pub api_groups: Vec<Text>,
    pub operations: Vec<Text>,
    pub resources: Vec<Text>,
}
pub struct WebhookClient {
    pub service: Option<WebhookService>,
    pub url: Option<Text>,
}
pub struct WebhookService {
    pub namespace: Text,
    pub name: Text,
}

/// `apiextensions.k8s.io/v1.CustomResourceDefinition`: only what it defines.
pub struct CustomResourceDefinition {
    pub spec: CrdSpec,
}
pub struct CrdSpec {
    pub group: Text,
    pub names: CrdNames,
    pub scope: Text,
    pub versions: Vec<CrdVersion>,
    pub conversion: Option<Ignored>,
}
pub struct CrdNames {
    pub kind: Text,
    pub plural: Text,
}
pub struct CrdVersion {
    pub name: Text,
    pub served: bool,
    pub storage: bool,
}
}
