//! GuardDuty: which of its features watch.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static GUARDDUTY: Service = Service {
    name: "guardduty",
    id: "GuardDuty",
    iam: "guardduty",
    signing: "guardduty",
    prefix: "guardduty",
    version: "2017-11-28",
    protocol: Protocol::RestJson,
    global: false,
};

calls! {
    LIST_DETECTORS = Call::new(&GUARDDUTY, "ListDetectors").at("GET", "/detector")
        .paged("nextToken", "nextToken", Some(("maxResults", 50))).must("detectorIds").keep(&["detectorIds"]);
    GET_DETECTOR = Call::new(&GUARDDUTY, "GetDetector").on(&["arn:{partition}:guardduty:{region}:{account}:detector/*"])
        .at("GET", "/detector/{DetectorId}").send(&["DetectorId"]).must("status").keep(&["status", "features.name", "features.status"]);
}
