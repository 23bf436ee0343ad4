//! What EC2 and Auto Scaling answer.

use seatrial_model::Account;
use seatrial_model::account::OpenPorts;
use serde_json::{Value, json};

use super::{tags, without_nulls};
use crate::World;

impl World {
    pub(super) fn ec2(&mut self, account: &Account) {
        if let Some(all) = account.instances.known() {
            let instances: Vec<Value> = all
                .iter()
                .map(|it| {
                    without_nulls(json!({
                        "instanceId": it.id, "instanceType": it.instance_type, "placement": {"availabilityZone": it.zone}, "subnetId": it.subnet_id,
                        "privateIpAddress": it.private_ip, "ipAddress": it.public_ip, "instanceLifecycle": it.lifecycle,
                        "metadataOptions": {"httpTokens": it.http_tokens, "httpPutResponseHopLimit": it.http_put_response_hop_limit},
                        "iamInstanceProfile": it.instance_profile_arn.as_ref().map(|arn| json!({"arn": arn})), "tagSet": tags(&it.tags, "key", "value"),
                        "groupSet": it.security_groups.iter().map(|it| json!({"groupId": it})).collect::<Vec<_>>(),
                    }))
                })
                .collect();
            let reservations: Vec<Value> = instances.chunks(2).map(|some| json!({"instancesSet": some})).collect();
            self.add("ec2:DescribeInstances", json!({}), json!({"reservationSet": reservations}));
        }
        let vpc = account.eks_cluster.known().and_then(|it| it.vpc_id.clone());
        if let Some(all) = account.subnets.known() {
            let subnets = all.iter().map(|it| {
                json!({
                    "subnetId": it.id, "availabilityZone": it.zone, "cidrBlock": it.cidr, "availableIpAddressCount": it.free_ips,
                    "mapPublicIpOnLaunch": it.map_public_ip_on_launch, "vpcId": vpc, "tagSet": tags(&it.tags, "key", "value"),
                })
            });
            let mut subnets: Vec<Value> = subnets.collect();
            // Those that only NAT gateways stand in.
            for it in account.nat_gateways.known().into_iter().flatten() {
                let id = it.subnet_id.as_deref().unwrap_or_default();
                if !id.is_empty() && !subnets.iter().any(|it| it["subnetId"] == id) {
                    subnets.push(json!({"subnetId": id, "availabilityZone": it.zone, "vpcId": vpc}));
                }
            }
            self.add("ec2:DescribeSubnets", json!({}), json!({"subnetSet": subnets}));
            let tables = all.iter().filter_map(|it| {
                let gateway = if it.public? { json!({"gatewayId": "igw-1"}) } else { json!({"natGatewayId": "nat-1"}) };
                let mut route = json!({"destinationCidrBlock": "0.0.0.0/0", "state": "active"});
                route.as_object_mut()?.extend(gateway.as_object()?.clone());
                Some(json!({"routeTableId": format!("rtb-{}", it.id), "associationSet": [{"main": false, "subnetId": it.id}], "routeSet": [route]}))
            });
            self.add("ec2:DescribeRouteTables", json!({}), json!({"routeTableSet": tables.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.nat_gateways.known() {
            let list = all.iter().map(|it| {
                let mode = if it.regional { "regional" } else { "zonal" };
                let addresses: Vec<Value> = it.address_ids.iter().map(|it| json!({"allocationId": it})).collect();
                without_nulls(json!({
                    "natGatewayId": it.id, "subnetId": it.subnet_id, "state": it.state, "availabilityMode": mode, "natGatewayAddressSet": addresses,
                }))
            });
            self.add("ec2:DescribeNatGateways", json!({}), json!({"natGatewaySet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.addresses.known() {
            let list = all.iter().map(|it| {
                let used_by = it.used_by.as_deref();
                let instance = used_by.filter(|it| it.starts_with("i-"));
                without_nulls(json!({
                    "allocationId": it.id, "publicIp": it.public_ip, "serviceManaged": it.service_managed, "instanceId": instance,
                    "associationId": used_by.map(|_| format!("assoc-{}", it.id)), "networkInterfaceId": used_by.map(|_| format!("eni-{}", it.id)),
                    "tagSet": tags(&it.tags, "key", "value"),
                }))
            });
            self.add("ec2:DescribeAddresses", json!({}), json!({"addressesSet": list.collect::<Vec<_>>()}));
        }
        self.launch_templates(account);
        if let Some(all) = account.vpc_endpoints.known() {
            let list = all.iter().map(|it| {
                json!({
                    "vpcEndpointId": it.id, "serviceName": it.service_name, "vpcEndpointType": it.kind, "state": it.state, "subnetIdSet": it.subnet_ids,
                })
            });
            self.add("ec2:DescribeVpcEndpoints", json!({}), json!({"vpcEndpointSet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.volumes.known() {
            let list = all.iter().map(|it| {
                without_nulls(json!({
                    "volumeId": it.id, "volumeType": it.volume_type, "size": it.size_gib, "iops": it.iops, "throughput": it.throughput,
                    "availabilityZone": it.zone, "encrypted": it.encrypted, "status": it.state, "tagSet": tags(&it.tags, "key", "value"),
                }))
            });
            self.add("ec2:DescribeVolumes", json!({}), json!({"volumeSet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.snapshots.known() {
            let list = all.iter().map(|it| {
                without_nulls(json!({
                    "snapshotId": it.id, "volumeId": it.volume_id, "startTime": it.start_time.map(|it| it.to_string()), "status": it.state,
                    "encrypted": it.encrypted,
                }))
            });
            self.add("ec2:DescribeSnapshots", json!({}), json!({"snapshotSet": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.security_groups.known() {
            let rule = |it: &OpenPorts| {
                let ranges = if it.cidr.contains(':') { ("ipv6Ranges", "cidrIpv6") } else { ("ipRanges", "cidrIp") };
                without_nulls(json!({"ipProtocol": it.protocol, "fromPort": it.from_port, "toPort": it.to_port, ranges.0: [{ranges.1: it.cidr}]}))
            };
            let inner = json!({"ipProtocol": "-1", "ipRanges": [{"cidrIp": "10.0.0.0/8"}]});
            let list = all.iter().map(|it| {
                let rules: Vec<Value> = it.open.iter().map(rule).chain([inner.clone()]).collect();
                json!({"groupId": it.id, "groupName": it.name, "ipPermissions": rules})
            });
            self.add("ec2:DescribeSecurityGroups", json!({}), json!({"securityGroupInfo": list.collect::<Vec<_>>()}));
        }
        if let Some(all) = account.auto_scaling_groups.known() {
            let list = all.iter().map(|it| {
                json!({
                    "AutoScalingGroupName": it.name, "MinSize": it.min_size, "MaxSize": it.max_size, "DesiredCapacity": it.desired_capacity,
                    "AvailabilityZones": it.zones, "Tags": tags(&it.tags, "Key", "Value"),
                    "SuspendedProcesses": it.suspended_processes.iter().map(|it| json!({"ProcessName": it})).collect::<Vec<_>>(),
                })
            });
            self.add("autoscaling:DescribeAutoScalingGroups", json!({}), json!({"AutoScalingGroups": list.collect::<Vec<_>>()}));
        }
    }
}

impl World {
    /// Encryption by default is on where no template says anything of it and all disks are encrypted.
    fn launch_templates(&mut self, account: &Account) {
        let Some(all) = account.launch_templates.known() else { return };
        let by_default = all.iter().any(|it| it.id.is_none()) && all.iter().flat_map(|it| &it.disks).all(|it| it.encrypted == Some(true));
        self.add("ec2:GetEbsEncryptionByDefault", json!({}), json!({"ebsEncryptionByDefault": by_default}));
        for it in all {
            let Some(id) = &it.id else { continue };
            let named = it.disks.iter().filter(|it| !it.device.is_empty());
            let disks = named.map(|it| {
                let ebs = json!({"encrypted": it.encrypted, "volumeType": it.volume_type, "volumeSize": it.size_gib});
                json!({"deviceName": it.device, "ebs": without_nulls(ebs)})
            });
            let own_image = it.disks.iter().any(|it| it.encrypted.is_none()).then_some("ami-1");
            let metadata = json!({
                "httpEndpoint": it.http_endpoint, "httpTokens": it.http_tokens, "httpPutResponseHopLimit": it.http_put_response_hop_limit,
            });
            let data = json!({"imageId": own_image, "metadataOptions": without_nulls(metadata), "blockDeviceMappingSet": disks.collect::<Vec<_>>()});
            let number: i64 = it.version.as_deref().and_then(|it| it.parse().ok()).unwrap_or(1);
            let version = json!({"launchTemplateId": id, "versionNumber": number, "launchTemplateData": without_nulls(data)});
            self.add("ec2:DescribeLaunchTemplateVersions", json!({"LaunchTemplateId": id}), json!({"launchTemplateVersionSet": [version]}));
        }
    }
}
