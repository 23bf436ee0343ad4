//! EC2 instance types as EKS nodes: vCPUs, memory, pods, and what of them is allocatable.
//!
//! Source: Amazon EC2 instance types (vCPU, memory, network interfaces and addresses of each), read 2026-08.

/// An instance type as a node of EKS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceType {
    /// Its name, such as `m6i.xlarge`.
    pub name: String,
    /// `amd64` or `arm64`.
    pub arch: &'static str,
    /// vCPUs.
    pub vcpus: i64,
    /// Memory as sold, in MiB.
    pub memory_mib: i64,
    /// Pods that its network interfaces have addresses for.
    pub max_pods: i64,
    /// Allocatable millicores.
    pub allocatable_millicpu: i64,
    /// Allocatable MiB of memory.
    pub allocatable_mib: i64,
}

/// A size: name, vCPUs, network interfaces, addresses of each.
type Size = (&'static str, i64, i64, i64);

/// Families that differ in memory per vCPU only.
const SIZES: [Size; 9] = [
    ("medium", 1, 2, 4),
    ("large", 2, 3, 10),
    ("xlarge", 4, 4, 15),
    ("2xlarge", 8, 4, 15),
    ("4xlarge", 16, 8, 30),
    ("8xlarge", 32, 8, 30),
    ("12xlarge", 48, 8, 30),
    ("16xlarge", 64, 15, 50),
    ("24xlarge", 96, 15, 50),
];

/// Name, architecture, MiB of memory a vCPU. Only Graviton families have `medium`; those here have no `24xlarge`.
const FAMILIES: [(&str, &str, i64); 23] = [
    ("c5", "amd64", 2048),
    ("c5a", "amd64", 2048),
    ("c6a", "amd64", 2048),
    ("c6g", "arm64", 2048),
    ("c6i", "amd64", 2048),
    ("c7a", "amd64", 2048),
    ("c7g", "arm64", 2048),
    ("c7i", "amd64", 2048),
    ("m5", "amd64", 4096),
    ("m5a", "amd64", 4096),
    ("m6a", "amd64", 4096),
    ("m6g", "arm64", 4096),
    ("m6i", "amd64", 4096),
    ("m7a", "amd64", 4096),
    ("m7g", "arm64", 4096),
    ("m7i", "amd64", 4096),
    ("r5", "amd64", 8192),
    ("r6a", "amd64", 8192),
    ("r6g", "arm64", 8192),
    ("r6i", "amd64", 8192),
    ("r7a", "amd64", 8192),
    ("r7g", "arm64", 8192),
    ("r7i", "amd64", 8192),
];

/// Sizes that burst, with their memory in MiB; the same for t3, t3a and t4g.
const BURSTABLE: [(Size, i64); 6] = [
    (("small", 2, 3, 4), 2048),
    (("medium", 2, 3, 6), 4096),
    (("large", 2, 3, 12), 8192),
    (("xlarge", 4, 4, 15), 16_384),
    (("2xlarge", 8, 4, 15), 32_768),
    (("micro", 2, 2, 2), 1024),
];

/// The instance type of this name.
pub fn find(name: &str) -> Option<InstanceType> {
    let (family, size) = name.split_once('.')?;
    if matches!(family, "t3" | "t3a" | "t4g") {
        let (size, memory) = BURSTABLE.iter().find(|it| it.0.0 == size)?;
        return Some(of(name, if family == "t4g" { "arm64" } else { "amd64" }, *size, *memory));
    }
    let (family, arch, ratio) = FAMILIES.iter().find(|it| it.0 == family)?;
    let size = SIZES.iter().find(|it| it.0 == size)?;
    // `medium` is a size of Graviton and of the seventh AMD generation; Graviton and the first c5 stop earlier.
    let exists = match size.0 {
        "medium" => *arch == "arm64" || family.ends_with("7a"),
        "8xlarge" | "16xlarge" => *family != "c5",
        "24xlarge" => *arch == "amd64",
        _ => true,
    };
    exists.then(|| of(name, arch, *size, size.1 * ratio))
}

/// Every instance type that the table has, families in order.
pub fn all() -> Vec<InstanceType> {
    let burstable = ["t3", "t3a", "t4g"].into_iter().flat_map(|family| BURSTABLE.iter().map(move |it| (family, it.0.0)));
    let rest = FAMILIES.iter().flat_map(|family| SIZES.iter().map(move |it| (family.0, it.0)));
    rest.chain(burstable).filter_map(|(family, size)| find(&format!("{family}.{size}"))).collect()
}

impl InstanceType {
    /// Its family, such as `m6i`.
    pub fn family(&self) -> &str {
        self.name.split_once('.').map_or(self.name.as_str(), |it| it.0)
    }

    /// Its size, such as `xlarge`.
    pub fn size(&self) -> &str {
        self.name.split_once('.').map_or("", |it| it.1)
    }

    /// The letters before the generation, such as `m`.
    pub fn category(&self) -> &str {
        self.family().split(|it: char| it.is_ascii_digit()).next().unwrap_or_default()
    }

    /// The generation, such as `6`; 0 for none.
    pub fn generation(&self) -> u32 {
        let digits = self.family().trim_start_matches(|it: char| !it.is_ascii_digit());
        digits.split(|it: char| !it.is_ascii_digit()).next().and_then(|it| it.parse().ok()).unwrap_or(0)
    }
}

/// The families that the table has.
pub fn families() -> String {
    let mut all: Vec<&str> = FAMILIES.iter().map(|it| it.0).collect();
    all.extend(["t3", "t3a", "t4g"]);
    all.join(", ")
}

fn of(name: &str, arch: &'static str, (_, vcpus, interfaces, addresses): Size, memory_mib: i64) -> InstanceType {
    // The first address of an interface is its own; two pods use the host's network.
    // Source: Amazon EKS user guide, maximum pods (without prefix delegation).
    let max_pods = interfaces * (addresses - 1) + 2;
    InstanceType {
        name: name.to_owned(),
        arch,
        vcpus,
        memory_mib,
        max_pods,
        allocatable_millicpu: vcpus * 1000 - reserved_millicpu(vcpus),
        allocatable_mib: memory_mib * 925 / 1000 - (255 + 11 * max_pods) - EVICTION_MIB,
    }
}

/// `evictionHard` of `memory.available`.
///
/// Source: kubelet default, kept by nodeadm.
const EVICTION_MIB: i64 = 100;

/// Millicores that EKS nodes keep for the kubelet: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest.
///
/// Source: awslabs/amazon-eks-ami nodeadm (kube-reserved); the 7.5 % of memory that the hypervisor keeps is Karpenter's default
/// (`--vm-memory-overhead-percent`).
fn reserved_millicpu(vcpus: i64) -> i64 {
    let share = |core: i64| match core {
        0 => 600,
        1 => 100,
        2 | 3 => 50,
        _ => 25,
    };
    (0..vcpus).map(share).sum::<i64>() / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_of_the_demo_is_computed() {
        let it = find("m6i.xlarge").expect("it exists");
        assert_eq!((it.vcpus, it.memory_mib, it.max_pods, it.allocatable_millicpu), (4, 16_384, 58, 3920));
        assert_eq!(it.allocatable_mib, 15_155 - 893 - 100);
    }

    #[test]
    fn every_type_is_listed_once_and_tells_its_parts() {
        let all = all();
        let mut names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), all.iter().all(|it| find(&it.name).as_ref() == Some(it))), (all.len(), true));
        let it = find("m6i.2xlarge").expect("it exists");
        assert_eq!((it.family(), it.size(), it.category(), it.generation()), ("m6i", "2xlarge", "m", 6));
        assert_eq!(find("t4g.large").map(|it| (it.category().to_owned(), it.generation())), Some(("t".to_owned(), 4)));
    }

    #[test]
    fn sizes_that_do_not_exist_are_not_found() {
        assert!(find("m6i.medium").is_none() && find("c5.8xlarge").is_none() && find("m6i").is_none() && find("x9.large").is_none());
        assert_eq!(find("t3.large").map(|it| it.max_pods), Some(35));
    }
}
