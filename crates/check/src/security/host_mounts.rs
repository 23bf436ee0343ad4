//! What pods mount of their node, each mount with the one check that owns it.

use seatrial_model::pod::Volume;
use seatrial_model::{Object, Path, Text, Workload};

/// A host path of a pod, with the containers that mount it.
pub(super) struct HostMount<'a> {
    /// The volume.
    pub volume: &'a Volume,
    /// The node's path.
    pub host: &'a Text,
    /// Where the volume stands.
    pub path: Path,
    /// Containers that mount it, and whether each may write.
    pub mounted: Vec<(&'a Text, Path, bool)>,
}

/// What kind of host path, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The container runtime's socket: `container-runtime-socket`.
    RuntimeSocket,
    /// AWS credentials of the node's users: `aws-credentials-file`.
    AwsCredentials,
    /// Writable: `writable-host-mount`.
    Writable,
    /// Readable: `host-path-volume`.
    Readable,
}

impl HostMount<'_> {
    /// Which check owns the mount.
    pub fn reach(&self) -> Reach {
        let path = self.host.trim_end_matches('/');
        let is_socket = ["docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock"].iter().any(|it| path.ends_with(it));
        if is_socket || matches!(path, "/run/containerd" | "/var/run/containerd" | "/run/docker" | "/var/run/docker") {
            return Reach::RuntimeSocket;
        }
        if path.ends_with("/.aws") || path.contains("/.aws/") {
            return Reach::AwsCredentials;
        }
        if self.mounted.iter().any(|it| it.2) { Reach::Writable } else { Reach::Readable }
    }
}

/// The host paths of a workload's pods.
pub(super) fn of(workload: &Object<Workload>) -> Vec<HostMount<'_>> {
    let volumes = workload.pod().volumes.iter().enumerate();
    volumes
        .filter_map(|(at, volume)| {
            let host = &volume.host_path.as_ref()?.path;
            let path = workload.pod_path().key("volumes").index(at).key("hostPath");
            Some(HostMount { volume, host, path, mounted: mounts(workload, &volume.name) })
        })
        .collect()
}

fn mounts<'a>(workload: &'a Object<Workload>, volume: &str) -> Vec<(&'a Text, Path, bool)> {
    let mut found = Vec::new();
    for (container, path) in workload.containers() {
        for (at, mount) in container.volume_mounts.iter().enumerate().filter(|(_, it)| it.name == *volume) {
            found.push((&container.name, path.key("volumeMounts").index(at), !mount.read_only));
        }
    }
    found
}
