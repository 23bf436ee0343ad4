//! The default capabilities are more than an app needs.

use seatrial_facts::guide::Row;
use seatrial_model::{Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::pod_security::{Control, Violation};
use super::{every_place, pod_controls};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "capabilities-not-dropped",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A container keeps the default capabilities",
    why: "Raw sockets, changing owners and other rights come with every container and help only an intruder.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Drop ALL capabilities, and add NET_BIND_SERVICE where a low port is needed.",
    sources: &["Kubernetes documentation, Pod Security Standards"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app #~ capabilities-not-dropped
        image: registry/api:1.0
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        securityContext: {capabilities: {drop: [ALL]}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.pod().is_windows() {
        return;
    }
    pod_controls::report(
        workload,
        out,
        |it| it.control == Control::DropAllCapabilities && !it.detail.starts_with("adds") && !is_without(workload, it),
        "an intruder gets raw sockets and more with it",
    );
}

/// What a container gets that asks for nothing. Source: containerd pkg/oci/spec.go, defaultUnixCaps.
const DEFAULTS: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Whether the violation's container drops every default all the same: `all` in other letters, which the runtime takes and the admission of
/// the restricted level does not, or each by its name.
fn is_without(workload: &Workload, violation: &Violation) -> bool {
    let mut containers = workload.containers().map(|it| it.0);
    let Some(container) = containers.find(|it| Some(&it.name) == violation.container.as_ref()) else { return false };
    let Some(drop) = container.security_context.as_ref().and_then(|it| it.capabilities.as_ref()).map(|it| &it.drop) else { return false };
    let drops = |name: &str| drop.iter().any(|it| it.eq_ignore_ascii_case(name));
    drops("ALL") || DEFAULTS.iter().all(|it| drops(it))
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    every_place::set(found, "[ALL]")
}

#[cfg(test)]
mod tests {
    use seatrial_testkit::Fixture;

    use crate::{Cx, Outcomes, Profile, Settings, run};

    fn findings(drop: &str) -> usize {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - {{name: a, image: a, securityContext: {{capabilities: {{drop: [{drop}]}}}}}}\n"
        );
        let fixture = Fixture::new(&text);
        let graph = seatrial_model::Graph::new(&fixture.snapshot.cluster);
        let settings = Settings { profile: Profile::Pedantic, ..Settings::default() };
        let outcomes = run(&Cx::new(&fixture.snapshot, &graph, &settings), &[&super::CHECK]);
        let Outcomes::Ran(_, drafts) = &outcomes[0].result else { panic!("assessed") };
        drafts.len()
    }

    #[test]
    fn all_in_any_letters_and_each_by_name_are_enough() {
        assert_eq!(findings("all"), 0);
        assert_eq!(findings(&super::DEFAULTS.join(", ")), 0);
        assert_eq!(findings("NET_RAW"), 1);
    }
}
