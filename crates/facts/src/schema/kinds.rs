//! From apiVersion and kind to the type of the object.

use std::sync::LazyLock;

use super::{Set, TypeId, read_set};

/// Oldest minor version that the tables tell apart.
pub const FIRST_MINOR: u16 = 33;
/// Newest minor version in the tables.
pub const LAST_MINOR: u16 = 37;

/// An object's type.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The types around it.
    pub set: &'static Set,
    /// Its own.
    pub root: TypeId,
    /// Whether it lives in a namespace.
    pub namespaced: bool,
    /// Whether it is Kubernetes' own rather than a custom resource.
    pub builtin: bool,
    /// The documents that the table was made from, with their versions.
    pub source: &'static str,
}

/// A committed table: lines `K apiVersion Kind Type N|C`, then types.
struct Table {
    text: &'static str,
    read: LazyLock<(Vec<Line>, Set)>,
}

struct Line {
    api_version: &'static str,
    kind: &'static str,
    root: TypeId,
    namespaced: bool,
}

macro_rules! tables {
    ($($name:ident $group:literal $file:literal)*) => {
        $(static $name: Table = Table { text: include_str!(concat!("data/", $file)), read: LazyLock::new(|| read(include_str!(concat!("data/", $file)))) };)*
        static CUSTOM: &[(&str, &Table)] = &[$(($group, &$name)),*];
    };
}

static BUILTIN: Table = Table { text: include_str!("data/kubernetes.txt"), read: LazyLock::new(|| read(include_str!("data/kubernetes.txt"))) };

include!("tables.rs");

fn read(text: &'static str) -> (Vec<Line>, Set) {
    let set = read_set(text);
    let line = |it: &'static str| {
        let mut words = it.strip_prefix("K ")?.split(' ');
        let (api_version, kind) = (words.next()?, words.next()?);
        Some(Line { api_version, kind, root: set.id(words.next()?)?, namespaced: words.next() == Some("N") })
    };
    let head = text.lines().take_while(|it| !it.starts_with("= "));
    let mut lines: Vec<Line> = head.filter_map(line).collect();
    lines.sort_unstable_by_key(|it| (it.api_version, it.kind));
    (lines, set)
}

/// Kubernetes' own types.
pub fn builtin() -> &'static Set {
    &BUILTIN.read.1
}

/// The type of a kind; `None` for one that the tables do not hold.
pub fn find(api_version: &str, kind: &str) -> Option<Kind> {
    let group = api_version.split_once('/').map_or("", |it| it.0);
    let custom = CUSTOM.binary_search_by(|it| it.0.cmp(group)).ok().and_then(|at| CUSTOM.get(at));
    let table = custom.map_or(&BUILTIN, |it| it.1);
    let (lines, set) = &*table.read;
    let at = lines.binary_search_by(|it| (it.api_version, it.kind).cmp(&(api_version, kind))).ok()?;
    let line = lines.get(at)?;
    let source = table.text.lines().next().and_then(|it| it.strip_prefix("# Source: ")).unwrap_or("");
    Some(Kind { set, root: line.root, namespaced: line.namespaced, builtin: custom.is_none(), source })
}

#[cfg(test)]
mod tests {
    use super::super::{Shape, TypeId, write_set};
    use super::*;

    #[test]
    fn every_table_reads_back_as_it_is_written() {
        for table in CUSTOM.iter().map(|it| it.1).chain([&BUILTIN]) {
            let types = table.text.find("\n= ").map_or("", |at| &table.text[at + 1..]);
            assert_eq!(write_set(&table.read.1), types);
            let heads = table.text.lines().filter(|it| it.starts_with("K ")).count();
            assert_eq!(table.read.0.len(), heads, "every kind has its type");
        }
    }

    #[test]
    fn groups_are_sorted_and_one_table_stays_small() {
        assert!(CUSTOM.is_sorted_by_key(|it| it.0));
        let total: usize = CUSTOM.iter().map(|it| it.1.text.len()).sum::<usize>() + BUILTIN.text.len();
        assert!(total < 1_500_000, "{total} bytes");
    }

    #[test]
    fn fields_know_their_versions() {
        let pod = find("v1", "Pod").expect("a Pod");
        let spec = pod.set.get(pod.set.id("core.v1.PodSpec").unwrap_or(TypeId(u32::MAX)));
        let since = |name| spec.field(name).map(|it| it.since);
        assert_eq!((since("hostnameOverride"), since("containers")), (Some(34), Some(0)));
        assert!(matches!(spec.field("containers").map(|it| &it.shape), Some(Shape::List(_))));
    }

    #[test]
    fn custom_resources_are_found_by_group() {
        assert!(find("keda.sh/v1alpha1", "ScaledObject").is_some_and(|it| it.namespaced && !it.builtin));
        assert!(find("karpenter.sh/v1", "NodePool").is_some_and(|it| !it.namespaced));
        assert!(find("example.com/v1", "Thing").is_none());
    }
}
