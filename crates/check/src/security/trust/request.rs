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
    caller: Caller,
}

/// By what somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// EKS Pod Identity, for a pod.
    PodIdentity,
    /// A pod, with a token of the cluster's OIDC provider.
    WebIdentity,
    /// EKS Pod Identity, on from one role to another.
    Role,
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
        Self { principal: "pods.eks.amazonaws.com".to_owned(), keys, caller: Caller::PodIdentity }
    }

    /// What EKS Pod Identity asks on from the association's role to its target role: tags, an external id and more, none of which is known here.
    pub fn of_role(arn: &str) -> Self {
        Self { principal: arn.to_owned(), keys: Vec::new(), caller: Caller::Role }
    }

    /// What a pod asks of the role `arn` with the token of its ServiceAccount; `issuer` as EKS tells it, `https://...`.
    ///
    /// STS takes a token by the identity provider that the role's own account has registered.
    ///
    /// Source: EKS user guide, cross-account IAM permissions.
    pub fn of_web_identity(arn: &str, issuer: &str, namespace: &str, service_account: &str, audience: Option<&str>) -> Self {
        let provider = provider(issuer);
        let key = |name: &str| format!("{provider}:{name}").to_lowercase();
        let subject = format!("system:serviceaccount:{namespace}:{service_account}");
        let keys = vec![(key("sub"), Some(subject)), (key("aud"), audience.map(str::to_owned))];
        let (partition, account) = (arn.split(':').nth(1).unwrap_or_default(), arn.split(':').nth(4).unwrap_or_default());
        Self { principal: format!("arn:{partition}:iam::{account}:oidc-provider/{provider}"), keys, caller: Caller::WebIdentity }
    }

    /// Whether a statement's principal means the one that asks.
    pub fn is_principal(&self, principal: &str) -> bool {
        let means = match self.caller {
            Caller::PodIdentity | Caller::WebIdentity => principal == self.principal,
            // A role, or everybody of its account whom a policy there lets.
            Caller::Role => principal == self.principal || account_of(principal).is_some_and(|it| self.principal.split(':').nth(4) == Some(it)),
        };
        means || principal == "*"
    }

    /// What the request brings under a key; letter case does not count.
    pub fn get(&self, key: &str) -> Held<'_> {
        let key = key.to_lowercase();
        if let Some((_, value)) = self.keys.iter().find(|it| it.0 == key) {
            return Held::One(value.as_deref());
        }
        let has_tags = self.caller == Caller::PodIdentity && !self.keys.is_empty();
        match key.as_str() {
            _ if self.caller == Caller::Role => Held::Open,
            "aws:tagkeys" | "sts:transitivetagkeys" if has_tags => Held::Many(TAGS.to_vec()),
            "aws:tagkeys" | "sts:transitivetagkeys" | "sts:externalid" => Held::Absent,
            it if it.starts_with("aws:requesttag/") => Held::Absent,
            // Claims of other providers.
            it if !it.starts_with("aws:") && (it.ends_with(":sub") || it.ends_with(":aud")) => Held::Absent,
            _ => Held::Open,
        }
    }
}

/// How IAM names the identity provider of an issuer.
pub(in super::super) fn provider(issuer: &str) -> &str {
    issuer.trim_start_matches("https://").trim_end_matches('/')
}

/// `111122223333` and `arn:aws:iam::111122223333:root`: a whole account.
fn account_of(principal: &str) -> Option<&str> {
    let is_number = |it: &&str| it.len() == 12 && it.bytes().all(|it| it.is_ascii_digit());
    let of_root = || principal.strip_suffix(":root")?.rsplit(':').next();
    Some(principal).filter(is_number).or_else(|| of_root().filter(is_number))
}
