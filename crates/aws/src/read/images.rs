//! Repositories of the images in use, their scans, and the registry's settings.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join_all, try_join3};
use seatrial_model::Text;
use seatrial_model::account::{Image, Repository};
use serde_json::{Value, json};

use super::eks::{absent, present};
use crate::calls::ecr as calls;
use crate::failure::Failure;
use crate::protocol::Members;
use crate::reader::Reader;
use crate::scope::{self, Reference};
use crate::tree::Tree;

/// `DescribeImages` takes no more at once.
const MOST_IMAGES: usize = 100;

/// Repositories of this account that images in use come from. Those of other accounts answer their owner alone.
pub async fn repositories(r: &Reader<'_>) -> Result<Vec<Repository>, Failure> {
    let account = r.client.account().await?;
    let mut wanted: BTreeMap<String, BTreeMap<String, BTreeSet<Reference>>> = BTreeMap::new();
    for it in scope::images(r.cluster).into_iter().filter(|it| it.account == account) {
        wanted.entry(it.region).or_default().entry(it.repository).or_default().insert(it.reference);
    }
    let regions = wanted.iter().map(|(region, repositories)| async move {
        let scanning = Scanning::of(&r.client.call_in(region, &calls::GET_REGISTRY_SCANNING_CONFIGURATION, Members::new()).await?);
        let answers = repositories.iter().map(|(name, references)| absent(repository(r, region, name, references, &scanning)));
        try_join_all(answers).await
    });
    let mut found: Vec<Repository> = present(try_join_all(regions).await?.into_iter().flatten().collect());
    found.sort_by(|a, b| a.uri.cmp(&b.uri));
    Ok(found)
}

async fn repository(r: &Reader<'_>, region: &str, name: &str, references: &BTreeSet<Reference>, scanning: &Scanning) -> Result<Repository, Failure> {
    let named = |key: &str, value: Value| Members::from_iter([(key.to_owned(), value)]);
    let answers = try_join3(
        r.client.call_in(region, &calls::DESCRIBE_REPOSITORIES, named("repositoryNames", json!([name]))),
        absent(r.client.call_in(region, &calls::GET_LIFECYCLE_POLICY, named("repositoryName", name.into()))),
        images(r, region, name, references),
    );
    let (answer, lifecycle, images) = answers.await?;
    let Some(it) = Tree(&answer).list("repositories").next() else {
        return Err(Failure::undecodable(&calls::DESCRIBE_REPOSITORIES, format!("it has not the repository {name} that was asked for")));
    };
    Ok(Repository {
        name: it.word("repositoryName"),
        uri: it.word("repositoryUri"),
        scan_on_push: it.flag("imageScanningConfiguration.scanOnPush").unwrap_or(false) || scanning.covers(name),
        tag_mutability: it.word("imageTagMutability"),
        has_lifecycle_policy: Some(lifecycle.is_some()),
        images,
    })
}

/// What the registry scans whatever a repository says of itself.
struct Scanning(Vec<String>);

impl Scanning {
    fn of(answer: &Value) -> Self {
        let rules = Tree(answer).list("scanningConfiguration.rules").filter(|it| it.str("scanFrequency").is_some_and(|it| it != "MANUAL"));
        Self(rules.flat_map(|it| it.list("repositoryFilters")).filter_map(|it| it.str("filter")).map(str::to_owned).collect())
    }

    fn covers(&self, repository: &str) -> bool {
        self.0.iter().any(|it| wildcard(it, repository))
    }
}

/// `*` stands for any characters.
///
/// Source: Amazon ECR user guide, filters to choose which repositories are scanned.
fn wildcard(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let Some((middle, last)) = rest.rsplit_once('*') else { return text.ends_with(rest) };
    for part in middle.split('*') {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

async fn images(r: &Reader<'_>, region: &str, name: &str, references: &BTreeSet<Reference>) -> Result<Vec<Image>, Failure> {
    let ids: Vec<Value> = references
        .iter()
        .map(|it| match it {
            Reference::Digest(digest) => json!({"imageDigest": digest}),
            Reference::Tag(tag) => json!({"imageTag": tag}),
        })
        .collect();
    let calls = ids.chunks(MOST_IMAGES).map(|some| found(r, region, name, some));
    let details = try_join_all(calls).await?;
    let answers = details.iter().flatten().map(|it| image(r, region, name, Tree(it)));
    let mut found = try_join_all(answers).await?;
    found.sort_by(|a, b| a.digest.cmp(&b.digest));
    found.dedup_by(|a, b| a.digest == b.digest);
    Ok(found)
}

/// One image that is gone makes ECR refuse the whole question; then each is asked for alone.
async fn found(r: &Reader<'_>, region: &str, name: &str, ids: &[Value]) -> Result<Vec<Value>, Failure> {
    let ask = |ids: Value| {
        let asked = Members::from_iter([("repositoryName".to_owned(), name.into()), ("imageIds".to_owned(), ids)]);
        async move {
            let answer = r.client.call_in(region, &calls::DESCRIBE_IMAGES, asked).await?;
            Ok::<_, Failure>(answer["imageDetails"].as_array().cloned().unwrap_or_default())
        }
    };
    match ask(json!(ids)).await {
        Err(failure) if failure.is_missing() && ids.len() > 1 => {
            let each = try_join_all(ids.iter().map(|it| absent(ask(json!([it]))))).await?;
            Ok(present(each).into_iter().flatten().collect())
        }
        Err(failure) if failure.is_missing() => Ok(Vec::new()),
        other => other,
    }
}

async fn image(r: &Reader<'_>, region: &str, name: &str, it: Tree<'_>) -> Result<Image, Failure> {
    let digest = it.word("imageDigest");
    let mut tags = it.texts("imageTags");
    tags.sort();
    let summary = it.at("imageScanFindingsSummary");
    // Summaries of enhanced scans stand elsewhere.
    let asked = if summary.0.is_object() {
        None
    } else {
        let asked = json!({"repositoryName": name, "imageId": {"imageDigest": digest.as_str()}, "maxResults": 1});
        let members = asked.as_object().cloned().unwrap_or_default();
        absent(r.client.call_in(region, &calls::DESCRIBE_IMAGE_SCAN_FINDINGS, members)).await?
    };
    let scan = asked.as_ref().map_or(summary, |it| Tree(it).at("imageScanFindings"));
    let counts = scan.at("findingSeverityCounts");
    // A finished scan that counts no finding of a severity has found none.
    let is_scanned = scan.0.is_object() && (counts.0.is_object() || scan.time("imageScanCompletedAt").is_some());
    let count = |severity: &str| is_scanned.then(|| counts.int(severity).unwrap_or(0));
    Ok(Image {
        digest,
        tags,
        pushed_at: it.time("imagePushedAt"),
        critical: count("CRITICAL"),
        high: count("HIGH"),
        scanned_at: scan.time("imageScanCompletedAt"),
    })
}

/// Regions that the registry copies images to.
pub async fn replication(r: &Reader<'_>) -> Result<Vec<Text>, Failure> {
    let answer = r.client.call(&calls::DESCRIBE_REGISTRY, Members::new()).await?;
    let destinations = Tree(&answer).list("replicationConfiguration.rules").flat_map(|it| it.list("destinations"));
    let regions: BTreeSet<Text> = destinations.filter_map(|it| it.text("region")).filter(|it| it.as_str() != r.client.region()).collect();
    Ok(regions.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_the_registry_cover_as_ecr_says() {
        for (pattern, text, expected) in [
            ("*", "team/app", true),
            ("team/*", "team/app", true),
            ("team/*", "other/app", false),
            ("team", "team/app", false),
            ("team/app", "team/app", true),
            ("*app", "team/app", true),
            ("*app", "team/apps", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXcYb", false),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(wildcard(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
