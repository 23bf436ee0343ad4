//! Edits that mend each place of a finding.

use seatrial_model::{Change, Edit, Path};

use crate::Draft;

/// Sets the field at every place that the finding names on its own object.
pub(super) fn set(found: &Draft, yaml: &str) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let own = found.related.iter().filter(|it| it.origin == found.origin && it.object == found.object).map(|it| &it.path);
    let paths: std::collections::BTreeSet<&Path> = std::iter::once(&found.path).chain(own).collect();
    paths.into_iter().map(|path| Edit { origin, change: Change::Set { path: path.clone(), yaml: yaml.to_owned() } }).collect()
}
