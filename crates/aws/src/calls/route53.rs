//! Route 53 health checks.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static ROUTE53: Service = Service {
    name: "route53",
    id: "Route 53",
    iam: "route53",
    signing: "route53",
    prefix: "route53",
    version: "2013-04-01",
    protocol: Protocol::RestXml,
    global: true,
};

calls! {
    LIST_HEALTH_CHECKS = Call::new(&ROUTE53, "ListHealthChecks").at("GET", "/2013-04-01/healthcheck")
        .paged("marker", "NextMarker", Some(("maxitems", 100))).must("HealthChecks").keep(&[
            "HealthChecks.Id", "HealthChecks.HealthCheckConfig.FullyQualifiedDomainName", "HealthChecks.HealthCheckConfig.IPAddress",
            "HealthChecks.HealthCheckConfig.Disabled",
        ]);
}
