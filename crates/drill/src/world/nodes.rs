//! A described node set, `3x3xm6i.xlarge`: zones, nodes a zone, instance type.

use seatrial_facts::instance_types::{self, InstanceType};
use seatrial_model::Condition;
use seatrial_model::kinds::nodes::{Node, NodeSpec, NodeStatus};
use seatrial_model::{Labels, Meta, Object};

use super::instances;
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
    instances::describe(&mut labels, kind);
    instances::place(&mut labels, &zone);
    labels.insert("kubernetes.io/hostname".into(), name.as_str().into());
    labels.insert("eks.amazonaws.com/nodegroup".into(), format!("described-{}", group + 1).into());
    labels.insert("eks.amazonaws.com/capacityType".into(), "ON_DEMAND".into());
    let mut status = NodeStatus { allocatable: instances::allocatable(kind), ..NodeStatus::default() };
    status.conditions.push(Condition { kind: "Ready".into(), status: "True".into(), ..Condition::default() });
    let meta = Meta { name: name.into(), labels, ..Meta::default() };
    Object { api_version: "v1".into(), kind: "Node".into(), meta, origin: None, it: Node { spec: NodeSpec::default(), status } }
}
