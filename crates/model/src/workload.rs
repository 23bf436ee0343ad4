//! Whatever runs pods, in one shape.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::int_or_string::IntOrString;
use crate::path::Path;
use crate::pod::{ClaimTemplate, PodSpec, PodTemplate, lean};
use crate::selector::LabelSelector;
use crate::text::Text;

/// Which kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the kinds' own names")]
pub enum WorkloadKind {
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    ReplicationController,
    /// Argo Rollouts.
    Rollout,
    Job,
    CronJob,
    /// A pod of its own.
    Pod,
}

/// A Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Rollout, Job, CronJob or bare Pod.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    /// Which kind.
    pub workload_kind: WorkloadKind,
    /// `spec.replicas` as written.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub replicas: Option<i64>,
    /// `spec.selector`.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub selector: Option<LabelSelector>,
    /// The pods.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub template: PodTemplate,
    /// How updates are rolled out.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub rollout: RolloutSpec,
    /// StatefulSet: `spec.serviceName`.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub service_name: Option<Text>,
    /// StatefulSet: `spec.volumeClaimTemplates`.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub volume_claim_templates: Vec<ClaimTemplate>,
    /// Job, and the jobs of a CronJob.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub job: Option<JobSpec>,
    /// CronJob.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub cron: Option<CronSpec>,
    /// What the controller says.
    #[serde(default, skip_serializing_if = "crate::pod::is_default")]
    pub status: WorkloadStatus,
}

lean! {
/// Update settings of Deployments, StatefulSets and DaemonSets.
pub struct RolloutSpec {
    pub strategy: Option<Text>,
    pub max_unavailable: Option<IntOrString>,
    pub max_surge: Option<IntOrString>,
    pub partition: Option<i64>,
    pub min_ready_seconds: Option<i64>,
    pub progress_deadline_seconds: Option<i64>,
    pub revision_history_limit: Option<i64>,
    pub paused: bool,
    pub pod_management_policy: Option<Text>,
}

/// `batch/v1.JobSpec` without the template.
pub struct JobSpec {
    pub parallelism: Option<i64>,
    pub completions: Option<i64>,
    pub completion_mode: Option<Text>,
    pub backoff_limit: Option<i64>,
    pub active_deadline_seconds: Option<i64>,
    pub ttl_seconds_after_finished: Option<i64>,
    pub suspend: Option<bool>,
    pub pod_failure_policy: Option<crate::pod::Ignored>,
}

/// `batch/v1.CronJobSpec` without the job.
pub struct CronSpec {
    pub schedule: Text,
    pub time_zone: Option<Text>,
    pub concurrency_policy: Option<Text>,
    pub starting_deadline_seconds: Option<i64>,
    pub suspend: Option<bool>,
    pub successful_jobs_history_limit: Option<i64>,
    pub failed_jobs_history_limit: Option<i64>,
}

/// Counts and conditions.
pub struct WorkloadStatus {
    pub replicas: Option<i64>,
    pub ready_replicas: Option<i64>,
    pub available_replicas: Option<i64>,
    pub updated_replicas: Option<i64>,
    pub unavailable_replicas: Option<i64>,
    pub observed_generation: Option<i64>,
    pub desired_number_scheduled: Option<i64>,
    pub number_ready: Option<i64>,
    pub conditions: Vec<Condition>,
    pub last_schedule_time: Option<Timestamp>,
    pub last_successful_time: Option<Timestamp>,
    pub active: Option<Active>,
    pub succeeded: Option<i64>,
    pub failed: Option<i64>,
    pub completion_time: Option<Timestamp>,
}

/// `metav1.Condition` and its older relatives.
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: Text,
    pub status: Text,
    pub reason: Option<Text>,
    pub message: Option<Text>,
    pub last_transition_time: Option<Timestamp>,
}
}

/// Running jobs: a count on a Job, references on a CronJob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Active(pub i64);

impl<'de> Deserialize<'de> for Active {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ActiveVisitor;
        impl<'de> serde::de::Visitor<'de> for ActiveVisitor {
            type Value = Active;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a count or a list")
            }
            fn visit_i64<E>(self, it: i64) -> Result<Active, E> {
                Ok(Active(it))
            }
            fn visit_u64<E>(self, it: u64) -> Result<Active, E> {
                Ok(Active(i64::try_from(it).unwrap_or(i64::MAX)))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Active, A::Error> {
                let mut count = 0;
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Active(count))
            }
        }
        deserializer.deserialize_any(ActiveVisitor)
    }
}

impl Workload {
    /// The pod specification.
    pub fn pod(&self) -> &PodSpec {
        &self.template.spec
    }

    /// Path of the pod template (`metadata` and `spec` are below it); the root for a bare Pod.
    pub fn template_path(&self) -> Path {
        match self.workload_kind {
            WorkloadKind::Pod => Path::root(),
            WorkloadKind::CronJob => Path::of("spec.jobTemplate.spec.template"),
            _ => Path::of("spec.template"),
        }
    }

    /// Path of the pod specification.
    pub fn pod_path(&self) -> Path {
        self.template_path().key("spec")
    }

    /// Path of container `index` of `spec.containers`.
    pub fn container_path(&self, index: usize) -> Path {
        self.pod_path().key("containers").index(index)
    }

    /// Path of init container `index`.
    pub fn init_container_path(&self, index: usize) -> Path {
        self.pod_path().key("initContainers").index(index)
    }

    /// Every container with its path: the app's first, then init containers.
    pub fn containers(&self) -> impl Iterator<Item = (&crate::pod::Container, Path)> {
        let app = self.pod().containers.iter().enumerate().map(|(at, it)| (it, self.container_path(at)));
        let init = self.pod().init_containers.iter().enumerate().map(|(at, it)| (it, self.init_container_path(at)));
        app.chain(init)
    }

    /// Whether the pods are meant to run for ever (not a Job, a CronJob or a run-once Pod).
    pub fn is_long_running(&self) -> bool {
        match self.workload_kind {
            WorkloadKind::Job | WorkloadKind::CronJob => false,
            WorkloadKind::Pod => !matches!(self.pod().restart_policy.as_deref(), Some("Never" | "OnFailure")),
            _ => true,
        }
    }

    /// Whether the pods run to completion.
    pub fn is_batch(&self) -> bool {
        matches!(self.workload_kind, WorkloadKind::Job | WorkloadKind::CronJob)
    }

    /// Whether it has a replica count that can be scaled.
    pub fn is_scalable(&self) -> bool {
        matches!(
            self.workload_kind,
            WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController | WorkloadKind::Rollout
        )
    }

    /// Whether it keeps data of its own: claim templates, or a mounted claim of a StatefulSet.
    pub fn is_stateful(&self) -> bool {
        !self.volume_claim_templates.is_empty() || self.pod().volumes.iter().any(|it| it.persistent_volume_claim.is_some())
    }

    /// The update strategy with Kubernetes' default filled in.
    pub fn strategy(&self) -> &str {
        self.rollout.strategy.as_deref().unwrap_or("RollingUpdate")
    }

    /// The labels its pods carry.
    pub fn pod_labels(&self) -> &crate::text::Labels {
        &self.template.metadata.labels
    }
}
