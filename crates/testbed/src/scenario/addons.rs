//! What every EKS cluster has in kube-system and beside it: network plugin, DNS, proxy, EBS driver, identity agent, Karpenter, load balancer controller.

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::Api;
use crate::scenario::ready::all_run;

/// DaemonSets: name, image, priority class.
const ON_EVERY_NODE: [(&str, &str); 5] = [
    ("aws-node", "amazon-k8s-cni:v1.20.4-eksbuild.2"),
    ("kube-proxy", "eks/kube-proxy:v1.36.1-eksbuild.2"),
    ("ebs-csi-node", "eks/aws-ebs-csi-driver:v1.51.0"),
    ("eks-pod-identity-agent", "eks/eks-pod-identity-agent:v0.1.34"),
    ("cloudwatch-agent", "cloudwatch-agent/cloudwatch-agent:1.300060.0"),
];

/// Deployments of two: namespace, name, image.
const IN_PAIRS: [(&str, &str, &str); 6] = [
    ("kube-system", "coredns", "eks/coredns:v1.12.4-eksbuild.1"),
    ("kube-system", "ebs-csi-controller", "eks/aws-ebs-csi-driver:v1.51.0"),
    ("kube-system", "aws-load-balancer-controller", "eks/aws-load-balancer-controller:v2.14.1"),
    ("kube-system", "karpenter", "karpenter/controller:1.8.2"),
    ("external-secrets", "external-secrets", "external-secrets/external-secrets:v1.3.2"),
    ("keda", "keda-operator", "kedacore/keda:2.20.2"),
];

/// Applies them and waits until they run.
pub async fn play(api: &Api) -> Result<()> {
    let mut objects: Vec<Value> = ["external-secrets", "keda", "monitoring", "argocd"]
        .iter()
        .map(|it| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": it, "labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}))
        .collect();
    objects.push(json!({"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": {"name": "ebs.csi.aws.com"}, "spec": {"attachRequired": true, "podInfoOnMount": false}}));
    objects.push(json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": "gp3", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "ebs.csi.aws.com", "parameters": {"type": "gp3", "encrypted": "true"},
        "volumeBindingMode": "WaitForFirstConsumer", "reclaimPolicy": "Delete", "allowVolumeExpansion": true,
    }));
    objects.push(json!({
        "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotClass",
        "metadata": {"name": "ebs"}, "driver": "ebs.csi.aws.com", "deletionPolicy": "Retain",
    }));
    objects.extend(ON_EVERY_NODE.iter().map(|it| on_every_node(it.0, it.1)));
    objects.extend(IN_PAIRS.iter().flat_map(|&(namespace, name, image)| in_pairs(namespace, name, image)));
    objects.push(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
        "spec": {"clusterIP": "10.100.0.10", "selector": {"app.kubernetes.io/name": "coredns"}, "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53}]},
    }));
    objects.push(json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "storefront", "namespace": "argocd"},
        "spec": {
            "project": "default",
            "source": {"repoURL": "https://git.example.com/shop/deploy.git", "path": "storefront/prod", "targetRevision": "main"},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "storefront"},
            "syncPolicy": {"automated": {"prune": true, "selfHeal": true}},
        },
        "status": {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}},
    }));
    api.apply_all(objects.clone()).await?;
    for it in objects.iter().filter(|it| it["kind"] == "Deployment") {
        all_run(api, it).await?;
    }
    Ok(())
}

fn image(name: &str) -> String {
    format!("602401143452.dkr.ecr.us-east-1.amazonaws.com/{name}")
}

fn container(name: &str, image_name: &str) -> Value {
    json!({
        "name": name, "image": image(image_name),
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "livenessProbe": {"httpGet": {"path": "/livez", "port": 8080}}, "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}},
    })
}

fn on_every_node(name: &str, image_name: &str) -> Value {
    let labels = json!({"app.kubernetes.io/name": name});
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name, "namespace": "kube-system", "labels": labels},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
            "priorityClassName": "system-node-critical", "hostNetwork": true, "tolerations": [{"operator": "Exists"}], "containers": [container(name, image_name)],
        }}},
    })
}

fn in_pairs(namespace: &str, name: &str, image_name: &str) -> [Value; 2] {
    let labels = json!({"app.kubernetes.io/name": name});
    let mut pod = json!({"containers": [container(name, image_name)], "topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": labels}},
    ]});
    if namespace == "kube-system" {
        pod["priorityClassName"] = json!("system-cluster-critical");
    }
    let metadata = json!({"name": name, "namespace": namespace, "labels": labels});
    [
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {
            "replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod},
        }}),
        json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels}}}),
    ]
}
