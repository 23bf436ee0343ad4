//! Who asks to become a role, and what IAM is told of it.

use seatrial_model::account::{EksCluster, PodIdentityAssociation};

/// What a context key holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Held<'r> {
    /// One value, and which; `None` where there is one that is not known from here.
    One(Option<&'r str>),
    /// Several.
    Many(Vec<&'r str>),
    /// The request brings no such key.
    Absent,
    /// Whether it brings it is not known from here.
    Open,
}

/// A request to STS.
#[derive(Clone, Debug)]
pub(in super::super) struct Request {
    /// Principals of policies that mean it.
    principal: String,
    /// Keys that it brings, in lower case, and their values; `None` where a value is not known from here.
    keys: Vec<(String, Option<String>)>,
    /// Whether it comes with a token of an OIDC provider.
    is_web_identity: bool,
}

/// Tags of a session that EKS Pod Identity starts.
///
/// Source: EKS user guide, Pod Identity, session tags.
const TAGS: [&str; 6] =
    ["eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account", "kubernetes-pod-name", "kubernetes-pod-uid"];

impl Request {
    /// What EKS Pod Identity asks for a pod of the association.
    pub fn of_pod_identity(association: &PodIdentityAssociation, cluster: Option<&EksCluster>) -> Self {
        let mut keys = Vec::new();
        if association.disable_session_tags != Some(true) {
            let of_cluster = |of: fn(&EksCluster) -> &str| cluster.map(of).filter(|it| !it.is_empty()).map(str::to_owned);
            let values = [
                of_cluster(|it| &it.arn),
                of_cluster(|it| &it.name),
                Some(association.namespace.to_string()),
                Some(association.service_account.to_string()),
                None,
                None,
            ];
            keys.extend(TAGS.iter().zip(values).map(|(tag, value)| (format!("aws:requesttag/{tag}"), value)));
        }
        Self { principal: "pods.eks.amazonaws.com".to_owned(), keys, is_web_identity: false }
    }

    /// What a pod asks with the token of its ServiceAccount; `issuer` as EKS tells it, `https://...`.
    pub fn of_web_identity(issuer: &str, namespace: &str, service_account: &str, audience: Option<&str>) -> Self {
        let provider = issuer.trim_start_matches("https://").trim_end_matches('/');
        let key = |name: &str| format!("{provider}:{name}").to_lowercase();
        let subject = format!("system:serviceaccount:{namespace}:{service_account}");
        let keys = vec![(key("sub"), Some(subject)), (key("aud"), audience.map(str::to_owned))];
        Self { principal: format!(":oidc-provider/{provider}"), keys, is_web_identity: true }
    }

    /// Whether a statement's principal means the one that asks.
    pub fn is_principal(&self, principal: &str) -> bool {
        principal == "*" || if self.is_web_identity { principal.ends_with(&self.principal) } else { principal == self.principal }
    }

    /// What the request brings under a key; letter case does not count.
    pub fn get(&self, key: &str) -> Held<'_> {
        let key = key.to_lowercase();
        if let Some((_, value)) = self.keys.iter().find(|it| it.0 == key) {
            return Held::One(value.as_deref());
        }
        let has_tags = !self.is_web_identity && !self.keys.is_empty();
        match key.as_str() {
            "aws:tagkeys" | "sts:transitivetagkeys" if has_tags => Held::Many(TAGS.to_vec()),
            "aws:tagkeys" | "sts:transitivetagkeys" | "sts:externalid" => Held::Absent,
            it if it.starts_with("aws:requesttag/") => Held::Absent,
            // Claims of other providers.
            it if !it.starts_with("aws:") && (it.ends_with(":sub") || it.ends_with(":aud")) => Held::Absent,
            _ => Held::Open,
        }
    }
}
