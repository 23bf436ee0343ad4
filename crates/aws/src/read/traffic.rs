//! Load balancers of the cluster, what they listen on, and certificates.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join, try_join_all};
use seatrial_model::Labels;
use seatrial_model::account::{Certificate, LbListener, LoadBalancer};
use serde_json::{Value, json};

use super::eks::{absent, present};
use crate::calls::{acm, elbv2 as calls};
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::{Reader, members};
use crate::scope;
use crate::tree::Tree;

/// `DescribeTags` takes no more at once.
const MOST_TAGGED: usize = 20;

/// Those that Ingresses and Services name as theirs, and those that a controller tagged as the cluster's.
pub async fn load_balancers(r: &Reader<'_>) -> Result<Vec<LoadBalancer>, Failure> {
    let list = r.client.list(&calls::DESCRIBE_LOAD_BALANCERS, Members::new()).await?;
    let arns: Vec<&str> = list.iter().filter_map(|it| it["LoadBalancerArn"].as_str()).collect();
    let tags = tags(r, &arns).await?;
    let hosts = scope::balancer_hosts(r.cluster);
    let name = r.name().await?;
    let mine = list.iter().map(Tree).filter(|it| {
        // Addresses of internal ones are shown with a prefix in some statuses.
        let host = it.str("DNSName").unwrap_or_default().to_ascii_lowercase();
        let by_host = hosts.contains(&host) || hosts.contains(&format!("dualstack.{host}"));
        by_host || it.str("LoadBalancerArn").and_then(|it| tags.get(it)).is_some_and(|tags| is_of(tags, name))
    });
    let answers = mine.map(|it| async move {
        let arn = it.str("LoadBalancerArn").unwrap_or_default();
        let (listeners, health) = try_join(listeners(r, arn), health(r, arn)).await?;
        Ok((it, listeners, health))
    });
    let found = try_join_all(answers.map(absent)).await?;
    let mut found: Vec<LoadBalancer> = present(found)
        .into_iter()
        .map(|(it, listeners, health)| {
            let tags = it.str("LoadBalancerArn").and_then(|it| tags.get(it)).cloned().unwrap_or_default();
            LoadBalancer {
                name: it.word("LoadBalancerName"),
                arn: it.word("LoadBalancerArn"),
                dns_name: it.word("DNSName"),
                kind: it.word("Type"),
                scheme: it.word("Scheme"),
                zones: it.list("AvailabilityZones").filter_map(|it| it.text("ZoneName")).collect(),
                listeners,
                tags,
                unhealthy_targets: Some(health.1),
                healthy_targets: Some(health.0),
                address_ids: it.list("AvailabilityZones").flat_map(|it| it.list("LoadBalancerAddresses")).filter_map(|it| it.text("AllocationId")).collect(),
            }
        })
        .collect();
    found.sort_by(|a, b| a.arn.cmp(&b.arn));
    Ok(found)
}

/// Tags of AWS Load Balancer Controller and of the older one in the cloud provider.
fn is_of(tags: &Labels, cluster: &str) -> bool {
    tags.get("elbv2.k8s.aws/cluster") == Some(&cluster.into()) || tags.contains(&format!("kubernetes.io/cluster/{cluster}"))
}

async fn tags(r: &Reader<'_>, arns: &[&str]) -> Result<BTreeMap<String, Labels>, Failure> {
    let all = try_join_all(arns.chunks(MOST_TAGGED).map(|some| tags_of(r, some))).await?;
    Ok(all.iter().flatten().map(Tree).filter_map(|it| Some((it.str("ResourceArn")?.to_owned(), it.labels("Tags")))).collect())
}

/// One that was deleted since it was listed fails the call for all: then each is asked for alone.
async fn tags_of(r: &Reader<'_>, arns: &[&str]) -> Result<Vec<Value>, Failure> {
    let ask = |some: &[&str]| absent(r.client.list(&calls::DESCRIBE_TAGS, [("ResourceArns".to_owned(), json!(some))].into_iter().collect()));
    match ask(arns).await? {
        Some(it) => Ok(it),
        None if arns.len() < 2 => Ok(Vec::new()),
        None => Ok(present(try_join_all(arns.iter().map(|it| ask(&[it]))).await?).into_iter().flatten().collect()),
    }
}

async fn listeners(r: &Reader<'_>, balancer: &str) -> Result<Vec<LbListener>, Failure> {
    let list = r.client.list(&calls::DESCRIBE_LISTENERS, members(&[("LoadBalancerArn", balancer)])).await?;
    let answers = list.iter().map(|it| async move {
        let it = Tree(it);
        // Rules may serve what the default action redirects, and the other way round.
        let rules = if it.str("Protocol") == Some("HTTP") {
            r.client.list(&calls::DESCRIBE_RULES, members(&[("ListenerArn", it.str("ListenerArn").unwrap_or_default())])).await?
        } else {
            Vec::new()
        };
        Ok(listener(it, &rules))
    });
    let mut found = try_join_all(answers).await?;
    found.sort_by_key(|it| it.port);
    Ok(found)
}

fn listener(it: Tree<'_>, rules: &[Value]) -> LbListener {
    let protocol = it.word("Protocol");
    let actions: Vec<Tree<'_>> = it.list("DefaultActions").chain(rules.iter().flat_map(|it| Tree(it).list("Actions"))).collect();
    let redirects = |it: &Tree<'_>| it.str("Type") == Some("redirect") && it.str("RedirectConfig.Protocol") == Some("HTTPS");
    // A fixed response serves nothing: the controller's answer to what no rule takes.
    let harmless = |it: &Tree<'_>| redirects(it) || it.str("Type") == Some("fixed-response");
    let is_tls = matches!(protocol.as_str(), "HTTPS" | "TLS");
    LbListener {
        port: it.int("Port").unwrap_or(0),
        // An emulator names a policy on plain listeners as well.
        ssl_policy: it.text("SslPolicy").filter(|_| is_tls),
        certificate_arns: it.list("Certificates").filter_map(|it| it.text("CertificateArn")).collect(),
        redirects_to_https: protocol == "HTTP" && actions.iter().any(redirects) && actions.iter().all(harmless),
        protocol,
    }
}

/// How many targets are healthy, and how many are not.
async fn health(r: &Reader<'_>, balancer: &str) -> Result<(i64, i64), Failure> {
    let groups = r.client.list(&calls::DESCRIBE_TARGET_GROUPS, members(&[("LoadBalancerArn", balancer)])).await?;
    let arns: Vec<&str> = groups.iter().filter_map(|it| it["TargetGroupArn"].as_str()).collect();
    let answers = arns.iter().map(|arn| absent(r.client.list(&calls::DESCRIBE_TARGET_HEALTH, members(&[("TargetGroupArn", arn)]))));
    let all = present(try_join_all(answers).await?);
    let count = |states: &[&str]| all.iter().flatten().filter(|it| Tree(it).str("TargetHealth.State").is_some_and(|it| states.contains(&it))).count();
    Ok((i64::try_from(count(&["healthy"])).unwrap_or(0), i64::try_from(count(&["unhealthy", "unhealthy.draining"])).unwrap_or(0)))
}

/// Every certificate of the region: Ingresses find theirs by host name.
pub async fn certificates(r: &Reader<'_>) -> Result<Vec<Certificate>, Failure> {
    // Without this, only those with RSA keys of 1024 and 2048 bits are listed.
    let all = json!({"keyTypes": ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]});
    let list = r.client.list(&acm::LIST_CERTIFICATES, [("Includes".to_owned(), all)].into_iter().collect()).await?;
    let arns: BTreeSet<&str> = list.iter().filter_map(|it| it["CertificateArn"].as_str()).collect();
    let answers = arns.iter().map(|arn| absent(r.client.call(&acm::DESCRIBE_CERTIFICATE, members(&[("CertificateArn", arn)]))));
    let found = present(try_join_all(answers).await?);
    Ok(found.iter().map(|it| certificate(Tree(it).at("Certificate"))).collect())
}

fn certificate(it: Tree<'_>) -> Certificate {
    Certificate {
        arn: it.word("CertificateArn"),
        domain: it.word("DomainName"),
        status: it.word("Status"),
        not_after: it.time("NotAfter"),
        renewal_eligible: it.str("RenewalEligibility").map(|it| it == "ELIGIBLE"),
    }
}
