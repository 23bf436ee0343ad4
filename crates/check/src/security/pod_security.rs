//! The Pod Security Standards, control by control, as the API server's own admission judges them at their newest version.
//!
//! Source: kubernetes staging/src/k8s.io/pod-security-admission/policy (v1.36); Kubernetes documentation, Pod Security Standards.

use seatrial_model::pod::{SeLinuxOptions, SecurityContext};
use seatrial_model::{Container, Labels, Path, PodSpec, PodTemplate, Probe, Text};

/// The two levels that forbid something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Prevents known privilege escalations.
    Baseline,
    /// Baseline, and hardening.
    Restricted,
}

/// One control of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is named by its control")]
pub enum Control {
    HostProcess,
    HostNamespaces,
    Privileged,
    Capabilities,
    HostPath,
    HostPorts,
    HostProbes,
    AppArmor,
    SeLinux,
    ProcMount,
    Seccomp,
    Sysctls,
    VolumeTypes,
    PrivilegeEscalation,
    RunAsNonRoot,
    RunAsUser,
    SeccompRequired,
    DropAllCapabilities,
    ProcMountAlways,
}

impl Control {
    /// The least level that holds it.
    pub fn level(self) -> Level {
        if self < Self::VolumeTypes { Level::Baseline } else { Level::Restricted }
    }
}

/// A pod that breaks a control.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Which control.
    pub control: Control,
    /// The field, or the missing one, from the pod template's root.
    pub path: Path,
    /// The container, where it is one's own.
    pub container: Option<Text>,
    /// The fact: `sets hostNetwork`.
    pub detail: String,
}

/// What a pod breaks of `level` and of the levels below it, in the order of the controls.
pub fn violations(template: &PodTemplate, level: Level) -> Vec<Violation> {
    let mut judge = Judge { found: Vec::new(), spec: &template.spec };
    judge.baseline(&template.metadata.annotations);
    if level == Level::Restricted {
        judge.restricted();
    }
    judge.found.sort_by_key(|it| it.control);
    judge.found
}

/// Capabilities that baseline lets a container add.
const BASELINE_CAPABILITIES: [&str; 13] =
    ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"];
const SAFE_SYSCTLS: [&str; 14] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];
const SELINUX_TYPES: [&str; 5] = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const APPARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

struct Judge<'a> {
    found: Vec<Violation>,
    spec: &'a PodSpec,
}

/// A container, its path and its security context.
struct At<'a> {
    container: &'a Container,
    path: Path,
}

impl<'a> At<'a> {
    fn security(&self) -> Option<&'a SecurityContext> {
        self.container.security_context.as_deref()
    }

    fn field(&self, name: &str) -> Path {
        self.path.join("securityContext").join(name)
    }
}

impl<'a> Judge<'a> {
    fn containers(&self) -> Vec<At<'a>> {
        let spec = self.spec;
        [("initContainers", &spec.init_containers), ("containers", &spec.containers), ("ephemeralContainers", &spec.ephemeral_containers)]
            .into_iter()
            .flat_map(|(key, list)| list.iter().enumerate().map(move |(at, container)| At { container, path: Path::of("spec").key(key).index(at) }))
            .collect()
    }

    fn pod(&mut self, control: Control, path: &str, detail: impl Into<String>) {
        self.found.push(Violation { control, path: Path::of("spec").join(path), container: None, detail: detail.into() });
    }

    fn of(&mut self, at: &At<'_>, control: Control, path: Path, detail: impl Into<String>) {
        self.found.push(Violation { control, path, container: Some(at.container.name.clone()), detail: detail.into() });
    }

    fn baseline(&mut self, annotations: &Labels) {
        self.host_namespaces();
        self.host_paths();
        self.apparmor_annotations(annotations);
        self.pod_context();
        for at in self.containers() {
            self.host_ports(&at);
            self.host_probes(&at);
            if let Some(it) = at.security() {
                self.baseline_context(&at, it);
            }
        }
    }

    fn host_namespaces(&mut self) {
        for (set, field) in [(self.spec.host_network, "hostNetwork"), (self.spec.host_pid, "hostPID"), (self.spec.host_ipc, "hostIPC")] {
            if set {
                self.pod(Control::HostNamespaces, field, format!("sets {field}"));
            }
        }
    }

    fn host_paths(&mut self) {
        for (at, volume) in self.spec.volumes.iter().enumerate() {
            if let Some(host) = &volume.host_path {
                self.pod(Control::HostPath, &format!("volumes[{at}].hostPath"), format!("mounts the node's {}", host.path));
            }
        }
    }

    fn apparmor_annotations(&mut self, annotations: &Labels) {
        for (key, value) in annotations.iter().filter(|(key, _)| key.starts_with(APPARMOR_ANNOTATION)) {
            if !(value.is_empty() || value.as_str() == "runtime/default" || value.starts_with("localhost/")) {
                let path = Path::of("metadata.annotations").key(key);
                self.found.push(Violation { control: Control::AppArmor, path, container: None, detail: format!("sets the AppArmor profile {value}") });
            }
        }
    }

    fn pod_context(&mut self) {
        let Some(it) = self.spec.security_context.as_deref() else { return };
        if it.windows_options.as_ref().and_then(|it| it.host_process) == Some(true) {
            self.pod(Control::HostProcess, "securityContext.windowsOptions.hostProcess", "sets hostProcess");
        }
        if it.app_armor_profile.as_ref().is_some_and(|it| it.kind == "Unconfined") {
            self.pod(Control::AppArmor, "securityContext.appArmorProfile.type", "turns AppArmor off");
        }
        if it.seccomp_profile.as_ref().is_some_and(|it| it.kind == "Unconfined") {
            self.pod(Control::Seccomp, "securityContext.seccompProfile.type", "turns seccomp off");
        }
        if it.se_linux_options.as_ref().is_some_and(changes_selinux) {
            self.pod(Control::SeLinux, "securityContext.seLinuxOptions", "changes SELinux type, user or role");
        }
        for (at, sysctl) in it.sysctls.iter().enumerate().filter(|(_, it)| !SAFE_SYSCTLS.contains(&it.name.as_str())) {
            self.pod(Control::Sysctls, &format!("securityContext.sysctls[{at}]"), format!("sets the unsafe sysctl {}", sysctl.name));
        }
    }

    fn host_ports(&mut self, at: &At<'_>) {
        for (index, port) in at.container.ports.iter().enumerate() {
            if let Some(number) = port.host_port.filter(|it| *it != 0) {
                let path = at.path.join("ports").index(index).key("hostPort");
                self.of(at, Control::HostPorts, path, format!("takes port {number} of the node"));
            }
        }
    }

    fn host_probes(&mut self, at: &At<'_>) {
        let it = at.container;
        for (name, probe) in [("livenessProbe", &it.liveness_probe), ("readinessProbe", &it.readiness_probe), ("startupProbe", &it.startup_probe)] {
            if let Some((field, host)) = probe.as_deref().and_then(probe_host) {
                self.of(at, Control::HostProbes, at.path.key(name).join(field), format!("probes the host {host} instead of itself"));
            }
        }
        let hooks = it.lifecycle.as_deref().map(|it| [("postStart", &it.post_start), ("preStop", &it.pre_stop)]);
        for (name, hook) in hooks.into_iter().flatten() {
            let Some(hook) = hook else { continue };
            let http = hook.http_get.as_ref().and_then(|it| it.host.as_ref()).map(|it| ("httpGet.host", it));
            let tcp = hook.tcp_socket.as_ref().and_then(|it| it.host.as_ref()).map(|it| ("tcpSocket.host", it));
            for (field, host) in [http, tcp].into_iter().flatten().filter(|it| !it.1.is_empty()) {
                self.of(at, Control::HostProbes, at.path.join("lifecycle").key(name).join(field), format!("calls the host {host} in a hook"));
            }
        }
    }

    fn baseline_context(&mut self, at: &At<'_>, it: &SecurityContext) {
        if it.privileged == Some(true) {
            self.of(at, Control::Privileged, at.field("privileged"), "is privileged");
        }
        if it.windows_options.as_ref().and_then(|it| it.host_process) == Some(true) {
            self.of(at, Control::HostProcess, at.field("windowsOptions.hostProcess"), "sets hostProcess");
        }
        let added = it.capabilities.iter().flat_map(|it| it.add.iter().enumerate());
        for (index, name) in added.filter(|(_, it)| !BASELINE_CAPABILITIES.contains(&it.as_str())) {
            self.of(at, Control::Capabilities, at.field("capabilities.add").index(index), format!("adds the capability {name}"));
        }
        if it.app_armor_profile.as_ref().is_some_and(|it| it.kind == "Unconfined") {
            self.of(at, Control::AppArmor, at.field("appArmorProfile.type"), "turns AppArmor off");
        }
        if it.seccomp_profile.as_ref().is_some_and(|it| it.kind == "Unconfined") {
            self.of(at, Control::Seccomp, at.field("seccompProfile.type"), "turns seccomp off");
        }
        if it.se_linux_options.as_ref().is_some_and(changes_selinux) {
            self.of(at, Control::SeLinux, at.field("seLinuxOptions"), "changes SELinux type, user or role");
        }
        let proc_mount = it.proc_mount.as_deref().filter(|it| *it != "Default" && !self.has_user_namespace());
        if let Some(kind) = proc_mount {
            self.of(at, Control::ProcMount, at.field("procMount"), format!("mounts /proc {kind}"));
        }
    }

    /// A pod of a user namespace of its own may be root and see all of `/proc` there (Kubernetes 1.35 and later).
    fn has_user_namespace(&self) -> bool {
        self.spec.host_users == Some(false)
    }

    fn restricted(&mut self) {
        self.volume_types();
        let is_windows = self.spec.os.as_ref().is_some_and(|it| it.name == "windows");
        for at in self.containers() {
            if at.security().and_then(|it| it.proc_mount.as_deref()).is_some_and(|it| it != "Default") {
                self.of(&at, Control::ProcMountAlways, at.field("procMount"), "mounts /proc unmasked");
            }
            // Windows has none of these.
            if !is_windows {
                self.privilege_escalation(&at);
                self.capabilities(&at);
                self.seccomp_required(&at);
            }
        }
        if !self.has_user_namespace() {
            self.root();
        }
    }

    fn volume_types(&mut self) {
        for (at, it) in self.spec.volumes.iter().enumerate() {
            let named: [(bool, &str); 22] = [
                (it.host_path.is_some(), "hostPath"),
                (it.aws_elastic_block_store.is_some(), "awsElasticBlockStore"),
                (it.nfs.is_some(), "nfs"),
                (it.gce_persistent_disk.is_some(), "gcePersistentDisk"),
                (it.git_repo.is_some(), "gitRepo"),
                (it.image.is_some(), "image"),
                (it.iscsi.is_some(), "iscsi"),
                (it.glusterfs.is_some(), "glusterfs"),
                (it.rbd.is_some(), "rbd"),
                (it.flex_volume.is_some(), "flexVolume"),
                (it.cinder.is_some(), "cinder"),
                (it.cephfs.is_some(), "cephfs"),
                (it.flocker.is_some(), "flocker"),
                (it.fc.is_some(), "fc"),
                (it.azure_file.is_some(), "azureFile"),
                (it.azure_disk.is_some(), "azureDisk"),
                (it.vsphere_volume.is_some(), "vsphereVolume"),
                (it.quobyte.is_some(), "quobyte"),
                (it.photon_persistent_disk.is_some(), "photonPersistentDisk"),
                (it.portworx_volume.is_some(), "portworxVolume"),
                (it.scale_io.is_some(), "scaleIO"),
                (it.storageos.is_some(), "storageos"),
            ];
            for (_, kind) in named.iter().filter(|it| it.0) {
                self.pod(Control::VolumeTypes, &format!("volumes[{at}].{kind}"), format!("mounts a volume of type {kind}"));
            }
        }
    }

    fn privilege_escalation(&mut self, at: &At<'_>) {
        if at.security().and_then(|it| it.allow_privilege_escalation) != Some(false) {
            self.of(at, Control::PrivilegeEscalation, at.field("allowPrivilegeEscalation"), "may gain more privileges than it started with");
        }
    }

    fn capabilities(&mut self, at: &At<'_>) {
        let capabilities = at.security().and_then(|it| it.capabilities.as_ref());
        if !capabilities.is_some_and(|it| it.drop.iter().any(|it| it.as_str() == "ALL")) {
            self.of(at, Control::DropAllCapabilities, at.field("capabilities.drop"), "keeps the runtime's default capabilities");
        }
        let added = capabilities.into_iter().flat_map(|it| it.add.iter().enumerate());
        for (index, name) in added.filter(|(_, it)| it.as_str() != "NET_BIND_SERVICE") {
            self.of(at, Control::DropAllCapabilities, at.field("capabilities.add").index(index), format!("adds the capability {name}"));
        }
    }

    fn seccomp_required(&mut self, at: &At<'_>) {
        let pod = self.spec.security_context.as_deref().and_then(|it| it.seccomp_profile.as_ref());
        let profile = at.security().and_then(|it| it.seccomp_profile.as_ref()).or(pod);
        let bad_pod = pod.is_some_and(|it| !is_confined(&it.kind));
        if bad_pod || !profile.is_some_and(|it| is_confined(&it.kind)) {
            self.of(at, Control::SeccompRequired, at.field("seccompProfile"), "runs without a seccomp profile");
        }
    }

    fn root(&mut self) {
        let pod = self.spec.security_context.as_deref();
        let pod_non_root = pod.and_then(|it| it.run_as_non_root);
        if pod_non_root == Some(false) {
            self.pod(Control::RunAsNonRoot, "securityContext.runAsNonRoot", "allows root");
        }
        if pod.and_then(|it| it.run_as_user) == Some(0) {
            self.pod(Control::RunAsUser, "securityContext.runAsUser", "runs as root");
        }
        for at in self.containers() {
            let own = at.security().and_then(|it| it.run_as_non_root);
            if own == Some(false) || (own.is_none() && pod_non_root.is_none()) {
                self.of(&at, Control::RunAsNonRoot, at.field("runAsNonRoot"), "may run as root");
            }
            if at.security().and_then(|it| it.run_as_user) == Some(0) {
                self.of(&at, Control::RunAsUser, at.field("runAsUser"), "runs as root");
            }
        }
    }
}

fn changes_selinux(it: &SeLinuxOptions) -> bool {
    let set = |it: &Option<Text>| it.as_deref().is_some_and(|it| !it.is_empty());
    set(&it.user) || set(&it.role) || !SELINUX_TYPES.contains(&it.kind.as_deref().unwrap_or(""))
}

fn is_confined(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}

fn probe_host(probe: &Probe) -> Option<(&'static str, &Text)> {
    let http = probe.http_get.as_ref().and_then(|it| it.host.as_ref()).map(|it| ("httpGet.host", it));
    let tcp = probe.tcp_socket.as_ref().and_then(|it| it.host.as_ref()).map(|it| ("tcpSocket.host", it));
    http.or(tcp).filter(|it| !it.1.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_model::Object;
    use seatrial_testkit::Fixture;

    fn broken(spec: &str, level: Level) -> Vec<Control> {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {spec}\n");
        let snapshot = Fixture::new(&text).snapshot;
        let pods: &[Object<seatrial_model::Workload>] = &snapshot.cluster.workloads;
        pods.iter().flat_map(|it| violations(&it.template, level)).map(|it| it.control).collect()
    }

    const HARDENED: &str = "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}";

    #[test]
    fn a_plain_pod_meets_baseline_and_a_hardened_one_restricted() {
        assert_eq!(broken("{containers: [{name: a, image: b}]}", Level::Baseline), []);
        assert_eq!(broken(&format!("{{containers: [{{name: a, image: b, securityContext: {{{HARDENED}}}}}]}}"), Level::Restricted), []);
        let gaps = [Control::PrivilegeEscalation, Control::RunAsNonRoot, Control::SeccompRequired, Control::DropAllCapabilities];
        assert_eq!(broken("{containers: [{name: a, image: b}]}", Level::Restricted), gaps);
    }

    #[test]
    fn a_user_namespace_may_unmask_proc_at_baseline_only() {
        let spec = format!("{{hostUsers: false, containers: [{{name: a, image: b, securityContext: {{procMount: Unmasked, {HARDENED}}}}}]}}");
        assert_eq!(broken(&spec, Level::Baseline), []);
        assert_eq!(broken(&spec, Level::Restricted), [Control::ProcMountAlways]);
    }

    #[test]
    fn windows_needs_neither_seccomp_nor_capabilities() {
        let spec = "{os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: [{name: a, image: b}]}";
        assert_eq!(broken(spec, Level::Restricted), []);
    }

    #[test]
    fn a_volume_without_a_source_is_an_empty_directory() {
        let spec = format!("{{volumes: [{{name: v}}], containers: [{{name: a, image: b, securityContext: {{{HARDENED}}}}}]}}");
        assert_eq!(broken(&spec, Level::Restricted), []);
    }
}
