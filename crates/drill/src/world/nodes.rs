//! A described node set, `3x3xm6i.xlarge`: zones, nodes a zone, instance type.

use seatrial_facts::instance_types::{self, InstanceType};
use seatrial_model::Condition;
use seatrial_model::kinds::nodes::{Node, NodeSpec, NodeStatus};
use seatrial_model::{Labels, Meta, Object, Quantity, Text};

use crate::refusal::Refusal;

/// Nodes that are described and not read.
#[derive(Clone, Debug)]
pub struct NodeSet {
    groups: Vec<(usize, usize, InstanceType)>,
    text: String,
}

/// More than this is a slip of the finger.
const MOST_NODES: usize = 10_000;

impl NodeSet {
    /// Reads `3x3xm6i.xlarge`; several sets are joined by `,`.
    ///
    /// # Errors
    /// [`Refusal::Usage`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut groups = Vec::new();
        for part in text.split(',') {
            let refuse = |why: &str| Refusal::Usage {
                message: format!("`{part}` is not a node set: {why}"),
                help: "say zones x nodes in each zone x instance type, such as `--nodes 3x3xm6i.xlarge`".to_owned(),
            };
            let mut words = part.trim().splitn(3, ['x', 'X', '×']);
            let mut number = || words.next().and_then(|it| it.trim().parse::<usize>().ok()).filter(|it| *it > 0);
            let (Some(zones), Some(nodes)) = (number(), number()) else { return Err(refuse("it must begin with two whole numbers above 0")) };
            let name = part.trim().splitn(3, ['x', 'X', '×']).nth(2).unwrap_or("").trim();
            let Some(kind) = instance_types::find(name) else {
                return Err(refuse(&format!("the table of instance types has no `{name}`; it has {}", instance_types::families())));
            };
            if zones > 6 {
                return Err(refuse("a region has at most 6 zones"));
            }
            if zones.saturating_mul(nodes) > MOST_NODES {
                return Err(refuse("that is more than 10,000 nodes"));
            }
            groups.push((zones, nodes, kind));
        }
        Ok(Self { groups, text: text.to_owned() })
    }

    /// What is assumed of them.
    pub fn assumption(&self) -> String {
        let each: Vec<String> = self
            .groups
            .iter()
            .map(|(_, _, it)| {
                format!(
                    "{}: {} pods, {}m cpu and {} MiB memory allocatable (capacity less the hypervisor's share, kube-reserved and the eviction threshold)",
                    it.name, it.max_pods, it.allocatable_millicpu, it.allocatable_mib
                )
            })
            .collect();
        format!("nodes as described by --nodes {}; {}", self.text, each.join("; "))
    }

    /// The Node objects.
    pub fn objects(&self) -> Vec<Object<Node>> {
        let mut all = Vec::new();
        for (at, (zones, nodes, kind)) in self.groups.iter().enumerate() {
            for zone in 0..*zones {
                let letter = char::from(b'a' + u8::try_from(zone).unwrap_or(0));
                all.extend((0..*nodes).map(|node| object(kind, at, letter, node)));
            }
        }
        all
    }
}

fn object(kind: &InstanceType, group: usize, zone: char, node: usize) -> Object<Node> {
    let zone = format!("us-east-1{zone}");
    let name = format!("node-{}-{zone}-{node}", group + 1);
    let mut labels = Labels::default();
    for (key, value) in [
        ("kubernetes.io/hostname", name.as_str()),
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", kind.arch),
        ("node.kubernetes.io/instance-type", kind.name.as_str()),
        ("topology.kubernetes.io/region", "us-east-1"),
        ("topology.kubernetes.io/zone", &zone),
        ("topology.ebs.csi.aws.com/zone", &zone),
        // The kubelet and the cloud provider go on setting the older names.
        ("beta.kubernetes.io/os", "linux"),
        ("beta.kubernetes.io/arch", kind.arch),
        ("beta.kubernetes.io/instance-type", kind.name.as_str()),
        ("failure-domain.beta.kubernetes.io/region", "us-east-1"),
        ("failure-domain.beta.kubernetes.io/zone", &zone),
        ("eks.amazonaws.com/nodegroup", &format!("described-{}", group + 1)),
        ("eks.amazonaws.com/capacityType", "ON_DEMAND"),
    ] {
        labels.insert(Text::new(key), Text::new(value));
    }
    let mut status = NodeStatus::default();
    status.allocatable.insert("cpu".into(), Quantity::millis(kind.allocatable_millicpu));
    status.allocatable.insert("memory".into(), Quantity::units(kind.allocatable_mib * 1024 * 1024));
    status.allocatable.insert("pods".into(), Quantity::units(kind.max_pods));
    // The 80 GiB root volume that node groups have by default, less the kubelet's share.
    status.allocatable.insert("ephemeral-storage".into(), Quantity::units(70 << 30));
    status.conditions.push(Condition { kind: "Ready".into(), status: "True".into(), ..Condition::default() });
    let meta = Meta { name: name.into(), labels, ..Meta::default() };
    Object { api_version: "v1".into(), kind: "Node".into(), meta, origin: None, it: Node { spec: NodeSpec::default(), status } }
}
