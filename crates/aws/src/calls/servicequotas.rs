//! Service Quotas: how much the account may have.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static SERVICE_QUOTAS: Service = Service {
    name: "service-quotas",
    id: "Service Quotas",
    iam: "servicequotas",
    signing: "servicequotas",
    prefix: "servicequotas",
    version: "2019-06-24",
    protocol: Protocol::Json { version: "1.1", target: "ServiceQuotasV20190624" },
    global: false,
};

/// vCPUs of on-demand and of spot instances, the only ones that are asked for.
const QUOTAS: &[&str] = &["arn:{partition}:servicequotas:{region}:{account}:ec2/L-1216C47A", "arn:{partition}:servicequotas:{region}:{account}:ec2/L-34B43A08"];

calls! {
    GET_SERVICE_QUOTA = Call::new(&SERVICE_QUOTAS, "GetServiceQuota").on(QUOTAS)
        .send(&["ServiceCode", "QuotaCode"]).must("Quota").keep(&["Quota.QuotaCode", "Quota.QuotaName", "Quota.Value"]);
}
