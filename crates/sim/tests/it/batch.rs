//! Work that comes and goes: DaemonSets, Jobs, CronJobs, autoscalers, admission, and how StatefulSets roll.

use std::sync::Arc;

use seatrial_model::Schedule;
use seatrial_model::kinds::scaling::{ScalingPolicy, ScalingRules};
use seatrial_sim::controllers::cron_job::{Concurrency, Turn, missed, turn};
use seatrial_sim::controllers::latencies::{ALL, Latencies};
use seatrial_sim::controllers::quota::Quota;
use seatrial_sim::controllers::rehearsal::{Autoscaler, AutoscalerSpec, CronPlan, JobPlan, Rehearsal, Scaled, SetPolicy};
use serde_json::json;

use crate::town::{REST, deployment, find, first, labels, node, set, settle, spec, times, town, until};

const MINUTE: i64 = 60_000;

#[test]
fn a_daemon_set_runs_on_new_nodes_and_on_cordoned_ones_but_not_past_taints() {
    let mut town = town(&["a"], 2, "4");
    let set = set(&mut town, "DaemonSet", "agent", 0, spec("100m", json!({})));
    settle(&mut town);
    assert_eq!(town.available(set), 2);
    let cordoned = find(&town, "a0");
    town.cordon(cordoned, true);
    let mut tainted = node("a2", "a", "4");
    tainted.taints = serde_json::from_value(json!([{"key": "gpu", "value": "x", "effect": "NoSchedule"}])).expect("taints");
    town.state.add_node(tainted);
    town.state.add_node(node("a3", "a", "4"));
    town.touch();
    until(&mut town, 30_000);
    assert_eq!((town.available(set), town.sets[set].desired), (3, 3));
    assert!(town.state.pods_on(find(&town, "a2")).is_empty());
}

#[test]
fn a_job_runs_its_pods_in_turns_and_ends() {
    let mut town = town(&["a"], 1, "4");
    settle(&mut town);
    let set = set(&mut town, "Job", "load", 2, spec("1", json!({})));
    town.jobs.insert(set, JobPlan { parallelism: 2, completions: Some(5), run: Some(10_000), started: REST, ..JobPlan::default() });
    until(&mut town, 120_000);
    assert_eq!(town.jobs[&set].succeeded, 5);
    // Two, two and one; each starts in two seconds and runs for ten.
    let end = times(&town, "JobComplete", "load")[0];
    assert!((36_000..37_000).contains(&end), "{end}");
    assert_eq!(town.state.usage(find(&town, "a0")).placed, 0);
}

#[test]
fn a_job_that_loses_its_pod_waits_longer_each_time() {
    let mut town = town(&["a"], 1, "4");
    settle(&mut town);
    let set = set(&mut town, "Job", "load", 1, spec("1", json!({})));
    town.jobs.insert(set, JobPlan { backoff_limit: 2, run: Some(3_600_000), started: REST, ..JobPlan::default() });
    for round in 1..5 {
        until(&mut town, round * 100_000);
        if let Some(pod) = town.lives.iter().find(|it| it.1.set == Some(set) && !it.1.gone).map(|it| *it.0) {
            town.delete(pod);
        }
    }
    until(&mut town, 600_000);
    let (made, deleted) = (times(&town, "PodCreated", "load"), times(&town, "PodTerminating", "load"));
    // Deleted at t, replaced at t + 10 s, then t + 20 s; the third failure is one more than backoffLimit.
    assert_eq!(made.len(), 3);
    let waits: Vec<i64> = made[1..].iter().zip(&deleted).map(|(made, gone)| (made - gone) / 1000).collect();
    assert_eq!(waits, [10, 20]);
    assert!(first(&town, "JobFailed", "load").is_some_and(|it| it.cause == "BackoffLimitExceeded"));
}

fn cron(town: &mut Rehearsal, concurrency: Concurrency, run: i64, deadline: Option<i64>) -> usize {
    town.add_cron(CronPlan {
        namespace: "shop".into(),
        name: "tidy".into(),
        schedule: Schedule::parse("*/2 * * * *").expect("a schedule"),
        concurrency,
        deadline,
        job: JobPlan { run: Some(run), ..JobPlan::default() },
        labels: labels(&[("app", "tidy")]),
        spec: Arc::new(spec("1", json!({}))),
        last: REST,
    })
}

#[test]
fn a_cron_job_that_overruns_does_what_its_policy_says() {
    for (concurrency, most, made) in [(Concurrency::Allow, 2, 5), (Concurrency::Forbid, 1, 3), (Concurrency::Replace, 1, 5)] {
        let mut town = town(&["a"], 1, "16");
        settle(&mut town);
        let cron = cron(&mut town, concurrency, 3 * MINUTE, None);
        let mut active = 0;
        for minute in 1..11 {
            until(&mut town, minute * MINUTE);
            active = active.max(town.active_jobs(cron).len());
        }
        assert_eq!((active, times(&town, "JobCreated", "tidy").len()), (most, made), "{concurrency:?}");
    }
}

#[test]
fn a_forbidden_run_is_made_up_for_unless_its_deadline_has_passed() {
    for (deadline, expected) in [(None, 2), (Some(30_000), 1)] {
        let mut town = town(&["a"], 1, "16");
        settle(&mut town);
        cron(&mut town, Concurrency::Forbid, 3 * MINUTE, deadline);
        // Runs at minute 1 (REST is minute 1 of the clock), the run of minute 3 is skipped; the first job ends at about minute 4.
        until(&mut town, 4 * MINUTE + 30_000);
        assert_eq!(times(&town, "JobCreated", "tidy").len(), expected, "{deadline:?}");
    }
}

#[test]
fn schedules_name_their_minutes() {
    let day = 24 * 60 * MINUTE;
    let next = |text: &str, after: i64| Schedule::parse(text).expect("a schedule").next(after);
    assert_eq!(next("30 4 * * *", 0), Some(4 * 60 * MINUTE + 30 * MINUTE));
    assert_eq!(next("0 0 1 1 *", 0), Some(365 * day));
    assert_eq!(next("0 0 29 2 *", 0), Some((365 * 2 + 31 + 28) * day), "1972");
    // The first of January 1970 was a Thursday.
    assert_eq!(next("0 0 * * sun", 0), Some(3 * day));
    assert_eq!(next("0 0 13 * 5", 0), Some(day), "both restricted: one is enough, and the second was a Friday");
    assert_eq!(next("@every 90m", 0), Some(90 * MINUTE));
    assert_eq!(next("0 0 31 2 *", 0), None);
    assert_eq!(Schedule::parse("0 9 * * *").expect("a schedule").ahead_of_utc(120).next(0), Some(7 * 60 * MINUTE));
    assert!(["", "* * * *", "60 * * * *", "* * 0 * *", "5-1 * * * *", "*/0 * * * *", "@every x"].iter().all(|it| Schedule::parse(it).is_none()));
    let hourly = Schedule::parse("@hourly").expect("a schedule");
    assert_eq!(hourly.last(0, 150 * MINUTE), Some(120 * MINUTE));
    assert_eq!(hourly.last(120 * MINUTE, 150 * MINUTE), None);
    assert_eq!(missed(&hourly, 0, 200 * day, 101), 101);
    // Of many missed runs the latest starts, unless the deadline has cut it off.
    assert_eq!(turn(&hourly, 0, 150 * MINUTE, None, Concurrency::Allow, 0), Turn::Starts { at: 120 * MINUTE, replace: false });
    assert_eq!(turn(&hourly, 0, 150 * MINUTE, Some(10 * MINUTE), Concurrency::Allow, 0), Turn::TooLate(120 * MINUTE));
}

pub fn scaled(load: f64, max: i64, up: Option<ScalingRules>) -> (Rehearsal, usize) {
    let mut town = town(&["a", "b"], 10, "16");
    let at = deployment(&mut town, "api", 4, spec("1", json!({})));
    settle(&mut town);
    let scaler = Autoscaler {
        namespace: "shop".into(),
        name: "api".into(),
        target: Scaled::Rollout(at),
        spec: AutoscalerSpec { min: 4, max, per_pod: 500.0, load: 2000.0, most_per_pod: Some(1000.0), unmeasured: 1000.0, up, down: None },
    };
    let scaler = town.add_autoscaler(scaler);
    town.set_load(scaler, load);
    (town, at)
}

fn sizes(town: &Rehearsal) -> Vec<(i64, String)> {
    let to = |it: &str| it.split(':').next().unwrap_or("").to_owned();
    town.journal.iter().filter(|it| it.event == "Scaled" && it.object.starts_with("Deployment")).map(|it| ((it.at - REST) / 1000, to(&it.cause))).collect()
}

#[test]
fn an_autoscaler_doubles_every_fifteen_seconds_and_keeps_the_load_whole() {
    let (mut town, at) = scaled(16_000.0, 100, None);
    until(&mut town, 600_000);
    // Pods show at most their limit: twice the target, so that each step at most doubles.
    assert_eq!(sizes(&town), [(15, "to 8".into()), (30, "to 16".into()), (45, "to 32".into())]);
    assert_eq!(town.rollouts[at].replicas, 32, "16,000 on pods of 500");
}

#[test]
fn an_autoscaler_stops_at_its_maximum_and_says_so() {
    let (mut town, at) = scaled(16_000.0, 10, None);
    until(&mut town, 120_000);
    assert_eq!(town.rollouts[at].replicas, 10);
    assert!(first(&town, "ScalingLimited", "api").is_some_and(|it| it.cause.contains("maxReplicas is 10")));
}

#[test]
fn an_autoscaler_shrinks_five_minutes_late_and_ignores_a_tenth() {
    let (mut town, at) = scaled(2190.0, 100, None);
    until(&mut town, 120_000);
    assert_eq!(town.rollouts[at].replicas, 4, "9.5 % is within the tolerance");
    town.scale_to(Scaled::Rollout(at), 12, "by hand");
    until(&mut town, 900_000);
    let shrinks: Vec<(i64, String)> = sizes(&town).into_iter().filter(|it| it.1 != "to 12").collect();
    assert_eq!(shrinks.last().map(|it| it.1.clone()), Some("to 5".to_owned()), "{shrinks:?}");
}

#[test]
fn a_policy_slows_an_autoscaler() {
    let policies = vec![ScalingPolicy { kind: "Pods".into(), value: 1, period_seconds: 60 }];
    let (mut town, at) = scaled(16_000.0, 100, Some(ScalingRules { policies, ..ScalingRules::default() }));
    until(&mut town, 200_000);
    assert_eq!(sizes(&town), [(15, "to 5".into()), (75, "to 6".into()), (135, "to 7".into()), (195, "to 8".into())]);
    assert_eq!(town.rollouts[at].replicas, 8);
}

#[test]
fn a_limit_range_fills_in_what_a_quota_then_counts() {
    let mut town = town(&["a"], 1, "16");
    let bare = serde_json::from_value(json!({"containers": [{"name": "main", "image": "app:1"}]})).expect("a pod");
    let items = json!([{"type": "Container", "default": {"cpu": "500m"}, "defaultRequest": {"cpu": "250m"}}]);
    town.limit_ranges.push(("shop".into(), serde_json::from_value(items).expect("items")));
    let hard = serde_json::from_value(json!({"requests.cpu": "1", "limits.cpu": "4"})).expect("amounts");
    town.quotas.push(("shop".into(), Quota { name: "team".into(), hard, scopes: Vec::new() }));
    deployment(&mut town, "api", 6, bare);
    town.touch();
    town.run_until(30_000);
    assert_eq!(town.available(0), 4, "four of 250m");
    let why = first(&town, "FailedCreate", "api").expect("refused");
    assert_eq!(why.cause, "exceeded quota: team, requested: requests.cpu=250m, used: requests.cpu=1, limited: requests.cpu=1");
    // The controller tries again with doubling waits, not at once.
    let tries = times(&town, "FailedCreate", "api");
    assert!((8..20).contains(&tries.len()), "{tries:?}");
}

#[test]
fn a_quota_refuses_what_does_not_say_how_much_it_wants() {
    let mut town = town(&["a"], 1, "16");
    let bare = serde_json::from_value(json!({"containers": [{"name": "main", "image": "app:1"}]})).expect("a pod");
    let hard = serde_json::from_value(json!({"requests.memory": "1Gi"})).expect("amounts");
    town.quotas.push(("shop".into(), Quota { name: "team".into(), hard, scopes: Vec::new() }));
    deployment(&mut town, "api", 1, bare);
    town.touch();
    town.run_until(10_000);
    let why = first(&town, "FailedCreate", "api").expect("refused");
    assert_eq!(why.cause, "failed quota: team: must specify requests.memory for: main");
}

#[test]
fn a_limit_range_forbids_what_is_too_large() {
    let mut town = town(&["a"], 1, "16");
    let items = json!([{"type": "Container", "max": {"cpu": "500m"}}]);
    town.limit_ranges.push(("shop".into(), serde_json::from_value(items).expect("items")));
    let large = json!({"containers": [{"name": "main", "image": "app:1", "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}}}]});
    deployment(&mut town, "api", 1, serde_json::from_value(large).expect("a pod"));
    town.touch();
    town.run_until(10_000);
    let why = first(&town, "FailedCreate", "api").expect("refused");
    assert_eq!(why.cause, "maximum cpu usage per Container is 500m, but limit is 1");
}

#[test]
fn min_ready_seconds_slow_a_rollout() {
    let run = |seconds: i64| {
        let mut town = town(&["a"], 2, "16");
        deployment(&mut town, "api", 2, spec("1", json!({})));
        town.rollouts[0].max_surge = Some(seatrial_model::IntOrString::Int(1));
        settle(&mut town);
        let old = town.sets[0].clone();
        town.sets.push(seatrial_sim::controllers::rehearsal::PodSetController { name: "api-2".into(), desired: 0, ..old });
        town.policies.insert(1, SetPolicy { min_ready_seconds: seconds, ..SetPolicy::default() });
        town.rollouts[0].sets.push(1);
        town.rollouts[0].current = 1;
        town.touch();
        until(&mut town, 600_000);
        assert_eq!((town.available(0), town.available(1)), (0, 2));
        times(&town, "PodTerminating", "api").last().copied().expect("old pods go")
    };
    let (at_once, slow) = (run(0), run(30));
    assert!((59_000..62_000).contains(&(slow - at_once)), "two pods, thirty seconds each: {at_once} {slow}");
}

#[test]
fn a_parallel_stateful_set_starts_together_and_an_ordered_one_in_turn() {
    let run = |parallel: bool| {
        let mut town = town(&["a"], 1, "16");
        let set = set(&mut town, "StatefulSet", "db", 3, spec("1", json!({})));
        town.policies.insert(set, SetPolicy { parallel, ..SetPolicy::default() });
        town.run_until(REST);
        times(&town, "PodReady", "db").into_iter().map(|it| (it + REST) / 1000).collect::<Vec<_>>()
    };
    assert_eq!(run(true), [2, 2, 2]);
    assert_eq!(run(false), [2, 4, 6]);
}

#[test]
fn every_delay_has_a_name_of_its_own_and_can_be_overridden() {
    let names: std::collections::BTreeSet<&str> = ALL.iter().map(|it| it.name).collect();
    assert_eq!(names.len(), ALL.len());
    assert!(ALL.iter().all(|it| it.milliseconds > 0 && it.source.len() > 10));
    let mut latencies = Latencies::default();
    ALL.iter().for_each(|it| latencies.set(it.name, 7).expect("a known name"));
    assert!(ALL.iter().all(|it| latencies.of(it) == 7));
    assert!(latencies.set("no-such-delay", 1).expect_err("unknown").to_string().contains("help: the delays are pod-start"));
    assert!(latencies.set("attach", -1).is_err());
}
