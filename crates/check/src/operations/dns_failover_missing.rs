//! DNS must be able to lead users to another region.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "dns-failover-missing",
    rows: &[Row::RecoveryReplication],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Pedantic,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsHealthChecks, Need::Ingresses],
    title: "No Route 53 health check watches the entrance",
    why: "When the region fails, somebody must change DNS by hand while users wait.",
    verify: "aws route53 list-health-checks",
    fix: "Add a health check on the public host name and a failover record to the second region.",
    sources: &["Guide, Disaster Recovery: region failure"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
healthChecks: []
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop #~ dns-failover-missing
spec: {rules: [{host: shop.example.com}]}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
healthChecks: [{id: hc-1, target: shop.example.com}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec: {rules: [{host: shop.example.com}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(checks) = cx.snapshot.account.health_checks.known() else { return };
    for ingress in &cx.cluster.ingresses {
        let hosts: Vec<&str> = ingress.hosts().map(Text::as_str).collect();
        let Some(first) = hosts.first() else { continue };
        out.assess();
        if !checks.iter().any(|it| hosts.iter().any(|host| it.target.contains(host))) {
            out.report(ingress, "metadata.name", format!("{ingress}: no Route 53 health check watches {first}, so failover to another region is manual"));
        }
    }
}
