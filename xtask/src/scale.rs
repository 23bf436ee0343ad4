//! Whether the cost of a check stays linear in the number of objects: clusters of ten thousand, a hundred thousand and a million.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::bench::{Run, once};

/// Sizes in objects.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Objects of one application, and of a namespace besides those of its applications.
const OF_APPLICATION: usize = 9;
const OF_NAMESPACE: usize = 2;
/// Applications in a namespace.
const IN_NAMESPACE: usize = 20;
/// How many times as long an object may take in the largest cluster as in the smallest.
const MOST_GROWTH: f64 = 1.5;

/// Measures each size, and fails with `gate` where an object's share grows.
pub fn run(binary: &Path, folder: &Path, gate: bool) -> Result<()> {
    println!("{:>12} {:>9} {:>9} {:>12} {:>9}", "objects", "file MB", "s", "us/object", "peak MiB");
    let mut shares = Vec::new();
    for size in SIZES {
        let cluster = generate(&folder.join(format!("scale-{size}")), size)?;
        let arguments: Vec<String> = ["check".to_owned(), cluster.list.display().to_string(), cluster.account.display().to_string()].into();
        let Run { seconds, memory, .. } = once(binary, &arguments)?;
        let share = seconds * 1e6 / cluster.objects as f64;
        let megabytes = std::fs::metadata(&cluster.list)?.len() as f64 / 1e6;
        let peak = memory.map_or_else(|| "-".to_owned(), |it| (it / 1024).to_string());
        println!("{:12} {megabytes:9.1} {seconds:9.2} {share:12.2} {peak:>9}", cluster.objects);
        shares.push(share);
        // The largest is a third of a gigabyte.
        std::fs::remove_file(&cluster.list)?;
    }
    match (shares.first(), shares.last()) {
        (Some(first), Some(last)) if gate && *last > MOST_GROWTH * first => bail!("an object's share grows from {first:.1} to {last:.1} us"),
        _ => Ok(()),
    }
}

struct Generated {
    objects: usize,
    list: PathBuf,
    account: PathBuf,
}

/// Applications with everything that joins look at: selectors, budgets, autoscalers, policies, routes to a gateway, secrets that are made,
/// images in repositories.
fn generate(folder: &Path, size: usize) -> Result<Generated> {
    std::fs::create_dir_all(folder)?;
    let per_namespace = IN_NAMESPACE * OF_APPLICATION + OF_NAMESPACE;
    let namespaces = size / per_namespace;
    let (list, account) = (folder.join("all.json"), folder.join("account.json"));
    let mut out = BufWriter::new(File::create(&list).with_context(|| format!("cannot write {}", list.display()))?);
    write!(out, "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[")?;
    let mut repositories = BufWriter::new(File::create(&account)?);
    write!(repositories, "{{\"apiVersion\":\"seatrial.dev/v1alpha1\",\"kind\":\"Account\",\"repositories\":[")?;
    for ns in 0..namespaces {
        let comma = if ns > 0 { "," } else { "" };
        write!(out, "{comma}\n{}", NAMESPACE.replace("@ns", &format!("team-{ns}")))?;
        for it in 0..IN_NAMESPACE {
            let name = format!("app-{}", ns * IN_NAMESPACE + it);
            write!(out, ",\n{}", APPLICATION.replace("@ns", &format!("team-{ns}")).replace("@app", &name))?;
            let comma = if ns + it > 0 { "," } else { "" };
            write!(repositories, "{comma}\n{}", REPOSITORY.replace("@app", &name))?;
        }
    }
    writeln!(out, "\n]}}")?;
    writeln!(repositories, "\n]}}")?;
    out.flush()?;
    repositories.flush()?;
    Ok(Generated { objects: namespaces * per_namespace, list, account })
}

const NAMESPACE: &str = r#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"@ns","uid":"n-@ns","labels":{"pod-security.kubernetes.io/enforce":"restricted"}}},
{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"name":"web","namespace":"@ns","uid":"g-@ns"},"spec":{"gatewayClassName":"alb","listeners":[{"name":"http","port":80,"protocol":"HTTP"},{"name":"https","port":443,"protocol":"HTTPS"}]}}"#;

const APPLICATION: &str = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"@app","namespace":"@ns","uid":"d-@app","labels":{"app":"@app"}},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"@app"}},"template":{"metadata":{"labels":{"app":"@app"}},"spec":{"serviceAccountName":"@app","containers":[{"name":"app","image":"111122223333.dkr.ecr.us-east-1.amazonaws.com/@app:1.0","ports":[{"name":"http","containerPort":8080}],"resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"128Mi"}},"readinessProbe":{"httpGet":{"path":"/ready","port":"http"}},"env":[{"name":"DB_URL","valueFrom":{"secretKeyRef":{"name":"@app-db","key":"url"}}}],"envFrom":[{"configMapRef":{"name":"@app"}}]}]}}}},
{"apiVersion":"v1","kind":"Service","metadata":{"name":"@app","namespace":"@ns","uid":"s-@app"},"spec":{"selector":{"app":"@app"},"ports":[{"name":"http","port":80,"targetPort":"http"}]}},
{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"@app","namespace":"@ns","uid":"b-@app"},"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"@app"}}}},
{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"@app","namespace":"@ns","uid":"h-@app"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"@app"},"minReplicas":3,"maxReplicas":9,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}}]}},
{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"@app","namespace":"@ns","uid":"a-@app"}},
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"@app","namespace":"@ns","uid":"c-@app"},"data":{"LOG_LEVEL":"info"}},
{"apiVersion":"external-secrets.io/v1","kind":"ExternalSecret","metadata":{"name":"@app-db","namespace":"@ns","uid":"e-@app"},"spec":{"secretStoreRef":{"name":"store","kind":"ClusterSecretStore"},"data":[{"secretKey":"url","remoteRef":{"key":"@app"}}]}},
{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"@app","namespace":"@ns","uid":"r-@app"},"spec":{"parentRefs":[{"name":"web","sectionName":"https"}],"rules":[{"backendRefs":[{"name":"@app","port":80}]}]}},
{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"@app","namespace":"@ns","uid":"p-@app"},"spec":{"podSelector":{"matchLabels":{"app":"@app"}},"policyTypes":["Ingress"],"ingress":[{"ports":[{"port":8080}]}]}}"#;

const REPOSITORY: &str = r#"{"name":"@app","uri":"111122223333.dkr.ecr.us-east-1.amazonaws.com/@app","images":[{"digest":"sha256:@app","tags":["1.0"],"critical":0,"high":0,"scannedAt":"2026-11-23T00:00:00Z"}]}"#;
