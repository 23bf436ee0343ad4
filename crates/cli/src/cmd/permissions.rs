//! `seatrial permissions`: what a verb must be allowed to read, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;

use seatrial_aws::permissions::{Place, policy, policy_in_reach};
use seatrial_collect::{Rule, rbac};
use seatrial_model::Need;

use super::selected;
use crate::args::{PermissionsArgs, VerbArg};
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::rules;
use crate::source::{Source, collect};

/// Runs it.
pub fn run(args: &PermissionsArgs) -> Result<Exit, Error> {
    if let Some(account) = args.account.as_deref().filter(|it| it.len() != 12 || !it.bytes().all(|it| it.is_ascii_digit())) {
        return Err(Error::Usage(format!("--account {account}: an account has twelve digits")));
    }
    let needs = match args.verb {
        VerbArg::Check => {
            let config = config::load(args.choice.config.as_deref())?;
            let (checks, own) = selected(&args.choice, &config.rules)?;
            let profile = args.choice.profile.map_or(config.settings()?.profile, Into::into);
            seatrial_check::needs(&checks, profile).into_iter().chain(rules::asked(&own).0).collect()
        }
        VerbArg::Record => Need::ALL.iter().copied().collect(),
    };
    let given = Place { region: args.region.clone(), account: args.account.clone(), cluster: args.cluster_name.clone() };
    let (place, iam) = if args.paths.is_empty() { (given.clone(), policy(&needs, &given)) } else { in_reach(args, &needs, given)? };
    let mut out = String::new();
    let kubernetes = cluster_role(&needs, args.verb);
    let iam = serde_json::to_string_pretty(&iam).unwrap_or_default();
    let length = characters(&iam);
    match (args.iam, args.rbac) {
        (true, false) => out = iam + "\n",
        (false, true) => out = kubernetes,
        // JSON is YAML: the whole is one stream of documents.
        _ => {
            let _ = write!(out, "# IAM policy\n{iam}\n---\n# Kubernetes\n{kubernetes}");
        }
    }
    std::io::stdout().write_all(out.as_bytes()).map_err(Error::Output)?;
    let words: Vec<&str> = [("REGION", &place.region), ("ACCOUNT", &place.account), ("CLUSTER", &place.cluster)]
        .into_iter()
        .filter(|(word, given)| given.is_none() && iam_is_shown(args) && out.contains(word))
        .map(|it| it.0)
        .collect();
    if !words.is_empty() {
        anstream::eprintln!("help: put yours in the place of {}, or say --region, --account and --cluster-name", words.join(", "));
    }
    if iam_is_shown(args) && length > MANAGED_POLICY {
        anstream::eprintln!(
            "help: {length} characters are more than the {MANAGED_POLICY} of a managed policy: split it by statement, or leave the recording out"
        );
    }
    Ok(Exit::Clean)
}

/// So many characters a managed policy holds, blanks not counted. Source: IAM user guide, IAM and AWS STS quotas.
const MANAGED_POLICY: usize = 6144;

fn characters(policy: &str) -> usize {
    policy.chars().filter(|it| !it.is_whitespace()).count()
}

/// The policy for the cluster that a recording knows, which also tells where it is.
fn in_reach(args: &PermissionsArgs, needs: &BTreeSet<Need>, given: Place) -> Result<(Place, serde_json::Value), Error> {
    let source = Source { paths: args.paths.clone(), ..Source::default() };
    let target = config::load(args.choice.config.as_deref())?.settings()?.target;
    let snapshot = collect(&source, target)?.snapshot;
    let arn = snapshot.account.eks_cluster.known().map_or("", |it| it.arn.as_str());
    // arn:aws:eks:REGION:ACCOUNT:cluster/NAME
    let part = |at: usize| arn.splitn(6, ':').nth(at).filter(|it| !it.is_empty()).map(str::to_owned);
    let cluster = part(5).and_then(|it| it.strip_prefix("cluster/").map(str::to_owned));
    let place = Place { region: given.region.or(part(3)), account: given.account.or(part(4)), cluster: given.cluster.or(cluster) };
    if place.region.is_none() || place.account.is_none() || place.cluster.is_none() {
        return Err(Error::Usage(format!("{} does not tell which EKS cluster it is of: say --region, --account and --cluster-name", args.paths.join(", "))));
    }
    let policy = policy_in_reach(needs, &place, &snapshot);
    Ok((place, policy))
}

fn iam_is_shown(args: &PermissionsArgs) -> bool {
    args.iam || !args.rbac
}

/// The ClusterRole, as YAML. Lists that only tell what of the AWS account to look at are among its resources.
fn cluster_role(needs: &BTreeSet<Need>, verb: VerbArg) -> String {
    let mut resources: BTreeMap<(Vec<&str>, Vec<&str>), BTreeSet<&str>> = BTreeMap::new();
    let mut urls: BTreeMap<Vec<&str>, BTreeSet<&str>> = BTreeMap::new();
    for Rule { api_groups, resources: names, non_resource_urls, verbs } in needs.iter().copied().flat_map(rbac) {
        if !names.is_empty() {
            resources.entry((api_groups, verbs.clone())).or_default().extend(names);
        }
        if !non_resource_urls.is_empty() {
            urls.entry(verbs).or_default().extend(non_resource_urls);
        }
    }
    let name = verb.word();
    let mut out = format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: seatrial-{name}\nrules:\n");
    for ((groups, verbs), names) in resources {
        let _ = writeln!(out, "- apiGroups: {}\n  resources: {}\n  verbs: {}", list(groups), list(names), list(verbs));
    }
    for (verbs, urls) in urls {
        let _ = writeln!(out, "- nonResourceURLs: {}\n  verbs: {}", list(urls), list(verbs));
    }
    out
}

fn list<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = all.into_iter().map(|it| format!("\"{it}\"")).collect();
    format!("[{}]", quoted.join(", "))
}
