//! Secrets in every place where clusters have them: none of them may come out of a report, a recording or a log.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::api::Api;
use crate::canary::word;
use crate::scenario::ready::all_run;

/// Where they are.
pub const NAMESPACE: &str = "canaries";

/// Plants them and waits until the pods that carry them run.
pub async fn play(api: &Api) -> Result<()> {
    api.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})).await?;
    let mut objects = kept()?;
    let workloads = carried();
    objects.extend(workloads.clone());
    objects.extend(named_in_passing());
    api.apply_all(objects).await?;
    api.create(&event()).await?;
    for it in workloads.iter().filter(|it| it["kind"] == "Deployment") {
        all_run(api, it).await?;
    }
    let finished = |it: &Value| it["status"]["succeeded"] == 1;
    api.wait(&format!("/apis/batch/v1/namespaces/{NAMESPACE}/jobs/migration"), Duration::from_secs(60), "the Job has run", finished).await?;
    Ok(())
}

/// Secrets as such, of every type, and ConfigMaps that should have been one.
fn kept() -> Result<Vec<Value>> {
    let secret =
        |name: &str, kind: &str, data: Value| json!({"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": metadata(name), "stringData": data});
    let registry = json!({"auths": {"registry.example.com": {"username": "robot", "password": word("registry"), "auth": STANDARD.encode(format!("robot:{}", word("registry")))}}});
    let mut applied = secret(
        "database",
        "Opaque",
        json!({"username": "shop", "password": word("data"), "url": format!("postgres://shop:{}@db.example.com:5432/shop", word("url"))}),
    );
    // As `kubectl apply` leaves it: the whole object once more, values included.
    let before = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "database", "namespace": NAMESPACE}, "data": {"password": STANDARD.encode(word("applied"))}, "stringData": {"password": word("applied")}});
    applied["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": before.to_string()});
    Ok(vec![
        applied,
        secret("registry", "kubernetes.io/dockerconfigjson", json!({".dockerconfigjson": registry.to_string()})),
        secret("basic", "kubernetes.io/basic-auth", json!({"username": "shop", "password": word("basic")})),
        secret("sh.helm.release.v1.shop.v3", "helm.sh/release.v1", json!({"release": release()?})),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("settings"), "data": {
            "DB_PASSWORD": word("configmap"),
            "application.properties": format!("spring.datasource.username=shop\nspring.datasource.password={}\n", word("properties")),
            "config.json": json!({"client_secret": word("json"), "region": "us-east-1"}).to_string(),
            "id_rsa": format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n", STANDARD.encode(word("key"))),
        }, "binaryData": {"keystore.bin": STANDARD.encode(word("binary"))}}),
    ])
}

/// What workloads carry: variables, arguments, probes, annotations.
fn carried() -> Vec<Value> {
    let labels = json!({"app.kubernetes.io/name": "carrier"});
    let template = json!({"metadata": {"labels": labels, "annotations": {
        "vault.example.com/token": word("pod-annotation"),
        "prometheus.io/basic-auth": format!("scraper:{}", word("scraper")),
    }}, "spec": {"containers": [{
        "name": "app", "image": "registry.example.com/carrier:1.0.0",
        "command": ["/app", "--db-password", word("argument")],
        "args": [format!("--api-key={}", word("flag")), format!("--upstream=https://shop:{}@api.example.com/v1", word("userinfo"))],
        "env": [
            {"name": "DB_PASSWORD", "value": word("env")},
            {"name": "AWS_SECRET_ACCESS_KEY", "value": word("aws")},
            {"name": "DATABASE_URL", "value": format!("postgres://shop:{}@db.example.com/shop?sslmode=require", word("env-url"))},
            {"name": "STRIPE_TOKEN", "value": format!("sk_live_{}", word("stripe"))},
            {"name": "FROM_SECRET", "valueFrom": {"secretKeyRef": {"name": "database", "key": "password"}}},
        ],
        "readinessProbe": {"httpGet": {"path": format!("/ready?token={}", word("probe")), "port": 8080, "httpHeaders": [{"name": "Authorization", "value": format!("Bearer {}", word("header"))}]}},
        "lifecycle": {"preStop": {"exec": {"command": ["curl", "-u", format!("shop:{}", word("hook")), "http://localhost/stop"]}}},
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
    }]}});
    let mut deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata("carrier"), "spec": {
        "replicas": 2, "selector": {"matchLabels": labels}, "template": template,
    }});
    let before = deployment.to_string();
    deployment["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": before, "kubernetes.io/change-cause": format!("helm upgrade --set password={}", word("cause"))});
    let container = json!({"name": "migrate", "image": "registry.example.com/migrate:1.0.0", "command": ["sh", "-c", format!("PGPASSWORD={} psql -f /migrate.sql", word("shell"))]});
    let pod = json!({"restartPolicy": "Never", "containers": [container]});
    vec![
        deployment,
        json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata("migration"), "spec": {"template": {"spec": pod}}}),
        json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata("nightly"), "spec": {"schedule": "0 3 * * *", "suspend": true, "jobTemplate": {"spec": {"template": {"spec": pod}}}}}),
    ]
}

/// Where a secret is mentioned by the way: scalers, deliveries, stores.
fn named_in_passing() -> Vec<Value> {
    vec![
        json!({"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": metadata("carrier"), "spec": {
            "scaleTargetRef": {"name": "carrier"}, "minReplicaCount": 2,
            "triggers": [{"type": "rabbitmq", "metadata": {"host": format!("amqp://shop:{}@mq.example.com:5672/", word("scaler")), "queueName": "orders", "mode": "QueueLength", "value": "20"}}],
        }}),
        json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": metadata("shop"), "spec": {
            "project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": NAMESPACE},
            "source": {"repoURL": format!("https://deploy:{}@git.example.com/shop.git", word("repository")), "chart": "shop", "targetRevision": "1.2.3", "helm": {
                "parameters": [{"name": "database.password", "value": word("parameter")}],
                "values": format!("database:\n  password: {}\n", word("values")),
            }},
        }}),
        json!({"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": metadata("templated"), "spec": {
            "refreshInterval": "1h", "secretStoreRef": {"name": "none", "kind": "SecretStore"},
            "target": {"name": "templated", "template": {"data": {"fallback": word("template")}}},
            "data": [{"secretKey": "password", "remoteRef": {"key": "EKS/prod/canaries", "property": "password"}}],
        }}),
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {
            "name": "carrier", "namespace": NAMESPACE, "labels": {"testbed.seatrial.dev/canary": "yes"},
            "annotations": {"alb.ingress.kubernetes.io/auth-idp-oidc": json!({"clientID": "shop", "clientSecret": word("oidc")}).to_string()},
        }, "spec": {"ingressClassName": "alb", "defaultBackend": {"service": {"name": "carrier", "port": {"number": 80}}}}}),
    ]
}

fn event() -> Value {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({
        "apiVersion": "v1", "kind": "Event", "metadata": metadata("carrier.175f00d5ea7r1a1"), "type": "Warning", "reason": "FailedMount", "count": 12,
        "involvedObject": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "carrier", "namespace": NAMESPACE},
        "message": format!("cannot connect: postgres://shop:{}@db.example.com/shop: password={} was refused", word("event"), word("event-pair")),
        "firstTimestamp": now, "lastTimestamp": now, "source": {"component": "testbed"},
    })
}

/// A Helm release as Helm keeps it: JSON, compressed, base64 (which a Secret's own encoding wraps once more).
fn release() -> Result<String> {
    let manifest = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: from-chart\nstringData:\n  password: {}\n---\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: old\nspec:\n  maxUnavailable: 1\n",
        word("manifest")
    );
    let release = json!({
        "name": "shop", "namespace": NAMESPACE, "version": 3,
        "info": {"status": "deployed", "first_deployed": "2026-11-01T00:00:00Z", "last_deployed": "2026-11-20T00:00:00Z", "notes": format!("Your password: {}", word("notes"))},
        "chart": {"metadata": {"name": "shop", "version": "1.2.3", "appVersion": "2.4.1"}, "values": {"database": {"password": word("chart-values")}}},
        "config": {"database": {"password": word("config")}},
        "manifest": manifest,
    });
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(release.to_string().as_bytes()).context("cannot compress the release")?;
    Ok(STANDARD.encode(packed.finish().context("cannot compress the release")?))
}

fn metadata(name: &str) -> Value {
    json!({"name": name, "namespace": NAMESPACE, "labels": {"testbed.seatrial.dev/canary": "yes"}})
}
