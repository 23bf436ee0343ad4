//! Drains and roll-outs on the real server: what a budget refuses, what a broken version leaves behind.

use seatrial_testbed::api::Api;
use seatrial_testbed::scenario::ready::all_run;
use seatrial_testbed::{act, here};
use serde_json::{Value, json};

/// A Deployment of three with a budget, in a namespace of its own.
async fn workload(api: &Api, namespace: &str, allowed: Value) -> anyhow::Result<Value> {
    api.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})).await?;
    let labels = json!({"app.kubernetes.io/name": "app"});
    let container = json!({"name": "app", "image": "registry.example.com/app:1.0.0", "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}});
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app", "namespace": namespace}, "spec": {
        "replicas": 3, "selector": {"matchLabels": labels}, "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }});
    let mut budget = allowed;
    budget["selector"] = json!({"matchLabels": labels});
    api.apply(&deployment).await?;
    all_run(api, &deployment).await?;
    let budget = json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "app", "namespace": namespace}, "spec": budget});
    api.apply(&budget).await?;
    let path = format!("/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets/app");
    api.wait(&path, std::time::Duration::from_secs(30), "the budget is counted", |it| it["status"]["currentHealthy"] == 3).await?;
    Ok(deployment)
}

/// A namespace that no run before may still be removing.
fn fresh(name: &str) -> String {
    format!("{name}-{}", std::process::id())
}

async fn node_of(api: &Api, namespace: &str) -> anyhow::Result<String> {
    let pods = api.list(&format!("/api/v1/namespaces/{namespace}/pods")).await?;
    Ok(pods[0]["spec"]["nodeName"].as_str().unwrap_or("").to_owned())
}

#[test]
fn a_budget_that_needs_every_pod_refuses_a_drain_and_another_lets_it_pass() {
    let Some(kubeconfig) = here::plane() else { return };
    crate::run(async {
        let api = Api::from_kubeconfig(&kubeconfig, None)?;
        let (refusing, allowing) = (fresh("act-refuse"), fresh("act-allow"));
        workload(&api, &refusing, json!({"minAvailable": "100%"})).await?;
        workload(&api, &allowing, json!({"maxUnavailable": 3})).await?;
        for (namespace, passes) in [(&refusing, false), (&allowing, true)] {
            let node = node_of(&api, namespace).await?;
            let drained = act::drain(&api, &node, Some(namespace)).await;
            act::cordon(&api, &node, false).await?;
            let drained = drained?;
            let of = |it: &str| it.starts_with(&format!("{namespace}/"));
            assert_eq!(drained.evicted.iter().any(|it| of(it)), passes, "{drained:?}");
            let refused = drained.refused.iter().find(|it| of(&it.0));
            assert_eq!(refused.is_none(), passes, "{drained:?}");
            if let Some((_, why)) = refused {
                assert!(why.contains("disruption budget app"), "{why}");
            }
        }
        for it in [refusing, allowing] {
            api.delete(&format!("/api/v1/namespaces/{it}")).await?;
        }
        Ok(())
    });
}

#[test]
fn a_version_that_never_gets_ready_stops_after_one_pod() {
    let Some(kubeconfig) = here::plane() else { return };
    crate::run(async {
        let api = Api::from_kubeconfig(&kubeconfig, None)?;
        let namespace = fresh("act-roll");
        workload(&api, &namespace, json!({"maxUnavailable": 1})).await?;
        act::roll_out(&api, &namespace, "app", "registry.example.com/app:1.1.0", None).await?;
        act::until_updated(&api, &namespace, "app", 3).await?;
        act::roll_out(&api, &namespace, "app", "registry.example.com/app:1.2.0", Some("not-ready")).await?;
        let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/app");
        let stuck = |it: &Value| {
            it["status"]["observedGeneration"] == it["metadata"]["generation"] && it["status"]["updatedReplicas"] == 1 && it["status"]["replicas"] == 4
        };
        let seen = api.wait(&path, std::time::Duration::from_secs(30), "the roll-out is stuck", stuck).await?;
        assert_eq!(seen["status"]["readyReplicas"], 3, "the old pods go on serving");
        api.delete(&format!("/api/v1/namespaces/{namespace}")).await
    });
}
