//! Which API versions Kubernetes serves, deprecates and removes.

use std::sync::LazyLock;

use seatrial_model::Version;

/// One kind in one API version. Source: the prerelease lifecycle markers of k8s.io/api, releases 1.19 to 1.36 and the 1.37 development
/// line of 2026-07-24, with served sets from the published OpenAPI documents.
static TABLE: &str = include_str!("lifecycle.txt");

/// When a kind in one API version came, was deprecated and went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Group and version, `v1` for the core group.
    pub api_version: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// First version that has it.
    pub introduced: Version,
    /// First version that warns.
    pub deprecated: Option<Version>,
    /// First version without it.
    pub removed: Option<Version>,
    /// What to write instead: apiVersion and kind.
    pub replacement: Option<(&'static str, &'static str)>,
}

/// Whether an API server of some version serves a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    /// It does.
    Served,
    /// It does, and warns.
    Deprecated(&'static Row),
    /// It knows it, but alpha and new beta APIs are served only where they were switched on.
    OffByDefault(&'static Row),
    /// A later version does.
    NotYet(&'static Row),
    /// An earlier version did.
    Removed(&'static Row),
    /// The group is Kubernetes' own, and has no such kind in this version.
    NoSuchKind,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows: Vec<Row> = TABLE.lines().filter(|it| !it.starts_with('#')).filter_map(row).collect();
    rows.sort_unstable_by_key(|it| (it.api_version, it.kind));
    rows
});

/// A line: apiVersion, kind, introduced, deprecated, removed, replacement; `-` where there is none.
fn row(line: &'static str) -> Option<Row> {
    let mut words = line.split(' ');
    let (api_version, kind) = (words.next()?, words.next()?);
    let introduced = words.next()?.parse().ok()?;
    let mut version = || words.next().and_then(|it| it.parse().ok());
    let (deprecated, removed) = (version(), version());
    let replacement = words.next().and_then(|it| it.rsplit_once('/'));
    Some(Row { api_version, kind, introduced, deprecated, removed, replacement })
}

/// All rows, sorted by apiVersion and kind.
pub fn rows() -> &'static [Row] {
    &ROWS
}

/// The row of a kind.
pub fn row_of(api_version: &str, kind: &str) -> Option<&'static Row> {
    let at = ROWS.binary_search_by_key(&(api_version, kind), |it| (it.api_version, it.kind)).ok()?;
    ROWS.get(at)
}

/// Whether an API server of `version` serves a kind; `None` when the group is not one of Kubernetes' own.
pub fn serving(api_version: &str, kind: &str, version: Version) -> Option<Serving> {
    let Some(row) = row_of(api_version, kind) else {
        return is_own_group(api_version).then_some(Serving::NoSuchKind);
    };
    Some(match row {
        it if version < it.introduced => Serving::NotYet(row),
        it if it.removed.is_some_and(|removed| version >= removed) => Serving::Removed(row),
        it if is_off_by_default(it) => Serving::OffByDefault(row),
        it if it.deprecated.is_some_and(|deprecated| version >= deprecated) => Serving::Deprecated(row),
        _ => Serving::Served,
    })
}

/// Beta APIs that came with 1.24 or later are off unless an operator switches them on; alpha always was.
///
/// Source: kubernetes enhancement 3136, "beta APIs are off by default".
fn is_off_by_default(row: &Row) -> bool {
    row.api_version.contains("alpha") || (row.api_version.contains("beta") && row.introduced >= Version::minor(24))
}

fn is_own_group(api_version: &str) -> bool {
    let group = |text: &str| text.rsplit_once('/').map_or(String::new(), |(group, _)| group.to_owned());
    let wanted = group(api_version);
    let version = api_version.rsplit('/').next().unwrap_or("");
    !version.is_empty() && ROWS.iter().any(|it| group(it.api_version) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        assert_eq!(rows().len(), TABLE.lines().filter(|it| !it.starts_with('#')).count());
        assert!(rows().iter().all(|it| it.removed.is_none_or(|removed| removed > it.introduced)));
    }

    #[test]
    fn versions_come_and_go() {
        let ask = |api, kind, minor| serving(api, kind, Version::minor(minor));
        assert_eq!(ask("apps/v1", "Deployment", 36), Some(Serving::Served));
        assert!(matches!(ask("policy/v1beta1", "PodDisruptionBudget", 24), Some(Serving::Deprecated(_))));
        assert!(
            matches!(ask("policy/v1beta1", "PodDisruptionBudget", 25), Some(Serving::Removed(row)) if row.replacement == Some(("policy/v1", "PodDisruptionBudget")))
        );
        assert!(matches!(ask("resource.k8s.io/v1", "ResourceClaim", 33), Some(Serving::NotYet(_))));
        assert!(matches!(ask("resource.k8s.io/v1beta1", "ResourceClaim", 33), Some(Serving::OffByDefault(_))));
        assert_eq!(ask("apps/v1", "Ingress", 36), Some(Serving::NoSuchKind));
        assert_eq!(ask("admissionregistration.k8s.io/v1alpha1", "InitializerConfiguration", 36), Some(Serving::NoSuchKind));
        assert_eq!(ask("keda.sh/v1alpha1", "ScaledObject", 36), None);
    }
}
