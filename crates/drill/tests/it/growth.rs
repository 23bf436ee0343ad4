//! What grows: workloads, and the jobs of one minute.

use seatrial_drill::Request;
use seatrial_report::drill::Verdict;

use crate::town::{Town, said};

fn times(n: u32) -> Request {
    Request { times: Some(n), ..Request::default() }
}

#[test]
fn a_workload_grows_while_there_is_room_and_no_further() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], "", "");
    let fits = town.with("scale", "shop/api", times(8));
    assert_eq!(fits.verdict, Verdict::Survives, "24 pods of 500m on 12 cores: {:?}", said(&fits));
    let tight = town.with("scale", "shop/api", times(9));
    assert_eq!((tight.verdict, tight.pods.pending), (Verdict::Stuck, 3), "{:?}", said(&tight));
    assert_eq!(tight.needs.iter().map(|it| it.count).sum::<u64>(), 1, "{:?}", tight.needs);
}

#[test]
fn an_autoscalers_maximum_is_what_must_fit() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "");
    town.add("apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: api, namespace: shop}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}, minReplicas: 2, maxReplicas: 40}");
    let drill = town.with("scale", "", Request { each: true, ..Request::default() });
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.summary.contains("24 of 40 pods"), "{}", drill.summary);
}

fn job(name: &str, schedule: &str, cpu: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: {name}, namespace: batch}}\nspec:\n  schedule: \"{schedule}\"\n  jobTemplate:\n    spec:\n      template:\n        spec: {{restartPolicy: Never, containers: [{{name: job, image: job, resources: {{requests: {{cpu: {cpu}}}}}}}]}}"
    )
}

#[test]
fn jobs_of_one_minute_need_room_at_the_same_time() {
    let mut town = Town::new();
    town.node("a1", "a");
    town.add(&job("report", "0 2 * * *", "3")).add(&job("backup", "0 2 * * 0", "3"));
    let drill = town.one("cron", "");
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.summary.starts_with("2 CronJobs start 2 pods together"), "{}", drill.summary);
}

#[test]
fn jobs_that_never_meet_do_not_compete() {
    let mut town = Town::new();
    town.node("a1", "a");
    town.add(&job("report", "0 2 * * *", "3")).add(&job("backup", "30 2 * * *", "3"));
    let drill = town.one("cron", "");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
}
