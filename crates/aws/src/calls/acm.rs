//! Certificate Manager.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static ACM: Service = Service {
    name: "acm",
    id: "ACM",
    iam: "acm",
    signing: "acm",
    prefix: "acm",
    version: "2015-12-08",
    protocol: Protocol::Json { version: "1.1", target: "CertificateManager" },
    global: false,
};

calls! {
    LIST_CERTIFICATES = Call::new(&ACM, "ListCertificates").send(&["Includes"]).paged("NextToken", "NextToken", Some(("MaxItems", 100)))
        .must("CertificateSummaryList").keep(&["CertificateSummaryList.CertificateArn", "CertificateSummaryList.DomainName"]);
    DESCRIBE_CERTIFICATE = Call::new(&ACM, "DescribeCertificate").on(&["arn:{partition}:acm:{region}:{account}:certificate/*"])
        .send(&["CertificateArn"]).must("Certificate").keep(&[
            "Certificate.CertificateArn", "Certificate.DomainName", "Certificate.SubjectAlternativeNames", "Certificate.Status", "Certificate.NotAfter",
            "Certificate.RenewalEligibility",
        ]);
}
