//! From a refused filter to the field behind it and the smallest change.

use seatrial_model::PodSpec;
use seatrial_report::drill::Blocked;
use seatrial_sim::{Plugin, PodId, Relaxation};

use crate::stage::Stage;
use crate::world::Kind;

/// The line of a pod that some filters refuse everywhere.
pub fn row(stage: &Stage<'_>, pod: PodId, unit: Option<usize>, relaxation: Option<&Relaxation>) -> Blocked {
    let object = unit.map_or_else(|| format!("Pod {}", stage.pod_name(pod)), |it| stage.world.units[it].object.clone());
    let Some(relaxation) = relaxation else {
        return Blocked {
            by: "capacity".to_owned(),
            object: "the nodes that are left".to_owned(),
            field: "status.allocatable".to_owned(),
            value: "none usable".to_owned(),
            fix: "bring back or add nodes".to_owned(),
            ..Blocked::default()
        };
    };
    let spec = stage.spec(pod);
    let target = unit.and_then(|it| Target::of(stage, it));
    let mut row = one(stage, pod, &spec, target.as_ref(), relaxation.drop.first().copied(), relaxation);
    if row.object.is_empty() {
        row.object = object;
    }
    if relaxation.drop.len() > 1 {
        let rest: Vec<&str> = relaxation.drop.iter().skip(1).map(|it| words(*it)).collect();
        row.fix.push_str(&format!("; on the closest nodes {} stands in the way, too", rest.join(" and ")));
    }
    row
}

/// What a patch is written for.
struct Target {
    kind: &'static str,
    namespace: String,
    name: String,
}

impl Target {
    fn of(stage: &Stage<'_>, unit: usize) -> Option<Self> {
        let unit = &stage.world.units[unit];
        let kind = match unit.kind {
            Kind::Deployment => "deployment",
            Kind::StatefulSet => "statefulset",
            _ => return None,
        };
        Some(Self { kind, namespace: unit.namespace.to_string(), name: unit.name.to_string() })
    }

    fn json_patch(&self, patch: &str) -> String {
        format!("kubectl -n {} patch {} {} --type json -p '{patch}'", self.namespace, self.kind, self.name)
    }
}

fn words(plugin: Plugin) -> &'static str {
    match plugin {
        Plugin::NodeResourcesFit => "capacity",
        Plugin::TaintToleration => "a taint",
        Plugin::NodeAffinity => "node affinity",
        Plugin::NodeUnschedulable => "a cordon",
        Plugin::PodTopologySpread => "spreading",
        Plugin::InterPodAffinity => "inter-pod affinity",
        Plugin::VolumeBinding | Plugin::VolumeZone => "a volume's zone",
        Plugin::NodeVolumeLimits => "the attach limit",
        Plugin::NodePorts => "a host port",
        Plugin::VolumeRestrictions => "a volume in use",
        other => other.name(),
    }
}

fn one(stage: &Stage<'_>, pod: PodId, spec: &PodSpec, target: Option<&Target>, plugin: Option<Plugin>, relaxation: &Relaxation) -> Blocked {
    let row = |by: &str, field: &str, value: String, fix: String, patch: String| Blocked {
        by: by.to_owned(),
        field: field.to_owned(),
        value,
        fix,
        patch,
        ..Blocked::default()
    };
    match plugin {
        Some(Plugin::NodeResourcesFit) => capacity(stage, pod, spec, target, relaxation),
        Some(Plugin::PodTopologySpread) => {
            let at = spec.topology_spread_constraints.iter().position(|it| &*it.when_unsatisfiable == "DoNotSchedule").unwrap_or(0);
            let key = spec.topology_spread_constraints.get(at).map(|it| it.topology_key.to_string()).unwrap_or_default();
            let field = format!("spec.template.spec.topologySpreadConstraints[{at}].whenUnsatisfiable");
            let patch = target.map(|it| {
                it.json_patch(&format!(
                    r#"[{{"op":"replace","path":"/spec/template/spec/topologySpreadConstraints/{at}/whenUnsatisfiable","value":"ScheduleAnyway"}}]"#
                ))
            });
            row(
                "spread",
                &field,
                format!("DoNotSchedule over {key}"),
                "whenUnsatisfiable: ScheduleAnyway spreads just as well while it can".to_owned(),
                patch.unwrap_or_default(),
            )
        }
        Some(Plugin::InterPodAffinity) => affinity(spec, target),
        Some(Plugin::NodeAffinity) => {
            let selector: Vec<String> = spec.node_selector.iter().map(|it| format!("{}={}", it.0, it.1)).collect();
            let (field, value) = if selector.is_empty() {
                ("spec.template.spec.affinity.nodeAffinity".to_owned(), "required terms".to_owned())
            } else {
                ("spec.template.spec.nodeSelector".to_owned(), selector.join(", "))
            };
            row("node-affinity", &field, value, "allow nodes that are left, or have nodes with these labels in more zones".to_owned(), String::new())
        }
        Some(Plugin::TaintToleration) => {
            let node = relaxation.nodes.iter().find(|it| !stage.watch.lost.contains(it));
            let taints = node.map(|it| stage.rehearsal.state.node_facts(*it).taints).unwrap_or_default();
            let taint = taints.iter().find(|it| matches!(&*it.effect, "NoSchedule" | "NoExecute") && !spec.tolerations.iter().any(|t| t.tolerates(it)));
            let value = taint.map(|it| format!("{}={}:{}", it.key, it.value.as_deref().unwrap_or(""), it.effect)).unwrap_or_default();
            let object = node.map(|it| format!("Node {}", stage.rehearsal.state.node_name(*it))).unwrap_or_default();
            Blocked { object, ..row("taint", "spec.taints", value, "tolerate the taint, or add nodes without it".to_owned(), String::new()) }
        }
        Some(Plugin::NodeUnschedulable) => {
            let node = relaxation.nodes.first().map(|it| stage.rehearsal.state.node_name(*it).to_string()).unwrap_or_default();
            Blocked {
                object: format!("Node {node}"),
                ..row("cordon", "spec.unschedulable", "true".to_owned(), "uncordon the node".to_owned(), format!("kubectl uncordon {node}"))
            }
        }
        Some(Plugin::VolumeBinding | Plugin::VolumeZone) => volume(stage, pod),
        Some(Plugin::NodeVolumeLimits) => row(
            "attach-limit",
            "spec.drivers[].allocatable.count of CSINode",
            "reached".to_owned(),
            "use larger instance types or more nodes: each takes a fixed number of EBS volumes".to_owned(),
            String::new(),
        ),
        Some(Plugin::NodePorts) => row(
            "host-port",
            "spec.template.spec.containers[].ports[].hostPort",
            "in use".to_owned(),
            "leave hostPort out and use a Service".to_owned(),
            String::new(),
        ),
        Some(Plugin::VolumeRestrictions) => {
            row("volume", "spec.accessModes", "ReadWriteOncePod".to_owned(), "wait until the other pod has let go of the volume".to_owned(), String::new())
        }
        other => row(other.map_or("scheduler", words), "spec", String::new(), "see Kubernetes' message".to_owned(), String::new()),
    }
}

/// `250m` of cpu, `1.5 GiB` of memory.
pub fn amount(resource: &str, amount: i64) -> String {
    match resource {
        "cpu" => format!("{amount}m"),
        "memory" | "ephemeral-storage" if amount >= 1 << 30 => format!("{:.1}Gi", amount as f64 / f64::from(1u32 << 30)),
        "memory" | "ephemeral-storage" => format!("{}Mi", amount.div_euclid(1 << 20)),
        _ => amount.to_string(),
    }
}

fn capacity(stage: &Stage<'_>, pod: PodId, spec: &PodSpec, target: Option<&Target>, relaxation: &Relaxation) -> Blocked {
    let request = stage.rehearsal.state.request(pod);
    let asked = |resource: &str| match resource {
        "cpu" => request.millicpu,
        "memory" => request.memory,
        "ephemeral-storage" => request.ephemeral_storage,
        _ => 0,
    };
    let Some((resource, short)) = relaxation.short.first().cloned() else {
        return Blocked { by: "capacity".to_owned(), field: "status.allocatable".to_owned(), fix: "add a node".to_owned(), ..Blocked::default() };
    };
    let all: Vec<String> = relaxation.short.iter().map(|it| format!("{} {}", amount(&it.0, it.1), it.0)).collect();
    if resource == "pods" {
        let node = relaxation.nodes.first().map(|it| stage.rehearsal.state.node_name(*it).to_string()).unwrap_or_default();
        return Blocked {
            by: "capacity".to_owned(),
            object: format!("Node {node}"),
            field: "status.allocatable.pods".to_owned(),
            value: "full".to_owned(),
            fix: "turn on prefix delegation of the VPC CNI, or add nodes".to_owned(),
            ..Blocked::default()
        };
    }
    let fits = asked(&resource) - short;
    let single = spec.containers.len() == 1 && relaxation.short.len() == 1 && fits * 2 >= asked(&resource) && matches!(&*resource, "cpu" | "memory");
    let patch = target.filter(|_| single).map(|it| {
        let value = if resource == "cpu" { format!("{fits}m") } else { format!("{}Mi", fits.div_euclid(1 << 20)) };
        format!("kubectl -n {} set resources {}/{} --requests={resource}={value}", it.namespace, it.kind, it.name)
    });
    Blocked {
        by: "capacity".to_owned(),
        field: format!("spec.template.spec.containers[].resources.requests.{resource}"),
        value: amount(&resource, asked(&resource)),
        fix: format!("one more node, or requests smaller by {}: so much is missing on the node that comes closest", all.join(" and ")),
        patch: patch.unwrap_or_default(),
        ..Blocked::default()
    }
}

fn affinity(spec: &PodSpec, target: Option<&Target>) -> Blocked {
    let affinity = spec.affinity.as_deref();
    let anti = affinity.and_then(|it| it.pod_anti_affinity.as_ref()).filter(|it| !it.required_during_scheduling_ignored_during_execution.is_empty());
    let term = anti.and_then(|it| it.required_during_scheduling_ignored_during_execution.first());
    match term {
        Some(term) => {
            let path = "/spec/template/spec/affinity/podAntiAffinity";
            let term_text = format!(
                r#"{{"weight":100,"podAffinityTerm":{{"topologyKey":"{}","labelSelector":{}}}}}"#,
                term.topology_key,
                selector(term.label_selector.as_ref())
            );
            let patch = target.map(|it| {
                it.json_patch(&format!(
                    r#"[{{"op":"remove","path":"{path}/requiredDuringSchedulingIgnoredDuringExecution"}},{{"op":"add","path":"{path}/preferredDuringSchedulingIgnoredDuringExecution","value":[{term_text}]}}]"#
                ))
            });
            Blocked {
                by: "affinity".to_owned(),
                field: "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution".to_owned(),
                value: format!("one pod for each {}", term.topology_key),
                fix: "prefer instead of require (or spread with ScheduleAnyway): a new pod needs a place before an old one goes".to_owned(),
                patch: patch.unwrap_or_default(),
                ..Blocked::default()
            }
        }
        None => Blocked {
            by: "affinity".to_owned(),
            field: "spec.template.spec.affinity.podAffinity".to_owned(),
            value: "required".to_owned(),
            fix: "prefer instead of require, or keep the pods that it needs beside it in every zone; another pod's anti-affinity counts, too".to_owned(),
            ..Blocked::default()
        },
    }
}

/// A label selector of plain labels as JSON; expressions are left to the reader.
fn selector(it: Option<&seatrial_model::LabelSelector>) -> String {
    let labels: Vec<String> = it.map(|it| it.match_labels.iter().map(|it| format!(r#""{}":"{}""#, it.0, it.1)).collect()).unwrap_or_default();
    format!(r#"{{"matchLabels":{{{}}}}}"#, labels.join(","))
}

fn volume(stage: &Stage<'_>, pod: PodId) -> Blocked {
    let name = stage.rehearsal.state.pod_name(pod).1.to_string();
    // The replacement of a StatefulSet's pod carries the name of the one before, whose volumes are known.
    let unit = stage.unit_of(pod).map(|it| &stage.world.units[it]);
    let before = unit.and_then(|it| it.volumes.iter().find(|it| *stage.rehearsal.state.pod_name(it.pod).1 == *name).or(it.volumes.first()));
    let volume = before.map(|it| it.name.to_string()).unwrap_or_default();
    let zone = before.map(|it| it.zone.clone()).unwrap_or_default();
    if volume.is_empty() {
        return Blocked {
            by: "volume".to_owned(),
            field: "spec.template.spec.volumes[].persistentVolumeClaim".to_owned(),
            value: "not bound".to_owned(),
            fix: "see that the claim exists, and that its class can provision in a zone that is left".to_owned(),
            ..Blocked::default()
        };
    }
    Blocked {
        by: "volume".to_owned(),
        object: format!("PersistentVolume {volume}"),
        field: "spec.nodeAffinity".to_owned(),
        value: format!("zone {zone}"),
        fix: "an EBS volume cannot leave its zone: keep nodes with room there, restore a snapshot elsewhere, or replicate over zones".to_owned(),
        ..Blocked::default()
    }
}
