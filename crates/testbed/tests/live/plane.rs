//! What a seeded plane holds.

use seatrial_testbed::api::Api;
use seatrial_testbed::here;
use serde_json::Value;

fn kubeconfig() -> Option<std::path::PathBuf> {
    here::plane()
}

#[test]
fn its_nodes_are_those_of_eks_in_three_zones() {
    let Some(kubeconfig) = kubeconfig() else { return };
    let nodes = crate::run(async { Api::from_kubeconfig(&kubeconfig, None)?.list("/api/v1/nodes").await });
    let mut zones: Vec<&str> = nodes.iter().filter_map(|it| it["metadata"]["labels"]["topology.kubernetes.io/zone"].as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1c"]);
    for it in &nodes {
        assert!(it["spec"]["providerID"].as_str().is_some_and(|it| it.starts_with("aws:///us-east-1")), "{it}");
        assert_eq!(it["status"]["allocatable"]["cpu"], "3920m");
    }
    let limits = crate::run(async { Api::from_kubeconfig(&kubeconfig, None)?.list("/apis/storage.k8s.io/v1/csinodes").await });
    assert!(limits.iter().all(|it| it["spec"]["drivers"][0]["allocatable"]["count"] == 26));
    assert_eq!(limits.len(), nodes.len());
}

#[test]
fn it_serves_the_tools_kinds_and_metrics() {
    let Some(kubeconfig) = kubeconfig() else { return };
    let resources = crate::run(async { Api::from_kubeconfig(&kubeconfig, None)?.resources().await });
    for (group, plural) in [
        ("external-secrets.io/v1", "externalsecrets"),
        ("keda.sh/v1alpha1", "scaledobjects"),
        ("gateway.networking.k8s.io/v1", "httproutes"),
        ("karpenter.sh/v1", "nodepools"),
        ("snapshot.storage.k8s.io/v1", "volumesnapshots"),
        ("monitoring.coreos.com/v1", "servicemonitors"),
        ("autoscaling.k8s.io/v1", "verticalpodautoscalers"),
        ("argoproj.io/v1alpha1", "applications"),
        ("kustomize.toolkit.fluxcd.io/v1", "kustomizations"),
        ("elbv2.k8s.aws/v1beta1", "targetgroupbindings"),
        ("metrics.k8s.io/v1beta1", "pods"),
    ] {
        assert!(resources.iter().any(|it| it.api_version == group && it.plural == plural && it.listed), "{group} {plural}");
    }
}

#[test]
fn an_autoscaler_really_scaled() {
    let Some(kubeconfig) = kubeconfig() else { return };
    let loaded: Value =
        crate::run(async { Api::from_kubeconfig(&kubeconfig, None)?.get("/apis/autoscaling/v2/namespaces/scaling/horizontalpodautoscalers/loaded").await });
    assert_eq!(loaded["status"]["currentReplicas"], 6, "{}", loaded["status"]);
}

#[test]
fn a_volume_is_in_the_zone_of_its_pod() {
    let Some(kubeconfig) = kubeconfig() else { return };
    crate::run(async {
        let api = Api::from_kubeconfig(&kubeconfig, None)?;
        let pod = api.get("/api/v1/namespaces/ledger/pods/postgres-0").await?;
        let node = api.get(&format!("/api/v1/nodes/{}", pod["spec"]["nodeName"].as_str().unwrap_or(""))).await?;
        let claim = api.get("/api/v1/namespaces/ledger/persistentvolumeclaims/data-postgres-0").await?;
        let volume = api.get(&format!("/api/v1/persistentvolumes/{}", claim["spec"]["volumeName"].as_str().unwrap_or(""))).await?;
        let zone = &volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]["values"][0];
        assert_eq!(zone, &node["metadata"]["labels"]["topology.kubernetes.io/zone"]);
        assert!(volume["spec"]["csi"]["volumeHandle"].as_str().is_some_and(|it| it.starts_with("vol-")));
        Ok(())
    });
}

#[test]
fn a_viewer_sees_no_secret_and_a_stranger_nothing() {
    let Some(kubeconfig) = kubeconfig() else { return };
    crate::run(async {
        let viewer = Api::from_kubeconfig(&kubeconfig, Some("viewer"))?;
        assert!(!viewer.list("/api/v1/pods").await?.is_empty());
        let refused = viewer.get("/api/v1/secrets").await.expect_err("no Secret for a viewer");
        assert!(format!("{refused:#}").contains("403"), "{refused:#}");
        let stranger = Api::from_kubeconfig(&kubeconfig, Some("stranger"))?;
        let refused = stranger.get("/api/v1/pods").await.expect_err("nothing for a stranger");
        assert!(format!("{refused:#}").contains("403"), "{refused:#}");
        Ok(())
    });
}

#[test]
fn pods_with_an_association_have_their_token() {
    let Some(kubeconfig) = kubeconfig() else { return };
    let pods = crate::run(async { Api::from_kubeconfig(&kubeconfig, None)?.list("/api/v1/namespaces/storefront/pods").await });
    assert!(!pods.is_empty());
    for it in pods {
        let variables = it["spec"]["containers"][0]["env"].as_array().expect("variables").clone();
        assert!(variables.iter().any(|it| it["name"] == "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), "{it}");
    }
}
