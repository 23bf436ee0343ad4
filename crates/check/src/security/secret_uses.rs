//! Where a workload takes Secrets from, and how a Secret came to be.

use seatrial_model::kinds::config::Secret;
use seatrial_model::{Object, Path, Text, Workload};

/// How a Secret reaches a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// One key as an environment variable.
    Variable,
    /// Every key as environment variables.
    AllVariables,
    /// As files.
    Files,
}

/// One use of a Secret.
pub(super) struct SecretUse<'a> {
    /// The Secret.
    pub name: &'a Text,
    /// Where the use stands.
    pub path: Path,
    /// The container, for variables.
    pub container: Option<&'a Text>,
    /// How.
    pub how: How,
}

/// Every use of a Secret by the workload.
pub(super) fn of(workload: &Object<Workload>) -> Vec<SecretUse<'_>> {
    let mut found = variables(workload);
    for (at, volume) in workload.pod().volumes.iter().enumerate() {
        let path = workload.pod_path().key("volumes").index(at);
        let own = volume.secret.iter().map(|it| &it.secret_name);
        let projected = volume.projected.iter().flat_map(|it| &it.sources).filter_map(|it| it.secret.as_ref()).map(|it| &it.name);
        found.extend(own.chain(projected).map(|name| SecretUse { name, path: path.clone(), container: None, how: How::Files }));
    }
    found
}

/// The uses as environment variables.
pub(super) fn variables(workload: &Object<Workload>) -> Vec<SecretUse<'_>> {
    let mut found = Vec::new();
    for (container, path) in workload.containers() {
        for (at, it) in container.env.iter().enumerate() {
            if let Some(secret) = it.value_from.as_ref().and_then(|it| it.secret_key_ref.as_ref()) {
                found.push(SecretUse { name: &secret.name, path: path.key("env").index(at), container: Some(&container.name), how: How::Variable });
            }
        }
        for (at, it) in container.env_from.iter().enumerate() {
            if let Some(secret) = &it.secret_ref {
                found.push(SecretUse { name: &secret.name, path: path.key("envFrom").index(at), container: Some(&container.name), how: How::AllVariables });
            }
        }
    }
    found
}

/// Names that AWS SDKs take keys from, in variables and in files.
pub(super) fn is_aws_key(name: &str) -> bool {
    matches!(
        name.to_ascii_uppercase().replace('-', "_").as_str(),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" | "AWS_ACCESS_KEY" | "AWS_SECRET_KEY"
    )
}

/// Whether Kubernetes or a tool keeps its own data in the Secret, so that it holds no application secret.
pub(super) fn is_technical(secret: &Object<Secret>) -> bool {
    matches!(
        secret.it.kind.as_deref(),
        Some("kubernetes.io/service-account-token" | "helm.sh/release.v1" | "bootstrap.kubernetes.io/token" | "istio.io/key-and-cert")
    ) || secret.meta.label("owner") == Some("helm")
}

/// Certificates without their key are public.
pub(super) fn is_public_key(name: &str) -> bool {
    matches!(name, "ca.crt" | "tls.crt" | "ca.pem" | "ca-bundle.crt" | "ca-certificates.crt" | "cert.pem")
}
