//! Reading an account gives its facts back, in one page or many, and asks for nothing that the cluster does not refer to.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use seatrial_aws::{Options, calls, collect, collect_at, permissions};
use seatrial_aws_fake::{Faults, World};
use seatrial_model::account::{Address, NatGateway, PolicyCondition};
use seatrial_model::{Account, Known, Need};
use serde_json::{Value, json};

use super::support::{fake, gaps, golden, judge, known, needs, options, read};

fn compared(account: &Account) -> Value {
    serde_json::to_value(account).expect("an account is JSON")
}

fn differences(ours: &Account, theirs: &Account) -> Vec<String> {
    let (ours, theirs) = (compared(ours), compared(theirs));
    let sorted = |it: &Value| {
        let mut all: Vec<String> = it.as_array().map_or_else(|| vec![it.to_string()], |all| all.iter().map(ToString::to_string).collect());
        all.sort();
        all
    };
    let fields = theirs.as_object().expect("fields").iter().filter(|it| !["deprecatedCalls", "volumeUsage"].contains(&it.0.as_str()));
    fields
        .filter(|(name, it)| sorted(&ours[name.as_str()]) != sorted(it))
        .map(|(name, it)| format!("{name}:\n  read {}\n  not  {it}", ours[name.as_str()]))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_gives_the_facts_back() {
    let snapshot = golden();
    let fake = fake(World::of(&snapshot.account), Faults::default()).await;
    for page in [None, Some(1), Some(2)] {
        fake.set(Faults { page, ..Faults::default() });
        let account = read(&fake, &snapshot.cluster, &needs()).await;
        assert_eq!(fake.strange(), Vec::<String>::new());
        assert_eq!(gaps(&account, &needs()), []);
        let wrong = differences(&account, &snapshot.account);
        assert!(wrong.is_empty(), "pages of {page:?}: {}", wrong.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_that_an_account_decides_is_assessed() {
    let snapshot = golden();
    let fake = fake(World::of(&snapshot.account), Faults::default()).await;
    let account = read(&fake, &snapshot.cluster, &needs()).await;
    let report = judge(&snapshot, account);
    let unknown: Vec<_> = report.coverage.checks.unknown.iter().filter(|it| !it.reason.contains("live cluster")).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert_eq!(report.rows, judge(&snapshot, snapshot.account.clone()).rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_needed_is_asked() {
    let snapshot = golden();
    let fake = fake(World::of(&snapshot.account), Faults::default()).await;
    for need in needs() {
        fake.set(Faults::default());
        let told = AtomicUsize::new(0);
        let account = collect_at(&fake.url(), &options(), &snapshot.cluster, &BTreeSet::from([need]), &|_, _| {
            told.fetch_add(1, Ordering::Relaxed);
        })
        .await;
        assert_eq!((account.gap(need), told.into_inner()), (None, 1), "{need:?}");
        let allowed: BTreeSet<String> = permissions::calls_of(need).iter().map(|it| it.action()).collect();
        let asked: BTreeSet<String> = fake.seen().into_iter().map(|it| it.action).filter(|it| it != "sts:GetCallerIdentity").collect();
        assert!(asked.is_subset(&allowed), "{need:?} asks {asked:?}, and may {allowed:?}");
        let others: Vec<Need> = needs().into_iter().filter(|it| *it != need && account.gap(*it).is_none()).collect();
        assert_eq!(others, [], "{need:?} reads more");
    }
    fake.set(Faults::default());
    let account = collect_at(&fake.url(), &options(), &snapshot.cluster, &BTreeSet::from([Need::Pods]), &|_, _| {}).await;
    assert!(fake.seen().is_empty() && account.eks_cluster.known().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_cluster_refers_to_is_kept() {
    let mut snapshot = golden();
    let world = World::of(&snapshot.account);
    snapshot.cluster.persistent_volumes.truncate(1);
    snapshot.cluster.external_secrets.clear();
    let fake = fake(world, Faults::default()).await;
    let account = read(&fake, &snapshot.cluster, &needs()).await;
    assert_eq!((known(&account.volumes).len(), known(&account.secrets).len()), (1, 0));
    assert!(!fake.seen().iter().any(|it| it.action.starts_with("secretsmanager:")));
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_of_trust_come_back_and_what_two_parties_agreed_on_stays_away() {
    let mut snapshot = golden();
    let condition = |operator: &str, key: &str, values: &[&str]| PolicyCondition {
        operator: operator.into(),
        key: key.into(),
        values: values.iter().map(|it| (*it).into()).collect(),
    };
    let Known::Yes(roles) = &mut snapshot.account.roles else { panic!("golden") };
    let trust = &mut roles[0].trust[0];
    trust.principals = vec!["arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC".into()];
    trust.conditioned = true;
    trust.conditions = vec![
        condition("ForAnyValue:StringLike", "o:sub", &["system:serviceaccount:shop:*", "system:serviceaccount:pay:*"]),
        condition("StringEquals", "sts:ExternalId", &["agreed"]),
    ];
    let fake = fake(World::of(&snapshot.account), Faults::default()).await;
    let account = read(&fake, &snapshot.cluster, &BTreeSet::from([Need::AwsRoles])).await;
    let Known::Yes(roles) = &mut snapshot.account.roles else { panic!("golden") };
    roles[0].trust[0].conditions[1].values.clear();
    let mut wanted = roles.clone();
    wanted.sort_by(|a, b| a.arn.cmp(&b.arn));
    assert_eq!(known(&account.roles), &wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_the_clusters_and_say_what_uses_them() {
    let mut snapshot = golden();
    let address = |id: &str, used_by: Option<&str>, tag: Option<(&str, &str)>| Address {
        id: id.into(),
        public_ip: "198.51.100.1".into(),
        used_by: used_by.map(Into::into),
        tags: tag.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
        ..Address::default()
    };
    let Known::Yes(balancers) = &mut snapshot.account.load_balancers else { panic!("golden") };
    balancers[0].address_ids = vec!["eipalloc-lb".into()];
    let mine = vec![
        address("eipalloc-a", Some("nat-a"), None),
        address("eipalloc-lb", Some("k8s-shop"), None),
        address("eipalloc-named", None, None),
        address("eipalloc-node", Some("i-0dd5121f61bbdba17"), None),
        address("eipalloc-tagged", None, Some(("kubernetes.io/cluster/shop-prod", "owned"))),
    ];
    let Known::Yes(gateways) = &mut snapshot.account.nat_gateways else { panic!("golden") };
    let (state, address_ids) = ("deleted".into(), vec!["eipalloc-left".into()]);
    gateways.push(NatGateway { id: "nat-gone".into(), state, address_ids, ..NatGateway::default() });
    let left = address("eipalloc-left", None, None);
    let others = [left, address("eipalloc-other", None, Some(("kubernetes.io/cluster/other", "owned"))), address("eipalloc-vm", Some("i-1"), None)];
    snapshot.account.addresses = Known::Yes(mine.iter().cloned().chain(others).collect());
    let service = snapshot.cluster.services.first_mut().expect("a Service");
    service.meta.annotations.insert("service.beta.kubernetes.io/aws-load-balancer-eip-allocations".into(), "eipalloc-x, eipalloc-named".into());
    let fake = fake(World::of(&snapshot.account), Faults::default()).await;
    let account = read(&fake, &snapshot.cluster, &BTreeSet::from([Need::AwsAddresses])).await;
    assert_eq!(known(&account.addresses), &mine);
    let report = judge(&snapshot, account);
    let idle: Vec<&str> = report.findings.iter().filter(|it| it.check == "elastic-ip-idle").map(|it| it.message.as_str()).collect();
    assert_eq!(idle.len(), 2, "{idle:?}");
    assert!(idle.iter().any(|it| it.contains("names it, but no load balancer uses it")), "{idle:?}");
}

/// Every answer of the fake has only members that AWS' own models know, and of their types.
#[tokio::test]
async fn answers_of_the_fake_are_shaped_like_those_of_aws() {
    if super::botocore::data().is_none() {
        return;
    }
    let world = World::of(&golden().account);
    let mut wrong = BTreeSet::new();
    for entry in world.entries() {
        let call = calls::all().find(|it| it.action() == entry.action).expect("declared");
        let model = super::botocore::Model::of(call.service).expect("a model");
        shape_faults(&model, model.output(call), &entry.answer, &entry.action, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn shape_faults(model: &super::botocore::Model, shape: &Value, value: &Value, at: &str, wrong: &mut BTreeSet<String>) {
    let fits = match shape["type"].as_str().unwrap_or_default() {
        "structure" => value.is_object(),
        "list" => value.is_array(),
        "map" => value.is_object(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" | "long" => value.is_i64(),
        "timestamp" => value.is_i64() || value.as_str().is_some_and(|it| it.parse::<jiff::Timestamp>().is_ok()),
        _ => value.is_number(),
    };
    if !fits {
        wrong.insert(format!("{at}: {value} is no {}", shape["type"]));
        return;
    }
    match shape["type"].as_str() {
        Some("structure") => {
            for (key, value) in value.as_object().expect("fits") {
                let member = shape["members"].as_object().and_then(|all| all.iter().find(|(name, it)| super::botocore::read_name(name, it) == key));
                match member {
                    Some((_, it)) => shape_faults(model, model.shape(&it["shape"]), value, &format!("{at}.{key}"), wrong),
                    None => {
                        wrong.insert(format!("{at}.{key} does not exist"));
                    }
                }
            }
        }
        Some("list") => value.as_array().expect("fits").iter().for_each(|it| shape_faults(model, model.shape(&shape["member"]["shape"]), it, at, wrong)),
        _ => {}
    }
}

/// Run by the next test in a process of its own, with its own environment.
#[tokio::test]
async fn child_reads_with_its_environment() {
    let Ok(profile) = std::env::var("SEATRIAL_TEST_PROFILE") else { return };
    let options = Options { profile: Some(profile), region: None, cluster_name: Some("shop-prod".to_owned()) };
    let account = collect(&options, &golden().cluster, &BTreeSet::from([Need::AwsAddons, Need::AwsDashboards]), &|_, _| {}).await;
    println!("CHILD {}", json!({"addons": account.addons.known().map(Vec::len), "dashboards": account.dashboards, "gap": account.gap(Need::AwsAddons)}));
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_regions_and_addresses_come_from_the_environment() {
    let (first, second) = (fake(World::of(&golden().account), Faults::default()).await, fake(World::default(), Faults::default()).await);
    let folder = std::env::temp_dir().join(format!("seatrial-aws-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let config = format!(
        "[profile sea]\nregion = eu-west-1\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\nservices = mine\nendpoint_url = {}\n\
         [services mine]\ncloudwatch =\n  endpoint_url = {}\n[profile bare]\nregion = eu-west-1\n",
        first.url(),
        second.url()
    );
    let file = folder.join("config");
    std::fs::write(&file, config).expect("a file");
    let child = |profile: &str, env: &[(&str, &str)]| {
        let mut command = std::process::Command::new(std::env::current_exe().expect("this test"));
        command.args(["facts::child_reads_with_its_environment", "--exact", "--nocapture", "--test-threads=1"]);
        command.env_clear().envs(env.iter().copied()).env("SEATRIAL_TEST_PROFILE", profile).env("AWS_CONFIG_FILE", &file);
        command.env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none")).env("AWS_EC2_METADATA_DISABLED", "true");
        let output = command.output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find_map(|it| it.split_once("CHILD ")).unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr))).1;
        serde_json::from_str::<Value>(line).expect("JSON")
    };
    let by_profile = child("sea", &[]);
    assert_eq!((&by_profile["addons"], &by_profile["dashboards"]), (&json!(7), &json!({"yes": []})), "{by_profile}");
    let by_variable = child("sea", &[("AWS_ENDPOINT_URL_EKS", &second.url())]);
    assert!(by_variable["gap"]["why"].as_str().is_none(), "an empty account has an empty list: {by_variable}");
    assert_eq!(by_variable["addons"], json!(0));
    let bare = child("bare", &[("AWS_ENDPOINT_URL", &first.url())]);
    assert!(bare["gap"]["why"].as_str().is_some_and(|it| it.contains("credentials")), "{bare}");
    std::fs::remove_dir_all(&folder).expect("it was made here");
}
