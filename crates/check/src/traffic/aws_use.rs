//! Whether a workload calls AWS, by the evidence in its own manifest and the account.

use seatrial_model::{Object, Workload};

use crate::Cx;

const ROLE_ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// Why the workload is believed to fetch credentials from the Pod Identity agent; `None` where nothing says so.
pub fn pod_identity_evidence(cx: &Cx<'_>, workload: &Object<Workload>) -> Option<String> {
    let account = workload.pod().service_account();
    let associations = cx.snapshot.account.pod_identity_associations.known();
    if let Some(all) = associations {
        let it = all.iter().find(|it| it.namespace == workload.meta.ns() && it.service_account == account)?;
        return Some(format!("Pod Identity association of service account {account} with {}", it.role_arn));
    }
    // With a role annotation (IRSA) credentials come from STS, not from the agent.
    if cx.graph.service_account_of(workload).is_some_and(|it| it.meta.annotation(ROLE_ANNOTATION).is_some()) {
        return None;
    }
    let env = workload.pod().all_containers().flat_map(|it| &it.env);
    // A region alone is often set by habit.
    let named = env.into_iter().find(|it| {
        let value = it.value.as_ref().and_then(|it| it.plain()).unwrap_or("");
        value.starts_with("arn:aws") || (value.contains(".amazonaws.com") && !value.contains(".rds.amazonaws.com") && !value.contains(".cache.amazonaws.com"))
    })?;
    Some(format!("environment variable {} names an AWS resource", named.name))
}
