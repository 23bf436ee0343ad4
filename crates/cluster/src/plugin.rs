//! Credential plugins of the kubeconfig, such as `aws eks get-token`: run once for each signing in.
//!
//! The client library would run them three times for one client, and repeat their output in its errors.

use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube_client::config::{AuthInfo, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Puts what the plugin hands out in the plugin's place. Source: kubernetes client-go, plugin/pkg/client/auth/exec.
pub fn resolve(auth: &mut AuthInfo) -> Result<(), Fault> {
    let Some(exec) = auth.exec.take() else { return Ok(()) };
    let status = run(&exec)?;
    if let (Some(certificate), Some(key)) = (&status.client_certificate_data, &status.client_key_data) {
        auth.client_certificate_data = Some(STANDARD.encode(certificate));
        auth.client_key_data = Some(SecretString::from(STANDARD.encode(key)));
    }
    if let Some(token) = status.token {
        auth.token = Some(SecretString::from(token));
    }
    Ok(())
}

fn run(exec: &ExecConfig) -> Result<Status, Fault> {
    let name = exec.command.as_deref().unwrap_or_default();
    let fail = |what: String| Fault::Credentials(format!("the credential plugin of the kubeconfig, `{name}`, {what}"));
    let interactive = exec.interactive_mode != Some(ExecInteractiveMode::Never) && std::io::IsTerminal::is_terminal(&std::io::stdin());
    let spec = Spec { interactive, cluster: exec.cluster.as_ref().filter(|_| exec.provide_cluster_info) };
    let info = Info { api_version: exec.api_version.as_deref(), kind: "ExecCredential", spec };
    let info = serde_json::to_string(&info).map_err(|_| fail("cannot be told of the cluster".to_owned()))?;
    let env = exec.env.iter().flatten().filter_map(|it| Some((it.get("name")?, it.get("value")?)));
    let mut command = Command::new(name);
    // What it has to say, such as where to sign in, goes to the user.
    command.args(exec.args.iter().flatten()).envs(env).env("KUBERNETES_EXEC_INFO", info).stderr(Stdio::inherit());
    command.stdin(if interactive { Stdio::inherit() } else { Stdio::null() });
    let output = command.output().map_err(|error| {
        let hint = exec.install_hint.as_deref().map(|it| format!(" ({})", it.trim())).unwrap_or_default();
        fail(format!("cannot be started: {error}{hint}"))
    })?;
    if !output.status.success() {
        return Err(fail(format!("failed with {}", output.status)));
    }
    let credential: Credential = serde_json::from_slice(&output.stdout).map_err(|_| fail("printed something else than an ExecCredential".to_owned()))?;
    let status = credential.status.filter(|it| it.token.is_some() || it.client_certificate_data.is_some());
    status.ok_or_else(|| fail("printed an ExecCredential without a token or certificate".to_owned()))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_version: Option<&'a str>,
    kind: &'a str,
    spec: Spec<'a>,
}

#[derive(Serialize)]
struct Spec<'a> {
    interactive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a ExecAuthCluster>,
}

#[derive(Deserialize)]
struct Credential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}
