//! Host ports: what a pod wants and what a node's pods hold.

use seatrial_model::{PodSpec, Text};

/// A host port that a pod wants: address, protocol and number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// Address; `0.0.0.0` is every address.
    pub ip: Text,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Text,
    /// Port number.
    pub port: i64,
}

const EVERY_ADDRESS: &str = "0.0.0.0";

impl HostPort {
    /// The host ports of a pod: of its containers and sidecars.
    ///
    /// Source: kubernetes pkg/scheduler/util/utils.go GetHostPorts.
    pub fn of(spec: &PodSpec) -> Vec<Self> {
        let ports = spec.containers.iter().chain(spec.init_containers.iter().filter(|it| it.is_sidecar())).flat_map(|it| &it.ports);
        let named = ports.filter_map(|it| Some((it, it.host_port.filter(|port| *port > 0)?)));
        named
            .map(|(it, port)| Self {
                ip: it.host_ip.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| EVERY_ADDRESS.into()),
                protocol: it.protocol.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| "TCP".into()),
                port,
            })
            .collect()
    }

    /// Whether both cannot be held at once.
    pub fn conflicts(&self, other: &Self) -> bool {
        let same_address = self.ip == other.ip || self.ip == EVERY_ADDRESS || other.ip == EVERY_ADDRESS;
        same_address && self.port == other.port && self.protocol == other.protocol
    }
}

/// The host ports of a node's pods, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UsedPorts(Vec<HostPort>);

impl UsedPorts {
    pub(crate) fn take(&mut self, ports: &[HostPort]) {
        for port in ports {
            let at = self.0.partition_point(|it| it < port);
            self.0.insert(at, port.clone());
        }
    }

    pub(crate) fn free(&mut self, ports: &[HostPort]) {
        for port in ports {
            if let Ok(at) = self.0.binary_search(port) {
                self.0.remove(at);
            }
        }
    }

    pub(crate) fn conflicts(&self, ports: &[HostPort]) -> bool {
        ports.iter().any(|wanted| self.0.iter().any(|held| held.conflicts(wanted)))
    }
}
