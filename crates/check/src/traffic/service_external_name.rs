//! An ExternalName Service sends traffic out of the cluster under an inner name.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "service-external-name",
    rows: &[Row::NetworkPolicies],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Services],
    title: "A Service is an alias of a name outside the cluster",
    why: "TLS certificates and Host headers do not fit the alias, and policies cannot see that the traffic leaves.",
    verify: "kubectl get svc -A --field-selector spec.type=ExternalName",
    fix: "Let the application use the outside name itself, from its configuration.",
    sources: &["Kubernetes documentation, Service: type ExternalName"],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  type: ExternalName
  externalName: db.example.com #~ service-external-name
",
    good: "
apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  type: ExternalName
  externalName: db.data.svc.cluster.local
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.services.iter().filter(|it| it.service_type() == "ExternalName" && !cx.is_platform(it.meta.ns())) {
        out.assess();
        let name = it.spec.external_name.as_deref().unwrap_or("");
        if !name.trim_end_matches('.').ends_with(".svc.cluster.local") && !name.ends_with(".svc") {
            out.report(
                it,
                "spec.externalName",
                format!("{it}: is an alias of {name}, outside the cluster, which certificates and policies do not know by this name"),
            );
        }
    }
}
