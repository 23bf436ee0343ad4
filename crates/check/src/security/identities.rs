//! Which AWS role the pods of a ServiceAccount get, and by which way.

use std::collections::HashMap;

use seatrial_model::account::{PodIdentityAssociation, Role};
use seatrial_model::kinds::access::ServiceAccount;
use seatrial_model::{Object, Snapshot, Workload};

use super::secret_uses::is_aws_key;

/// The annotation of IAM roles for service accounts.
pub(super) const IRSA: &str = "eks.amazonaws.com/role-arn";

/// The role that the ServiceAccount gets through IRSA.
pub(super) fn irsa_role(account: &Object<ServiceAccount>) -> Option<&str> {
    account.meta.annotation(IRSA).filter(|it| !it.is_empty())
}

/// Pod Identity associations by namespace and ServiceAccount.
pub(super) struct Associations<'a>(HashMap<(&'a str, &'a str), &'a PodIdentityAssociation>);

impl<'a> Associations<'a> {
    /// Those of the account; none where they were not read.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let all = snapshot.account.pod_identity_associations.known().into_iter().flatten();
        Self(all.map(|it| ((&*it.namespace, &*it.service_account), it)).collect())
    }

    /// The association of the workload's ServiceAccount.
    pub fn of_workload(&self, workload: &Object<Workload>) -> Option<&'a PodIdentityAssociation> {
        self.of_account(workload.meta.ns(), workload.pod().service_account())
    }

    /// The association of a ServiceAccount.
    pub fn of_account(&self, ns: &str, name: &str) -> Option<&'a PodIdentityAssociation> {
        self.0.get(&(ns, name)).copied()
    }
}

/// Whether the workload brings keys of its own: static-aws-keys reports them.
pub(super) fn has_keys(workload: &Object<Workload>) -> bool {
    workload.pod().all_containers().any(|it| it.env.iter().any(|env| is_aws_key(&env.name)))
}

/// The role of this ARN.
pub(super) fn role<'a>(roles: &'a [Role], arn: &str) -> Option<&'a Role> {
    roles.iter().find(|it| it.arn == *arn)
}

/// The last part of an ARN: the role's name.
pub(super) fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
