//! Elastic Compute Cloud: instances, network, disks. None of its descriptions can be limited to a resource.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static EC2: Service =
    Service { name: "ec2", id: "EC2", iam: "ec2", signing: "ec2", prefix: "ec2", version: "2016-11-15", protocol: Protocol::Ec2, global: false };

const FILTER: &[&str] = &["Filter"];

const fn described(operation: &'static str) -> Call {
    Call::new(&EC2, operation).send(FILTER).paged("NextToken", "nextToken", Some(("MaxResults", 200)))
}

calls! {
    DESCRIBE_INSTANCES = described("DescribeInstances").must("reservationSet").keep(&[
        "reservationSet.instancesSet.instanceId", "reservationSet.instancesSet.instanceType", "reservationSet.instancesSet.placement.availabilityZone",
        "reservationSet.instancesSet.subnetId", "reservationSet.instancesSet.privateIpAddress", "reservationSet.instancesSet.ipAddress",
        "reservationSet.instancesSet.instanceLifecycle", "reservationSet.instancesSet.metadataOptions.httpTokens",
        "reservationSet.instancesSet.metadataOptions.httpPutResponseHopLimit", "reservationSet.instancesSet.iamInstanceProfile.arn",
        "reservationSet.instancesSet.groupSet.groupId", "reservationSet.instancesSet.tagSet.key", "reservationSet.instancesSet.tagSet.value",
    ]);
    DESCRIBE_SUBNETS = described("DescribeSubnets").must("subnetSet").keep(&[
        "subnetSet.subnetId", "subnetSet.availabilityZone", "subnetSet.cidrBlock", "subnetSet.availableIpAddressCount",
        "subnetSet.mapPublicIpOnLaunch", "subnetSet.vpcId", "subnetSet.tagSet.key", "subnetSet.tagSet.value",
    ]);
    DESCRIBE_ROUTE_TABLES = Call::new(&EC2, "DescribeRouteTables").send(FILTER).paged("NextToken", "nextToken", Some(("MaxResults", 100)))
        .must("routeTableSet").keep(&[
            "routeTableSet.routeTableId", "routeTableSet.associationSet.main", "routeTableSet.associationSet.subnetId",
            "routeTableSet.routeSet.destinationCidrBlock", "routeTableSet.routeSet.destinationIpv6CidrBlock", "routeTableSet.routeSet.gatewayId",
            "routeTableSet.routeSet.natGatewayId", "routeTableSet.routeSet.state",
        ]);
    DESCRIBE_NAT_GATEWAYS = described("DescribeNatGateways").must("natGatewaySet").keep(&[
        "natGatewaySet.natGatewayId", "natGatewaySet.subnetId", "natGatewaySet.state", "natGatewaySet.availabilityMode",
        "natGatewaySet.natGatewayAddressSet.allocationId",
    ]);
    /// Knows no pages.
    DESCRIBE_ADDRESSES = Call::new(&EC2, "DescribeAddresses").must("addressesSet").keep(&[
        "addressesSet.allocationId", "addressesSet.publicIp", "addressesSet.associationId", "addressesSet.instanceId",
        "addressesSet.networkInterfaceId", "addressesSet.serviceManaged", "addressesSet.tagSet.key", "addressesSet.tagSet.value",
    ]);
    DESCRIBE_LAUNCH_TEMPLATE_VERSIONS = Call::new(&EC2, "DescribeLaunchTemplateVersions").send(&["LaunchTemplateId", "LaunchTemplateVersion"])
        .paged("NextToken", "nextToken", Some(("MaxResults", 200))).must("launchTemplateVersionSet").keep(&[
            "launchTemplateVersionSet.versionNumber", "launchTemplateVersionSet.launchTemplateData.imageId",
            "launchTemplateVersionSet.launchTemplateData.metadataOptions.httpEndpoint",
            "launchTemplateVersionSet.launchTemplateData.metadataOptions.httpTokens",
            "launchTemplateVersionSet.launchTemplateData.metadataOptions.httpPutResponseHopLimit",
            "launchTemplateVersionSet.launchTemplateData.blockDeviceMappingSet.deviceName",
            "launchTemplateVersionSet.launchTemplateData.blockDeviceMappingSet.ebs.encrypted",
            "launchTemplateVersionSet.launchTemplateData.blockDeviceMappingSet.ebs.snapshotId",
            "launchTemplateVersionSet.launchTemplateData.blockDeviceMappingSet.ebs.volumeType",
            "launchTemplateVersionSet.launchTemplateData.blockDeviceMappingSet.ebs.volumeSize",
        ]);
    GET_EBS_ENCRYPTION_BY_DEFAULT = Call::new(&EC2, "GetEbsEncryptionByDefault").must("ebsEncryptionByDefault").keep(&["ebsEncryptionByDefault"]);
    DESCRIBE_VPC_ENDPOINTS = described("DescribeVpcEndpoints").must("vpcEndpointSet").keep(&[
        "vpcEndpointSet.vpcEndpointId", "vpcEndpointSet.serviceName", "vpcEndpointSet.vpcEndpointType", "vpcEndpointSet.state",
        "vpcEndpointSet.subnetIdSet",
    ]);
    DESCRIBE_VOLUMES = Call::new(&EC2, "DescribeVolumes").send(FILTER).paged("NextToken", "nextToken", Some(("MaxResults", 200)))
        .must("volumeSet").keep(&[
            "volumeSet.volumeId", "volumeSet.volumeType", "volumeSet.size", "volumeSet.iops", "volumeSet.throughput", "volumeSet.availabilityZone",
            "volumeSet.encrypted", "volumeSet.status", "volumeSet.tagSet.key", "volumeSet.tagSet.value",
        ]);
    DESCRIBE_SNAPSHOTS = Call::new(&EC2, "DescribeSnapshots").send(&["Filter", "Owner"]).paged("NextToken", "nextToken", Some(("MaxResults", 200)))
        .must("snapshotSet").keep(&[
            "snapshotSet.snapshotId", "snapshotSet.volumeId", "snapshotSet.startTime", "snapshotSet.status", "snapshotSet.encrypted",
        ]);
    DESCRIBE_SECURITY_GROUPS = described("DescribeSecurityGroups").must("securityGroupInfo").keep(&[
        "securityGroupInfo.groupId", "securityGroupInfo.groupName", "securityGroupInfo.ipPermissions.ipProtocol",
        "securityGroupInfo.ipPermissions.fromPort", "securityGroupInfo.ipPermissions.toPort", "securityGroupInfo.ipPermissions.ipRanges.cidrIp",
        "securityGroupInfo.ipPermissions.ipv6Ranges.cidrIpv6",
    ]);
}
