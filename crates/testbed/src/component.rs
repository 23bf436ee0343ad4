//! The command lines of a control plane's programs.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::pki::Pki;
use crate::plane::{Ports, Wish};

/// Tokens carry the address that an EKS cluster's issuer has.
const ISSUER: &str = "https://oidc.eks.us-east-1.amazonaws.com/id/5EA7121A15EA7121A15EA7121A15EA71";

/// etcd, without waiting for the disk: the data is thrown away anyway.
pub fn etcd(program: &Path, data: &Path, ports: Ports) -> Command {
    let client = format!("http://127.0.0.1:{}", ports.etcd);
    let peer = format!("http://127.0.0.1:{}", ports.etcd_peer);
    let mut command = Command::new(program);
    command
        .arg(format!("--data-dir={}", data.display()))
        .arg(format!("--listen-client-urls={client}"))
        .arg(format!("--advertise-client-urls={client}"))
        .arg(format!("--listen-peer-urls={peer}"))
        .arg(format!("--initial-advertise-peer-urls={peer}"))
        .arg(format!("--initial-cluster=default={peer}"))
        .args(["--unsafe-no-fsync", "--log-level=warn", "--quota-backend-bytes=4294967296"]);
    command
}

/// The API server. A loopback address may not be advertised, so nothing is: nobody looks for its endpoints here.
pub fn apiserver(program: &Path, pki: &Pki, ports: Ports, wish: &Wish) -> Command {
    let mut command = Command::new(program);
    let file = |flag: &str, path: &Path| format!("--{flag}={}", path.display());
    command
        .arg(format!("--etcd-servers=http://127.0.0.1:{}", ports.etcd))
        .arg(format!("--secure-port={}", ports.server))
        .args(["--bind-address=127.0.0.1", "--advertise-address=10.255.255.254", "--endpoint-reconciler-type=none"])
        .args(["--storage-media-type=application/vnd.kubernetes.protobuf", "--authorization-mode=Node,RBAC", "--allow-privileged=true"])
        .args(["--service-cluster-ip-range=10.100.0.0/16", "--anonymous-auth=true"])
        .arg(file("tls-cert-file", &pki.certificate("server")))
        .arg(file("tls-private-key-file", &pki.key("server")))
        .arg(file("client-ca-file", &pki.certificate("ca")))
        .arg(file("service-account-key-file", &pki.token_key()))
        .arg(file("service-account-signing-key-file", &pki.key("tokens")))
        .arg(format!("--service-account-issuer={ISSUER}"))
        .arg(file("requestheader-client-ca-file", &pki.certificate("front-ca")))
        .args(["--requestheader-allowed-names=front-proxy-client", "--requestheader-username-headers=X-Remote-User"])
        .args(["--requestheader-group-headers=X-Remote-Group", "--requestheader-extra-headers-prefix=X-Remote-Extra-"])
        .arg(file("proxy-client-cert-file", &pki.certificate("front")))
        .arg(file("proxy-client-key-file", &pki.key("front")));
    if wish.fast_failures {
        command.args(["--default-not-ready-toleration-seconds=10", "--default-unreachable-toleration-seconds=10"]);
    }
    command
}

/// The controllers, one of each kind of identity as EKS runs them, and autoscalers that look every two seconds instead of every fifteen.
pub fn controllers(program: &Path, pki: &Pki, kubeconfig: &Path, wish: &Wish) -> Command {
    let mut command = Command::new(program);
    let file = |flag: &str, path: &Path| format!("--{flag}={}", path.display());
    command
        .arg(file("kubeconfig", kubeconfig))
        .args(["--leader-elect=false", "--use-service-account-credentials", "--secure-port=0"])
        .arg(file("root-ca-file", &pki.certificate("ca")))
        .arg(file("service-account-private-key-file", &pki.key("tokens")))
        .args(["--kube-api-qps=1000", "--kube-api-burst=2000", "--concurrent-replicaset-syncs=16", "--concurrent-deployment-syncs=16"])
        .args(["--horizontal-pod-autoscaler-sync-period=2s", "--horizontal-pod-autoscaler-initial-readiness-delay=1s"])
        .args(["--horizontal-pod-autoscaler-cpu-initialization-period=1s", "--horizontal-pod-autoscaler-downscale-stabilization=5s"]);
    if wish.fast_failures {
        command.args(["--node-monitor-grace-period=8s", "--node-monitor-period=1s"]);
    }
    command
}

/// The scheduler, with its settings from a file.
pub fn scheduler(program: &Path, settings: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg(format!("--config={}", settings.display())).arg("--secure-port=0");
    command
}

/// The scheduler's settings. Its own client's default limit (50 a second) would be what is measured.
pub fn scheduler_settings(kubeconfig: &Path) -> serde_json::Value {
    json!({
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "leaderElection": {"leaderElect": false},
        "clientConnection": {"kubeconfig": kubeconfig, "qps": 2000, "burst": 4000},
    })
}

/// kwok in the kubelets' place. A node whose annotation says that it is dead is left alone, and its lease runs out.
pub fn kubelets(program: &Path, kubeconfig: &Path, stages: &Path, wish: &Wish) -> Command {
    let lease = if wish.fast_failures { 4 } else { 40 };
    let mut command = Command::new(program);
    command
        .arg(format!("--kubeconfig={}", kubeconfig.display()))
        .arg(format!("--config={}", stages.display()))
        .arg(format!("--manage-nodes-with-annotation-selector={}", crate::nodes::ALIVE))
        .arg(format!("--node-lease-duration-seconds={lease}"))
        .args(["--cidr=10.42.128.0/17", "--node-ip=10.42.16.1", "--node-port=0"]);
    command
}
