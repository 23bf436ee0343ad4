//! Whatever goes wrong is retried to success or leaves a gap that says so: never an empty list, never a crash.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use seatrial_aws::{calls, permissions};
use seatrial_aws_fake::{Faults, World};
use seatrial_model::Need;
use serde_json::json;

use super::support::{fake, gaps, golden, needs, read};

/// Facts that take the action.
fn users_of(action: &str) -> BTreeSet<Need> {
    needs().into_iter().filter(|need| permissions::calls_of(*need).iter().any(|it| it.action() == action)).collect()
}

/// Actions that the golden account makes the reader take.
async fn actions(world: &World) -> BTreeSet<String> {
    let snapshot = golden();
    let fake = fake(world.clone(), Faults::default()).await;
    read(&fake, &snapshot.cluster, &needs()).await;
    fake.seen().into_iter().map(|it| it.action).filter(|it| it != "sts:GetCallerIdentity").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_retried() {
    let snapshot = golden();
    let world = World::of(&snapshot.account);
    let every: BTreeMap<String, u32> = actions(&world).await.into_iter().map(|it| (it, 1)).collect();
    let fake = fake(world, Faults::default()).await;
    let passing = [
        Faults { throttle: every.clone(), ..Faults::default() },
        Faults { fail: every.clone(), ..Faults::default() },
        Faults { cut: every.clone(), ..Faults::default() },
    ];
    for faults in passing {
        fake.set(faults.clone());
        let account = read(&fake, &snapshot.cluster, &needs()).await;
        assert_eq!(gaps(&account, &needs()), [], "{faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_is_a_gap_in_every_fact_that_needs_it_and_no_other() {
    let snapshot = golden();
    let world = World::of(&snapshot.account);
    let all = actions(&world).await;
    assert!(all.len() > 45, "{all:?}");
    let fake = fake(world, Faults::default()).await;
    for (turn, action) in all.into_iter().enumerate() {
        let only = || BTreeSet::from([action.clone()]);
        // The others are tried several times before they count: one of them for each action, in turn.
        let tried = match turn % 3 {
            0 => Faults { html: only(), ..Faults::default() },
            1 => Faults { empty_refusal: only(), ..Faults::default() },
            _ => Faults { empty: only(), ..Faults::default() },
        };
        for (at, faults) in [Faults { deny: only(), ..Faults::default() }, tried].into_iter().enumerate() {
            fake.set(faults);
            let account = read(&fake, &snapshot.cluster, &needs()).await;
            let found: BTreeSet<Need> = gaps(&account, &needs()).into_iter().map(|it| it.0).collect();
            assert_eq!(found, users_of(&action), "{action}, fault {at}");
            if at == 0 {
                for (need, gap) in gaps(&account, &needs()) {
                    assert!(gap.why.contains(&action) && gap.remedy.contains(&format!("\"Action\":\"{action}\"")), "{need:?}: {gap:?}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_ended_are_told_once_for_all() {
    let snapshot = golden();
    let fake = fake(World::of(&snapshot.account), Faults { credentials: Some("ExpiredTokenException"), ..Faults::default() }).await;
    let account = read(&fake, &snapshot.cluster, &needs()).await;
    assert_eq!(gaps(&account, &needs()).len(), needs().len());
    assert!(gaps(&account, &needs()).iter().all(|it| it.1.why.contains("expired") && it.1.remedy.contains("aws sso login")));
    assert_eq!(fake.seen().len(), 1, "the first refusal is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_there_is_a_gap_soon() {
    let snapshot = golden();
    let url = {
        let gone = fake(World::default(), Faults::default()).await;
        gone.url()
    };
    let began = Instant::now();
    let wanted = BTreeSet::from([Need::AwsEksCluster, Need::AwsAlarms]);
    let account = seatrial_aws::collect_at(&url, &super::support::options(), &snapshot.cluster, &wanted, &|_, _| {}).await;
    assert_eq!(gaps(&account, &wanted).len(), 2);
    assert!(gaps(&account, &wanted).iter().all(|it| it.1.why.contains("no answer from http://127.0.0.1")), "{account:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_are_waited_for_side_by_side() {
    let snapshot = golden();
    let world = World::of(&snapshot.account);
    let slow = actions(&world).await.into_iter().map(|it| (it, Duration::from_millis(100))).collect();
    let fake = fake(world, Faults { slow, ..Faults::default() }).await;
    let began = Instant::now();
    let account = read(&fake, &snapshot.cluster, &needs()).await;
    let (calls, took) = (fake.seen().len(), began.elapsed());
    assert_eq!(gaps(&account, &needs()), []);
    assert!(took < Duration::from_millis(100) * u32::try_from(calls).unwrap_or(u32::MAX) / 3, "{calls} calls took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_balancer_that_vanishes_does_not_take_the_tags_of_the_others() {
    let snapshot = golden();
    let balancers = snapshot.account.load_balancers.known().expect("load balancers");
    let gone = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/gone/1";
    let mut world = World::of(&snapshot.account);
    world.forget("elasticloadbalancing:DescribeLoadBalancers").forget("elasticloadbalancing:DescribeTags");
    let mut list = vec![json!({"LoadBalancerArn": gone, "DNSName": "gone.elb.amazonaws.com", "LoadBalancerName": "gone"})];
    for it in balancers {
        let zones: Vec<_> = it.zones.iter().map(|it| json!({"ZoneName": it})).collect();
        list.push(json!({
            "LoadBalancerArn": it.arn, "DNSName": it.dns_name, "LoadBalancerName": it.name, "Scheme": it.scheme, "Type": it.kind, "AvailabilityZones": zones,
        }));
        let tags: Vec<_> = it.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        let described = json!({"TagDescriptions": [{"ResourceArn": it.arn, "Tags": tags}]});
        world.add("elasticloadbalancing:DescribeTags", json!({"ResourceArns": [it.arn]}), described);
    }
    world.add("elasticloadbalancing:DescribeLoadBalancers", json!({}), json!({"LoadBalancers": list}));
    let fake = fake(world, Faults::default()).await;
    let account = read(&fake, &snapshot.cluster, &BTreeSet::from([Need::AwsLoadBalancers])).await;
    assert_eq!(account.load_balancers.known(), Some(balancers));
}

#[test]
fn every_declared_call_serves_a_fact() {
    let used: BTreeSet<String> = needs().into_iter().flat_map(permissions::calls_of).map(|it| it.action()).collect();
    let idle: Vec<String> = calls::all().map(|it| it.action()).filter(|it| !used.contains(it) && it != "sts:GetCallerIdentity").collect();
    assert_eq!(idle, Vec::<String>::new());
}
