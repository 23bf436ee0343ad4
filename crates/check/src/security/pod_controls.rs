//! Findings about one group of Pod Security controls.

use seatrial_model::{Object, Path, Workload};

use super::pod_security::{Level, Violation, violations};
use crate::Findings;

/// Counts the workload and reports what it breaks of the wanted controls; `so` says what follows from it.
pub(super) fn report(workload: &Object<Workload>, out: &mut Findings, wanted: impl Fn(&Violation) -> bool, so: &str) {
    out.assess();
    for it in violations(&workload.template, Level::Restricted).into_iter().filter(wanted) {
        let who = it.container.as_ref().map_or_else(|| "the pod".to_owned(), |name| format!("container {name}"));
        let draft = out.report(workload, below(workload, &it.path), format!("{workload}: {who} {}, so {so}", it.detail));
        if let Some(name) = &it.container {
            draft.container(name);
        }
    }
}

/// The path in the workload of a path in its pod template.
pub(super) fn below(workload: &Object<Workload>, path: &Path) -> Path {
    Path(workload.template_path().0.into_iter().chain(path.0.iter().cloned()).collect())
}
