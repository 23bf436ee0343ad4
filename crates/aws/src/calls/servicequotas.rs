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

calls! {
    GET_SERVICE_QUOTA = Call::new(&SERVICE_QUOTAS, "GetServiceQuota").on("arn:{partition}:servicequotas:{region}:{account}:*")
        .send(&["ServiceCode", "QuotaCode"]).must("Quota").keep(&["Quota.QuotaCode", "Quota.QuotaName", "Quota.Value"]);
}
