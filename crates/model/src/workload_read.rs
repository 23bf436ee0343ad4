//! Reading the nine kinds of workloads into one shape.

use serde::{Deserialize, Deserializer};

use crate::cluster::{Head, RunningPod};
use crate::int_or_string::IntOrString;
use crate::meta::Object;
use crate::pod::{ClaimTemplate, PodTemplate, TemplateMeta};
use crate::selector::LabelSelector;
use crate::text::{Labels, Text};
use crate::workload::{CronSpec, JobSpec, RolloutSpec, Workload, WorkloadKind, WorkloadStatus};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Document<S> {
    spec: S,
    status: WorkloadStatus,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Controller {
    replicas: Option<i64>,
    selector: Option<LabelSelector>,
    template: PodTemplate,
    strategy: Option<Strategy>,
    update_strategy: Option<Strategy>,
    min_ready_seconds: Option<i64>,
    progress_deadline_seconds: Option<i64>,
    revision_history_limit: Option<i64>,
    paused: Option<bool>,
    pod_management_policy: Option<Text>,
    service_name: Option<Text>,
    volume_claim_templates: Vec<ClaimTemplate>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Strategy {
    #[serde(rename = "type")]
    kind: Option<Text>,
    rolling_update: Option<RollingUpdate>,
    canary: Option<RollingUpdate>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RollingUpdate {
    max_unavailable: Option<IntOrString>,
    max_surge: Option<IntOrString>,
    partition: Option<i64>,
}

/// A ReplicationController's selector is a plain map.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct OldController {
    replicas: Option<i64>,
    selector: Option<Labels>,
    template: PodTemplate,
    min_ready_seconds: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct JobFields {
    selector: Option<LabelSelector>,
    template: PodTemplate,
    parallelism: Option<i64>,
    completions: Option<i64>,
    completion_mode: Option<Text>,
    backoff_limit: Option<i64>,
    active_deadline_seconds: Option<i64>,
    ttl_seconds_after_finished: Option<i64>,
    suspend: Option<bool>,
    pod_failure_policy: Option<crate::pod::Ignored>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct CronFields {
    schedule: Text,
    time_zone: Option<Text>,
    concurrency_policy: Option<Text>,
    starting_deadline_seconds: Option<i64>,
    suspend: Option<bool>,
    successful_jobs_history_limit: Option<i64>,
    failed_jobs_history_limit: Option<i64>,
    job_template: JobTemplate,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct JobTemplate {
    spec: JobFields,
}

impl Workload {
    /// Reads the workload that `head` names.
    pub(crate) fn read<'de, D: Deserializer<'de>>(head: &Head, body: D) -> Result<Self, D::Error> {
        Ok(match head.kind.as_str() {
            "Job" => {
                let it = Document::<JobFields>::deserialize(body)?;
                Self::of_job(WorkloadKind::Job, it.spec, None, it.status)
            }
            "CronJob" => {
                let Document { spec, status } = Document::<CronFields>::deserialize(body)?;
                let cron = CronSpec {
                    schedule: spec.schedule,
                    time_zone: spec.time_zone,
                    concurrency_policy: spec.concurrency_policy,
                    starting_deadline_seconds: spec.starting_deadline_seconds,
                    suspend: spec.suspend,
                    successful_jobs_history_limit: spec.successful_jobs_history_limit,
                    failed_jobs_history_limit: spec.failed_jobs_history_limit,
                };
                Self::of_job(WorkloadKind::CronJob, spec.job_template.spec, Some(cron), status)
            }
            "ReplicationController" => {
                let it = Document::<OldController>::deserialize(body)?;
                let mut workload = Self::empty(WorkloadKind::ReplicationController);
                workload.replicas = it.spec.replicas;
                workload.selector = it.spec.selector.map(LabelSelector::of);
                workload.template = it.spec.template;
                workload.rollout.min_ready_seconds = it.spec.min_ready_seconds;
                workload.status = it.status;
                workload
            }
            kind => {
                let it = Document::<Controller>::deserialize(body)?;
                Self::of_controller(kind, it.spec, it.status)
            }
        })
    }

    fn of_controller(kind: &str, spec: Controller, status: WorkloadStatus) -> Self {
        let mut workload = Self::empty(match kind {
            "StatefulSet" => WorkloadKind::StatefulSet,
            "DaemonSet" => WorkloadKind::DaemonSet,
            "ReplicaSet" => WorkloadKind::ReplicaSet,
            "Rollout" => WorkloadKind::Rollout,
            _ => WorkloadKind::Deployment,
        });
        let strategy = spec.strategy.or(spec.update_strategy).unwrap_or_default();
        let rolling = strategy.rolling_update.or(strategy.canary).unwrap_or_default();
        workload.rollout = RolloutSpec {
            strategy: strategy.kind,
            max_unavailable: rolling.max_unavailable,
            max_surge: rolling.max_surge,
            partition: rolling.partition,
            min_ready_seconds: spec.min_ready_seconds,
            progress_deadline_seconds: spec.progress_deadline_seconds,
            revision_history_limit: spec.revision_history_limit,
            paused: spec.paused.unwrap_or(false),
            pod_management_policy: spec.pod_management_policy,
        };
        workload.replicas = spec.replicas;
        workload.selector = spec.selector;
        workload.template = spec.template;
        workload.service_name = spec.service_name;
        workload.volume_claim_templates = spec.volume_claim_templates;
        workload.status = status;
        workload
    }

    fn of_job(kind: WorkloadKind, spec: JobFields, cron: Option<CronSpec>, status: WorkloadStatus) -> Self {
        let mut workload = Self::empty(kind);
        workload.selector = spec.selector;
        workload.template = spec.template;
        workload.cron = cron;
        workload.status = status;
        workload.job = Some(JobSpec {
            parallelism: spec.parallelism,
            completions: spec.completions,
            completion_mode: spec.completion_mode,
            backoff_limit: spec.backoff_limit,
            active_deadline_seconds: spec.active_deadline_seconds,
            ttl_seconds_after_finished: spec.ttl_seconds_after_finished,
            suspend: spec.suspend,
            pod_failure_policy: spec.pod_failure_policy,
        });
        workload
    }

    /// A pod of its own, seen as a workload.
    pub(crate) fn of_pod(pod: &Object<RunningPod>) -> Object<Self> {
        let mut workload = Self::empty(WorkloadKind::Pod);
        workload.template =
            PodTemplate { metadata: TemplateMeta { labels: pod.meta.labels.clone(), annotations: pod.meta.annotations.clone() }, spec: (*pod.spec).clone() };
        Object { api_version: pod.api_version.clone(), kind: pod.kind.clone(), meta: pod.meta.clone(), origin: pod.origin, it: workload }
    }

    fn empty(workload_kind: WorkloadKind) -> Self {
        Self {
            workload_kind,
            replicas: None,
            selector: None,
            template: PodTemplate::default(),
            rollout: RolloutSpec::default(),
            service_name: None,
            volume_claim_templates: Vec::new(),
            job: None,
            cron: None,
            status: WorkloadStatus::default(),
        }
    }
}
