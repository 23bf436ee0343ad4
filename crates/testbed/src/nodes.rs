//! Nodes as managed node groups of EKS make them: three zones, on-demand and Spot, with an EBS driver that can attach 26 volumes.

use serde_json::{Value, json};

/// Nodes with this annotation have a kubelet; another value stops their lease.
pub const ALIVE: &str = "testbed.seatrial.dev/kubelet=alive";

/// One machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// `i-0dd5121f61bbdba17`.
    pub instance: String,
    /// `a`, `b` or `c`.
    pub zone: char,
    /// `10.42.16.11`.
    pub address: String,
    /// Whether its capacity can be taken back.
    pub spot: bool,
}

impl Machine {
    /// `ip-10-42-16-11.ec2.internal`.
    pub fn name(&self) -> String {
        format!("ip-{}.ec2.internal", self.address.replace('.', "-"))
    }

    /// Its node group's name.
    pub fn group(&self) -> &'static str {
        if self.spot { "spot" } else { "od" }
    }
}

/// The first `count` machines (up to 4,300): half of them, in turns of three, are Spot. The first six are those of the golden applications' account.
pub fn machines(count: usize) -> Vec<Machine> {
    const GOLDEN: [&str; 6] =
        ["i-0dd5121f61bbdba17", "i-0325b6d182a197086", "i-0bbc7721b4427e607", "i-0cbd815088827d328", "i-05f98e95dcdfba756", "i-01ea5c5ff691c2aa7"];
    (0..count)
        .map(|index| {
            let (zone, subnet) = [('a', 16), ('b', 32), ('c', 48)][index % 3];
            let spot = (index / 3) % 2 == 1;
            // The golden ones end in 11 and 57; a third octet holds 45 of either kind, and each zone has sixteen of them.
            let round = index / 6;
            let last = if spot { 57 } else { 11 } + round % 45;
            let address = format!("10.42.{}.{last}", subnet + round / 45);
            let instance = GOLDEN.get(index).map_or_else(|| format!("i-0{index:016x}"), |it| (*it).to_owned());
            Machine { instance, zone, address, spot }
        })
        .collect()
}

/// The Node and the CSINode of each machine, as the kubelet of that Kubernetes minor version registers them.
pub fn objects(machines: &[Machine], minor: &str) -> Vec<Value> {
    machines.iter().map(|it| node(it, minor)).chain(machines.iter().map(csi_node)).collect()
}

fn node(it: &Machine, minor: &str) -> Value {
    let name = it.name();
    let zone = format!("{}{}", crate::REGION, it.zone);
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"testbed.seatrial.dev/kubelet": "alive", "volumes.kubernetes.io/controller-managed-attach-detach": "true"},
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "node.kubernetes.io/instance-type": "m6i.xlarge",
                "topology.kubernetes.io/region": crate::REGION,
                "topology.kubernetes.io/zone": zone,
                "topology.ebs.csi.aws.com/zone": zone,
                "eks.amazonaws.com/nodegroup": it.group(),
                "eks.amazonaws.com/capacityType": if it.spot { "SPOT" } else { "ON_DEMAND" },
            },
        },
        "spec": {"providerID": format!("aws:///{zone}/{}", it.instance)},
        "status": {
            "allocatable": {"cpu": "3920m", "memory": "15147Mi", "pods": "58", "ephemeral-storage": "47Gi"},
            "capacity": {"cpu": "4", "memory": "15890Mi", "pods": "58", "ephemeral-storage": "52Gi"},
            "addresses": [{"type": "InternalIP", "address": it.address}, {"type": "Hostname", "address": name}],
            "nodeInfo": {
                "architecture": "amd64", "operatingSystem": "linux", "osImage": "Amazon Linux 2023.9.20261110", "kernelVersion": "6.12.53-69.119.amzn2023.x86_64",
                "containerRuntimeVersion": "containerd://2.1.5", "kubeletVersion": format!("v{minor}.3-eks-1234567"), "kubeProxyVersion": format!("v{minor}.3-eks-1234567"),
                "bootID": "", "machineID": "", "systemUUID": "",
            },
        },
    })
}

fn csi_node(it: &Machine) -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSINode",
        "metadata": {"name": it.name()},
        "spec": {"drivers": [{
            "name": "ebs.csi.aws.com", "nodeID": it.instance,
            "topologyKeys": ["kubernetes.io/os", "topology.ebs.csi.aws.com/zone", "topology.kubernetes.io/zone"],
            "allocatable": {"count": 26},
        }]},
    })
}

#[cfg(test)]
mod tests {
    use super::machines;
    use std::collections::BTreeSet;

    #[test]
    fn every_machine_has_a_name_of_its_own() {
        let all = machines(4_300);
        let names: BTreeSet<String> = all.iter().map(super::Machine::name).collect();
        assert_eq!(names.len(), all.len());
        assert_eq!(all[3].name(), "ip-10-42-16-57.ec2.internal", "the fourth is the first Spot machine of the golden account");
    }
}
