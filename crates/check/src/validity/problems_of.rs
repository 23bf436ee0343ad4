//! What the API server refuses, as findings.

use seatrial_model::cluster::group_of;
use seatrial_model::{Problem, ProblemKind};

use crate::{Cx, Findings};

/// Groups of files that look like objects and are read by a tool, a node or the API server itself.
const NOT_SERVED: [&str; 9] = [
    "apiserver.config.k8s.io",
    "audit.k8s.io",
    "eksctl.io",
    "kind.x-k8s.io",
    "kubeadm.k8s.io",
    "kubelet.config.k8s.io",
    "kubeproxy.config.k8s.io",
    "kustomize.config.k8s.io",
    "node.eks.aws",
];

/// Writes down every problem of one kind; those of one object become one finding.
pub(crate) fn report(cx: &Cx<'_>, kind: ProblemKind, out: &mut Findings) {
    for it in cx.cluster.handles() {
        // Objects out of an API server were accepted by it, and bare pods are in two lists.
        if it.origin.is_some() {
            out.assess();
        }
    }
    for it in cx.snapshot.problems.iter().filter(|it| it.kind == kind && !NOT_SERVED.contains(&group_of(&it.object.api_version))) {
        one(it, out);
    }
}

fn one(it: &Problem, out: &mut Findings) {
    let head = seatrial_model::Meta { name: it.object.name.clone(), namespace: it.object.namespace.clone(), ..Default::default() };
    let handle = seatrial_model::Handle { api_version: &it.object.api_version, kind: &it.object.kind, meta: &head, origin: Some(it.origin) };
    out.report(handle, it.path.clone(), format!("{}: {}, so the API server refuses it", it.object, it.message.trim_end_matches('.')));
}

#[cfg(test)]
mod tests {
    use seatrial_model::{Graph, ObjectRef, Origin, Path, Scope, Snapshot};

    use super::*;
    use crate::Settings;

    #[test]
    fn a_problem_becomes_a_finding_at_its_field() {
        let mut snapshot = Snapshot::empty(Scope::Manifests, jiff::Timestamp::UNIX_EPOCH);
        let object = ObjectRef { api_version: "v1".into(), kind: "Service".into(), namespace: None, name: "api".into() };
        let origin = Origin { file: 0, offset: 0, len: 1, line: 1, column: 1, document: 0, item: None };
        let problem = |kind, path: &str| Problem { object: object.clone(), origin, path: Path::of(path), kind, message: "spec.type: no such type".to_owned() };
        snapshot.problems = vec![problem(ProblemKind::Refused, "spec.type"), problem(ProblemKind::Missing, "spec.ports")];
        let (graph, settings) = (Graph::new(&snapshot.cluster), Settings::default());
        let mut out = Findings::default();
        report(&Cx::new(&snapshot, &graph, &settings), ProblemKind::Refused, &mut out);
        let drafts = out.into_drafts();
        assert_eq!(drafts.len(), 1);
        assert_eq!((drafts[0].path.to_string(), drafts[0].origin), ("spec.type".to_owned(), Some(origin)));
        assert_eq!(drafts[0].message, "Service api: spec.type: no such type, so the API server refuses it");
    }
}
