//! Containers: names, ports, environment, mounts.

use super::judge::Judge;
use super::{probes, resources, security, syntax};
use crate::at::At;

/// Judges all containers of a pod.
pub(super) fn all(it: &mut Judge<'_>, spec: &At<'_, '_>, claims: Option<&At<'_, '_>>) {
    let (main, init) = (spec.key("containers"), spec.key("initContainers"));
    let known = Volumes { volumes: spec.key("volumes"), claims };
    let host_network = spec.key("hostNetwork").is_true();
    for container in main.items() {
        one(it, &container, &known, host_network);
        probes::of_container(it, &container);
        if it.version.minor < 34 {
            it.forbid(&container.key("restartPolicy"), "on a container that is no init container");
        }
    }
    for container in init.items() {
        one(it, &container, &known, host_network);
        init_container(it, &container);
    }
    unique_names(it, &main, &init);
    host_ports(it, &main);
}

fn init_container(it: &mut Judge<'_>, container: &At<'_, '_>) {
    let policy = container.key("restartPolicy");
    if it.version.minor < 34 {
        it.one_of(&policy, &["Always"]);
    }
    if policy.str() == "Always" {
        probes::of_container(it, container);
        return;
    }
    for name in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
        it.forbid(&container.key(name), "on an init container without `restartPolicy: Always`");
    }
}

fn one(it: &mut Judge<'_>, container: &At<'_, '_>, known: &Volumes<'_, '_>, host_network: bool) {
    it.label(&container.key("name"));
    it.one_of(&container.key("imagePullPolicy"), &["Always", "IfNotPresent", "Never"]);
    it.one_of(&container.key("terminationMessagePolicy"), &["File", "FallbackToLogsOnError"]);
    ports(it, &container.key("ports"), host_network);
    environment(it, container);
    mounts(it, container, known);
    resources::of_container(it, &container.key("resources"));
    security::container(it, &container.key("securityContext"));
}

fn unique_names(it: &mut Judge<'_>, main: &At<'_, '_>, init: &At<'_, '_>) {
    it.unique(main, "name");
    it.unique(init, "name");
    for container in init.items() {
        let name = container.key("name");
        if !name.is_empty() && main.items().any(|it| it.key("name").text() == name.text()) {
            it.refuse(&name, format!("`name` `{}` is also a container's", name.str()));
        }
    }
}

fn ports(it: &mut Judge<'_>, ports: &At<'_, '_>, host_network: bool) {
    it.unique(ports, "name");
    for port in ports.items() {
        let (number, host) = (port.key("containerPort"), port.key("hostPort"));
        it.range(&number, 1, 65_535);
        it.range(&host, 0, 65_535);
        it.one_of(&port.key("protocol"), &["TCP", "UDP", "SCTP"]);
        let what = "at most 15 lower-case letters, digits and single `-`, with a letter among them";
        it.notation(&port.key("name"), syntax::is_port_name, what);
        let differs = host.int().is_some_and(|host| host != 0 && Some(host) != number.int());
        if host_network && differs {
            it.refuse(&host, "`hostPort` must equal `containerPort` with `hostNetwork: true`");
        }
    }
}

/// No two ports of a pod may want the same port of the node.
fn host_ports(it: &mut Judge<'_>, containers: &At<'_, '_>) {
    let mut seen: Vec<(i64, &str, &str)> = Vec::new();
    for container in containers.items() {
        for port in container.key("ports").items() {
            let Some(number) = port.key("hostPort").int().filter(|it| *it != 0) else { continue };
            let protocol = port.key("protocol").text().unwrap_or("TCP");
            let key = (number, protocol, port.key("hostIP").text().unwrap_or(""));
            if seen.contains(&key) {
                it.refuse(&port.key("hostPort"), format!("`hostPort` {number}/{protocol} is taken by another port of the pod"));
            }
            seen.push(key);
        }
    }
}

fn environment(it: &mut Judge<'_>, container: &At<'_, '_>) {
    let what = "printable ASCII without `=`";
    for variable in container.key("env").items() {
        it.notation(&variable.key("name"), syntax::is_env_name, what);
        let from = variable.key("valueFrom");
        if from.is_map() {
            if !variable.key("value").is_empty() {
                it.refuse(&from, "`valueFrom` must not be set beside a `value`");
            }
            it.exactly_one(&from, &["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]);
            field(it, &from.key("fieldRef").key("fieldPath"), true);
            for name in ["configMapKeyRef", "secretKeyRef"] {
                let reference = from.key(name);
                if reference.is_map() {
                    it.require(&reference.key("name"), "where the value comes from");
                    it.subdomain(&reference.key("name"));
                }
            }
            it.notation(&from.key("configMapKeyRef").key("key"), syntax::is_config_key, "letters, digits, `-`, `_` and `.`");
            it.notation(&from.key("secretKeyRef").key("key"), syntax::is_config_key, "letters, digits, `-`, `_` and `.`");
        }
    }
    for source in container.key("envFrom").items() {
        it.notation(&source.key("prefix"), syntax::is_env_name, what);
        it.exactly_one(&source, &["configMapRef", "secretRef"]);
        for name in ["configMapRef", "secretRef"] {
            let reference = source.key(name);
            if reference.is_set() {
                it.require(&reference.key("name"), "where the variables come from");
                it.subdomain(&reference.key("name"));
            }
        }
    }
}

/// Which of the pod's own fields can be read.
pub(super) fn field(it: &mut Judge<'_>, path: &At<'_, '_>, by_variable: bool) {
    let own = ["metadata.name", "metadata.namespace", "metadata.uid"];
    let of_variable = ["spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];
    let of_file = ["metadata.labels", "metadata.annotations"];
    let is_fine = |text: &str| {
        let subscript = ["metadata.labels['", "metadata.annotations['"].iter().any(|it| text.starts_with(it)) && text.ends_with("']");
        own.contains(&text) || subscript || if by_variable { of_variable.contains(&text) } else { of_file.contains(&text) }
    };
    if path.text().is_some_and(|it| !it.is_empty() && !is_fine(it)) {
        let others = if by_variable { of_variable.join(", ") } else { of_file.join(", ") };
        it.refuse(path, format!("`fieldPath` must be one of {}, {others}, or a label or annotation such as metadata.labels['app']", own.join(", ")));
    }
}

/// The names that mounts may use.
struct Volumes<'p, 't> {
    volumes: At<'p, 't>,
    claims: Option<&'p At<'p, 't>>,
}

impl Volumes<'_, '_> {
    fn have(&self, name: &str) -> bool {
        self.volumes.items().any(|it| it.key("name").str() == name)
            || self.claims.is_some_and(|it| it.items().any(|it| it.key("metadata").key("name").str() == name))
    }
}

fn mounts(it: &mut Judge<'_>, container: &At<'_, '_>, known: &Volumes<'_, '_>) {
    let (mounts, devices) = (container.key("volumeMounts"), container.key("volumeDevices"));
    it.unique(&mounts, "mountPath");
    it.unique(&devices, "devicePath");
    for mount in mounts.items().chain(devices.items()) {
        let name = mount.key("name");
        if !name.is_empty() && !known.have(name.str()) {
            it.refuse(&name, format!("the pod has no volume `{}`", name.str()));
        }
    }
    for mount in mounts.items() {
        it.one_of(&mount.key("mountPropagation"), &["None", "HostToContainer", "Bidirectional"]);
        let is_privileged = container.key("securityContext").key("privileged").is_true();
        if mount.key("mountPropagation").str() == "Bidirectional" && !is_privileged {
            it.refuse(&mount.key("mountPropagation"), "`Bidirectional` needs a privileged container");
        }
        let (path, expression) = (mount.key("subPath"), mount.key("subPathExpr"));
        if !path.is_empty() && !expression.is_empty() {
            it.refuse(&expression, "`subPathExpr` must not be set beside `subPath`");
        }
        for path in [path, expression] {
            it.notation(&path, is_inner_path, "a relative path without `..`");
        }
    }
}

/// Whether a path stays inside the folder that it is relative to.
pub(super) fn is_inner_path(text: &str) -> bool {
    !text.starts_with('/') && !text.split('/').any(|it| it == "..")
}
