//! What a node of an instance type has: the labels that its kubelet and the cloud provider set, and what is left to pods.

use seatrial_facts::instance_types::InstanceType;
use seatrial_model::{Labels, Quantity, ResourceList, Text};

/// What the kubelet says of the machine. It goes on setting the older names.
pub(super) fn describe(labels: &mut Labels, kind: &InstanceType) {
    for (key, value) in [
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", kind.arch),
        ("node.kubernetes.io/instance-type", kind.name.as_str()),
        ("beta.kubernetes.io/os", "linux"),
        ("beta.kubernetes.io/arch", kind.arch),
        ("beta.kubernetes.io/instance-type", kind.name.as_str()),
    ] {
        labels.insert(Text::new(key), Text::new(value));
    }
}

/// What the cloud provider and the EBS driver say of the place, older names included.
pub(super) fn place(labels: &mut Labels, zone: &str) {
    for (key, value) in [
        ("topology.kubernetes.io/region", region_of(zone)),
        ("topology.kubernetes.io/zone", zone),
        ("topology.ebs.csi.aws.com/zone", zone),
        ("failure-domain.beta.kubernetes.io/region", region_of(zone)),
        ("failure-domain.beta.kubernetes.io/zone", zone),
    ] {
        labels.insert(Text::new(key), Text::new(value));
    }
}

/// The first number ends a region's name: `us-west-2-lax-1a` lies in `us-west-2`.
fn region_of(zone: &str) -> &str {
    let Some(number) = zone.find(|it: char| it.is_ascii_digit()) else { return zone };
    let end = zone[number..].find(|it: char| !it.is_ascii_digit()).map_or(zone.len(), |it| number + it);
    &zone[..end]
}

/// What is left to pods, those of DaemonSets among them.
pub(super) fn allocatable(kind: &InstanceType) -> ResourceList {
    let mut left = ResourceList::default();
    left.insert("cpu".into(), Quantity::millis(kind.allocatable_millicpu));
    left.insert("memory".into(), Quantity::units(kind.allocatable_mib << 20));
    left.insert("pods".into(), Quantity::units(kind.max_pods));
    // The 80 GiB root volume that node groups have by default, less the kubelet's share.
    left.insert("ephemeral-storage".into(), Quantity::units(70 << 30));
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_lies_in_its_region() {
        for (zone, region) in [("us-east-1a", "us-east-1"), ("us-gov-west-1b", "us-gov-west-1"), ("us-west-2-lax-1a", "us-west-2"), ("here", "here")] {
            assert_eq!(region_of(zone), region);
        }
    }
}
