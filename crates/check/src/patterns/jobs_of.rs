//! Jobs and the jobs of CronJobs.

use seatrial_model::{Object, Path, Workload};

/// Path of the job's specification.
pub(crate) fn job_path(workload: &Workload) -> Path {
    Path::of(if workload.cron.is_some() { "spec.jobTemplate.spec" } else { "spec" })
}

/// Whether Helm or Argo CD starts it, waits for it and removes it.
pub(crate) fn is_deployment_hook(workload: &Object<Workload>) -> bool {
    ["helm.sh/hook", "argocd.argoproj.io/hook"].iter().any(|it| workload.meta.annotation(it).is_some())
}
