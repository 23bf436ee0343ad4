//! Plays EKS' webhook for Pod Identity: pods whose ServiceAccount has an association get the agent's address and a token.
//!
//! Source: EKS user guide, "Understand how EKS Pod Identity works", and what pods on a cluster show.

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::emulators;

/// Where the API server asks.
pub const PATH: &str = "/mutate";

const FOLDER: &str = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount";
const VOLUME: &str = "eks-pod-identity-token";

/// The object that tells the API server to ask.
pub fn webhook(port: u16, authority: &str) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "pod-identity-webhook"},
        "webhooks": [{
            "name": "iam-for-pods.amazonaws.com",
            "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": format!("https://127.0.0.1:{port}{PATH}"), "caBundle": STANDARD.encode(authority)},
            "failurePolicy": "Ignore",
            "reinvocationPolicy": "IfNeeded",
            "sideEffects": "None",
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"], "scope": "*"}],
        }],
    })
}

/// Answers an AdmissionReview of a pod.
pub fn review(review: &Value) -> Result<Value> {
    let request = &review["request"];
    let mut answer = json!({"uid": request["uid"], "allowed": true});
    let account = request["object"]["spec"]["serviceAccountName"].as_str().unwrap_or("default");
    if is_associated(request["namespace"].as_str().context("a pod without a namespace")?, account)? {
        let patch = json!([{"op": "replace", "path": "/spec", "value": injected(request["object"]["spec"].clone())}]);
        answer["patchType"] = json!("JSONPatch");
        answer["patch"] = json!(STANDARD.encode(patch.to_string()));
    }
    Ok(json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer}))
}

fn is_associated(namespace: &str, account: &str) -> Result<bool> {
    let known = emulators::account()?;
    Ok(known["podIdentityAssociations"].as_array().is_some_and(|all| all.iter().any(|it| it["namespace"] == namespace && it["serviceAccount"] == account)))
}

fn injected(mut pod: Value) -> Value {
    for field in ["initContainers", "containers"] {
        for container in pod[field].as_array_mut().into_iter().flatten() {
            for (name, value) in [
                ("AWS_STS_REGIONAL_ENDPOINTS", "regional".to_owned()),
                ("AWS_DEFAULT_REGION", crate::REGION.to_owned()),
                ("AWS_REGION", crate::REGION.to_owned()),
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials".to_owned()),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", format!("{FOLDER}/{VOLUME}")),
            ] {
                add(container, "env", json!({"name": name, "value": value}));
            }
            add(container, "volumeMounts", json!({"name": VOLUME, "mountPath": FOLDER, "readOnly": true}));
        }
    }
    let token = json!({"serviceAccountToken": {"audience": "pods.eks.amazonaws.com", "expirationSeconds": 86400, "path": VOLUME}});
    add(&mut pod, "volumes", json!({"name": VOLUME, "projected": {"sources": [token]}}));
    pod
}

/// Adds to a list what it does not have by name yet: the webhook may be asked twice.
fn add(of: &mut Value, field: &str, it: Value) {
    if of[field].is_null() {
        of[field] = json!([]);
    }
    if let Some(list) = of[field].as_array_mut()
        && !list.iter().any(|known| known["name"] == it["name"])
    {
        list.push(it);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(account: &str) -> Value {
        let spec = json!({"serviceAccountName": account, "containers": [{"name": "api", "env": [{"name": "AWS_REGION", "value": "eu-west-1"}]}]});
        review(&json!({"request": {"uid": "1", "namespace": "storefront", "object": {"spec": spec}}})).expect("an answer")
    }

    #[test]
    fn an_associated_pod_gets_its_token_and_keeps_what_it_has() {
        let answer = asked("api");
        let patch = STANDARD.decode(answer["response"]["patch"].as_str().expect("a patch")).expect("base64");
        let patch: Value = serde_json::from_slice(&patch).expect("JSON");
        let env = patch[0]["value"]["containers"][0]["env"].as_array().expect("variables");
        assert!(env.iter().any(|it| it["name"] == "AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        assert_eq!(env.iter().filter(|it| it["name"] == "AWS_REGION").count(), 1);
        assert_eq!(env[0]["value"], "eu-west-1");
        assert_eq!(patch[0]["value"]["volumes"][0]["projected"]["sources"][0]["serviceAccountToken"]["audience"], "pods.eks.amazonaws.com");
    }

    #[test]
    fn another_pod_is_left_alone() {
        assert!(asked("default")["response"]["patch"].is_null());
    }
}
