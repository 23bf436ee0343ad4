//! Where a service answers: partitions, regions, and addresses that the user overrides.

use crate::call::Service;

/// A partition of AWS: its ARNs' first word, its domain, and where its global services sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// `aws`, `aws-cn`, ...
    pub name: &'static str,
    /// Domain of its hosts.
    pub domain: &'static str,
    /// Host and signing region of IAM.
    iam: (&'static str, &'static str),
    /// Host and signing region of Route 53.
    route53: (&'static str, &'static str),
}

/// First letters of regions, and their partition; the last one takes all others.
///
/// Source: botocore 1.44.5, `endpoints.json` and `partitions.json`; compared in `tests/it/botocore.rs`.
const PARTITIONS: &[(&str, Partition)] = &[
    (
        "cn-",
        Partition {
            name: "aws-cn",
            domain: "amazonaws.com.cn",
            iam: ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            route53: ("route53.amazonaws.com.cn", "cn-northwest-1"),
        },
    ),
    (
        "us-gov-",
        Partition {
            name: "aws-us-gov",
            domain: "amazonaws.com",
            iam: ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
            route53: ("route53.us-gov.amazonaws.com", "us-gov-west-1"),
        },
    ),
    (
        "us-iso-",
        Partition {
            name: "aws-iso",
            domain: "c2s.ic.gov",
            iam: ("iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
            route53: ("route53.c2s.ic.gov", "us-iso-east-1"),
        },
    ),
    (
        "us-isob-",
        Partition {
            name: "aws-iso-b",
            domain: "sc2s.sgov.gov",
            iam: ("iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
            route53: ("route53.sc2s.sgov.gov", "us-isob-east-1"),
        },
    ),
    (
        "eusc-",
        Partition {
            name: "aws-eusc",
            domain: "amazonaws.eu",
            iam: ("iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            route53: ("route53.amazonaws.eu", "eusc-de-east-1"),
        },
    ),
    ("", Partition { name: "aws", domain: "amazonaws.com", iam: ("iam.amazonaws.com", "us-east-1"), route53: ("route53.amazonaws.com", "us-east-1") }),
];

/// The partition that a region lies in.
pub fn partition(region: &str) -> &'static Partition {
    let found = PARTITIONS.iter().find(|(start, _)| region.starts_with(start));
    &found.unwrap_or(&PARTITIONS[PARTITIONS.len() - 1]).1
}

/// An address and the region that its requests are signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme and host, no slash at the end.
    pub url: String,
    /// Signing region.
    pub region: String,
}

impl Endpoint {
    /// Where `service` answers for `region`.
    pub fn of(service: &Service, region: &str) -> Self {
        let partition = partition(region);
        let (host, region) = match (service.global, service.name) {
            (true, "route53") => (partition.route53.0.to_owned(), partition.route53.1),
            (true, _) => (partition.iam.0.to_owned(), partition.iam.1),
            (false, _) => (format!("{}.{region}.{}", service.prefix, partition.domain), region),
        };
        Self { url: format!("https://{host}"), region: region.to_owned() }
    }

    /// The same at an address that the user chose.
    pub fn moved_to(self, url: &str) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), ..self }
    }
}
