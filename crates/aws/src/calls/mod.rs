//! Every call that is ever made: one file a service.

pub(crate) mod acm;
pub(crate) mod autoscaling;
pub(crate) mod backup;
pub(crate) mod cloudwatch;
pub(crate) mod dlm;
pub(crate) mod ec2;
pub(crate) mod ecr;
pub(crate) mod eks;
pub(crate) mod elbv2;
pub(crate) mod guardduty;
pub(crate) mod iam;
pub(crate) mod logs;
pub(crate) mod route53;
pub(crate) mod secretsmanager;
pub(crate) mod servicequotas;
pub(crate) mod sqs;
pub(crate) mod sts;

use crate::call::Call;

/// All of them, by service.
pub fn all() -> impl Iterator<Item = &'static Call> {
    [
        acm::ALL,
        autoscaling::ALL,
        backup::ALL,
        cloudwatch::ALL,
        dlm::ALL,
        ec2::ALL,
        ecr::ALL,
        eks::ALL,
        elbv2::ALL,
        guardduty::ALL,
        iam::ALL,
        logs::ALL,
        route53::ALL,
        secretsmanager::ALL,
        servicequotas::ALL,
        sqs::ALL,
        sts::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Declares the service's calls and the list of them.
macro_rules! calls {
    ($($(#[$m:meta])* $name:ident = $call:expr;)*) => {
        $($(#[$m])* pub(crate) static $name: Call = $call;)*

        /// The calls of this service.
        pub(super) const ALL: &[&Call] = &[$(&$name),*];
    };
}
pub(crate) use calls;
