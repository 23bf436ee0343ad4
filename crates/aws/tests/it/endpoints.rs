//! Where services answer, in every partition, held against botocore's table.

use std::collections::BTreeSet;

use seatrial_aws::endpoint::{Endpoint, partition};
use seatrial_aws::{Service, calls};

#[test]
fn hosts_are_those_of_aws_in_every_partition() {
    let Some(data) = super::botocore::data() else { return };
    let table = super::botocore::read(data.join("endpoints.json")).unwrap();
    let mut services: Vec<&Service> = calls::all().map(|it| it.service).collect();
    services.dedup_by_key(|it| it.name);
    let mut wrong = BTreeSet::new();
    let mut count = 0;
    for it in table["partitions"].as_array().unwrap() {
        let name = it["partition"].as_str().unwrap();
        // Two small ones whose regions nobody outside can name.
        if ["aws-iso-e", "aws-iso-f"].contains(&name) {
            continue;
        }
        for region in it["regions"].as_object().unwrap().keys() {
            assert_eq!(partition(region).name, name, "{region}");
            for service in &services {
                let entry = &it["services"][service.prefix];
                let own =
                    if service.global { &entry["endpoints"][entry["partitionEndpoint"].as_str().unwrap_or_default()] } else { &entry["endpoints"][region] };
                if own.is_null() {
                    continue;
                }
                let usual = format!("{}.{region}.{}", service.prefix, it["dnsSuffix"].as_str().unwrap());
                let host = own["hostname"].as_str().map_or(usual, str::to_owned);
                let signed = own["credentialScope"]["region"].as_str().unwrap_or(region);
                let ours = Endpoint::of(service, region);
                // Those that table gives to FIPS only.
                if host.contains("fips") {
                    continue;
                }
                if ours.url != format!("https://{host}") || ours.region != signed {
                    wrong.insert(format!("{} in {region}: {ours:?}, not {host} signed for {signed}", service.name));
                }
                count += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 300, "{count} compared");
}
